// While a script is watched, the page comes anew after each save.
new EventSource("changes").addEventListener("message", (event) => {
  if (event.data !== document.documentElement.dataset.live) location.reload();
});
