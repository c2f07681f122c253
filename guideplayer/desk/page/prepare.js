/** Preparing: choose a script and a length, see that everything works, begin. */

import { Problem, scripts } from "./api.js";
import { ask } from "./ask.js";
import { byId, element, setText, show, whenChanged } from "./dom.js";
import { capital, minutes } from "./format.js";

const MINUTE_MS = 60000;
const BEGIN_HINT =
  "First comes the arrival. The infusion's clock starts when you say that the pump has started.";
const STEPS = {
  sound: {
    act: "I heard the chime",
    command: "confirm",
    body: { what: "sound" },
    before: { act: "Play the chime", body: { what: "chime" } },
  },
  call: { act: "Rehearse the call", command: "rehearse", body: {} },
};

export class PrepareView {
  #desk;
  #scripts = [];
  #chosen = null;
  #infusionMs = 0;
  #choosing = false;
  #next = null;

  constructor(desk) {
    this.#desk = desk;
    const slider = byId("length-slider");
    slider.addEventListener("input", () => this.#setLength(slider.valueAsNumber * MINUTE_MS));
    byId("length-less").addEventListener("click", () => this.#setLength(this.#infusionMs - MINUTE_MS));
    byId("length-more").addEventListener("click", () => this.#setLength(this.#infusionMs + MINUTE_MS));
    byId("chosen-change").addEventListener("click", () => this.chooseAnew());
    byId("prepare-back").addEventListener("click", () => {
      this.#choosing = false;
      this.#desk.render();
    });
    byId("prepare-next").addEventListener("click", () => this.#next?.());
  }

  /** Fetch the scripts once the desk is paired; a list that does not come is asked for again when it is needed. */
  async load() {
    try {
      this.#scripts = await scripts();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#desk.tell(problem.message);
    }
    this.#drawScripts(this.#scripts);
    this.#desk.render();
  }

  /** Show the list of scripts, whatever was chosen before. */
  chooseAnew() {
    this.#choosing = true;
    if (!this.#scripts.length) this.load();
    this.#desk.render();
  }

  render(view) {
    const choosing = this.#choosing || !view.script;
    show(byId("choose"), choosing);
    show(byId("ready"), !choosing);
    show(byId("length"), choosing && this.#chosen !== null);
    show(byId("prepare-back"), choosing && Boolean(view.script) && view.play !== "ended");
    if (choosing) {
      this.#renderChoice();
      return;
    }
    setText(byId("chosen-title"), view.script);
    setText(byId("chosen-length"), `${minutes(view.infusion_ms)} of infusion`);
    const offered = this.#renderReady(view);
    this.#drawReadiness({ checks: view.readiness, can: view.can, armed: this.#desk.armed, offered });
  }

  #drawScripts = whenChanged((list) => {
    const cards = list.map((script) => this.#card(script));
    byId("scripts").replaceChildren(byId("scripts").firstElementChild, ...cards);
    const playable = list.filter((script) => !script.problems.length);
    if (playable.length === 1) this.#choose(playable[0]);
  });

  #card(script) {
    const broken = script.problems.length > 0;
    const radio = element("input", { type: "radio", name: "script", value: script.name, disabled: broken });
    radio.addEventListener("change", () => this.#choose(script));
    const rigid = script.shortest_ms === script.longest_ms;
    const shortest = rigid ? "" : `${Math.round(script.shortest_ms / MINUTE_MS)}–`;
    const range = `${shortest}${minutes(script.longest_ms)}`;
    const facts = [range, `Voice: ${capital(script.voice)}`, `${script.lines} lines`, ...script.themes.map(capital)];
    const about = element("span", { className: "about" },
      element("strong", {}, script.title),
      element("span", {}, script.summary),
      element("span", { className: "facts" }, ...facts.map((fact) => element("span", {}, fact))));
    const more = (className, text) => about.append(element("span", { className }, text));
    if (script.contains.length) more("contains", `Contains: ${script.contains.join(", ")}`);
    if (broken) more("problem", `It cannot be played: ${script.problems[0]}`);
    return element("label", { className: "card" }, radio, about);
  }

  #choose(script) {
    this.#chosen = script;
    const radio = byId("scripts").querySelector(`input[value="${CSS.escape(script.name)}"]`);
    radio.checked = true;
    const slider = byId("length-slider");
    slider.min = script.shortest_ms / MINUTE_MS;
    slider.max = script.longest_ms / MINUTE_MS;
    this.#setLength(this.#infusionMs || this.#desk.view?.infusion_ms || script.shortest_ms);
  }

  /** Only ever to what the chosen script can be fitted to. */
  #setLength(ms) {
    const { shortest_ms: least, longest_ms: most } = this.#chosen;
    this.#infusionMs = Math.min(most, Math.max(least, ms));
    byId("length-slider").value = this.#infusionMs / MINUTE_MS;
    setText(byId("length-value"), minutes(this.#infusionMs));
    byId("length-slider").setAttribute("aria-valuetext", minutes(this.#infusionMs));
    byId("length-less").disabled = this.#infusionMs <= least;
    byId("length-more").disabled = this.#infusionMs >= most;
    this.#desk.render();
  }

  #renderChoice() {
    if (!this.#chosen) {
      this.#offer("Choose a script", null, "");
      return;
    }
    const body = { script: this.#chosen.name, infusion_ms: this.#infusionMs };
    this.#offer(`Take ${this.#chosen.title}, ${minutes(this.#infusionMs)}`, async () => {
      if (await this.#desk.do("choose", body)) this.#choosing = false;
      this.#desk.render();
    }, "");
  }

  #drawReadiness = whenChanged(({ checks, can, armed, offered }) => {
    byId("readiness").replaceChildren(...checks.map((check) => this.#check(check, can, armed, offered)));
  });

  #check({ what, ok, sentence }, can, armed, offered) {
    const row = element("li", { className: ok ? "check ok" : "check" },
      element("span", { className: "mark", ariaHidden: "true" }, ok ? "✓" : ""),
      element("span", { className: "sentence" },
        element("span", { className: "unseen" }, ok ? "Done: " : "To do: "), sentence));
    const step = STEPS[what];
    if (!ok && step?.before && can.includes(step.command)) {
      row.append(this.#button(step.before.act, () => this.#desk.do(step.command, step.before.body)));
    }
    if (!ok && step && what !== offered && can.includes(step.command)) {
      row.append(this.#button(step.act, () => this.#desk.do(step.command, step.body)));
    } else if (what === "desk" && !armed) {
      row.append(this.#button("Arm this desk", () => this.#desk.arm()));
    }
    return row;
  }

  #button(text, act) {
    const button = element("button", { type: "button", className: "secondary" }, text);
    button.addEventListener("click", act);
    return button;
  }

  /** The biggest thing is the next check that a desk can do, which is told; when none is left, to begin. */
  #renderReady(view) {
    const missing = view.readiness.filter((check) => !check.ok);
    const doable = missing.find(({ what }) => STEPS[what] && view.can.includes(STEPS[what].command));
    const others = missing.filter(({ what }) => what !== "desk");
    if (view.next === "begin" || (!others.length && view.can.includes("begin"))) {
      this.#offer("Begin", () => this.#begin(), BEGIN_HINT);
    } else if (doable) {
      const step = STEPS[doable.what];
      this.#offer(step.act, () => this.#desk.do(step.command, step.body), "");
      return doable.what;
    } else {
      this.#offer("Begin", null, others[0]?.sentence ?? "");
    }
    return null;
  }

  async #begin() {
    if (this.#desk.view.armed.length) {
      await this.#desk.do("begin");
      return;
    }
    const text = "If the patient calls, no desk will sound. Begin only if somebody stays in the room.";
    const stays = await ask({ title: "No desk is armed", text, yes: "I stay in the room: begin", ends: false });
    if (stays) await this.#desk.do("begin", { in_room: true });
  }

  #offer(text, act, hint) {
    this.#next = act;
    setText(byId("prepare-next"), text);
    byId("prepare-next").disabled = act === null;
    setText(byId("prepare-hint"), hint);
  }
}
