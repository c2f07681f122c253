/** Twenty seconds of a script, to hear at the desk: one at a time, and never over a call. */

export class Sample {
  #audio = new Audio();
  #button = null;

  constructor() {
    this.#audio.preload = "none";
    for (const over of ["ended", "error", "pause"]) this.#audio.addEventListener(over, () => this.#show(false));
    this.#audio.addEventListener("timeupdate", () => this.#progress());
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    addEventListener("pagehide", () => this.stop());
  }

  /** Play what a button stands for, or stop it when it plays. */
  async toggle(button, address) {
    const again = this.#button === button && !this.#audio.paused;
    this.stop();
    if (again) return;
    this.#button = button;
    this.#audio.src = address;
    this.#show(true);
    try {
      await this.#audio.play();
    } catch {
      // Stopped before it began, or not there: the button says that nothing plays.
      if (this.#button === button && this.#audio.paused) this.#show(false);
    }
  }

  /** Be silent. */
  stop() {
    if (this.#audio.paused && !this.#button) return;
    this.#audio.pause();
    this.#show(false);
    this.#button = null;
  }

  #show(playing) {
    if (!this.#button) return;
    this.#button.dataset.playing = playing ? "yes" : "no";
    this.#button.ariaPressed = String(playing);
    if (!playing) this.#button.style.removeProperty("--heard");
  }

  #progress() {
    const { currentTime, duration, paused } = this.#audio;
    if (this.#button && duration && !paused) this.#button.style.setProperty("--heard", `${(currentTime / duration) * 100}%`);
  }
}
