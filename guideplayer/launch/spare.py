"""`python -m guideplayer.launch.spare MODULE ARGUMENT...`: a room or a stage that has read its code, and waits.

Reading the code is most of what takes time when one begins. A spare becomes the real one with the first line on its
input, and ends when the launcher does.
"""

import importlib
import sys

# The part that `python -m` runs, and where its `main` is.
MAINS = {"guideplayer.room": "guideplayer.room.process", "guideplayer.stage": "guideplayer.stage.stage"}


def main() -> None:
    """Wait, and then be it."""
    _, module, *arguments = sys.argv
    part = importlib.import_module(MAINS[module])
    if sys.stdin.buffer.readline():
        sys.argv = [module, *arguments]
        part.main()


if __name__ == "__main__":
    main()
