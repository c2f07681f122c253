/** Recording one's own voice: the lines of a script, one at a time, large enough to read from where one speaks. */

import { clipAddress, Problem, recordings, scripts, voices } from "./api.js";
import { byId, element, setText, show, whenChanged } from "./dom.js";
import { Microphone, whyNot } from "./microphone.js";
import { afterTake, ofRoom, SAYS, stateOf } from "./verdict.js";
import { soundOf, Takes } from "./takes.js";

const AT_REST = ["waiting", "ready", "ended"];
const COUNT_MS = 800;
const LISTEN_MS = 2000;
const ASK_EVERY_MS = 2000;
const LONGEST_MS = 120000;
const FLOOR_DB = -60;
const CHOICE = "guideplayer-record";

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(CHOICE)) ?? {};
  } catch {
    return {};
  }
}

function remember(choice) {
  try {
    localStorage.setItem(CHOICE, JSON.stringify({ ...remembered(), ...choice }));
  } catch {
    // Then it is chosen again the next time.
  }
}

export class RecordView {
  #desk;
  #open = false;
  #therapist = false;
  #room = null;
  #at = 0;
  #act = "idle";
  #own = [];
  #take = null;
  #quietDb = null;
  #player = new Audio();
  #asking;
  #takes = new Takes(() => this.#refresh());
  #microphone = new Microphone((level) => this.#showLevel(level));

