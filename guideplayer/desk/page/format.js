/** Times as people read them. */

const two = (number) => String(number).padStart(2, "0");

/** 754000 -> "12:34"; 3723000 -> "1:02:03". Never below zero. */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** What is left counts down to 0:00 at the very end, so it is rounded up. */
export const countdown = (ms) => clock(Math.ceil(Math.max(0, ms) / 1000) * 1000);

/** 2700000 -> "45 min". */
export const minutes = (ms) => `${Math.round(ms / 60000)} min`;

/** A time as a listener hears it: 83000 -> "1 minute 23 seconds". */
export function spoken(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const part = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
  const whole = Math.floor(seconds / 60);
  return whole ? `${part(whole, "minute")} ${part(seconds % 60, "second")}` : part(seconds, "second");
}

/** "letting go" -> "Letting go". */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
