/** The session drawn: its phases, the words to come, where it stood still, where the patient called, and now. */

import { byId, element, setText, show, whenChanged } from "./dom.js";
import { capital, minutes } from "./format.js";

const ARRIVAL = "arrival";
const RETURN = "return";

/** Draw a course {at_ms, begins_ms, ends_ms, lines, stops, called} with the infusion's phases and its length. */
export class Timeline {
  #course = null;

  render({ course, phases, infusion_ms: infusionMs, play }) {
    this.#course = course;
    show(byId("timeline"), Boolean(course));
    if (!course) return;
    const { begins_ms: begins, ends_ms: ends, lines, called } = course;
    this.#drawPhases({ begins, ends, infusionMs, phases });
    this.#drawMarks({ begins, ends, lines, called });
    setText(byId("timeline-told"), this.#told(infusionMs));
    byId("timeline").dataset.play = play;
    this.tick(0);
  }

  /** What moves by itself: now, and the pause that lasts. `pastMs` is the time since the last word of the room. */
  tick(pastMs) {
    if (!this.#course) return;
    const { at_ms: at, stops } = this.#course;
    const now = at + pastMs;
    byId("timeline-gone").style.width = this.#place(now);
    this.#drawStops(stops.map(({ from_ms: from, until_ms: until }) => [this.#place(from), this.#width(from, until ?? now)]));
  }

  #place(ms) {
    const { begins_ms: begins, ends_ms: ends } = this.#course;
    return `${Math.min(100, Math.max(0, (100 * (ms - begins)) / (ends - begins))).toFixed(2)}%`;
  }

  #width(from, until) {
    const { begins_ms: begins, ends_ms: ends } = this.#course;
    return `${Math.max(0.5, (100 * (until - from)) / (ends - begins)).toFixed(2)}%`;
  }

  #drawPhases = whenChanged(({ begins, ends, infusionMs, phases }) => {
    const all = [
      { name: ARRIVAL, start_ms: begins, end_ms: 0, aside: true },
      ...phases,
      { name: RETURN, start_ms: infusionMs, end_ms: ends, aside: true },
    ];
    byId("timeline-phases").replaceChildren(...all.filter((one) => one.end_ms > one.start_ms).map((one) => {
      const part = element("span", { className: one.peak ? "peak" : one.aside ? "aside" : "" }, capital(one.name));
      part.style.left = this.#place(one.start_ms);
      part.style.width = this.#width(one.start_ms, one.end_ms);
      return part;
    }));
  });

  #drawMarks = whenChanged(({ lines, called }) => {
    const mark = (className) => (ms) => {
      const node = element("i", { className });
      node.style.left = this.#place(ms);
      return node;
    };
    byId("timeline-marks").replaceChildren(...lines.map(mark("line")), ...called.map(mark("called")));
  });

  #drawStops = whenChanged((stops) => {
    byId("timeline-stops").replaceChildren(...stops.map(([left, width]) => {
      const node = element("i");
      Object.assign(node.style, { left, width });
      return node;
    }));
  });

  /** The drawing in a sentence, for those who hear the page. */
  #told(infusionMs) {
    const { lines, stops, called } = this.#course;
    const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
    return `${minutes(infusionMs)} of infusion; ${count(lines.length, "line", "lines")} to come, `
      + `${count(stops.length, "pause", "pauses")}, ${count(called.length, "call", "calls")} so far.`;
  }
}
