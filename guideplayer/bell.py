"""The alarm's own way to be heard, past everything that a session plays through: a program of the system that plays a
file, or the terminal's bell.

For when SDL has no sound, or there is no stage at all. Nothing here waits.
"""

import array
import contextlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

from guideplayer.terminal import tell

# Each plays a WAV file and ends: PipeWire's, PulseAudio's, ALSA's, and macOS's.
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
RATE_HZ = 22_050
TONES_HZ = (660.0, 880.0, 660.0)
TONE_S, REST_S, EDGE_S = 0.4, 0.8, 0.03
LOUDNESS = 0.5
TERMINAL_EVERY_MS = 1500
# One that has not ended by then hangs on its sound server: the next one is tried.
LASTS_MS = 6000
END_WITHIN_S = 0.5


def _ring_terminal() -> None:
    tell("\a", end="")


def write_alarm(file: Path) -> None:
    """The alarm as a WAV file: three soft-edged tones and a rest."""
    samples = array.array("h")
    for pitch_hz in TONES_HZ:
        for number in range(round(TONE_S * RATE_HZ)):
            now_s = number / RATE_HZ
            edge = min(1.0, now_s / EDGE_S, (TONE_S - now_s) / EDGE_S)
            samples.append(round(32_767 * LOUDNESS * edge * math.sin(2 * math.pi * pitch_hz * now_s)))
    samples.extend([0] * round(REST_S * RATE_HZ))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(samples.tobytes())


class Bell:
    """Rings as long as it is asked to, again and again. `players` are tried in their order, those that are there."""

    def __init__(
        self, players: Sequence[Sequence[str]] = PLAYERS, ring_terminal: Callable[[], None] = _ring_terminal
    ) -> None:
        self._players = players
        self._ring_terminal = ring_terminal
        self._left: list[Sequence[str]] = []
        self._file: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: list[subprocess.Popen[bytes]] = []
        self._begun_ms = 0
        self._terminal_ms: int | None = None
        self._ringing = False

    def ring(self, wanted: bool, now_ms: int) -> None:
        """Call this often: begin, go on, or stop."""
        if not wanted:
            if self._ringing:
                self._stop()
            return
        if not self._ringing:
            self._ringing = True
            self._left = [player for player in self._players if shutil.which(player[0])]
            self._terminal_ms = None
        if self._process and self._process.poll() is None and now_ms - self._begun_ms <= LASTS_MS:
            return
        if self._process and self._process.poll() != 0:
            # It cannot be heard by this one.
            self._set_aside()
            self._left = self._left[1:]
        if self._left:
            self._play(self._left[0], now_ms)
        elif self._terminal_ms is None or now_ms - self._terminal_ms >= TERMINAL_EVERY_MS:
            self._terminal_ms = now_ms
            self._ring_terminal()

    def _play(self, player: Sequence[str], now_ms: int) -> None:
        try:
            if self._file is None:
                self._file = Path(tempfile.mkdtemp(prefix="guideplayer-")) / "alarm.wav"
                write_alarm(self._file)
            nothing = subprocess.DEVNULL
            self._process = subprocess.Popen(
                [*player, str(self._file)], stdin=nothing, stdout=nothing, stderr=nothing, start_new_session=True
            )
            self._begun_ms = now_ms
        except OSError:
            # No room for the file, or no more processes.
            self._process = None
            self._left = self._left[1:]

    def _set_aside(self) -> None:
        """End the player; one that hangs is not waited for."""
        if self._process:
            self._process.kill()
            self._ended = [process for process in (*self._ended, self._process) if process.poll() is None]
            self._process = None

    def _stop(self) -> None:
        self._ringing = False
        self._set_aside()

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self._stop()
        for process in self._ended:
            # One that a driver holds may take its time to end.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_WITHIN_S)
        self._ended.clear()
        if self._file:
            shutil.rmtree(self._file.parent, ignore_errors=True)
            self._file = None


def there_is_a_player(players: Sequence[Sequence[str]] = PLAYERS, path: str | None = None) -> bool:
    """Whether the alarm could be heard past SDL, by more than a terminal's bell."""
    return any(shutil.which(player[0], path=path or os.environ.get("PATH")) for player in players)
