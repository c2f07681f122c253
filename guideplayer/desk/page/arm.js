/** Arming: a tap that lets this page sound, and keeps the device awake where the browser allows it. */

import { byId, setText, show } from "./dom.js";
import { said } from "./words.js";

const AWAKE = "While it is armed, this page keeps the device awake.";
const NOT_AWAKE =
  "Opened over plain http, this page cannot keep the device awake: set the device so that its screen stays on.";

export class ArmView {
  #alarm;
  #wakeLock = null;
  #onSkip;

  constructor(alarm, onSkip) {
    this.#alarm = alarm;
    this.#onSkip = onSkip;
    setText(byId("arm-wake"), "wakeLock" in navigator ? AWAKE : NOT_AWAKE);
    for (const id of ["arm-button", "call-arm", "bar-armed"]) byId(id).addEventListener("click", () => this.arm());
    byId("arm-skip").addEventListener("click", () => this.#onSkip());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.#alarm.wake();
      if (this.armed) this.#stayAwake();
    });
  }

  /** Whether a call would be heard here. */
  get armed() {
    return this.#alarm.state === "running";
  }

  async arm() {
    await this.#alarm.arm();
    await this.#stayAwake();
  }

  /** Draw what does not depend on the room. */
  render(connected) {
    const button = byId("bar-armed");
    button.classList.toggle("yes", this.armed && connected);
    setText(byId("bar-armed-text"), this.armed ? (connected ? "Armed" : "Cut off") : "Not armed: tap");
    button.title = said(this.armed ? "Tap to hear the sound of a call" : "Tap to hear calls on this desk");
    show(byId("call-arm"), !this.armed);
  }

  async #stayAwake() {
    if (!("wakeLock" in navigator) || (this.#wakeLock && !this.#wakeLock.released)) return;
    try {
      this.#wakeLock = await navigator.wakeLock.request("screen");
    } catch (refusal) {
      if (!(refusal instanceof DOMException)) throw refusal;
      setText(byId("arm-wake"), "The browser does not keep this device awake: set its screen to stay on.");
    }
  }
}
