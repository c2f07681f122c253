/** Pairing: the six digits on the room's screen, or its square that a camera has read, and who is at this desk. */

import { pair, Problem } from "./api.js";
import { byId, setText, show } from "./dom.js";

const NAME_KEY = "guideplayer-name";
const ROLE_KEY = "guideplayer-role";
const DIGITS = "The room's screen shows six digits. They change every two minutes.";
const SCANNED = "This phone has read the room's screen. Say who you are.";

/** What was last used on this device; a browser that keeps nothing remembers nothing. */
function remembered(key) {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It is a convenience: without storage it is asked for again.
  }
}

/** The token behind the address that a camera opened; it is taken out of the address and the history at once. */
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("pair") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

export class PairView {
  #token = takeToken();

  /** `onPaired` is called once the desk is paired. */
  constructor(onPaired) {
    const code = byId("pair-code");
    const name = byId("pair-name");
    name.value = remembered(NAME_KEY);
    for (const radio of byId("pair-role").querySelectorAll("input")) radio.checked ||= radio.value === remembered(ROLE_KEY);
    // Whoever opens the page by a name for this machine itself is not on a network.
    show(byId("pair-plain"), location.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(location.hostname));
    show(byId("pair-secret"), location.protocol === "https:");
    addEventListener("hashchange", () => {
      this.#token = takeToken() || this.#token;
      this.#draw();
    });
    code.addEventListener("input", () => {
      code.value = code.value.replace(/\D/g, "").slice(0, 6);
      setText(byId("pair-problem"), "");
      if (code.value.length === 6 && !name.value.trim()) name.focus();
    });
    byId("pair-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#pair(event.submitter ?? byId("pair-form").querySelector("button"), onPaired);
    });
    this.#draw();
  }

  open() {
    (this.#token ? byId("pair-name") : byId("pair-code")).focus();
  }

  async #pair(button, onPaired) {
    const code = byId("pair-code");
    const name = byId("pair-name").value;
    const role = byId("pair-role").querySelector(":checked").value;
    button.disabled = true;
    try {
      await pair(this.#token || code.value, name, role);
      remember(NAME_KEY, name.trim());
      remember(ROLE_KEY, role);
      code.value = "";
      this.#token = "";
      this.#draw();
      onPaired();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      // A token that is used up or too old never works again; the digits beside it do.
      if (problem.status === 403) this.#token = "";
      this.#draw();
      setText(byId("pair-problem"), problem.message);
      if (!this.#token) code.select();
    } finally {
      button.disabled = false;
    }
  }

  #draw() {
    setText(byId("pair-how"), this.#token ? SCANNED : DIGITS);
    show(byId("pair-digits"), !this.#token);
    byId("pair-code").required = !this.#token;
  }
}
