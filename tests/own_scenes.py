"""Scenes of a clinic's own, in a folder: one that is as it should be, and others that are not."""

import textwrap
from pathlib import Path

RIPPLE = """
    import numpy as np

    from guideplayer.stage.scenes.canvas import sway
    from guideplayer.stage.scenes.colours import shade

    class Scene:
        PALETTES = {
            "amber": {"glow": {0.0: "#100806", 0.5: "#5a3018", 1.0: "#c08040"}},
            "moss": {"glow": {0.0: "#081008", 1.0: "#507040"}},
        }

        def __init__(self, canvas, palette):
            self._canvas, self._colours = canvas, palette.gradient("glow")
            self._silk = canvas.clouds(3.0, 140)

        def paint(self, time_s):
            drift = self._canvas.wide(self._silk, time_s * 0.4, 60 + 20 * sway(time_s, 700))
            return shade(self._colours, 0.2 + 0.5 * drift * (1 - np.abs(self._canvas.y - 0.6)))
"""

# What a scene is, but for what `paint` does.
PLAIN = """
    import os, sys, time
    import numpy as np
    from guideplayer.stage.scenes.canvas import Stars

    class Scene:
        def __init__(self, canvas, palette):
            self.canvas = canvas

        def grey(self, value):
            return np.full((self.canvas.height, self.canvas.width, 3), value, np.float32)

        def paint(self, time_s):
            {}
"""


def write(folder: Path, name: str, text: str) -> Path:
    """A scene's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(textwrap.dedent(text))
    return path.resolve()


def plain(folder: Path, name: str, paints: str) -> Path:
    """A scene that does this when it paints."""
    return write(folder, name, PLAIN.format(paints))
