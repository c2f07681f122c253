"""What fails unforeseen: kept whole in a file for engineers, and told in one sentence to whoever looks at a terminal.

The file is small, and turns over: it is for a bug's report. It holds no names: nobody writes any into an exception.
"""

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

from guideplayer.terminal import tell

FILE = "failures.log"
MOST_BYTES, KEPT = 500_000, 2


def keep_failures(folder: Path, part: str) -> None:
    """From now on, what ends this process or a thread of it goes to a file in the folder."""

    def kept(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        where = _write(folder, part, (kind, error, trace))
        tell(f"The {part} has failed ({kind.__name__}: {error}). {where}", stream=sys.stderr)

    def in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value:
            kept(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = kept
    threading.excepthook = in_thread


def _write(folder: Path, part: str, failure: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """Append it; a sentence that says where."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / FILE, maxBytes=MOST_BYTES, backupCount=KEPT, encoding="utf-8"
        )
    except OSError as error:
        return f"The details could not be kept: {error}."
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    handler.emit(logging.LogRecord(part, logging.ERROR, "", 0, "has failed", None, failure))
    handler.close()
    return f"The details are in {folder / FILE}."
