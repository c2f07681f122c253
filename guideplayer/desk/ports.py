"""What the desk needs of the rooms that it serves: a room's process has one, a station all of a clinic."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

Clock = Callable[[], int]
NO_ANSWER = "The room does not answer. Look at the room."


class RefusedError(Exception):
    """The room will not do it now. Its text is the whole sentence that staff read: why not, and what to do."""


class DeskRooms(Protocol):
    """Every room that a desk serves, by its name. It is called on the desk's event loop, and raises nothing but
    RefusedError.

    `many` says that there is a board of rooms in front of each. `changed` is called with the name of a room whose view
    is another, `row_changed` with one whose row on the board is.
    """

    many: bool
    changed: Callable[[str], None]
    row_changed: Callable[[str], None]

    def names(self) -> Sequence[str]:
        """The rooms."""
        ...

    def has(self, room: str) -> bool:
        """Whether there is such a room."""
        ...

    def at(self) -> int:
        """The date and time of who serves them, in epoch milliseconds, by which every row goes."""
        ...

    def faults(self) -> Sequence[str]:
        """What is wrong with who serves the rooms, each a sentence, for the head of the board."""
        ...

    def row(self, room: str) -> bytes:
        """A room on the board, as JSON: {room, dead, at, play, call, script, infusion_ms, infusion_elapsed_ms,
        infusion_running, rounds, armed, faults}, each as in its view.
        """
        ...

    def view(self, room: str) -> bytes | None:
        """A room's view (`DeskRoom.view`) as JSON; None while it is not known."""
        ...

    def look_into(self, room: str, looked: bool) -> None:
        """Somebody wants to see the whole of this room from now on, or nobody does any longer."""
        ...

    async def scripts(self, room: str) -> bytes:
        """What can be chosen there (`DeskRoom.scripts`), as JSON. Raises RefusedError."""
        ...

    async def card(self, room: str, script: str, part: str) -> Path | bytes | None:
        """The picture or the sample of a script. Raises RefusedError."""
        ...

    async def command(self, room: str, name: str, body: Mapping[str, object], by: str, desk: str) -> bytes:
        """Do what a person asks, and give the room's view after it. Raises RefusedError."""
        ...

    def delivered(self, room: str, call: str, desk: str) -> None:
        """An armed desk shows this call."""
        ...

    def armed(self, desks: Sequence[str]) -> None:
        """These desks, and no others, are armed now."""
        ...

    def screen_jpeg(self, room: str) -> bytes | None:
        """The picture on a patient's screen; None while there is none."""
        ...

    def pairing(self, code: str | None, link: str = "") -> None:
        """The code that pairs a desk now, and the link that does the same; None while there is no desk."""
        ...


class DeskRoom(Protocol):
    """One infusion room, as the desk sees it. Every method answers at once and is called on the desk's event loop."""

    name: str

    def view(self) -> dict[str, object]:
        """The room now, ready for JSON; times are epoch milliseconds of the room's clock, which `at` tells.

        Keys: room, at, play, call {state, id, raised_at, name, level, rehearsal, silenced_until}, script,
        infusion_ms, infusion_elapsed_ms, infusion_running, phase, phases [{name, start_ms, end_ms, peak}] on the
        infusion's clock, line, next_line {text, in_ms}, comfort, readiness [{what, ok, sentence}], can, next,
        health {screen, sound, control, journal, stage, desk: each "ok" or a sentence that says what is wrong},
        faults (more such sentences), notices [{name, verdict, sentence, fix}] of the doctor before a session, figures
        {stage_pid, position_error_ms, late_frames, work_ms}, armed, cards (a number: when it changes, the scripts have
        more cards than before).
        """
        ...

    def scripts(self) -> list[dict[str, object]]:
        """The scripts to choose from, those that cannot be chosen last.

        Keys: name (what `choose` is given), title, summary, language, voice, voices, themes, contains, shortest_ms,
        longest_ms, lines (how many), words_per_minute, density (full, sparse or music), problems (sentences; a script
        with any cannot be chosen), card {key, arc {begins_ms, infusion_ms, ends_ms, light, words, effect}, sample_ms,
        lines}, which is None until it is made.
        """
        ...

    def card_file(self, name: str, part: str) -> Path | None:
        """A script's `picture.jpg` or `sample.mp3`; None for anything else, and while there is none."""
        ...

    def command(self, name: str, body: Mapping[str, object], by: str, desk: str) -> None:
        """Do what a person asks. `body` has been checked for its shape. Raises RefusedError."""
        ...

    def delivered(self, call: str, desk: str) -> None:
        """An armed desk shows this call."""
        ...

    def armed(self, desks: Sequence[str]) -> None:
        """These desks, and no others, are armed now."""
        ...

    def screen_jpeg(self) -> bytes | None:
        """The picture on the patient's screen; None while there is none."""
        ...

    def pairing(self, code: str | None, link: str = "") -> None:
        """The code that pairs a desk now, for the room's own screen and nowhere else; None while there is no desk.

        `link` does the same for a phone that reads it off that screen; empty where phones cannot reach the desk.
        """
        ...
