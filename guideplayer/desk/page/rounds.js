/** Rounds: when somebody should look at the patient again, and one tap to say that all is well. */

import { byId, element, setText, show } from "./dom.js";
import { clock, countdown, minutes } from "./format.js";

const MINUTE_MS = 60000;
const EVERY_MINUTES = [5, 10, 15, 20, 30];
const ANNOUNCE = "It is time to look at the patient.";

export class Rounds {
  #desk;
  #due = false;

  constructor(desk) {
    this.#desk = desk;
    byId("rounds-every").append(...EVERY_MINUTES.map((number) =>
      element("option", { value: String(number * MINUTE_MS) }, minutes(number * MINUTE_MS))));
    byId("rounds-every").addEventListener("change", () => this.#desk.do("rounds", { every_ms: Number(byId("rounds-every").value) }));
    for (const id of ["rounds-looked", "bar-round"]) byId(id).addEventListener("click", () => this.#desk.do("looked"));
  }

  /** Whether somebody should look now. */
  get due() {
    return this.#due;
  }

  render(view) {
    const { rounds, can } = view;
    show(byId("rounds"), Boolean(rounds?.due_at) && can.includes("rounds"));
    byId("rounds-looked").disabled = !can.includes("looked");
    if (!rounds) return;
    const every = byId("rounds-every");
    if (![...every.options].some(({ value }) => Number(value) === rounds.every_ms)) {
      every.append(element("option", { value: String(rounds.every_ms) }, minutes(rounds.every_ms)));
    }
    if (document.activeElement !== every) every.value = String(rounds.every_ms);
  }

  /** As time passes: how long until the next round, and once it is due, a bar that cannot be overlooked. */
  tick(view, now) {
    const dueAt = view.rounds?.due_at;
    const due = Boolean(dueAt) && dueAt <= now && view.can.includes("looked");
    if (due && !this.#due) setText(byId("announce"), ANNOUNCE);
    this.#due = due;
    show(byId("bar-round"), due);
    byId("rounds").classList.toggle("due", due);
    if (!dueAt) return;
    setText(byId("rounds-in"), due ? "Look at the patient now" : `Look at the patient in ${countdown(dueAt - now)}`);
    if (due) setText(byId("bar-round-for"), clock(now - dueAt));
  }
}
