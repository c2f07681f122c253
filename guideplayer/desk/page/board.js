/**
 * The board of a station: every room of the clinic, the most urgent first. Ten thousand rooms are one list of which only
 * the rows in sight are drawn.
 */

import { isOpen, lookOf, soundOf } from "./call.js";
import { byId, element, setText, show, whenChanged } from "./dom.js";
import { clock } from "./format.js";
import { STATES } from "./states.js";
import { said } from "./words.js";

const ROW_PX = 76;
const ROWS_BESIDES = 6;
const SORT_EVERY_MS = 400;
const DEAD_SOUNDS_AFTER_MS = 5000;
const RUNNING = ["arriving", "playing", "resuming", "returning"];
const UNDER_WAY = [...RUNNING, "holding"];
/** What a row is, the most urgent first; each with the words of its filter, where it has one. */
const KINDS = [
  { kind: "calling", filter: "Calling" },
  { kind: "overdue" },
  { kind: "dead", filter: "Not answering" },
  { kind: "coming" },
  { kind: "due", filter: "To be looked at" },
  { kind: "paused" },
  { kind: "unarmed", filter: "No desk armed" },
  { kind: "fault", filter: "With a fault" },
  { kind: "running" },
  { kind: "idle" },
  { kind: "ended" },
  { kind: "off" },
];
const RANK = Object.fromEntries(KINDS.map(({ kind }, rank) => [kind, rank]));
const UNANSWERED = ["calling", "overdue"];
const NAMES = new Intl.Collator(undefined, { numeric: true });

/** What a room is now. */
export function kindOf(row, now) {
  const underWay = UNDER_WAY.includes(row.play);
  const look = lookOf(row.call, now);
  if (look) return look;
  if (row.dead) return underWay ? "dead" : "off";
  if (underWay && row.rounds?.due_at && row.rounds.due_at <= now) return "due";
  if (row.play === "holding") return "paused";
  if (underWay && !row.armed.length) return "unarmed";
  if (row.faults?.length) return "fault";
  if (underWay) return "running";
  return row.play === "ended" ? "ended" : "idle";
}

export class Board {
  #desk;
  #rooms = new Map();
  #order = [];
  #nodes = new Map();
  #sortedAt = 0;
  #ahead = 0;
  #filter = null;
  #search = "";
  #wanted = null;
  #answered = new Map();
  #deadSince = new Map();
  #drawing = false;

