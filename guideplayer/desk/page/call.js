/** The call: it takes the whole page, says who calls and since when, and leads to the next act. */

import { byId, element, setText, show, whenChanged } from "./dom.js";
import { clock, countdown, spoken } from "./format.js";
import { takeQuestionAway } from "./ask.js";
import { said } from "./words.js";

const VIBRATION = [500, 150, 500, 150, 500];
const VIBRATE_EVERY_MS = 10000;
const MOST_OTHERS = 6;

/** Whether staff are still asked for. */
export const isOpen = (call) => !["none", "cleared"].includes(call.state);

/** How the page looks at a call: calling, coming, overdue (answered, and not cleared in time); null without a call. */
export function lookOf(call, now) {
  if (!isOpen(call)) return null;
  if (call.state === "acknowledged") return now < (call.silenced_until ?? 0) ? "coming" : "overdue";
  return call.state === "attended" ? "coming" : "calling";
}

/** Which pattern sounds for it. */
export const soundOf = (look) => ({ calling: "urgent", overdue: "reminder" })[look] ?? null;

const whoOf = (call) => call.name || "Somebody";

/** What the page says of a call. */
function wordsOf(view, look) {
  if (look === "coming") return `${whoOf(view.call)} is ${view.call.state === "attended" ? "there" : "coming"}`;
  if (look === "overdue") return "is still waiting";
  return view.call.rehearsal ? "test call" : "is calling";
}

export class CallView {
  #desk;
  #look = null;
  #room = null;
  #id = null;
  #others = [];
  #looking = false;
  #bedside = false;
  #vibratedAt = 0;

