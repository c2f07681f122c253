/** What is said of a line, a take and a room. */

const LOUD_ROOM_DB = -42;
const QUIET_ROOM_DB = -52;
const CLIPPED = 0.985;
const FAINT_DB = -42;
const UNHEARD_ABOVE_ROOM_DB = 8;
const CLEAR_ABOVE_ROOM_DB = 20;
const SHORTEST_MS = 500;

/** The states of a line, as they are told. */
export const SAYS = {
  missing: "to record",
  here: "on this device",
  waiting: "with the room",
  ready: "ready",
  mismatch: "listen to it",
  unusable: "record again",
  refused: "not taken",
};

/** How far a line is: what the room has of it, unless something newer is on this device. */
export function stateOf(line, take) {
  if (take?.refused) return "refused";
  if (take && take.confirmed !== take.picked) return "here";
  return line.state;
}

/** What a room is like in which nobody speaks. */
export function ofRoom(quietDb) {
  if (quietDb > LOUD_ROOM_DB) return "This room is loud: close door and window, switch off what hums, then listen to the room again.";
  return quietDb > QUIET_ROOM_DB ? "This room is not quite quiet; it will be heard a little." : "This room is quiet. Record when you are ready.";
}

/** What a take is like: {good, sentence}. */
export function afterTake({ peak, loudDb }, quietDb, lengthMs) {
  const bad = (sentence) => ({ good: false, sentence });
  const above = loudDb - (quietDb ?? loudDb - CLEAR_ABOVE_ROOM_DB);
  if (lengthMs < SHORTEST_MS) return bad("That was too short to be a line. Record it again.");
  if (peak >= CLIPPED) return bad("Too loud: it is distorted. Move back a little and record it again.");
  if (above < UNHEARD_ABOVE_ROOM_DB) return bad("Nobody was heard. Is this the right microphone?");
  if (loudDb < FAINT_DB) return bad("Too quiet: come nearer to the microphone and record it again.");
  if (above < CLEAR_ABOVE_ROOM_DB) return bad("The room is heard behind the voice: come nearer, or make the room quieter.");
  return { good: true, sentence: "Well recorded. Play it, or go on." };
}
