/** The session under way: where it is, what comes, and what staff can do. */

import { ask } from "./ask.js";
import { isOpen } from "./call.js";
import { byId, element, setText, show, whenChanged } from "./dom.js";
import { capital, clock, countdown, minutes } from "./format.js";
import { Picture } from "./picture.js";
import { Timeline } from "./timeline.js";
import { said } from "./words.js";

const TAGS = ["difficult memory", "nausea", "discomfort", "bathroom", "technical"];
const TITLES = {
  waiting: "Preparing",
  ready: "Ready",
  arriving: "Arriving",
  holding: "Paused",
  resuming: "Going on softly",
  returning: "Return",
  ended: "The session has ended",
};
const CALLING_HINT = "The call is cleared at the bedside, with the code on the room's screen.";
const HINTS = {
  arriving: "Say so at the moment the pump starts: the infusion's clock starts with it.",
  holding: "Nobody is calling. The pump runs on, unless it was stopped.",
};

const PAUSE = { act: "Pause", command: "hold" };
const NEXT = {
  arriving: { act: "The pump has started", command: "infusion", body: { action: "started" } },
  playing: PAUSE,
  resuming: PAUSE,
  returning: PAUSE,
  holding: { act: "Resume softly", command: "resume" },
};

const RETURN = {
  act: "Go to the return",
  command: "return",
  ask: {
    title: "Go to the return now?",
    text: "The script leaves the infusion's phases and brings the patient back. This cannot be taken back.",
    yes: "Go to the return",
  },
};
const END = {
  act: "End the session",
  command: "end",
  ask: {
    title: "End the session?",
    text: "Picture and sound fade out. This cannot be taken back.",
    yes: "End the session",
  },
};
const MUSIC = { act: "Go on with music only", command: "resume", before: { narration: "music" } };
const STILL = { act: "Go on with a still picture", command: "resume", before: { picture: "still" } };
const OTHERS = {
  arriving: [PAUSE, END],
  playing: [RETURN, END],
  resuming: [RETURN, END],
  returning: [END],
  holding: [MUSIC, STILL, RETURN, END],
};

export class LiveView {
  #desk;
  #picture;
  #timeline = new Timeline();
  #onPrepare;

  constructor(desk, onPrepare) {
    this.#desk = desk;
    this.#onPrepare = onPrepare;
    this.#picture = new Picture(desk);
    byId("live-next").addEventListener("click", () => this.#doNext());
    byId("pump-toggle").addEventListener("click", () => {
      this.#desk.do("infusion", { action: this.#desk.view.infusion_running ? "stopped" : "restarted" });
    });
    for (const button of byId("pump").querySelectorAll("[data-by]")) {
      const by = Number(button.dataset.by);
      button.addEventListener("click", () => {
        this.#desk.do("infusion", { action: by > 0 ? "extended" : "shortened", by_ms: Math.abs(by) });
      });
    }
    byId("note-tags").append(...TAGS.map((tag) => this.#noteButton(tag)));
  }

  render(view) {
    const { play, can } = view;
    const ended = play === "ended";
    byId("live").dataset.play = play;
    setText(byId("live-script"), view.script ?? "");
    setText(byId("live-title"), TITLES[play] ?? capital(view.phase ?? "Playing"));
    const calling = isOpen(view.call);
    setText(byId("live-hint"), calling ? CALLING_HINT : (HINTS[play] ?? ""));
    const next = NEXT[play] ?? { act: "" };
    setText(byId("live-next"), calling ? "Back to the call" : ended ? "Prepare the next session" : next.act);
    byId("live-next").disabled = !calling && !ended && !can.includes(next.command);
    this.#drawOthers((OTHERS[play] ?? []).filter(({ command }) => can.includes(command)));
    this.#timeline.render(view);
    const called = play === "holding" && view.call.state === "cleared";
    setText(byId("notes-title"), called ? "What was it? Kept with the time, without names" : "Note, with the time");
    this.#renderPump(view);
    show(byId("notes"), can.includes("note"));
    this.#drawHealth({ health: view.health, faults: view.faults });
    setText(byId("desks"), view.armed.length ? `Armed: ${view.armed.join(", ")}` : "No desk is armed.");
    this.tick();
  }

  /** What changes by itself as time passes. */
  tick() {
    const { view } = this.#desk;
    const { play } = view;
    const past = this.#desk.now() - view.at;
    const length = view.infusion_ms;
    const gone = Math.min(length, view.infusion_elapsed_ms + (view.infusion_running ? past : 0));
    setText(byId("infusion-gone"), clock(gone));
    setText(byId("infusion-left"), countdown(length - gone));
    setText(byId("infusion-length"), minutes(length));
    const stopped = !view.infusion_running && gone > 0 && gone < length;
    setText(byId("infusion-gone-label"), stopped ? "infused, pump stopped" : "infused");
    this.#timeline.tick(view.infusion_running && play === "playing" ? past : 0);
    setText(byId("line"), view.line || said("Nothing now"));
    byId("line").classList.toggle("quiet", !view.line);
    this.#tickNextLine(view.next_line, past);
    this.#picture.tick();
  }

  #tickNextLine(next, past) {
    setText(byId("next-line-title"), next ? `Next, in ${countdown(next.in_ms - past)}` : "Next");
    setText(byId("next-line"), next?.text ?? said("Nothing is planned"));
    byId("next-line").classList.toggle("quiet", !next);
  }

  #renderPump(view) {
    const started = view.infusion_running || view.infusion_elapsed_ms > 0;
    show(byId("pump"), started && view.can.includes("infusion"));
    setText(byId("pump-toggle"), view.infusion_running ? "The pump was stopped" : "The pump runs again");
  }

  async #doNext() {
    const { play, call } = this.#desk.view;
    if (isOpen(call)) this.#desk.showCall();
    else if (play === "ended") this.#onPrepare();
    else await this.#do(NEXT[play]);
  }

  async #do({ command, body, before, ask: question }) {
    if (question && !(await ask(question))) return;
    if (before && !(await this.#desk.do("comfort", before))) return;
    await this.#desk.do(command, body);
  }

  #drawOthers = whenChanged((others) => {
    byId("live-others").replaceChildren(...others.map((other) => {
      const className = other === END ? "secondary ends-it" : "secondary";
      const button = element("button", { type: "button", className }, other.act);
      button.addEventListener("click", () => this.#do(other));
      return button;
    }));
  });

  #drawHealth = whenChanged(({ health, faults }) => {
    const parts = Object.entries(health).map(([part, state]) => healthOf(state === "ok", capital(part), state));
    byId("health").replaceChildren(...parts, ...faults.map((fault) => healthOf(false, fault)));
  });

  #noteButton(tag) {
    const button = element("button", { type: "button", className: "secondary" }, capital(tag));
    button.addEventListener("click", async () => {
      if (!(await this.#desk.do("note", { tag, text: "" }))) return;
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      setText(byId("note-done"), `Noted at ${time}: ${tag}.`);
    });
    return button;
  }
}

/** A part of the room, or a sentence about it, with a mark that says whether all is well. */
function healthOf(fine, name, sentence) {
  return element("li", { className: fine ? "check ok" : "check bad" },
    element("span", { className: "mark", ariaHidden: "true" }, fine ? "✓" : "!"),
    element("span", {}, element("span", {}, name), ...(fine || !sentence ? [] : [": ", element("span", {}, sentence)])));
}