  constructor(desk, name) {
    this.#desk = desk;
    byId("call-name").value = name;
    byId("call-coming").addEventListener("click", () => {
      const given = byId("call-name").value.trim();
      this.#do("acknowledge", { ...(given && { name: given }), call: this.#id });
    });
    byId("call-clear").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#clear();
    });
    byId("call-code").addEventListener("input", () => {
      byId("call-code").value = byId("call-code").value.replace(/\D/g, "").slice(0, 2);
    });
    byId("call-bedside").addEventListener("click", () => {
      this.#bedside = true;
      this.tick();
      byId("call-code").focus();
    });
    byId("call-look").addEventListener("click", () => this.lookAtRoom(true));
    byId("bar-call").addEventListener("click", () => this.lookAtRoom(false));
  }

  /** The calls that this page shows, by their rooms: only what can be read here counts as delivered. */
  get shown() {
    const others = this.covers ? this.#others : [];
    return Object.fromEntries([...(this.#room === null ? [] : [[this.#room, this.#id]]), ...others.map(({ room, call }) => [room, call.id])]);
  }

  /** Whether the call covers the page now. */
  get covers() {
    return this.#id !== null && !this.#looking;
  }

  /** Draw the call as it stands now; also as time passes. */
  tick() {
    const view = this.#desk.calling(this.#busy ? this.#room : null);
    const now = this.#desk.callsNow();
    const look = view && lookOf(view.call, now);
    const [room, id] = look ? [view.room, view.call.id] : [null, null];
    if (room !== this.#room || id !== this.#id) this.#turnTo(room, id);
    if (look !== this.#look) this.#changeLook(look, view);
    this.#drawOthers(look ? this.#desk.callingBesides(room) : []);
    show(byId("call"), this.covers);
    show(byId("bar-call"), this.#looking);
    if (look) this.#draw(view, look, now);
    this.#vibrate(soundOf(look), now);
  }

  /** Whoever types the code of one room is not to find another's under the hand; who looks at one is told of others. */
  get #busy() {
    if (this.#room === null) return false;
    if (byId("call-code").value !== "" || document.activeElement === byId("call-code")) return true;
    return this.#looking && this.#desk.callingBesides(this.#room).length === 0;
  }

  /** Other rooms that call at the same time, each a tap away. */
  #drawOthers(others) {
    this.#others = others.slice(0, MOST_OTHERS);
    this.#drawOtherRooms({ rooms: this.#others.map(({ room }) => room), more: others.length - this.#others.length });
  }

  #drawOtherRooms = whenChanged(({ rooms, more }) => {
    const buttons = rooms.map((room) => {
      const button = element("button", { type: "button", translate: false }, room);
      button.addEventListener("click", () => this.#desk.turnToCall(room));
      return button;
    });
    if (more > 0) buttons.push(element("span", {}, `and ${more} more`));
    byId("call-other-rooms").replaceChildren(...buttons);
    show(byId("call-others"), rooms.length > 0);
    if (rooms.length > 0) requestAnimationFrame(() => requestAnimationFrame(() => this.#desk.beat()));
  });

  /** Another call, or none: whatever the page was doing, it does this now. */
  #turnTo(room, id) {
    this.#room = room;
    this.#id = id;
    this.#looking = this.#bedside = false;
    byId("call-code").value = "";
    setText(byId("call-problem"), "");
    if (id === null) {
      setText(byId("announce-call"), "The call is cleared.");
      return;
    }
    takeQuestionAway();
    setText(byId("announce-call"), `${room} is calling.`);
    byId("call").hidden = false;
    byId("call-head").focus();
    // The receipt says that the page shows the call, so it goes out after the frame that does.
    requestAnimationFrame(() => requestAnimationFrame(() => this.#desk.beat()));
  }

  #changeLook(look, view) {
    this.#look = look;
    setText(byId("call-problem"), "");
    if (look !== "coming") this.#looking = false;
    if (look === "coming") setText(byId("announce-call"), `${said(wordsOf(view, look))}: ${view.room}.`);
    if (look === "overdue") setText(byId("announce-call"), `The call of ${view.room} is still open.`);
  }

  #draw(view, look, now) {
    const { call } = view;
    const section = byId("call");
    section.dataset.look = look;
    section.dataset.test = call.rehearsal ? "yes" : "no";
    section.dataset.bedside = this.#bedside ? "yes" : "no";
    const words = wordsOf(view, look);
    this.#write("call-room", view.room);
    this.#write("call-words", words);
    const since = now - call.raised_at;
    setText(byId("call-since"), clock(since));
    byId("call-since").setAttribute("aria-label", said(`for ${spoken(since)}`));
    setText(byId("call-note"), this.#note(view, look, now));
    show(byId("call-answer"), look !== "coming");
    show(byId("call-bedside"), look === "calling" && !this.#bedside);
    show(byId("call-clear"), look !== "calling" || this.#bedside);
    show(byId("call-look"), look === "coming" || document.body.dataset.role === "viewer");
    if (this.#looking) setText(byId("bar-call"), `${this.#desk.many ? `${view.room}: call` : "Call"} open for ${clock(since)} · ${words} · Back to the call`);
  }

  /** Letters as large as the longest word and the length of the text allow. */
  #write(id, text) {
    const node = byId(id);
    setText(node, text);
    text = node.textContent;
    const longest = Math.max(...text.split(/\s+/).map((word) => word.length));
    node.style.setProperty("--letters", Math.max(longest, Math.min(text.length, 10), 5));
    node.dataset.long = text.length > 14 ? "yes" : "no";
  }

  #note(view, look, now) {
    const { call } = view;
    if (look === "overdue") return `${whoOf(call)} answered. The call has not been cleared at the bedside.`;
    if (look === "coming" && call.state === "attended") return "";
    if (look === "coming") return `Silent for ${countdown(call.silenced_until - now)}, then it sounds again.`;
    if (call.rehearsal) return "This is a rehearsal: answer it as you would a real call.";
    if (call.level > 0) return "Nobody has answered yet: the alarm has gone further.";
    return view.infusion_running ? "The programme is paused. The pump still runs." : "The programme is paused.";
  }

  async #do(name, body) {
    const problem = await this.#desk.try(name, body, this.#room);
    setText(byId("call-problem"), problem ?? "");
    return problem === null;
  }

  async #clear() {
    const code = byId("call-code");
    const done = await this.#do("clear", { code: code.value });
    code.value = "";
    if (!done) code.focus();
  }

  /** Let the room be seen while somebody is on the way, or come back to the call. */
  lookAtRoom(looking) {
    this.#looking = looking;
    if (looking) this.#desk.open(this.#room);
    this.#desk.render();
  }

  #vibrate(sounding, now) {
    if (!sounding || !navigator.userActivation?.hasBeenActive) return;
    if (Math.abs(now - this.#vibratedAt) < VIBRATE_EVERY_MS) return;
    this.#vibratedAt = now;
    navigator.vibrate?.(VIBRATION);
  }
}
