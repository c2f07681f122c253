/** The room over HTTP: requests, the stream of changes, and the heartbeat that keeps this desk armed. */

const BEAT_EVERY_MS = 2000;
const ANSWER_WITHIN_MS = 3000;
const TAKEN_WITHIN_MS = 70000;
const COUNTED_WITHIN_MS = 30000;

/** An answer that says no, with the sentence to show. `status` is 0 when there was no answer at all. */
export class Problem extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

function ask(method, path, body) {
  const options = { method, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) };
  if (body !== undefined) {
    options.keepalive = true;
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify(body);
  }
  return answerOf(path, options);
}

async function answerOf(path, options) {
  let answer, content;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
    content = await answer.json();
  } catch {
    throw new Problem(answer?.status ?? 0, "The room does not answer. Look at the room.");
  }
  if (!answer.ok) throw new Problem(answer.status, content.problem);
  return content;
}

/** `code` is the six digits, or the token that a camera has read. */
export const pair = (code, name, role) => ask("POST", "/api/pair", { code, name, role });
export const signOut = () => ask("POST", "/api/sign-out", {});
export const desks = async () => (await ask("GET", "/api/desks")).desks;
/** Unpair another desk; the desks that are left. */
export const revoke = async (desk) => (await ask("POST", "/api/desks/revoke", { desk })).desks;
export const whoAndWhere = () => ask("GET", "/api/rooms");
/** The scripts of a room; each knows of which. */
export const scripts = async (room) =>
  (await ask("GET", `/api/scripts?room=${encodeURIComponent(room)}`)).scripts.map((script) => ({ ...script, room }));
export const command = (room, name, body = {}) =>
  ask("POST", `/api/rooms/${encodeURIComponent(room)}/commands`, { command: name, ...body });
/** The key makes it another address when the script has changed, so a browser may keep what it has. */
export const cardAddress = ({ name, room, card }, part) =>
  `/api/scripts/${encodeURIComponent(name)}/${part}?room=${encodeURIComponent(room)}&card=${card.key}`;
export const pastSessions = () => ask("GET", "/api/sessions");
export const session = (number) => ask("GET", `/api/sessions/${number}`);
export const statistics = () => ask("GET", "/api/statistics");
const queryOf = (asked) => new URLSearchParams(asked).toString();
/** How long a clinic's calls waited: of a `room` or all (""), from the month `first` on or ever (""). */
export const responses = (asked) => answerOf(`/api/responses?${queryOf(asked)}`, { signal: AbortSignal.timeout(COUNTED_WITHIN_MS) });
export const responsesAddress = (asked, kind) => `/api/responses/${kind}.csv?${queryOf(asked)}`;
export const deleteSession = (number) => ask("POST", `/api/sessions/${number}/delete`, {});
const recording = (...parts) => `/api/recordings/${parts.map(encodeURIComponent).join("/")}`;
export const voices = () => ask("GET", "/api/recordings");
/** What a voice has of a script. */
export const recordings = (voice, script) => ask("GET", `${recording(voice)}?script=${encodeURIComponent(script)}`);
/** Send a recording of a line; {line, take}, the latter the SHA-256 of what the room has kept. */
export const sendTake = (voice, line, script, sound) => answerOf(`${recording(voice, line)}?script=${encodeURIComponent(script)}`, {
  method: "POST", headers: { "Content-Type": sound.type }, body: sound, signal: AbortSignal.timeout(TAKEN_WITHIN_MS),
});
/** A line as patients will hear it; another take makes it another address. */
export const clipAddress = (voice, line, take) => `${recording(voice, line, "clip")}?take=${take}`;
export const pictureAddress = (room) => `/api/rooms/${encodeURIComponent(room)}/screen.jpg?at=${Date.now()}`;

/**
 * Hold on to the room, or to the board of all rooms. `beat()` tells of this page: {audio, visible, calls, page}.
 * `onNews` gets every view or change, and whether it is the snapshot of a fresh stream, which is the truth whatever
 * came before it; `onLost` true or false; `onUnpaired` once. With a `room`, it is the stream of one that the page looks
 * into besides, and has no heartbeat of its own.
 */
export class Link {
  #handlers;
  #source = null;
  #serial = -1;
  #behind = false;
  #lost = false;
  #beating = false;
  #beatAgain = false;
  #left = false;
  #timer;
  #room;

  constructor(handlers, room = null) {
    this.#handlers = handlers;
    this.#room = room;
    this.#listen();
    if (room === null) this.#timer = setInterval(() => this.beat(), BEAT_EVERY_MS);
  }

  close() {
    clearTimeout(this.#timer);
    this.#source.close();
    this.#handlers = null;
  }

  /** Take a view that came as an answer; an older one than is known already is dropped. */
  take(view) {
    if (this.#handlers && view.serial >= this.#serial) this.#know(view, false);
  }

  /** Send a heartbeat now; while one is under way, another follows it. */
  async beat() {
    if (!this.#handlers || this.#left || this.#room !== null) return;
    if (this.#beating) {
      this.#beatAgain = true;
      return;
    }
    this.#beating = true;
    try {
      const answer = await ask("POST", "/api/heartbeat", this.#handlers.beat());
      if (this.#handlers) this.#answered(answer.serial);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (this.#handlers) this.#unanswered(problem);
    } finally {
      this.#beating = false;
    }
    if (this.#beatAgain) {
      this.#beatAgain = false;
      this.beat();
    }
  }

  /** The page is being left: say so as the last word, past a heartbeat under way. It still sees itself as visible. */
  leave() {
    this.#left = true;
    ask("POST", "/api/heartbeat", { ...this.#handlers.beat(), visible: false }).catch(() => {
      // Nobody is left to read an answer; without this word the heartbeats' end says the same a little later.
    });
  }

  #know(news, fresh) {
    this.#serial = news.serial;
    this.#behind = false;
    this.#handlers.onNews(news, fresh);
  }

  #listen() {
    this.#source?.close();
    this.#source = new EventSource(this.#room === null ? "/api/events" : `/api/events?room=${encodeURIComponent(this.#room)}`);
    this.#source.addEventListener("snapshot", (event) => {
      this.#know(JSON.parse(event.data), true);
      this.#setLost(false);
    });
    this.#source.addEventListener("change", (event) => this.take(JSON.parse(event.data)));
    this.#source.addEventListener("error", () => this.#failed());
  }

  /** A stream of one room is asked for again when the browser gives up, as it does when the room does not answer. */
  #failed() {
    if (this.#room === null) this.beat();
    else if (this.#source.readyState === EventSource.CLOSED) {
      this.#timer = setTimeout(() => this.#handlers && this.#listen(), BEAT_EVERY_MS);
    }
  }

  /** The room answers: then the stream must be there too, and must have brought what the room had to tell. */
  #answered(serial) {
    const behind = serial > this.#serial;
    const stuck = behind && this.#behind;
    this.#behind = behind;
    if (this.#lost || stuck || this.#source.readyState === EventSource.CLOSED) this.#listen();
  }

  #unanswered(problem) {
    if (problem.status === 401) {
      const { onUnpaired } = this.#handlers;
      this.close();
      onUnpaired();
    } else {
      this.#setLost(true);
    }
  }

  #setLost(lost) {
    if (this.#lost === lost) return;
    this.#lost = lost;
    this.#handlers.onLost(lost);
  }
}
