/**
 * The sounds of a call. Each pattern is one loop of samples, so that it goes on by itself even when the browser slows
 * this page's timers. The figures are this project's own; their grouping (two times three and two pulses for the
 * urgent one, three slower pulses for the reminder) follows the priorities of IEC 60601-1-8.
 */

const HARMONICS = [1, 0.62, 0.45, 0.32, 0.2];
const LOUDEST = 0.95;
const FADE_S = 0.03;

/** A burst of pulses: pitches in Hz (0 is a gap), each of this length. */
function burst(pitches, pulseS, gapS, from = 0) {
  const notes = [];
  let at = from;
  for (const pitch of pitches) {
    if (pitch) notes.push({ at, pitch, length: pulseS });
    at += pulseS + gapS;
  }
  return notes;
}

const FIGURE = [587, 880, 740, 0, 988, 880];
export const PATTERNS = {
  urgent: { every: 10, notes: [...burst(FIGURE, 0.17, 0.07), ...burst(FIGURE, 0.17, 0.07, 2.1)] },
  reminder: { every: 10, notes: burst([587, 740, 880], 0.26, 0.12) },
  lost: { every: 30, notes: burst([740, 494], 0.4, 0.15) },
  round: { every: 60, notes: burst([440, 0, 440], 0.5, 0.1) },
  test: { every: 0, notes: burst(FIGURE, 0.17, 0.07) },
};

/** The samples of a pattern, between -1 and 1. */
export function samples(pattern, rate) {
  const last = pattern.notes.at(-1);
  const data = new Float32Array(Math.ceil(rate * Math.max(pattern.every, last.at + last.length)));
  for (const { at, pitch, length } of pattern.notes) {
    const start = Math.round(at * rate);
    const count = Math.round(length * rate);
    for (let i = 0; i < count; i += 1) {
      const time = i / rate;
      const edge = Math.min(1, time / FADE_S, (length - time) / FADE_S);
      const swell = Math.sin((edge * Math.PI) / 2) ** 2 * (1 - (0.4 * time) / length);
      let value = 0;
      HARMONICS.forEach((amount, n) => (value += amount * Math.sin(2 * Math.PI * pitch * (n + 1) * time)));
      data[start + i] = value * swell;
    }
  }
  const loudest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return data.map((value) => (LOUDEST * value) / loudest);
}

/** The sound of this page: silent until a person has armed it. */
export class Alarm {
  #context = null;
  #buffers = {};
  #playing = null;
  #wanted = null;
  #onChange;

  /** `onChange` is called when the browser starts or stops the sound. */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** "running" when a call would be heard. */
  get state() {
    return this.#context?.state ?? "none";
  }

  /** Start the sound: only within a tap or a key press. Sounds the test. */
  async arm() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#context.addEventListener("statechange", () => {
        this.#follow();
        this.#onChange();
      });
    }
    await this.#context.resume();
    if (!this.#wanted) this.#start("test");
    this.#onChange();
  }

  /** Try to go on after the browser interrupted the sound; without a tap it may refuse, and the desk is not armed. */
  async wake() {
    if (this.#context && this.#context.state !== "running") await this.#context.resume().catch(() => {});
  }

  /** Sound this pattern from now on; null is silence. */
  want(name) {
    if (name === this.#wanted) return;
    this.#wanted = name;
    this.#follow();
  }

  #follow() {
    if (this.state !== "running") return;
    if (this.#playing?.name === this.#wanted) return;
    this.#stop();
    if (this.#wanted) this.#start(this.#wanted);
  }

  #start(name) {
    this.#stop();
    const gain = this.#context.createGain();
    gain.connect(this.#context.destination);
    const source = new AudioBufferSourceNode(this.#context, { buffer: this.#buffer(name), loop: name !== "test" });
    source.connect(gain);
    source.start();
    this.#playing = { name, source, gain };
  }

  #stop() {
    if (!this.#playing) return;
    const { source, gain } = this.#playing;
    const now = this.#context.currentTime;
    gain.gain.setTargetAtTime(0, now, FADE_S / 3);
    source.stop(now + FADE_S);
    this.#playing = null;
  }

  #buffer(name) {
    if (!this.#buffers[name]) {
      const data = samples(PATTERNS[name], this.#context.sampleRate);
      const buffer = this.#context.createBuffer(1, data.length, this.#context.sampleRate);
      buffer.copyToChannel(data, 0);
      this.#buffers[name] = buffer;
    }
    return this.#buffers[name];
  }
}
