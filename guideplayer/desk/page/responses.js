/** Response times at a clinic's station: how long calls waited, by month, hour and room, drawn and in numbers. */

import { Problem, responses, responsesAddress } from "./api.js";
import { byId, element, setText, show } from "./dom.js";
import { rangeOf, waitsOf } from "./drawing.js";
import { lengthOf } from "./summary.js";
import { language, said } from "./words.js";

const MOST_SHOWN = 12;
const LOCALE = navigator.language.startsWith(language) ? navigator.language : language;
const PERIODS = { 1: "this month", 3: "3 months", 12: "12 months", 0: "all the time" };
const HEADINGS = ["Sessions", "Calls", "Never answered", "Within 30 s", "Within 60 s", "Median", "9 of 10", "Longest"];
const DATES = { short: { month: "short" }, long: { month: "long", year: "numeric" } };

const share = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");
const wait = (ms) => (ms === null ? "–" : lengthOf(ms));
const monthName = (name, form) => new Date(`${name}-15T12:00`).toLocaleDateString(LOCALE, DATES[form]);
/** What the picture of waits takes: the bar is the median, the line above it what nine of ten waited at most. */
const drawn = (one) => ({ when: one.name, median_ms: one.median_ms, slowest_ms: one.ninety_ms, unanswered: one.unanswered });

