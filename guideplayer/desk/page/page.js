/** The page: which view shows, what sounds, and the one copy of the room that all views draw. */

import { Alarm } from "./alarm.js";
import { command, Link, Problem, whoAndWhere } from "./api.js";
import { ArmView } from "./arm.js";
import { Board } from "./board.js";
import { CallView, isOpen, lookOf, soundOf } from "./call.js";
import { Comfort } from "./comfort.js";
import { Desks } from "./desks.js";
import { byId, element, setText, show } from "./dom.js";
import { clock } from "./format.js";
import { History } from "./history.js";
import { LiveView } from "./live.js";
import { PairView } from "./pair.js";
import { PrepareView } from "./prepare.js";
import { RecordView } from "./record.js";
import { Responses } from "./responses.js";
import { Rounds } from "./rounds.js";
import { STATES } from "./states.js";
import { language, LANGUAGES, said, speak, translatePage } from "./words.js";

const TICK_EVERY_MS = 250;
const TRY_AGAIN_MS = 2000;
const LOST_SOUNDS_AFTER_MS = 5000;
const TITLE_TURNS_MS = 1000;
const VIEWS = ["pair", "arm", "board", "prepare", "live", "history", "record", "responses"];

class Page {
  view = null;
  #page = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #ahead = 0;
  #link = null;
  #lostAt = null;
  #paired = null;
  #skipped = false;
  #watching = false;
  #preparingNext = false;
  #shown = null;
  #board = null;
  #open = null;
  #look = null;

