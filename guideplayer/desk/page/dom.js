/** The few things that every module does to the page. Nothing here ever parses text as HTML. */

import { isOwn, said } from "./words.js";

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** Set a text, in the page's language, only when it differs, so that a screen reader is not told the same twice. */
export function setText(node, text) {
  const shown = isOwn(node) ? text : said(String(text));
  if (node.textContent !== shown) node.textContent = shown;
}

/** Show or hide. */
export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** A new element: element("li", {className: "done"}, "text", otherElement). With translate: false its text is as given. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    node[name] = ["ariaLabel", "title", "alt", "placeholder"].includes(name) ? said(value) : value;
  }
  const own = properties.translate === false;
  node.append(...children.map((child) => (typeof child === "string" && !own ? said(child) : child)));
  return node;
}

/** Run `draw` only when what it draws has changed. */
export function whenChanged(draw) {
  let before;
  return (value, ...rest) => {
    const now = JSON.stringify(value);
    if (now === before) return;
    before = now;
    draw(value, ...rest);
  };
}
