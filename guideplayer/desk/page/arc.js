/** The arc of a session, drawn: its words as an area, its light and the expected effect as lines. */

import { element } from "./dom.js";
import { minutes } from "./format.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [240, 56];
// An arrival speaks a third of the time, a peak hardly ever: the root keeps both visible, on one scale for all scripts.
const height = { light: (share) => share, words: (share) => Math.sqrt(Math.min(1, share / 0.4)), effect: (share) => share };

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

/** One curve through evenly spaced shares, from left to right. */
function points(kind, shares) {
  return shares.map((share, number) => {
    const x = (number / (shares.length - 1)) * WIDTH;
    return `${x.toFixed(1)},${(HEIGHT - height[kind](share) * (HEIGHT - 4)).toFixed(1)}`;
  }).join(" ");
}

const line = (kind, shares) => shape("polyline", { class: kind, points: points(kind, shares) });

function area(kind, shares) {
  return shape("polygon", { class: kind, points: `0,${HEIGHT} ${points(kind, shares)} ${WIDTH},${HEIGHT}` });
}

/** A figure of an arc {begins_ms, infusion_ms, ends_ms, light, words, effect}. */
export function drawArc(arc) {
  const wholeMs = arc.ends_ms - arc.begins_ms;
  const x = (ms) => ((ms - arc.begins_ms) / wholeMs) * WIDTH;
  const edge = (ms) => shape("line", { class: "edge", x1: x(ms), x2: x(ms), y1: 0, y2: HEIGHT });
  const drawing = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  drawing.append(
    area("words", arc.words), edge(0), edge(arc.infusion_ms), line("light", arc.light), line("effect", arc.effect));
  const told = `Words, light and the expected effect over ${minutes(wholeMs)}, `
    + `of which ${minutes(arc.infusion_ms)} are the infusion.`;
  const keys = ["words", "light", "effect"].map((kind) => element("span", { className: kind }, kind));
  return element("figure", { className: "arc" },
    drawing,
    element("figcaption", {},
      element("span", { className: "unseen" }, told),
      element("span", { className: "keys", ariaHidden: "true" }, ...keys)));
}
