/** Pairing: the six digits on the room's screen, and who is at this desk. */

import { pair, Problem } from "./api.js";
import { byId, setText } from "./dom.js";

const NAME_KEY = "guideplayer-name";

/** The name last used on this device; a browser that keeps nothing remembers none. */
function rememberedName() {
  try {
    return localStorage.getItem(NAME_KEY) ?? "";
  } catch {
    return "";
  }
}

function rememberName(name) {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // The name is a convenience: without storage it is typed again.
  }
}

export class PairView {
  /** `onPaired` is called once the desk is paired. */
  constructor(onPaired) {
    const code = byId("pair-code");
    const name = byId("pair-name");
    name.value = rememberedName();
    code.addEventListener("input", () => {
      code.value = code.value.replace(/\D/g, "").slice(0, 6);
      setText(byId("pair-problem"), "");
      if (code.value.length === 6 && !name.value.trim()) name.focus();
    });
    byId("pair-form").addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = event.submitter ?? byId("pair-form").querySelector("button");
      button.disabled = true;
      try {
        await pair(code.value, name.value);
        rememberName(name.value.trim());
        code.value = "";
        onPaired();
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        setText(byId("pair-problem"), problem.message);
        code.select();
      } finally {
        button.disabled = false;
      }
    });
  }

  open() {
    byId("pair-code").focus();
  }
}
