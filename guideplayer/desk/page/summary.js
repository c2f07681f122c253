/** One session as it was: how long, who came when, what stood still, what was noted; drawn first, then in words. */

import { element } from "./dom.js";
import { courseOf } from "./drawing.js";
import { capital } from "./format.js";
import { said } from "./words.js";

const KEY = { pump: "pump runs", pause: "pause", alone: "call, not answered", coming: "somebody coming", there: "somebody there",
  look: "round", late: "late round", note: "note", comfort: "comfort", incident: "incident" };

const LATE = "was due for";

/** A length as it is said: 98000 -> "1 min 38 s". */
export function lengthOf(ms) {
  if (ms < 10000 && ms % 1000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (!minutes) return `${rest} s`;
  return rest ? `${minutes} min ${rest} s` : `${minutes} min`;
}

const own = (text) => element("span", { translate: false, className: "quiet" }, text);
const sentence = (text) => said(capital(text)) === capital(text) ? capital(text.split(", ").map(said).join(", ")) : said(capital(text));

/** Everything about a session `told` as JSON, as elements. */
export function summaryOf(told) {
  const time = (ms) => new Date(told.begun_wall_ms + ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const calls = told.calls.filter(({ rehearsal }) => !rehearsal);
  return [
    ...told.warnings.map((text) => element("p", { className: "warning" }, text)),
    facts(told, calls),
    ...(told.parts.length ? [courseOf(told.drawing, said(told.told)), key()] : []),
    ...(calls.length ? [element("h3", {}, "Calls"), ...calls.map((call) => drawCall(call, time))] : []),
    ...section("Notes", of(told, "note"), time),
    ...section("Pauses", told.pauses.map(({ from_ms: at, until_ms: until, why, then, by }) => ({
      at_ms: at, text: why, by, more: until === null ? "it did not go on" : `${then} after ${lengthOf(until - at)}`,
    })), time),
    ...section("Late rounds", of(told, "round").filter(({ text }) => text.startsWith(LATE)), time),
    ...(told.unlooked_ms ? [element("p", { className: "warning" }, `At the end a round was due for ${lengthOf(told.unlooked_ms)}.`)] : []),
    ...section("Incidents", of(told, "incident"), time),
    ...section("Pump and comfort", told.happenings.filter(({ kind }) => kind === "pump" || kind === "comfort"), time),
    ...leftOut(told.omissions),
    files(told),
  ];
}

const of = (told, wanted) => told.happenings.filter(({ kind }) => kind === wanted);

function facts(told, calls) {
  const fact = (name, value, more = "") => element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, more)));
  const waits = calls.map(({ to_answered_ms: answered, to_attended_ms: attended }) => answered ?? attended).filter((ms) => ms !== null);
  const paused = told.pauses.reduce((sum, one) => sum + (one.until_ms ?? told.length_ms) - one.from_ms, 0);
  const late = told.looks.filter(({ late_ms: ms }) => ms > 0);
  const longest = waits.length ? `longest wait ${lengthOf(Math.max(...waits))}` : calls.length ? "none was answered" : "";
  return element("dl", { className: "facts" },
    fact("Session", lengthOf(told.length_ms)),
    fact("Infusion", lengthOf(told.infused_ms), told.infused_ms === told.planned_ms ? "as planned" : `planned ${lengthOf(told.planned_ms)}`),
    fact("Calls", String(calls.length), longest),
    fact("Pauses", String(told.pauses.length), told.pauses.length ? `together ${lengthOf(paused)}` : ""),
    fact("Rounds", String(told.looks.length), late.length ? `${late.length} late, by up to ${lengthOf(Math.max(...late.map((one) => one.late_ms)))}` : ""));
}

function key() {
  return element("p", { className: "key told", ariaHidden: "true" },
    ...Object.entries(KEY).map(([kind, text]) => element("span", { className: kind }, text)));
}

/** A call with the four times that matter, each from the press on. */
function drawCall(call, time) {
  const { number, presses, raised_ms: raised, answers, escalations, lapses_ms: lapses, cleared_by: by } = call;
  const after = (name, ms, who = "") =>
    element("div", {}, element("dt", {}, name), element("dd", {}, ms === null ? "never" : lengthOf(ms), " ", own(who)));
  const bad = call.to_attended_ms === null || escalations.length || lapses.length;
  return element("article", { className: bad ? "told-call bad" : "told-call" },
    element("p", {}, element("strong", {}, `Call ${number}`), " ", element("time", { translate: false }, time(raised)), " ",
      element("span", {}, presses > 1 ? `pressed ${presses} times` : "")),
    element("dl", {},
      after("Shown at a desk", call.to_delivered_ms), after("Answered", call.to_answered_ms, answers[0]?.name),
      after("At the bedside", call.to_attended_ms), after("Cleared", call.to_cleared_ms, by)),
    ...lapses.map((at) => element("p", { className: "hint" }, `Who had answered had not come: after ${lengthOf(at - raised)} open to all again.`)),
    ...(escalations.length ? [element("p", { className: "hint" }, escalations.at(-1).level === 3 ? "Everyone was called." : "It grew louder.")] : []));
}

function section(title, items, time) {
  if (!items.length) return [];
  return [element("h3", {}, title), element("ul", { className: "plain told-rows" }, ...items.map(({ at_ms: at, text, by, more }) =>
    element("li", {}, element("time", { translate: false }, time(at)),
      element("span", {}, element("span", {}, sentence(text)), ...(more ? [": ", element("span", {}, more)] : []), " ", own(by)))))];
}

function leftOut(omissions) {
  if (!omissions.length) return [];
  return [element("h3", {}, "Left out"), element("ul", { className: "plain told-rows" }, ...omissions.map(({ text, part, why }) =>
    element("li", {}, own(capital(part)), element("span", {},
      text ? element("span", { translate: false }, `“${text}”`) : element("span", {}, "The whole part"), ": ", element("span", {}, why)))))];
}

function files({ session }) {
  const link = (kind, text) => element("a", { className: "secondary", href: `/api/sessions/${session}/report.${kind}`, download: "" }, text);
  return element("p", { className: "row files" }, link("html", "Page to print"), link("csv", "Table"));
}
