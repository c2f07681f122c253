/** Who has a desk in this room: the list, taking one away, and unpairing this one. */

import { ask } from "./ask.js";
import { desks, Problem, revoke, signOut } from "./api.js";
import { byId, element, setText, show } from "./dom.js";

export const ROLES = { nurse: "Nurse", therapist: "Therapist", viewer: "Only watching" };

export class Desks {
  #own = "";
  #onUnpaired;

  /** `onUnpaired` is called when this desk is unpaired from here. */
  constructor(onUnpaired) {
    this.#onUnpaired = onUnpaired;
    byId("foot-desks").addEventListener("click", () => this.#open());
    byId("foot-unpair").addEventListener("click", () => this.#unpair());
    byId("desks-close").addEventListener("click", () => byId("paired").close());
  }

  /** This desk is paired as such, or, without a name, is not paired. */
  know(desk, role) {
    this.#own = desk;
    document.body.dataset.role = role;
    show(byId("foot-unpair"), Boolean(desk));
    show(byId("foot-desks"), Boolean(desk) && role !== "viewer");
    if (!desk && byId("paired").open) byId("paired").close();
  }

  async #open() {
    setText(byId("desks-problem"), "");
    byId("paired").showModal();
    await this.#draw(desks);
  }

  /** Draw what an answer says of the desks. */
  async #draw(answer) {
    try {
      byId("desks-list").replaceChildren(...(await answer()).map((desk) => this.#row(desk)));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setText(byId("desks-problem"), problem.message);
    }
  }

  #row({ desk, role, since, armed }) {
    const time = new Date(since).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    const row = element("li", { className: armed ? "check ok" : "check" },
      element("span", { className: "sentence" },
        element("strong", { translate: false }, desk), " ",
        element("span", { className: "quiet" }, desk === this.#own ? "This desk" : ""), element("br"),
        element("span", {}, ROLES[role]), ", ", element("span", {}, `since ${time}`), ", ",
        element("span", {}, armed ? "armed" : "not armed")));
    if (desk !== this.#own) {
      const button = element("button", { type: "button", className: "secondary ends-it" }, "Unpair");
      button.addEventListener("click", () => this.#draw(() => revoke(desk)));
      row.append(button);
    }
    return row;
  }

  async #unpair() {
    const yes = await ask({
      title: "Unpair this desk?",
      text: "It will hear no call any more. To use it again, it needs the code on the room's screen.",
      yes: "Unpair this desk",
    });
    if (!yes) return;
    try {
      await signOut();
      this.#onUnpaired();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status === 401) this.#onUnpaired();
      else this.#onUnpaired(problem.message);
    }
  }
}