/** The first month of a period that ends with this one, like 2026-11; empty for all the time. */
function since(months, now = new Date()) {
  if (!months) return "";
  const first = new Date(now.getFullYear(), now.getMonth() + 1 - months, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
}

export class Responses {
  #desk;
  #open = false;
  #asked = 0;
  #found = null;
  #shown = MOST_SHOWN;

  constructor(desk) {
    this.#desk = desk;
    byId("foot-responses").addEventListener("click", () => this.#turnTo(true));
    byId("responses-close").addEventListener("click", () => this.#turnTo(false));
    byId("responses-period").append(...Object.entries(PERIODS).map(([value, text]) =>
      element("option", { value, selected: value === "12" }, text)));
    for (const name of ["responses-room", "responses-period"]) byId(name).addEventListener("change", () => this.#ask());
    byId("responses-more").addEventListener("click", () => {
      this.#shown += 4 * MOST_SHOWN;
      this.#drawRooms();
    });
  }

  get open() {
    return this.#open;
  }

  /** The way in, from the board. */
  render(mayRead) {
    if (!mayRead) this.#open = false;
    show(byId("foot-responses"), mayRead && !this.#open);
  }

  #turnTo(open) {
    this.#open = open;
    if (open) this.#ask();
    this.#desk.render();
  }

  async #ask() {
    const number = (this.#asked += 1);
    const asked = { room: byId("responses-room").value, first: since(Number(byId("responses-period").value)) };
    byId("responses-told").ariaBusy = "true";
    setText(byId("responses-trouble"), "");
    try {
      const found = await responses(asked);
      // Of two questions the later one counts, in whatever order the answers come.
      if (number !== this.#asked) return;
      this.#found = found;
      this.#shown = MOST_SHOWN;
      this.#draw(asked);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (number === this.#asked) setText(byId("responses-trouble"), problem.message);
    } finally {
      if (number === this.#asked) byId("responses-told").ariaBusy = "false";
    }
  }

  #draw(asked) {
    const { whole, months, hours, all_rooms: rooms, trouble } = this.#found;
    setText(byId("responses-trouble"), trouble);
    const choices = ["", ...rooms].map((name) =>
      element("option", { value: name, translate: name === "", selected: name === asked.room }, name || "All rooms"));
    byId("responses-room").replaceChildren(...choices);
    const some = whole.calls > 0;
    show(byId("responses-none"), !some);
    setText(byId("responses-none"), whole.sessions ? "Nobody has called in this time." : "No room has told of a session in this time yet.");
    for (const name of ["facts", "by-month", "by-hour", "by-room", "files"]) show(byId(`responses-${name}`), some);
    if (!some) return;
    byId("responses-facts").replaceChildren(...factsOf(whole));
    byId("responses-months").replaceChildren(waitsOf(months.map(drawn), (name) => monthName(name, "short"), said("Time to an answer by month")));
    byId("responses-hours").replaceChildren(waitsOf(hours.map(drawn), Number, said("Time to an answer by the hour of the day")));
    byId("responses-months-table").replaceChildren(tableOf("Month", months, (name) => monthName(name, "long"), "by month"));
    byId("responses-hours-table").replaceChildren(tableOf("Hour", hours.filter(({ calls }) => calls), (name) => `${name}:00`, "by the hour of the day"));
    show(byId("responses-by-room"), !asked.room);
    this.#drawRooms();
    byId("responses-files").replaceChildren(...Object.entries({ month: "By month", hour: "By hour", room: "By room", calls: "Every call" })
      .map(([kind, text]) => element("a", { className: "secondary", href: responsesAddress(asked, kind), download: "" }, `${said(text)} (CSV)`)));
  }

  /** The rooms that take longest come first: they are what is looked for. */
  #drawRooms() {
    const slowest = (one) => (one.unanswered && one.median_ms === null ? Infinity : (one.ninety_ms ?? -1));
    const rooms = [...this.#found.rooms].sort((one, other) => slowest(other) - slowest(one));
    byId("responses-rooms").replaceChildren(...rooms.slice(0, this.#shown).map(rowOf));
    byId("responses-rooms-table").replaceChildren(tableOf("Room", this.#found.rooms.slice(0, Math.max(this.#shown, 100)), (name) => name, "by room"));
    show(byId("responses-more"), rooms.length > this.#shown);
  }
}

function factsOf(whole) {
  const facts = [
    ["Median", wait(whole.median_ms), ""],
    ["9 of 10 within", wait(whole.ninety_ms), ""],
    ["Longest", wait(whole.longest_ms), whole.unanswered ? `${whole.unanswered} never answered` : ""],
    ["Within 30 s", share(whole.within_30, whole.calls), ""],
    ["Within 60 s", share(whole.within_60, whole.calls), ""],
    ["Calls", String(whole.calls), `${whole.sessions} sessions`, whole.sessions ? `${(whole.calls / whole.sessions).toFixed(1)} a session` : ""],
  ];
  return facts.map(([name, value, ...notes]) => element("div", {}, element("dt", {}, name),
    element("dd", {}, value, ...notes.filter(Boolean).map((note) => element("small", {}, note)))));
}

/** A room: its name, its bar, and the same in words. */
function rowOf(one) {
  const calls = one.calls === 1 ? "1 call" : `${one.calls} calls`;
  const words = [calls, ...(one.median_ms === null ? [] : [`usually ${wait(one.median_ms)}`, `9 of 10 within ${wait(one.ninety_ms)}`])];
  return element("li", {}, element("strong", { translate: false }, one.name), rangeOf(one),
    element("span", { className: "quiet" }, ...words.map((text) => element("span", {}, text))),
    ...(one.unanswered ? [element("span", { className: "bad" }, `${one.unanswered} never answered`)] : []));
}

function tableOf(first, rows, name, told) {
  const sessions = first === "Hour" ? 1 : 0;
  return element("table", {}, element("caption", { className: "unseen" }, `Time to an answer ${told}`),
    element("thead", {}, element("tr", {}, ...[first, ...HEADINGS.slice(sessions)].map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map((one) => element("tr", {}, element("th", { scope: "row", translate: false }, name(one.name)),
      ...[String(one.sessions), String(one.calls), String(one.unanswered), share(one.within_30, one.calls), share(one.within_60, one.calls),
        wait(one.median_ms), wait(one.ninety_ms), wait(one.longest_ms)].slice(sessions).map((text) => element("td", {}, text))))));
}
