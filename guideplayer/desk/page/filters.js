/** What a script should be like: chips to tap, and which scripts are that. */

import { byId, element, setText, show } from "./dom.js";
import { capital, minutes } from "./format.js";

const MINUTE_MS = 60000;
const STEP_MS = 5 * MINUTE_MS;
export const DENSITIES = { full: "Guided", sparse: "Few words", music: "Mostly music" };

const every = (scripts, key) => [...new Set(scripts.flatMap((script) => script[key]))].sort();

/** All lengths in steps of five minutes that some script can be fitted to. */
function lengths(scripts) {
  const found = [];
  const most = Math.max(...scripts.map((script) => script.longest_ms));
  for (let ms = STEP_MS; ms <= most; ms += STEP_MS) {
    if (scripts.some((script) => script.shortest_ms <= ms && ms <= script.longest_ms)) found.push(ms);
  }
  return found;
}

function language(code) {
  return new Intl.DisplayNames("en", { type: "language", fallback: "code" }).of(code) ?? code;
}

const TESTS = {
  infusion: (script, values) => values.every((ms) => script.shortest_ms <= ms && ms <= script.longest_ms),
  density: (script, values) => values.includes(script.density),
  themes: (script, values) => values.every((theme) => script.themes.includes(theme)),
  without: (script, values) => !values.some((content) => script.contains.includes(content)),
  language: (script, values) => values.includes(script.language),
};

export class Filters {
  #changed;
  #wanted = { infusion: [], density: [], themes: [], without: [], language: [] };

  constructor(changed) {
    this.#changed = changed;
    // Beside the cards there is room for them; above the cards they open at a tap.
    const beside = matchMedia("(min-width: 60rem)");
    const follow = () => (byId("filters").open = beside.matches);
    beside.addEventListener("change", follow);
    follow();
    byId("filters-clear").addEventListener("click", () => this.clear());
  }

  /** The infusion's length that is wished for, if one is. */
  get infusionMs() {
    return this.#wanted.infusion[0] ?? null;
  }

  /** Whether a script is as wished. Nothing is known of one that cannot be read: no wish lets it through. */
  lets(script) {
    return Object.entries(this.#wanted).every(([key, values]) =>
      !values.length || (script.density !== null && TESTS[key](script, values)));
  }

  clear() {
    for (const key of Object.keys(this.#wanted)) this.#wanted[key] = [];
    for (const input of byId("filters").querySelectorAll("input")) input.checked = false;
    this.#changed();
  }

  /** Offer what these scripts differ in. */
  draw(scripts) {
    const known = scripts.filter((script) => script.density);
    const densities = Object.keys(DENSITIES).filter((density) => known.some((script) => script.density === density));
    const groups = [
      this.#group("infusion", "Infusion", lengths(known).map((ms) => [ms, minutes(ms)]), true),
      this.#group("density", "Words", densities.map((density) => [density, DENSITIES[density]]), true),
      this.#group("themes", "Themes", every(known, "themes").map((theme) => [theme, capital(theme)])),
      this.#group("without", "Without", every(known, "contains").map((content) => [content, capital(content)])),
      this.#group("language", "Language", every(known, "language").map((code) => [code, language(code)]), true),
    ];
    byId("filter-groups").replaceChildren(...groups.filter(Boolean));
  }

  /** Say how many scripts are left. */
  count(left, all) {
    const used = Object.values(this.#wanted).flat().length;
    setText(byId("filters-used"), used ? `${left} of ${all}` : "");
    show(byId("filters-clear"), used > 0);
    show(byId("none-left"), left === 0 && all > 0);
  }

  /** A row of chips; none when there is nothing to choose from. `single`: tapping one lets go of the other. */
  #group(key, title, choices, single = false) {
    if (choices.length < 2 && key !== "without") return null;
    if (!choices.length) return null;
    const kept = this.#wanted[key].filter((value) => choices.some(([one]) => one === value));
    this.#wanted[key] = kept;
    const chips = choices.map(([value, text]) => {
      const input = element("input", { type: "checkbox", checked: kept.includes(value) });
      input.addEventListener("change", () => this.#tapped(key, value, input, single));
      return element("label", { className: "tag" }, input, element("span", {}, text));
    });
    return element("fieldset", { className: key }, element("legend", {}, title), element("div", {}, ...chips));
  }

  #tapped(key, value, input, single) {
    if (single && input.checked) {
      for (const other of input.closest("fieldset").querySelectorAll("input")) if (other !== input) other.checked = false;
      this.#wanted[key] = [];
    }
    const others = this.#wanted[key].filter((one) => one !== value);
    this.#wanted[key] = input.checked ? [...others, value] : others;
    this.#changed();
  }
}
