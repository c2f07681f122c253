/** The live picture of the patient's screen: at most one a second, and only while it is looked at. */

import { pictureAddress } from "./api.js";
import { byId, show } from "./dom.js";

const EVERY_MS = 1000;
const AFTER_NONE_MS = 5000;

export class Picture {
  #desk;
  #inSight = false;
  #loading = false;
  #dueAt = 0;

  constructor(desk) {
    this.#desk = desk;
    const image = byId("picture-image");
    image.addEventListener("load", () => this.#came(true));
    image.addEventListener("error", () => this.#came(false));
    new IntersectionObserver(([entry]) => (this.#inSight = entry.isIntersecting)).observe(byId("picture"));
  }

  /** Ask for the next picture when it is time and somebody can see it. */
  tick() {
    const now = performance.now();
    if (this.#loading || now < this.#dueAt || !this.#inSight || document.visibilityState !== "visible") return;
    this.#loading = true;
    this.#dueAt = now + EVERY_MS;
    byId("picture-image").src = pictureAddress(this.#desk.view.room);
  }

  #came(there) {
    this.#loading = false;
    if (!there) this.#dueAt = performance.now() + AFTER_NONE_MS;
    show(byId("picture-image"), there);
    show(byId("picture-none"), !there);
  }
}
