/** The comfort controls: what can be made gentler at any time. */

import { byId, element, setText } from "./dom.js";

const CHOICES = {
  picture: [["full", "Full"], ["still", "Still"], ["off", "Off"]],
  narration: [["full", "Full"], ["sparse", "Sparse"], ["music", "Music only"]],
  captions: [[true, "On"], [false, "Off"]],
};
const SLIDERS = ["light", "volume"];

export class Comfort {
  #desk;

  constructor(desk) {
    this.#desk = desk;
    for (const [key, choices] of Object.entries(CHOICES)) {
      const group = byId("comfort").querySelector(`[data-key="${key}"]`);
      group.append(element("div", {}, ...choices.map(([value, text]) => this.#choice(key, value, text))));
    }
    for (const key of SLIDERS) this.#slider(key);
  }

  /** Follow the room, but never pull a slider from under a finger. */
  render(comfort) {
    for (const key of Object.keys(CHOICES)) {
      const radio = byId("comfort").querySelector(`input[name="comfort-${key}"][value="${comfort[key]}"]`);
      if (radio) radio.checked = true;
    }
    for (const key of SLIDERS) {
      const slider = byId(`comfort-${key}`);
      if (slider.dataset.held) continue;
      slider.value = Math.round(comfort[key] * 100);
      setText(byId(`comfort-${key}-value`), `${slider.value} %`);
    }
  }

  #choice(key, value, text) {
    const radio = element("input", { type: "radio", name: `comfort-${key}`, value: String(value) });
    radio.addEventListener("change", () => this.#send({ [key]: value }));
    return element("label", {}, radio, element("span", {}, text));
  }

  #slider(key) {
    const slider = byId(`comfort-${key}`);
    slider.addEventListener("input", () => {
      slider.dataset.held = "yes";
      setText(byId(`comfort-${key}-value`), `${slider.value} %`);
    });
    slider.addEventListener("change", async () => {
      await this.#send({ [key]: slider.valueAsNumber / 100 });
      delete slider.dataset.held;
    });
  }

  /** A refused wish leaves the control as the room has it. */
  async #send(wish) {
    if (!(await this.#desk.do("comfort", wish))) this.render(this.#desk.view.comfort);
  }
}
