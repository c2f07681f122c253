/** The microphone: how loud it is just now, how quiet the room is, and a recording in whatever this browser makes. */

const LISTEN_EVERY_MS = 40;
const PART_MS = 1000;
const TYPES = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const SILENCE_DB = -100;
// What helps a telephone call harms a recording: it pumps, and swallows soft beginnings.
const SOUND = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
const NOT_SECURE = "A browser gives the microphone only to a page that came over https, or to one on the room's own computer."
  + " On that computer open {address} or have “guideplayer desk cert” make this page an https one.";

const decibels = (level) => (level > 0 ? Math.max(SILENCE_DB, 20 * Math.log10(level)) : SILENCE_DB);

/** Why nothing can be recorded on this page; null when it can. */
export function whyNot() {
  if (!isSecureContext) {
    return NOT_SECURE.replace("{address}", `http://localhost:${location.port || 80}/`);
  }
  if (!navigator.mediaDevices || !window.MediaRecorder || !TYPES.some((type) => MediaRecorder.isTypeSupported(type))) {
    return "This browser cannot record. Use Chrome, Edge, Firefox or Safari as they are today.";
  }
  return null;
}

export class Microphone {
  #stream = null;
  #context = null;
  #samples = null;
  #analyser = null;
  #timer;
  #recorder = null;
  #heard = [];
  #onLevel;

  /** `onLevel` is told 25 times a second: {peak, db}, the peak in 0 to 1, the loudness in dB below full scale. */
  constructor(onLevel) {
    this.#onLevel = onLevel;
  }

  get isOpen() {
    return this.#stream !== null;
  }

  /** Open it. Rejects with an Error whose message says what to do. */
  async open() {
    if (this.isOpen) return;
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
    } catch (error) {
      throw new Error(error.name === "NotAllowedError"
        ? "The browser may not use the microphone: allow it beside the page's address, then try again."
        : "There is no microphone that can be used: connect one, then try again.");
    }
    this.#context = new AudioContext();
    await this.#context.resume();
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(this.#stream).connect(this.#analyser);
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY_MS);
  }

  /** Let go of it, so that the browser's sign that it listens goes out. */
  close() {
    if (!this.isOpen) return;
    clearInterval(this.#timer);
    for (const track of this.#stream.getTracks()) track.stop();
    this.#context.close();
    this.#stream = this.#context = null;
  }

  #listen() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let peak = 0, power = 0;
    for (const sample of this.#samples) {
      peak = Math.max(peak, Math.abs(sample));
      power += sample * sample;
    }
    const level = { peak, db: decibels(Math.sqrt(power / this.#samples.length)) };
    this.#heard.push(level);
    this.#onLevel(level);
  }

  /** What has been heard since `begin`: the highest peak, and how loud the loud and the quiet moments are (dB). */
  measured() {
    const levels = this.#heard.map(({ db }) => db).sort((one, other) => one - other);
    const at = (share) => levels[Math.floor((levels.length - 1) * share)] ?? SILENCE_DB;
    return { peak: Math.max(0, ...this.#heard.map(({ peak }) => peak)), loudDb: at(0.9), quietDb: at(0.5) };
  }

  /** Measure anew from now on. */
  begin() {
    this.#heard = [];
  }

  /** Record; `onPart` is given each second of it as a Blob. The type of what is recorded. */
  record(onPart) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(this.#stream, { mimeType, audioBitsPerSecond: 128000 });
    this.#recorder.addEventListener("dataavailable", ({ data }) => data.size && onPart(data));
    this.begin();
    this.#recorder.start(PART_MS);
    return mimeType;
  }

  /** Stop recording; resolves when the last part was given. */
  async stop() {
    if (this.#recorder?.state !== "recording") return;
    const stopped = new Promise((resolve) => this.#recorder.addEventListener("stop", resolve, { once: true }));
    this.#recorder.stop();
    await stopped;
  }
}
