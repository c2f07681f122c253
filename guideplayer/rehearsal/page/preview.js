// One clip at a time, and pictures shown large.
"use strict";

const clips = JSON.parse(document.getElementById("clips").textContent);
const player = document.getElementById("player");
const said = document.getElementById("said");
const large = document.getElementById("large");
let playing = null;

function stop() {
  player.pause();
  if (!playing) return;
  playing.classList.remove("on");
  playing.setAttribute("aria-pressed", "false");
  playing.closest(".row").classList.remove("heard");
  playing = null;
}

async function hear(button) {
  stop();
  player.src = clips[button.dataset.clip];
  playing = button;
  button.classList.add("on");
  button.setAttribute("aria-pressed", "true");
  button.closest(".row").classList.add("heard");
  said.textContent = "";
  try {
    await player.play();
  } catch (error) {
    // Another line that was asked for meanwhile is no failure, nor is a browser that waits for a person's touch.
    if (error.name === "AbortError") return;
    stop();
    if (error.name !== "NotSupportedError") return;
    said.textContent = "This browser cannot play this recording. Firefox, Chrome and Edge can.";
  }
}

player.addEventListener("ended", stop);
for (const button of document.querySelectorAll("button.play")) {
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => (button === playing ? stop() : hear(button)));
}

for (const frame of document.querySelectorAll("a.frame")) {
  frame.addEventListener("click", (event) => {
    event.preventDefault();
    const { time, text } = frame.dataset;
    large.querySelector("img").src = frame.querySelector("image").getAttribute("href");
    large.querySelector("img").alt = `The stage at ${time}: ${text}`;
    large.querySelector("p").textContent = `${time} · ${text}`;
    large.showModal();
  });
}
large.addEventListener("click", (event) => event.target === large && large.close());
