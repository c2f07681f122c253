"""`python -m guideplayer.stage.scenes.own_painter`: paints one scene of somebody else's, in a process of its own.

Whatever its code does, fail, hang, end or take all memory, it does it here, and the stage goes on with another
picture. With `--try` it paints all palettes of a scene once, and tells what came of it.
"""

import argparse
import contextlib
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import BinaryIO

import msgspec

from guideplayer.own_scenes import Trial
from guideplayer.priority import step_back
from guideplayer.stage.reel import STEP_MS
from guideplayer.stage.scenes.canvas import FIELD_HEIGHT
from guideplayer.stage.scenes.easel import Failed, painted, say
from guideplayer.stage.scenes.loading import UnloadableError, load
from guideplayer.stage.scenes.tamed import Tamed, UnpaintableError

# Five fields a second, on a machine that has sound and a picture to make beside them.
MOST_FIELD_S = 0.1
MOST_BYTES = 600 << 20
LOWLY = 5
TRIED_S = (0.0, 0.2, 61.8, 1801.2, 3599.8)
TRIED_SIZE = (320, FIELD_HEIGHT)
LONGEST_REASON = 160


def because(error: BaseException, file: str) -> str:
    """Why a scene cannot be shown, in one clause: the error, and the line of its file where it came about."""
    if isinstance(error, UnloadableError | UnpaintableError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    name = Path(file).name
    own = [frame for frame in frames if Path(frame.filename).name == name] or frames[-1:]
    where = f", line {own[-1].lineno} of {Path(own[-1].filename).name}" if own else ""
    if isinstance(error, SyntaxError):
        where = f", line {error.lineno} of {name}"
    said = " ".join(str(error).split())[:LONGEST_REASON]
    return f"it fails with {type(error).__name__}{f' ({said})' if said else ''}{where}"


def quiet_output() -> BinaryIO:
    """Our own way out; what a scene prints goes nowhere, and not between what is said there."""
    out = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return out


def serve(file: str, palette: str, size: tuple[int, int], out: BinaryIO) -> None:
    """Paint what is asked for on the input until that ends."""
    asked: SimpleQueue[int] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    scene, tamed = load(file).made(*size, palette), Tamed(size[1], size[0])
    while True:
        number = asked.get()
        time_s = number * STEP_MS / 1000
        field, stars = tamed.step(number, scene.paint(time_s), scene.stars(time_s))
        say(painted(number, field, stars), out)


def _listen(asked: "SimpleQueue[int]") -> None:
    """Whatever the scene is at: when nobody asks any longer, this process is over."""
    for line in sys.stdin.buffer:
        asked.put(int(line))
    os._exit(0)


def trial(file: str) -> Trial:
    """Paint every palette at some times. Raises UnloadableError, UnpaintableError, and whatever its code does."""
    loaded, (width, height) = load(file), TRIED_SIZE
    took_s = []
    for palette in loaded.palettes or ("",):
        scene, tamed = loaded.made(width, height, palette), Tamed(height, width)
        for time_s in TRIED_S:
            begun_s = time.process_time()
            field, stars = scene.paint(time_s), scene.stars(time_s)
            took_s.append(time.process_time() - begun_s)
            tamed.step(round(time_s * 1000 / STEP_MS), field, stars)
    if min(took_s) > MOST_FIELD_S:
        raise UnpaintableError(f"it takes {min(took_s):.1f} s for a picture, and may take {MOST_FIELD_S:g}")
    return Trial(tuple(loaded.palettes))


def _limit_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def main() -> None:
    """Paint, or try."""
    parser = argparse.ArgumentParser(prog="own_painter")
    parser.add_argument("file")
    parser.add_argument("--palette", default="")
    parser.add_argument("--size", type=lambda text: tuple(map(int, text.split("x"))), default=TRIED_SIZE)
    parser.add_argument("--try", action="store_true", dest="tries")
    given = parser.parse_args()
    out = quiet_output()

    def failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What a scene raises ends this process, and is told in a clause."""
        reason = because(error, given.file)
        with contextlib.suppress(OSError):
            if given.tries:
                out.write(msgspec.json.encode(Trial(fault=reason)))
                out.flush()
            else:
                say(Failed(reason), out)

    sys.excepthook = failed
    _limit_memory()
    step_back(LOWLY)
    if given.tries:
        found = trial(given.file)
        out.write(msgspec.json.encode(found))
        out.flush()
    else:
        serve(given.file, given.palette, given.size, out)


if __name__ == "__main__":
    main()
