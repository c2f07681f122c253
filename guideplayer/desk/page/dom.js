/** The few things that every module does to the page. Nothing here ever parses text as HTML. */

/** The element with this id. */
export const byId = (id) => document.getElementById(id);

/** Set a text only when it differs, so that a screen reader is not told the same twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Show or hide. */
export function show(node, shown) {
  if (node.hidden === shown) node.hidden = !shown;
}

/** A new element: element("li", {className: "done"}, "text", otherElement). */
export function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
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
