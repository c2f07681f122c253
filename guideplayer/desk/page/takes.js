/**
 * What was recorded on this device. A take is kept in the browser's database, while it is being recorded already, and
 * sent until the room has confirmed it with its SHA-256: no cut connection, reload or crash loses it.
 */

import { Problem, sendTake } from "./api.js";

const DATABASE = "guideplayer-recordings";
const STORE = "takes";
const DAY_MS = 24 * 3600 * 1000;
const WAITS_MS = [1000, 2000, 4000, 8000, 15000];
const UNREACHED = "The room does not answer. What is recorded stays on this device, and is sent as soon as it does.";
// What sending the same once more would not change.
const REFUSALS = [400, 404, 413, 415];

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

async function database() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  return done(opening);
}

const hexadecimal = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The sound of a take. */
export const soundOf = (take) => new Blob(take.parts, { type: take.type });

export class Takes {
  #database = null;
  #sending = false;
  #again = false;
  #failures = 0;
  #timer;
  #changed;
  /** Why the last take could not be sent; empty while all goes well. */
  trouble = "";

  /** `changed` is called whenever a take was sent, or could not be. */
  constructor(changed) {
    this.#changed = changed;
    addEventListener("online", () => this.send());
  }

  /** Open the database; what a crash has left half done is a take as far as it goes. Rejects where there is none. */
  async open() {
    if (this.#database) return;
    this.#database = await database();
    for (const take of await this.all()) {
      if (!take.done && take.parts.length) await this.finish(take);
      else if (!take.done || (take.confirmed === take.picked && Date.now() - take.at > DAY_MS)) await this.#remove(take);
    }
  }

  /** All takes on this device, the oldest first. */
  async all() {
    const found = await done(this.#database.transaction(STORE).objectStore(STORE).getAll());
    return found.sort((one, other) => one.at - other.at);
  }

  /** A new take, in which nothing is yet: {id, voice, script, line, at, type, parts, ...}. */
  begin(about) {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    return { id, parts: [], done: false, picked: 0, confirmed: 0, refused: "", at: Date.now(), ...about };
  }

  /** Keep a take as it is now. Rejects when the device has no room for it. */
  async keep(take) {
    const writing = this.#database.transaction(STORE, "readwrite");
    const written = new Promise((resolve, reject) => {
      writing.oncomplete = resolve;
      writing.onabort = () => reject(writing.error);
    });
    writing.objectStore(STORE).put(take);
    await written;
  }

  /** All of it is recorded: it is the one that counts for its line, until another is picked. */
  async finish(take) {
    take.done = true;
    take.sha = hexadecimal(await crypto.subtle.digest("SHA-256", await soundOf(take).arrayBuffer()));
    await this.pick(take);
  }

  /** Let a take be the one that counts. */
  async pick(take) {
    take.picked = Date.now();
    take.refused = "";
    await this.keep(take);
    this.send();
  }

  #remove(take) {
    return done(this.#database.transaction(STORE, "readwrite").objectStore(STORE).delete(take.id));
  }

  /** Send what the room does not have, in the order in which it was picked: what comes last counts. */
  async send() {
    clearTimeout(this.#timer);
    if (!this.#database) return;
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = true;
    try {
      for (let next = await this.#next(); next; next = await this.#next()) {
        if (!(await this.#sent(next))) break;
      }
    } finally {
      this.#sending = false;
    }
    if (this.#again) {
      this.#again = false;
      this.send();
    }
  }

  async #next() {
    const waiting = (await this.all()).filter((take) => take.done && !take.refused && take.confirmed !== take.picked);
    return waiting.sort((one, other) => one.picked - other.picked)[0];
  }

  /** Whether the next may follow at once. */
  async #sent(take) {
    const result = {};
    try {
      const { take: sha } = await sendTake(take.voice, take.line, take.script, soundOf(take));
      if (sha !== take.sha) throw new Problem(0, "A take arrived damaged. It is sent again.");
      result.confirmed = take.picked;
      this.trouble = "";
      this.#failures = 0;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.trouble = problem.status ? problem.message : UNREACHED;
      if (!REFUSALS.includes(problem.status)) {
        this.#timer = setTimeout(() => this.send(), WAITS_MS[Math.min(this.#failures++, WAITS_MS.length - 1)]);
        this.#changed();
        return false;
      }
      result.refused = problem.message;
    }
    // It may have been picked again meanwhile: then it is sent once more.
    const now = await done(this.#database.transaction(STORE).objectStore(STORE).get(take.id));
    await this.keep({ ...now, ...result });
    this.#changed();
    return true;
  }
}
