"""`python -m guideplayer.verify`: the banding of every scene; exit 1 when any may be seen."""

import os
import sys

from guideplayer.verify.cambi import MOST, CambiError, bandings


def main() -> int:
    """Measure, and print a table."""
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    try:
        found = bandings()
    except CambiError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{'scene':10}{'palette':10}{'light':>6}{'CAMBI':>8}{'undithered':>12}   below {MOST:g}")
    for banding in found:
        figures = f"{banding.light:6.2f}{banding.cambi:8.3f}{banding.undithered:12.1f}"
        print(f"{banding.scene:10}{banding.palette:10}{figures}{'  !' if banding.fails else ''}")
    return 1 if any(banding.fails for banding in found) else 0


if __name__ == "__main__":
    sys.exit(main())