  constructor(desk) {
    this.#desk = desk;
    byId("board-search").addEventListener("input", () => {
      this.#search = byId("board-search").value.trim().toLowerCase();
      this.#sort();
    });
    addEventListener("scroll", () => this.#drawSoon(), { passive: true });
    addEventListener("resize", () => this.#drawSoon());
  }

  /** The station's clock, by which every row goes. */
  now() {
    return Date.now() + this.#ahead;
  }

  row(room) {
    return this.#rooms.get(room);
  }

  /** Rows that have come; of a fresh stream they are all there are. */
  take({ rows, at, faults }, fresh) {
    this.#drawFaults(faults);
    this.#ahead = at - Date.now();
    if (fresh) this.#rooms.clear();
    const now = this.now();
    let urgent = fresh;
    for (const row of rows) {
      const before = this.#rooms.get(row.room);
      this.#rooms.set(row.room, row);
      urgent ||= !before || kindOf(before, now) !== kindOf(row, now);
      if (!row.dead || !UNDER_WAY.includes(row.play)) this.#deadSince.delete(row.room);
      else if (!this.#deadSince.has(row.room)) this.#deadSince.set(row.room, now);
      if (!isOpen(row.call)) this.#answered.delete(row.room);
    }
    if (urgent || now - this.#sortedAt > SORT_EVERY_MS) this.#sort();
    else this.#drawSoon();
  }

  /** This page has answered the call of a room: it is shown here until it is cleared. */
  answered(room) {
    this.#answered.set(room, this.row(room)?.call.id);
  }

  /** Show the call of this room before all others. */
  turnToCall(room) {
    this.#wanted = room;
  }

  /** The room whose call covers the page: the one under the hand, else the most urgent. */
  calling(keep, open) {
    const calls = this.#calls(open);
    return calls.find(({ room }) => room === keep) ?? calls.find(({ room }) => room === this.#wanted) ?? calls[0] ?? null;
  }

  /** The other rooms that nobody has answered. */
  besides(room) {
    const now = this.now();
    return this.#calls(null).filter((row) => row.room !== room && UNANSWERED.includes(kindOf(row, now)));
  }

  /** A call that a colleague has answered is theirs; it comes back to everybody when it is not cleared in time. */
  #calls(open) {
    const now = this.now();
    const concerns = (row) => {
      const look = lookOf(row.call, now);
      return look !== null && (look !== "coming" || row.room === open || this.#answered.get(row.room) === row.call.id);
    };
    const since = (row) => row.call.raised_at;
    return [...this.#rooms.values()].filter(concerns)
      .sort((one, other) => RANK[kindOf(one, now)] - RANK[kindOf(other, now)] || since(one) - since(other));
  }

  /** The sound of what is most urgent of all rooms. */
  sound() {
    const now = this.now();
    let sound = null;
    for (const row of this.#rooms.values()) {
      if (!isOpen(row.call)) continue;
      const one = soundOf(lookOf(row.call, now));
      if (one === "urgent") return one;
      sound ??= one;
    }
    if (sound) return sound;
    if ([...this.#deadSince.values()].some((since) => now - since > DEAD_SOUNDS_AFTER_MS)) return "lost";
    return this.#order.some((row) => kindOf(row, now) === "due") ? "round" : null;
  }

  /** Times run on, and what is due becomes urgent. */
  tick() {
    if (this.now() - this.#sortedAt > 1000) this.#sort();
    else this.#draw();
  }

  /** What the page's title says: how many call. */
  get callers() {
    const now = this.now();
    return [...this.#rooms.values()].filter((row) => isOpen(row.call) && UNANSWERED.includes(kindOf(row, now)));
  }

  #sort() {
    const now = this.now();
    this.#sortedAt = now;
    const ranked = [...this.#rooms.values()].map((row) => ({ row, kind: kindOf(row, now) }));
    const counts = {};
    for (const { kind } of ranked) counts[kind] = (counts[kind] ?? 0) + 1;
    this.#drawFilters({ counts, all: ranked.length, chosen: this.#filter });
    const since = ({ row, kind }) => (UNANSWERED.includes(kind) ? row.call.raised_at : kind === "due" ? row.rounds.due_at : 0);
    this.#order = ranked
      .filter(({ row, kind }) => (!this.#filter || kind === this.#filter || (this.#filter === "calling" && UNANSWERED.includes(kind)))
        && (!this.#search || row.room.toLowerCase().includes(this.#search)))
      .sort((one, other) => RANK[one.kind] - RANK[other.kind] || since(one) - since(other) || NAMES.compare(one.row.room, other.row.room))
      .map(({ row }) => row);
    show(byId("board-none"), this.#order.length === 0);
    setText(byId("board-none"), ranked.length ? "No room is like that." : "No room has been heard of yet.");
    byId("board-list").style.height = `${this.#order.length * ROW_PX}px`;
    this.#drawSoon();
  }

  /** What is wrong with the station itself. */
  #drawFaults = whenChanged((faults) => {
    show(byId("board-faults"), faults.length > 0);
    byId("board-faults").replaceChildren(...faults.map((fault) => element("li", {}, fault)));
  });

  #drawFilters = whenChanged(({ counts, all, chosen }) => {
    const chip = (kind, words, count) => {
      const button = element("button", { type: "button", className: "filter", ariaPressed: String(kind === chosen) },
        element("span", {}, words), element("strong", { translate: false }, String(count)));
      button.dataset.kind = kind ?? "all";
      button.addEventListener("click", () => {
        this.#filter = kind === this.#filter ? null : kind;
        this.#sort();
        scrollTo(0, 0);
      });
      return button;
    };
    const kinds = KINDS.filter(({ kind, filter }) => filter && (counts[kind] || kind === chosen));
    byId("board-filters").replaceChildren(chip(null, "All rooms", all),
      ...kinds.map(({ kind, filter }) => chip(kind, filter, (counts[kind] ?? 0) + (kind === "calling" ? (counts.overdue ?? 0) : 0))));
  });

  #drawSoon() {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      this.#draw();
    });
  }

  /** Draw the rows in sight, and forget the others. */
  #draw() {
    const list = byId("board-list");
    if (byId("board").hidden) return;
    const above = -list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / ROW_PX) - ROWS_BESIDES);
    const last = Math.min(this.#order.length, Math.ceil((above + innerHeight) / ROW_PX) + ROWS_BESIDES);
    const now = this.now();
    const seen = new Set();
    for (let at = first; at < last; at += 1) {
      const row = this.#order[at];
      const current = this.#rooms.get(row.room) ?? row;
      seen.add(row.room);
      const node = this.#nodes.get(row.room) ?? this.#made(row.room);
      node.fill(current, at, this.#order.length, now);
    }
    for (const [room, node] of this.#nodes) {
      if (seen.has(room)) continue;
      node.item.remove();
      this.#nodes.delete(room);
    }
  }

  #made(room) {
    const node = new Row(room, () => this.#desk.open(room));
    this.#nodes.set(room, node);
    byId("board-list").append(node.item);
    return node;
  }
}

/** One row, as long as it is in sight. */
class Row {
  constructor(room, onOpen) {
    this.item = element("li", {});
    this.button = element("button", { type: "button", className: "room" });
    this.name = element("strong", { className: "name", translate: false }, room);
    this.said = element("span", { className: "said" });
    this.script = element("span", { className: "script", translate: false });
    this.gone = element("span", { className: "gone" });
    this.bar = element("i", {});
    this.note = element("span", { className: "note" });
    const course = element("span", { className: "course", ariaHidden: "true" }, this.bar);
    this.button.append(element("span", { className: "who" }, this.name, this.said),
      element("span", { className: "what" }, this.script, course, this.gone), this.note);
    this.item.append(this.button);
    this.button.addEventListener("click", onOpen);
  }

  fill(row, at, all, now) {
    const kind = kindOf(row, now);
    this.item.style.transform = `translateY(${at * ROW_PX}px)`;
    this.item.setAttribute("aria-posinset", at + 1);
    this.item.setAttribute("aria-setsize", all);
    if (this.button.dataset.kind !== kind) this.button.dataset.kind = kind;
    setText(this.said, saidOf(row, kind, now));
    setText(this.script, row.script ?? "");
    const underWay = UNDER_WAY.includes(row.play) && row.infusion_ms > 0;
    const elapsed = underWay ? Math.min(row.infusion_ms, row.infusion_elapsed_ms + (row.infusion_running && !row.dead ? now - row.at : 0)) : 0;
    setText(this.gone, underWay ? `${Math.floor(elapsed / 60000)} of ${Math.round(row.infusion_ms / 60000)} min` : "");
    show(this.bar.parentElement, underWay);
    this.bar.style.width = underWay ? `${(100 * elapsed) / row.infusion_ms}%` : "0";
    setText(this.note, noteOf(row, kind));
    this.item.style.zIndex = kind === "calling" ? 1 : 0;
  }
}

/** The words of a row. */
function saidOf(row, kind, now) {
  const name = row.call.name || said("Somebody");
  const words = {
    calling: () => `${row.call.rehearsal ? "Test call for" : "Calling for"} ${clock(now - row.call.raised_at)}`,
    overdue: () => `Still waiting: ${clock(now - row.call.raised_at)}`,
    coming: () => (row.call.state === "attended" ? `${name} is there` : `${name} is coming`),
    dead: () => "Does not answer: look there",
    off: () => "Not connected",
    due: () => `Look at the patient: ${clock(now - row.rounds.due_at)}`,
  };
  return words[kind]?.() ?? STATES[row.play] ?? "";
}

/** What else is to be known of it. */
function noteOf(row, kind) {
  if (row.dead) return kind === "off" ? "" : "What is shown is old.";
  if (row.faults?.length) return row.faults[0];
  return UNDER_WAY.includes(row.play) && !row.armed?.length ? "No desk is armed." : "";
}
