/** The scripts as cards: a picture, what they are like, their arc, and a sample to hear. */

import { cardAddress } from "./api.js";
import { drawArc } from "./arc.js";
import { element } from "./dom.js";
import { DENSITIES } from "./filters.js";
import { capital, minutes } from "./format.js";

const MINUTE_MS = 60000;

/** 40 and 60 minutes -> "40–60 min". */
function range({ shortest_ms: shortest, longest_ms: longest }) {
  return shortest === longest ? minutes(longest) : `${Math.round(shortest / MINUTE_MS)}–${minutes(longest)}`;
}

/** The frame of its picture; an empty one while there is no picture. */
function frame(script) {
  const place = element("span", { className: "frame" });
  if (script.card) {
    const image = element("img", { src: cardAddress(script, "picture.jpg"), alt: "", decoding: "async", width: 640, height: 360 });
    image.addEventListener("error", () => image.remove());
    place.append(image);
  }
  return place;
}

function hearButton(script, sample) {
  const button = element("button", { type: "button", className: "hear", ariaPressed: "false" },
    element("span", { className: "unseen" }, `Hear 20 seconds of ${script.title}`));
  const address = cardAddress(script, "sample.mp3");
  button.addEventListener("click", () => sample.toggle(button, address));
  return button;
}

/** Which voice tells it, when there is a choice. */
function voiceChoice(script, chooseVoice) {
  const choices = script.voices.map((voice) => {
    const radio = element("input", { type: "radio", name: `voice-${script.name}`, value: voice, checked: voice === script.voice });
    radio.addEventListener("change", () => chooseVoice(voice));
    return element("label", {}, radio, element("span", {}, voice === "none" ? "Captions only" : capital(voice)));
  });
  return element("fieldset", { className: "segments voices" },
    element("legend", {}, "Voice"), element("div", {}, ...choices));
}

function more(script, chooseVoice) {
  const rows = element("div", { className: "more" }, element("p", { className: "summary" }, script.summary));
  if (script.card) rows.append(drawArc(script.card.arc));
  const facts = element("p", { className: "facts" });
  facts.append(element("span", {}, script.themes.map(capital).join(", ")));
  if (script.contains.length) facts.append(element("span", { className: "contains" }, `Contains ${script.contains.join(", ")}`));
  if (script.music?.length) {
    const titles = script.music.map((piece) => piece.title).join(", ");
    facts.append(element("span", {}, "Own music"), element("span", { translate: false }, titles));
  }
  rows.append(facts);
  if (script.voices.length > 1) rows.append(voiceChoice(script, chooseVoice));
  return rows;
}

/** A card. `choose` and `chooseVoice` are called when somebody does; `sample` plays what is to be heard. */
export function scriptCard(script, { sample, choose, chooseVoice }) {
  const broken = script.problems.length > 0;
  const radio = element("input", { type: "radio", name: "script", value: script.name, disabled: broken });
  radio.addEventListener("change", choose);
  const about = element("span", { className: "about" }, element("strong", {}, script.title));
  if (broken) {
    about.append(element("span", { className: "problem" }, `It cannot be played. ${capital(script.problems[0])}.`),
      element("span", { className: "hint" }, `To see all: guideplayer check ${script.name}`));
  } else {
    about.append(element("span", { className: "lengths" },
      element("span", {}, range(script)), element("span", {}, DENSITIES[script.density])));
  }
  const node = element("article", { className: broken ? "card broken" : "card" }, element("label", { className: "pick" }, radio, frame(script), about));
  if (script.card) node.append(hearButton(script, sample));
  if (!broken) node.append(more(script, chooseVoice));
  return node;
}
