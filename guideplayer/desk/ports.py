"""What the desk needs of the room: the room's process implements it, the tests fake it."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

Clock = Callable[[], int]


class RefusedError(Exception):
    """The room will not do it now. Its text is the whole sentence that staff read: why not, and what to do."""


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
