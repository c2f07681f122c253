/** Preparing: choose a script and a length, see that everything works, begin. */

import { Problem, scripts } from "./api.js";
import { ask } from "./ask.js";
import { scriptCard } from "./cards.js";
import { byId, element, setText, show, whenChanged } from "./dom.js";
import { Filters } from "./filters.js";
import { minutes } from "./format.js";
import { Sample } from "./sample.js";

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
  #fetched = null;
  #cards = new Map();
  #chosen = null;
  #voice = null;
  #sample = new Sample();
  #infusionMs = 0;
  #choosing = false;
  #next = null;

  constructor(desk) {
    this.#desk = desk;
    this.filters = new Filters(() => this.#filter());
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

  /** Show the list of scripts, whatever was chosen before; it is fetched anew. */
  chooseAnew() {
    this.#choosing = true;
    this.#fetched = null;
    this.#desk.render();
  }

  /** Another room is looked into. */
  turnTo() {
    this.#choosing = false;
    this.#chosen = this.#fetched = null;
    this.leave();
  }

  /** Something else is shown: nothing of this sounds on. */
  leave() {
    this.#sample.stop();
  }

  /** Fetch the scripts when they are first looked at, and again when there are more cards; never during a session. */
  async #fetch({ room, cards }) {
    const wanted = `${room} ${cards ?? 0}`;
    if (this.#fetched === wanted) return;
    this.#fetched = wanted;
    try {
      this.#scripts = await scripts(room);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#desk.tell(problem.message);
    }
    this.#drawScripts(this.#scripts);
    this.#desk.render();
  }

  render(view) {
    const choosing = this.#choosing || !view.script;
    show(byId("choose"), choosing);
    show(byId("ready"), !choosing);
    show(byId("length"), choosing && this.#chosen !== null);
    show(byId("prepare-back"), choosing && Boolean(view.script) && view.play !== "ended");
    if (choosing) {
      this.#fetch(view);
      this.#renderChoice();
      return;
    }
    this.leave();
    show(byId("prepare-next"), true);
    setText(byId("chosen-title"), view.script);
    setText(byId("chosen-length"), `${minutes(view.infusion_ms)} of infusion`);
    const offered = this.#renderReady(view);
    this.#drawNotices({ notices: view.notices });
    this.#drawReadiness({ checks: view.readiness, can: view.can, armed: this.#desk.armed, offered });
  }

  /** Draw each card anew that has changed; the others stay, with whatever is being heard or has the focus. */
  #drawScripts = whenChanged((list) => {
    const cards = list.map((script) => this.#card(script));
    byId("scripts").replaceChildren(...byId("scripts").querySelectorAll(":scope > legend, :scope > p"), ...cards);
    this.filters.draw(list);
    this.#filter();
    const playable = list.filter((script) => !script.problems.length);
    const again = playable.find((script) => script.name === this.#chosen?.name);
    if (again) this.#choose(again);
    else if (playable.length === 1) this.#choose(playable[0]);
  });

  /** The card of a script; the one that there is already unless the script has changed. */
  #card(script) {
    const text = JSON.stringify(script);
    const known = this.#cards.get(script.name);
    if (known?.text === text) return known.node;
    const node = scriptCard(script, {
      sample: this.#sample,
      choose: () => {
        this.#choose(script);
        // The card opens, and the length comes up below it.
        this.#cards.get(script.name).node.scrollIntoView({ block: "nearest" });
      },
      chooseVoice: (voice) => {
        this.#choose(script);
        this.#voice = voice;
      },
    });
    this.#cards.set(script.name, { text, node });
    return node;
  }

  /** Show the cards that are as wished; one that is no longer shown is not chosen either. */
  #filter() {
    const left = this.#scripts.filter((script) => this.filters.lets(script));
    for (const script of this.#scripts) show(this.#cards.get(script.name).node, left.includes(script));
    this.filters.count(left.length, this.#scripts.length);
    if (this.#chosen && !left.some((script) => script.name === this.#chosen.name)) this.#letGo();
    else if (this.#chosen && this.filters.infusionMs) this.#setLength(this.filters.infusionMs);
    this.#desk.render();
  }

  #letGo() {
    this.#radio(this.#chosen).checked = false;
    this.#chosen = null;
    this.leave();
  }

  #radio(script) {
    return this.#cards.get(script.name).node.querySelector("input[name=script]");
  }

  #choose(script) {
    this.#voice = script.name === this.#chosen?.name ? this.#voice : null;
    this.#chosen = script;
    this.#radio(script).checked = true;
    const slider = byId("length-slider");
    slider.min = script.shortest_ms / MINUTE_MS;
    slider.max = script.longest_ms / MINUTE_MS;
    const wished = this.filters.infusionMs;
    this.#setLength(wished || this.#infusionMs || this.#desk.view?.infusion_ms || script.shortest_ms);
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
    show(byId("prepare-next"), this.#chosen !== null);
    if (!this.#chosen) {
      this.#offer("Choose a script", null, "");
      return;
    }
    this.#offer(`Take ${this.#chosen.title}, ${minutes(this.#infusionMs)}`, async () => {
      const body = { script: this.#chosen.name, infusion_ms: this.#infusionMs };
      if (this.#voice && this.#voice !== this.#chosen.voice) body.voice = this.#voice;
      if (await this.#desk.do("choose", body)) this.#choosing = false;
      this.#desk.render();
    }, "");
  }

  #drawReadiness = whenChanged(({ checks, can, armed, offered }) => {
    byId("readiness").replaceChildren(...checks.map((check) => this.#check(check, can, armed, offered)));
  });

  /** What is wrong with the machine, and how it is mended; nothing where nothing is. */
  #drawNotices = whenChanged(({ notices }) => {
    show(byId("notices"), notices.length > 0);
    byId("notices-list").replaceChildren(...notices.map(({ verdict, sentence, fix }) => {
      const row = element("li", { className: verdict === "bad" ? "notice bad" : "notice" },
        element("p", {}, sentence), element("p", { className: "hint" }, fix));
      // The doctor speaks English, whatever the page does.
      row.lang = "en";
      return row;
    }));
  });

  #check({ what, ok, sentence }, can, armed, offered) {
    const row = element("li", { className: ok ? "check ok" : "check" },
      element("span", { className: "mark", ariaHidden: "true" }, ok ? "✓" : ""),
      element("span", { className: "sentence" },
        element("span", { className: "unseen" }, ok ? "Done:" : "To do:"), " ", sentence));
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
