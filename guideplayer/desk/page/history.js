/** Past sessions: the list, one of them, and how long calls waited over the months. */

import { deleteSession, pastSessions, Problem, session, statistics } from "./api.js";
import { ask } from "./ask.js";
import { byId, element, setText, show } from "./dom.js";
import { waitsOf } from "./drawing.js";
import { minutes } from "./format.js";
import { lengthOf, summaryOf } from "./summary.js";
import { language, said } from "./words.js";

const AT_REST = ["waiting", "ready", "ended"];
const MOST_SHOWN = 50;
const LOCALE = navigator.language.startsWith(language) ? navigator.language : language;
const STANDINGS = { "under way": "under way", cut: "not ended" };

export class History {
  #desk;
  #open = false;
  #ended = null;
  #session = null;
  #all = [];
  #whole = true;
  #shown = MOST_SHOWN;

  constructor(desk) {
    this.#desk = desk;
    byId("foot-history").addEventListener("click", () => this.#turnTo(true));
    byId("history-close").addEventListener("click", () => (this.#session ? this.#list() : this.#turnTo(false)));
    byId("history-more").addEventListener("click", () => {
      this.#shown += MOST_SHOWN;
      this.#drawList();
    });
    byId("history-delete").addEventListener("click", () => this.#delete());
  }

  /** Whether the list is wanted; never while a session is under way. */
  open(view) {
    if (!AT_REST.includes(view.play)) this.#open = false;
    return this.#open;
  }

  /** The way in, and after a session what it was. */
  render(view, mayRead) {
    show(byId("foot-history"), mayRead && AT_REST.includes(view.play) && !this.#open);
    const ended = mayRead && view.play === "ended";
    show(byId("summary"), ended);
    if (ended !== this.#ended) {
      this.#ended = ended;
      byId("summary-told").replaceChildren();
      if (ended) this.#tellLast();
    }
  }

  #turnTo(open) {
    this.#open = open;
    if (open) this.#list();
    this.#desk.render();
  }

  /** Do what may be refused, and show what is said. */
  async #try(act) {
    try {
      return await act();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#desk.tell(problem.message);
      return null;
    }
  }

  async #tellLast() {
    const told = await this.#try(async () => {
      const { sessions: [last], trouble } = await pastSessions();
      // Of a damaged record the last that can be read may be another than this.
      if (trouble) this.#desk.tell(trouble);
      return last && !trouble ? session(last.session) : null;
    });
    if (!this.#ended) return;
    const nothing = element("p", { className: "hint" }, "There is no record of it.");
    byId("summary-told").replaceChildren(...(told ? summaryOf(told) : [nothing]));
  }

  async #list() {
    this.#session = null;
    this.#shown = MOST_SHOWN;
    show(byId("history-one"), false);
    show(byId("history-all"), true);
    setText(byId("history-title"), "Past sessions");
    setText(byId("history-close"), "Back");
    const [past, counted] = (await this.#try(() => Promise.all([pastSessions(), statistics()]))) ?? [null, null];
    this.#all = past?.sessions ?? [];
    this.#whole = past !== null && !past.trouble;
    setText(byId("history-trouble"), past?.trouble ?? "");
    setText(byId("history-uncounted"), past?.uncounted ? `${past.uncounted} older ones are still being counted.` : "");
    this.#drawList();
    this.#drawStatistics(counted);
  }

  #drawList() {
    show(byId("history-none"), this.#whole && !this.#all.length);
    byId("history-list").replaceChildren(...this.#all.slice(0, this.#shown).map((one) => this.#row(one)));
    show(byId("history-more"), this.#all.length > this.#shown);
  }

  #row(one) {
    const when = new Date(one.begun_wall_ms);
    const day = when.toLocaleDateString(LOCALE, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
    const time = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const answered = one.waits.map(({ answered_ms: ms }) => ms).filter((ms) => ms !== null);
    const unanswered = answered.length < one.waits.length;
    const calls = one.waits.length === 1 ? "1 call" : `${one.waits.length} calls`;
    const wait = unanswered ? "one was never answered" : answered.length ? `longest wait ${lengthOf(Math.max(...answered))}` : "";
    const button = element("button", { type: "button", className: "past" },
      element("strong", { translate: false }, `${day}, ${time}`), element("span", { translate: false }, one.script),
      element("span", { className: "quiet" }, minutes(one.length_ms)),
      element("span", { className: unanswered ? "bad" : "quiet" }, one.waits.length ? calls : "no call", ...(wait ? [", ", element("span", {}, wait)] : [])),
      element("span", { className: "quiet" }, STANDINGS[one.standing] ?? ""));
    button.addEventListener("click", () => this.#tell(one.session, `${day}, ${time}`));
    return element("li", {}, button);
  }

  async #tell(number, when) {
    const told = await this.#try(() => session(number));
    if (!told) return;
    this.#session = number;
    show(byId("history-all"), false);
    show(byId("history-one"), true);
    setText(byId("history-title"), told.script);
    setText(byId("history-when"), when);
    setText(byId("history-close"), "All sessions");
    byId("history-told").replaceChildren(...summaryOf(told));
    show(byId("history-delete"), document.body.dataset.role === "therapist");
    scrollTo(0, 0);
  }

  async #delete() {
    const yes = await ask({
      title: "Delete this session for good?",
      text: "Its calls, times and notes are gone then, also from the statistics. This cannot be taken back.",
      yes: "Delete it",
    });
    if (yes && (await this.#try(() => deleteSession(this.#session)))) await this.#list();
  }

  #drawStatistics(counted) {
    const some = Boolean(counted?.calls);
    show(byId("history-waits"), some);
    if (!some) return;
    const month = (when) => new Date(`${when}-15T12:00`).toLocaleDateString(LOCALE, { month: "short" });
    const last = counted.months.findLast(({ median_ms: ms }) => ms !== null);
    const told = last ? `Time to an answer: usually ${lengthOf(last.median_ms)}, at the slowest ${lengthOf(last.slowest_ms)}` : "No call was answered";
    setText(byId("history-told-waits"), told);
    byId("history-months").replaceChildren(waitsOf(counted.months, month, said(told)));
    byId("history-hours").replaceChildren(waitsOf(counted.hours, Number, said("Time to an answer by the hour of the day")));
  }
}
