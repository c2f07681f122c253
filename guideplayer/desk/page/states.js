/** What a session is doing, in the words of the page. */

export const STATES = {
  waiting: "Preparing",
  ready: "Ready",
  arriving: "Arriving",
  playing: "Playing",
  holding: "Paused",
  resuming: "Resuming",
  returning: "Return",
  ended: "Ended",
};
