/** Pictures of what was: one session's course, and how long calls waited over months. Letters stay as large as text. */

import { capital } from "./format.js";
import { said } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const MARKS = {
  look: ["circle", { r: 4.5 }],
  late: ["circle", { r: 4.5 }],
  note: ["path", { d: "M-5-5H5V2L1 6H-5Z" }],
  comfort: ["path", { d: "M0-6 6 5H-6Z" }],
  incident: ["path", { d: "M-5-5 5 5M5-5-5 5" }],
};
const PARTS = ["arrival", "return"];
// Waits are drawn by their logarithm, so that seconds can be seen beside minutes.
const LINES = [[5, "5 s"], [15, "15 s"], [60, "1 min"], [300, "5 min"]];
const [TOP, LOW, SHORTEST_S, LONGEST_S] = [14, 150, 2, 600];
const [MOST_MONTHS, MOST_NAMES] = [12, 8];
// Where the bars begin, in percent: beside them stand the lines' times.
const LEFT = 14;

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const percent = (number) => `${number}%`;
const rect = (box, y, height, least = 0) =>
  svg("rect", { x: percent(box.x), y, width: percent(Math.max(least, box.width)), height });
const picture = (told, height, ...children) =>
  svg("svg", { class: "drawing", width: "100%", height, role: "img", "aria-label": told }, ...children);

/** A session's course from its `drawing`: phases, pauses, pump, calls, rounds and notes over the minutes. */
export function courseOf({ parts, pauses, pump, calls, marks, ticks }, told) {
  const name = ({ text }) => capital(PARTS.includes(text) ? said(capital(text)) : text);
  return picture(told, 160,
    ...parts.map((box) => svg("g", { class: box.kind }, rect(box, 0, 38),
      svg("svg", { x: percent(box.x), y: 0, width: percent(box.width), height: 38 }, svg("text", { x: 6, y: 16 }, name(box))))),
    ...pauses.map((box) => svg("g", { class: "pause" }, rect(box, 20, 18, 0.4))),
    ...pump.map((box) => svg("g", { class: "pump" }, rect(box, 42, 5))),
    ...calls.map((box) => svg("g", { class: box.kind }, rect(box, 58, 16, 0.4),
      ...(box.text ? [svg("text", { x: percent(box.x), y: 71, dx: -3, "text-anchor": "end" }, box.text)] : []))),
    ...marks.map((box) => svg("svg", { class: `mark ${box.kind}`, x: percent(box.x), y: MARKS[box.kind][0] === "circle" ? 90 : 106 },
      svg(...MARKS[box.kind]))),
    svg("line", { class: "axis", x1: 0, x2: "100%", y1: 122, y2: 122 }),
    ...ticks.flatMap((box, number) => [
      svg("line", { class: "axis", x1: percent(box.x), x2: percent(box.x), y1: 122, y2: 127 }),
      svg("text", { class: "tick", x: percent(box.x), y: 142, "text-anchor": number ? (box.x > 97 ? "end" : "middle") : "start" },
        number ? box.text : `${box.text} min`),
    ]));
}

const height = (ms) => {
  const seconds = Math.min(LONGEST_S, Math.max(SHORTEST_S, ms / 1000));
  return LOW - ((LOW - TOP) * Math.log(seconds / SHORTEST_S)) / Math.log(LONGEST_S / SHORTEST_S);
};

const along = (ms) => (100 * (LOW - height(ms))) / (LOW - TOP);

/** How long the calls of a room waited: a bar up to the median, a line up to what nine of ten waited at most. */
export function rangeOf({ median_ms: median, ninety_ms: ninety, unanswered }) {
  const lines = LINES.map(([seconds]) => percent(along(seconds * 1000)));
  const drawn = svg("svg", { class: "drawing", width: "100%", height: 22, "aria-hidden": "true" },
    ...lines.map((x) => svg("line", { class: "rule", x1: x, x2: x, y1: 0, y2: 22 })));
  if (median !== null) {
    const end = percent(along(ninety));
    drawn.append(svg("g", { class: "there" }, rect({ x: 0, width: along(median) }, 4, 14, 0.6)),
      svg("line", { class: "slowest", x1: percent(along(median)), x2: end, y1: 11, y2: 11 }),
      svg("line", { class: "slowest", x1: end, x2: end, y1: 5, y2: 17 }));
  }
  if (unanswered) drawn.append(svg("svg", { class: "mark incident", x: "98%", y: 11 }, svg(...MARKS.incident)));
  return drawn;
}

/** Waits by month or hour: the middle one as a bar, the slowest as a line above it. `name` says what stands below. */
export function waitsOf(all, name, told) {
  const shown = all.slice(-Math.max(MOST_MONTHS, all.length === 24 ? 24 : 0));
  const step = (100 - LEFT) / shown.length;
  const every = Math.ceil(shown.length / MOST_NAMES);
  return picture(told, 178,
    ...LINES.flatMap(([seconds, text]) => [
      svg("line", { class: "rule", x1: percent(LEFT), x2: "100%", y1: height(seconds * 1000), y2: height(seconds * 1000) }),
      svg("text", { class: "tick", x: 0, y: height(seconds * 1000) + 4 }, text),
    ]),
    ...shown.flatMap(({ when, median_ms: median, slowest_ms: slowest, unanswered }, number) => {
      const x = LEFT + step * (number + 0.5);
      const label = number % every ? [] : [svg("text", { class: "tick", x: percent(x), y: 172, "text-anchor": "middle" }, name(when))];
      if (unanswered) label.push(svg("svg", { class: "mark incident", x: percent(x), y: 8 }, svg(...MARKS.incident)));
      if (median === null) return label;
      const bar = { x: x - step * 0.3, width: (step * 0.6).toFixed(2) };
      return [
        svg("g", { class: "there" }, rect(bar, height(median), LOW - height(median) + 6)),
        svg("line", { class: "slowest", x1: percent(x), x2: percent(x), y1: height(slowest), y2: height(median) }),
        svg("svg", { class: "slowest", x: percent(x), y: height(slowest) }, svg("line", { x1: -6, x2: 6, y1: 0, y2: 0 })),
        ...label,
      ];
    }),
    svg("line", { class: "axis", x1: percent(LEFT), x2: "100%", y1: LOW + 6, y2: LOW + 6 }));
}