  constructor() {
    this.alarm = new Alarm(() => {
      this.render();
      this.beat();
    });
    this.pairView = new PairView(() => this.connect());
    this.armView = new ArmView(this.alarm, () => {
      this.#skipped = true;
      this.render();
    });
    this.desks = new Desks((problem) => (problem ? this.tell(problem) : this.#unpaired()));
    this.comfort = new Comfort(this);
    this.rounds = new Rounds(this);
    this.history = new History(this);
    this.recordView = new RecordView(this);
    this.responses = new Responses(this);
    this.prepareView = new PrepareView(this);
    this.liveView = new LiveView(this, () => {
      this.#preparingNext = true;
      this.prepareView.chooseAnew();
    });
    byId("bar-back").addEventListener("click", () => this.open(null));
    byId("problem-close").addEventListener("click", () => show(byId("problem"), false));
    document.addEventListener("visibilitychange", () => this.beat());
    addEventListener("pagehide", () => this.#link?.leave());
    addEventListener("pageshow", (event) => event.persisted && location.reload());
    setInterval(() => this.#tick(), TICK_EVERY_MS);
    this.connect();
  }

  /** The room's clock, run on from its last word. */
  now() {
    return Date.now() + this.#ahead;
  }

  get armed() {
    return this.armView.armed;
  }

  arm() {
    return this.armView.arm();
  }

  /** The room whose call is to be seen: the only one, or the most urgent of the board; `keep` is the one in work. */
  calling(keep) {
    return this.#board ? this.#board.calling(keep, this.#open) : this.view;
  }

  /** The clock that the times of calls go by. */
  callsNow() {
    return this.#board ? this.#board.now() : this.now();
  }

  /** Whether there is a board of rooms. */
  get many() {
    return this.#board !== null;
  }

  /** Other rooms that nobody has answered. */
  callingBesides(room) {
    return this.#board ? this.#board.besides(room) : [];
  }

  turnToCall(room) {
    this.#board.turnToCall(room);
    this.render();
  }

  /** Look into a room of the board, or go back to it with null. */
  open(room) {
    if (!this.#board || room === this.#open) return;
    this.#look?.close();
    this.#look = null;
    this.#open = room;
    this.view = null;
    this.prepareView.turnTo();
    if (room !== null) this.#look = new Link({ onNews: (view) => this.#take(view) }, room);
    this.render();
  }

  /** Show the call again to somebody who looked at the room meanwhile. */
  showCall() {
    this.callView.lookAtRoom(false);
  }

  /** Tell the room of this page at once. */
  beat() {
    this.#link?.beat();
  }

  /** Ask the room for something; null when it is done, else the sentence that says why not. */
  async try(name, body, room = this.view.room) {
    try {
      const view = await command(room, name, body);
      if (name === "acknowledge") this.#board?.answered(room);
      if (!this.#board) this.#link.take(view);
      else if (room === this.#open) this.#look.take(view);
      this.render();
      return null;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      return problem.message;
    }
  }

  /** Ask the room for something, and show what it says when it refuses. */
  async do(name, body) {
    const problem = await this.try(name, body);
    if (problem) this.tell(problem);
    else show(byId("problem"), false);
    return problem === null;
  }

  /** Show a sentence until it is closed. */
  tell(sentence) {
    setText(byId("problem-text"), sentence);
    show(byId("problem"), true);
  }

  /** Find out who this desk is; without an answer, again and again. */
  async connect() {
    try {
      const { name, desk, role, rooms, board } = await whoAndWhere();
      this.#paired = true;
      this.#watching = role === "viewer";
      this.desks.know(desk, role);
      this.#setLost(false);
      this.callView ??= new CallView(this, name);
      byId("call-name").value = name;
      if (board) {
        this.#board ??= new Board(this);
        this.render();
      } else this.#take(rooms[0]);
      this.#link = new Link({
        onNews: (news, fresh) => (board ? this.#takeRows(news, fresh) : this.#take(news)),
        onLost: (lost) => this.#setLost(lost),
        onUnpaired: () => this.#unpaired(),
        beat: () => this.#heartbeat(),
      });
      this.beat();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) this.#unpaired();
      else {
        this.#setLost(true);
        setTimeout(() => this.connect(), TRY_AGAIN_MS);
      }
    }
  }

  /** Draw everything as it stands. */
  render() {
    const { view } = this;
    const shown = this.#choose();
    const there = Boolean(view || (this.#board && this.#paired));
    show(byId("bar"), there);
    this.responses.render(shown === "board" || shown === "responses" ? !this.#watching : false);
    show(byId("bar-back"), this.#open !== null);
    this.#showWhetherDead();
    if (there) {
      const heading = byId("bar-room");
      heading.translate = !this.#open && !view;
      setText(heading, view?.room ?? this.#open ?? "All rooms");
      show(byId("bar-state"), Boolean(view));
      this.armView.render(this.#lostAt === null);
      this.callView.tick();
    }
    if (view) {
      setText(byId("bar-state"), STATES[view.play]);
      byId("bar-state").dataset.play = view.play;
      this.#renderComfort(view, shown);
      this.rounds.render(view);
      this.history.render(view, !this.#board && !this.#watching && shown !== "arm");
      this.recordView.render(view, shown === "record" && !this.callView.covers);
      if (shown === "prepare") this.prepareView.render(view);
      if (shown !== "prepare" || this.callView.covers) this.prepareView.leave();
      if (shown === "live") this.liveView.render(view);
    }
    if (!there) show(byId("call"), false);
    const covered = there && this.callView.covers;
    byId("bar").inert = byId("main").inert = covered;
    document.documentElement.classList.toggle("covered", covered);
    for (const name of VIEWS) show(byId(name), name === shown);
    if (shown !== this.#shown) this.#turnTo(shown);
    this.#sound();
  }

  /** The same controls before a session and in it: how it begins is how it is. */
  #renderComfort(view, shown) {
    const home = byId(shown === "prepare" ? "ready-comfort" : "live-comfort");
    if (byId("comfort").parentElement !== home) home.append(byId("comfort"));
    setText(byId("comfort-title"), shown === "prepare" ? "How it begins" : "Comfort");
    this.comfort.render(view.comfort);
    show(byId("comfort"), view.can.includes("comfort"));
  }

  #choose() {
    const { view } = this;
    if (this.#paired === false) return "pair";
    const arms = !this.#watching && !this.armed && !this.#skipped;
    if (this.#board && !view) return this.#paired ? (arms ? "arm" : this.responses.open ? "responses" : "board") : null;
    if (!view) return null;
    if (this.#watching) return "live";
    if (arms) return "arm";
    if (this.history.open(view)) return "history";
    if (this.recordView.open(view)) return "record";
    if (view.play === "ended") return this.#preparingNext ? "prepare" : "live";
    this.#preparingNext = false;
    return ["waiting", "ready"].includes(view.play) ? "prepare" : "live";
  }

  #turnTo(shown) {
    this.#shown = shown;
    scrollTo(0, 0);
    if (shown === "pair") this.pairView.open();
  }

  #take(view) {
    const before = this.view;
    // The room refuses a desk that only watches; this keeps it from offering what is refused.
    this.view = this.#watching ? { ...view, can: [] } : view;
    this.#ahead = view.at - Date.now();
    this.render();
    if (before && before.play !== view.play) setText(byId("announce"), STATES[view.play]);
  }

  #takeRows(news, fresh) {
    this.#board.take(news, fresh);
    this.callView.tick();
    this.#showWhetherDead();
    if (byId("main").inert !== this.callView.covers || this.callView.covers) this.render();
    else this.#sound();
  }

  #showWhetherDead() {
    show(byId("room-dead"), Boolean(this.#open && this.#board?.row(this.#open)?.dead));
  }

  #unpaired() {
    this.#link?.close();
    this.open(null);
    this.#board = this.#link = null;
    this.view = null;
    this.#paired = false;
    this.desks.know("", "");
    this.#setLost(false);
    this.render();
  }

  #heartbeat() {
    const visible = document.visibilityState === "visible";
    return { audio: this.alarm.state, visible, calls: this.callView.shown, page: this.#page };
  }

  #setLost(lost) {
    if (lost === (this.#lostAt !== null)) return;
    this.#lostAt = lost ? Date.now() : null;
    show(byId("lost"), lost);
    if (this.view || this.#board) this.render();
  }

  #tick() {
    if (this.#lostAt !== null) setText(byId("lost-for"), clock(Date.now() - this.#lostAt));
    if (!this.view && !this.#board) return;
    this.callView.tick();
    if (this.#shown === "board") this.#board.tick();
    if (this.view) this.rounds.tick(this.view, this.now());
    else show(byId("bar-round"), false);
    if (this.#shown === "live") this.liveView.tick();
    this.#sound();
    this.#headline();
  }

  /** A call sounds before a lost connection, which is only feared, and both before a round that is due. */
  #sound() {
    const lostFor = this.#lostAt === null ? 0 : Date.now() - this.#lostAt;
    const round = this.rounds.due ? "round" : null;
    const own = this.#board ? this.#board.sound() : this.view && soundOf(lookOf(this.view.call, this.now()));
    const loud = ["urgent", "reminder"].includes(own) ? own : null;
    this.alarm.want(loud ?? (lostFor > LOST_SOUNDS_AFTER_MS ? "lost" : (own ?? round)));
  }

  /** The tab's title and icon tell of a call too. */
  #headline() {
    const { view } = this;
    const callers = this.#board ? this.#board.callers : [view].filter(({ call }) => isOpen(call));
    const calling = callers.length > 0;
    const turned = calling && Math.floor(Date.now() / TITLE_TURNS_MS) % 2;
    if (calling) document.title = turned ? `● ● ● ${said("CALL")} ● ● ●` : `${said("CALL")}: ${callers.map(({ room }) => room).join(", ")}`;
    else document.title = view ? `${view.room} · ${said(STATES[view.play])}` : said("All rooms");
    const icon = calling ? "/page/calling.svg" : "/page/calm.svg";
    if (byId("icon").getAttribute("href") !== icon) byId("icon").setAttribute("href", icon);
  }
}

byId("language").append(...Object.entries(LANGUAGES).map(([code, name]) =>
  element("option", { value: code, translate: false, lang: code, selected: code === language }, name)));
byId("language").addEventListener("change", () => speak(byId("language").value));
translatePage();
new Page();
