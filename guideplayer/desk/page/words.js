/**
 * The page's language. Every text is written in English where it is used, and every text, the room's own sentences too,
 * passes here on its way to the screen: `es.json` maps English to Spanish, with {names} for what differs each time.
 */

export const LANGUAGES = { en: "English", es: "Español" };
const KEY = "guideplayer-language";
const MOST_KEPT = 2000;
const LETTER = /\p{L}/u;
const PLACE = /\{(\w+)\}/g;

function wanted() {
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen in LANGUAGES) return chosen;
  } catch {
    // Without storage the browser's own language is the best guess.
  }
  return navigator.language.toLowerCase().startsWith("es") ? "es" : "en";
}

export const language = wanted();

async function catalogue() {
  if (language === "en") return {};
  try {
    return await (await fetch(`/page/${language}.json`)).json();
  } catch {
    // English is better than nothing.
    return {};
  }
}

const words = await catalogue();
const fixed = (english) => english.replace(PLACE, "").length;
// What says most is tried first: "{length} of infusion" before "{left} of {all}".
const patterns = Object.entries(words).filter(([english]) => english.includes("{"))
  .sort(([one], [other]) => fixed(other) - fixed(one)).map(pattern);
const known = new Map();

/** "Armed: {names}" as what finds it, and the other language's text with its places. */
function pattern([english, other]) {
  const names = [];
  const source = english.split(PLACE).map((part, number) => {
    if (number % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    names.push(part);
    return "(.+?)";
  });
  return { finds: new RegExp(`^${source.join("")}$`, "su"), names, other };
}

/** What a text says in this page's language; unknown ones stay as they are. */
export function said(text) {
  if (language === "en" || !LETTER.test(text)) return text;
  let found = words[text] ?? known.get(text);
  if (found === undefined) {
    if (known.size >= MOST_KEPT) known.clear();
    found = matched(text) ?? text;
    known.set(text, found);
  }
  return found;
}

function matched(text) {
  for (const { finds, names, other } of patterns) {
    const match = finds.exec(text);
    if (match) {
      const values = Object.fromEntries(names.map((name, number) => [name, said(match[number + 1])]));
      return other.replace(PLACE, (_, name) => values[name]);
    }
  }
  return null;
}

/** Whether the text of a node is somebody's own and is left as it is: a name, a script's line. */
export const isOwn = (node) => node.translate === false;

/** The page as it stands, said in its language. */
export function translatePage() {
  document.documentElement.lang = language;
  if (language === "en") return;
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { currentNode: node } = texts;
    const text = node.data.trim();
    if (text && !isOwn(node.parentElement)) node.data = node.data.replace(text, () => said(text));
  }
  for (const name of ["aria-label", "title", "alt", "placeholder"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) node.setAttribute(name, said(node.getAttribute(name)));
  }
}

/** Change the language: the page begins anew in it. */
export function speak(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // Then the choice cannot be kept, and the page stays as it is.
  }
  location.reload();
}