  constructor(desk) {
    this.#desk = desk;
    byId("foot-record").addEventListener("click", () => this.#begin());
    byId("record-close").addEventListener("click", () => this.#back());
    byId("record-setup").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#enter();
    });
    byId("record-main").addEventListener("click", () => this.#turn());
    byId("record-before").addEventListener("click", () => this.#go(this.#at - 1));
    byId("record-after").addEventListener("click", () => this.#go(this.#at + 1));
    byId("record-play").addEventListener("click", () => this.#play());
    byId("record-listen").addEventListener("click", () => this.#listen());
    byId("record-counts").checked = remembered().counts ?? true;
    byId("record-counts").addEventListener("change", () => remember({ counts: byId("record-counts").checked }));
    document.addEventListener("keydown", (event) => this.#key(event));
    this.#player.addEventListener("ended", () => this.#draw());
    this.#player.addEventListener("pause", () => this.#draw());
  }

  /** Whether this is what is to be seen: never while somebody is treated. */
  open(view) {
    if (!AT_REST.includes(view.play)) this.#open = false;
    return this.#open;
  }

  /** The way in; and out of sight nothing is recorded. What is still to be sent is sent wherever one is. */
  render(view, shown) {
    const therapist = document.body.dataset.role === "therapist";
    if (therapist && !this.#therapist) this.#takes.open().then(() => this.#takes.send(), () => {});
    this.#therapist = therapist;
    show(byId("foot-record"), therapist && AT_REST.includes(view.play) && !this.#open);
    if (!shown) this.#leave();
  }

  async #begin() {
    this.#open = true;
    show(byId("record-setup"), true);
    show(byId("record-booth"), false);
    setText(byId("record-about"), "");
    setText(byId("record-problem"), whyNot() ?? "");
    byId("record-setup").querySelector("button").disabled = whyNot() !== null;
    this.#desk.render();
    await this.#try(async () => {
      const [begun, list] = await Promise.all([voices(), scripts(this.#desk.view.room)]);
      byId("record-voices").replaceChildren(...begun.voices.map((value) => element("option", { value })));
      byId("record-script").replaceChildren(...list.map(({ name, title }) => element("option", { value: name, translate: false }, title)));
      const { voice, script } = remembered();
      byId("record-voice").value = voice ?? begun.voices[0] ?? "";
      if (list.some(({ name }) => name === script)) byId("record-script").value = script;
    });
  }

  /** Do what may be refused, and say why beside it; null when it was. */
  async #try(act) {
    try {
      setText(byId("record-problem"), whyNot() ?? "");
      return await act();
    } catch (problem) {
      setText(byId("record-problem"), problem.message);
      return null;
    }
  }

  async #enter() {
    const voice = byId("record-voice").value.trim().toLowerCase().replaceAll(/\s+/g, "-");
    const script = byId("record-script").value;
    byId("record-voice").value = voice;
    const room = await this.#try(async () => {
      const found = await recordings(voice, script);
      await this.#takes.open().catch(() => {
        throw new Error("This browser cannot keep recordings, as in a private window: use an ordinary one.");
      });
      await this.#microphone.open();
      return found;
    });
    if (!room || !this.#open) return this.#microphone.close();
    remember({ voice, script });
    navigator.storage?.persist?.();
    this.#room = room;
    setText(byId("record-about"), `${voice} · ${room.title}`);
    byId("record-prompt").lang = room.language;
    show(byId("record-setup"), false);
    show(byId("record-booth"), true);
    await this.#refresh();
    this.#takes.send();
    this.#go(Math.max(0, room.lines.findIndex((line) => this.#state(line) === "missing")));
    await this.#listen();
  }

  /** How loud the room is while nobody speaks: what is in it is in every take. */
  async #listen() {
    if (this.#act !== "idle") return;
    this.#turnTo("listening");
    setText(byId("record-said"), "Be quiet for two seconds: the room is being listened to.");
    this.#microphone.begin();
    await later(LISTEN_MS);
    if (this.#act !== "listening") return;
    this.#quietDb = this.#microphone.measured().quietDb;
    setText(byId("record-said"), ofRoom(this.#quietDb));
    this.#turnTo("idle");
    byId("record-main").focus();
  }

  get #line() {
    return this.#room.lines[this.#at];
  }

  /** The takes on this device of a line, in this voice. */
  #takesOf({ line }) {
    return this.#own.filter((take) => take.voice === this.#room.voice && take.line === line && take.done);
  }

  /** The take on this device that counts. */
  #counts(line) {
    return this.#takesOf(line).reduce((best, take) => (take.picked > (best?.picked ?? 0) ? take : best), null);
  }

  #state(line) {
    return stateOf(line, this.#counts(line));
  }

  #go(to) {
    if (!["idle", "listening"].includes(this.#act) || to < 0 || to >= this.#room.lines.length) return;
    this.#player.pause();
    this.#at = to;
    if (this.#act === "idle") setText(byId("record-said"), "");
    this.#draw();
    byId("record-main").focus({ preventScroll: true });
  }

  async #turn() {
    if (this.#act === "recording") await this.#stop();
    else if (this.#act === "counting") this.#turnTo("idle");
    else if (this.#act !== "saving") await this.#record();
  }

  async #record() {
    this.#player.pause();
    if (byId("record-counts").checked) {
      this.#turnTo("counting");
      for (const number of [3, 2, 1]) {
        setText(byId("record-count"), String(number));
        await later(COUNT_MS);
        if (this.#act !== "counting") return;
      }
    }
    const { voice, script } = this.#room;
    const take = this.#takes.begin({ voice, script, line: this.#line.line });
    this.#take = take;
    take.type = this.#microphone.record((part) => {
      take.parts.push(part);
      // Kept while it grows: a crash takes a second of it.
      this.#takes.keep(take).catch(() => this.#stop());
    });
    this.#turnTo("recording");
    setText(byId("record-said"), "");
    setTimeout(() => this.#take === take && this.#stop(), LONGEST_MS);
  }

  /** The take is kept, whatever it is like; what is heard in it is said at once. */
  async #stop() {
    if (this.#act !== "recording") return;
    const take = this.#take;
    this.#turnTo("saving");
    await this.#microphone.stop();
    take.length_ms = Date.now() - take.at;
    const { good, sentence } = afterTake(this.#microphone.measured(), this.#quietDb, take.length_ms);
    take.good = good;
    try {
      await this.#takes.finish(take);
      setText(byId("record-said"), sentence);
    } catch {
      setText(byId("record-said"), "This device has no room left for recordings: this take is lost. Make room, then record it again.");
    }
    this.#take = null;
    this.#act = "idle";
    await this.#refresh();
  }

  #play() {
    const take = this.#counts(this.#line);
    if (!this.#player.paused) this.#player.pause();
    else if (take) this.#hear(URL.createObjectURL(soundOf(take)));
    else if (this.#line.length_ms) this.#hear(clipAddress(this.#room.voice, this.#line.line, this.#line.take));
  }

  #hear(address) {
    if (this.#player.src.startsWith("blob:")) URL.revokeObjectURL(this.#player.src);
    this.#player.src = address;
    this.#player.play().catch(() => setText(byId("record-said"), "This browser cannot play that."));
    this.#draw();
  }

  /** Ask the room how far it is, and draw; again while something is on its way. */
  async #refresh() {
    clearTimeout(this.#asking);
    if (!this.#room || !this.#open) return;
    this.#own = await this.#takes.all();
    try {
      this.#room = await recordings(this.#room.voice, this.#room.script);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
    }
    this.#draw();
    if (this.#room.lines.some((line) => ["here", "waiting"].includes(this.#state(line)))) {
      this.#asking = setTimeout(() => this.#refresh(), ASK_EVERY_MS);
    }
  }

  #turnTo(act) {
    this.#act = act;
    this.#draw();
  }

  #draw() {
    if (!this.#room) return;
    const { lines } = this.#room;
    const line = this.#line, take = this.#counts(line), state = this.#state(line);
    setText(byId("record-place"), `Line ${this.#at + 1} of ${lines.length}: ${line.part}`);
    setText(byId("record-prompt"), line.text);
    byId("record-booth").dataset.act = this.#act;
    show(byId("record-count"), this.#act === "counting");
    setText(byId("record-main"), this.#mainText(take));
    byId("record-main").disabled = ["saving", "listening"].includes(this.#act);
    const busy = !["idle", "listening"].includes(this.#act);
    byId("record-before").disabled = busy || this.#at === 0;
    byId("record-after").disabled = busy || this.#at === lines.length - 1;
    byId("record-play").disabled = busy || !(take || line.length_ms);
    setText(byId("record-play"), this.#player.paused ? "Play" : "Silence");
    // What comes next is the most conspicuous: a line that is there leads on to the next.
    byId("record-booth").dataset.there = busy || ["missing", "unusable", "refused"].includes(state) || take?.good === false ? "no" : "yes";
    const states = lines.map((one) => this.#state(one));
    const count = (...wanted) => states.filter((one) => wanted.includes(one)).length;
    setText(byId("record-progress"), count("ready") === lines.length
      ? "All lines are ready: the script can be chosen with this voice."
      : `Recorded: ${lines.length - count("missing")} of ${lines.length}. Ready: ${count("ready", "mismatch")}.`);
    setText(byId("record-trouble"), count("here") ? this.#takes.trouble : "");
    setText(byId("record-workshop"), this.#room.problem || (this.#room.checked ? "" : "No machine listens to the takes here: hear each yourself."));
    this.#drawTakes({ takes: this.#takesOf(line).map(({ id, length_ms: ms, good }) => ({ id, ms, good })), counts: take?.id });
    this.#drawLines({ rows: lines.map(({ text }, at) => ({ text, state: states[at] })), at: this.#at });
    this.#drawState({ state, line, refused: take?.refused });
  }

  #mainText(take) {
    if (this.#act === "recording") return "Stop";
    if (this.#act === "counting") return "Not yet";
    return take || this.#line.state !== "missing" ? "Record it again" : "Record";
  }

  /** What the room found out about the line, as soon as it is known. */
  #drawState = whenChanged(({ state, line, refused }) => {
    if (this.#act !== "idle") return;
    if (state === "mismatch") setText(byId("record-said"), `It was understood as “${line.heard}”. Listen to it.`);
    else if (state === "unusable") setText(byId("record-said"), line.problem);
    else if (refused) setText(byId("record-said"), refused);
  });

  #drawTakes = whenChanged(({ takes, counts }) => {
    show(byId("record-takes"), takes.length > 1);
    byId("record-takes").querySelector("div").replaceChildren(...takes.map(({ id, ms, good }, number) => {
      const radio = element("input", { type: "radio", name: "take", checked: id === counts });
      radio.addEventListener("change", () => this.#pick(id));
      return element("label", { className: "take" }, radio, element("span", {}, `Take ${number + 1}`),
        element("span", { className: "quiet" }, `${(ms / 1000).toFixed(1)} s`), element("span", { className: "bad" }, good ? "" : "doubtful"));
    }));
  });

  async #pick(id) {
    await this.#takes.pick(this.#own.find((take) => take.id === id));
    await this.#refresh();
    this.#play();
  }

  #drawLines = whenChanged(({ rows, at }) => {
    byId("record-lines").replaceChildren(...rows.map(({ text, state }, number) => {
      const button = element("button", { type: "button", className: "line", ariaCurrent: number === at ? "true" : "false" },
        element("span", { translate: false }, text), element("span", { className: `chip ${state}` }, SAYS[state]));
      button.addEventListener("click", () => {
        this.#go(number);
        scrollTo(0, 0);
      });
      return element("li", {}, button);
    }));
  });

  #showLevel({ peak, db }) {
    const level = byId("record-level");
    level.firstElementChild.style.transform = `scaleX(${Math.max(0, 1 - db / FLOOR_DB)})`;
    level.classList.toggle("hot", peak >= 0.98);
  }

  #key(event) {
    const free = event.target === document.body || event.target === byId("record-main");
    if (byId("record").hidden || byId("record-booth").hidden || document.querySelector("dialog[open]") || event.repeat) return;
    if (event.ctrlKey || event.altKey || event.metaKey || !(free || event.target.tagName === "BUTTON")) return;
    if (event.code === "Space" && free) this.#turn();
    else if (event.code === "ArrowRight") this.#go(this.#at + 1);
    else if (event.code === "ArrowLeft") this.#go(this.#at - 1);
    else return;
    event.preventDefault();
  }

  #back() {
    if (byId("record-booth").hidden) {
      this.#open = false;
      this.#desk.render();
    } else {
      this.#leave();
      this.#begin();
    }
  }

  /** Nothing of this goes on out of sight; a take under way ends here, and is kept. */
  async #leave() {
    if (!this.#room) return;
    clearTimeout(this.#asking);
    this.#player.pause();
    if (this.#act === "recording") await this.#stop();
    this.#act = "idle";
    this.#room = null;
    this.#microphone.close();
    show(byId("record-booth"), false);
    show(byId("record-setup"), true);
  }
}
