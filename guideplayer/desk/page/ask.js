/** One question before something that cannot be taken back. */

import { byId, setText } from "./dom.js";

let answer = null;

function close(yes) {
  byId("ask").close();
  answer?.(yes);
  answer = null;
}

byId("ask-yes").addEventListener("click", () => close(true));
byId("ask-no").addEventListener("click", () => close(false));
byId("ask").addEventListener("cancel", () => close(false));

/** Ask; true when the person says yes. What ends something looks like it. */
export function ask({ title, text, yes, ends = true }) {
  close(false);
  setText(byId("ask-title"), title);
  setText(byId("ask-text"), text);
  setText(byId("ask-yes"), yes);
  byId("ask-yes").classList.toggle("ends-it", ends);
  byId("ask").showModal();
  byId("ask-no").focus();
  return new Promise((resolve) => (answer = resolve));
}

/** Take an open question away, and whatever else lies over the page, as when a call needs it. */
export function takeQuestionAway() {
  if (byId("ask").open) close(false);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
