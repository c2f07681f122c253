"""Paints the film strips of the scenes anew: `python -m tests.strips.renew`; then look at each before it is committed.

A strip shows a scene in each of its palettes, a row each, after 2, 12 and 27 minutes, at half light, as small as it can
be judged; they are what the tests compare pictures with.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guideplayer.stage.scenes import all_names, make_scene
from guideplayer.stage.scenes.palettes import palette_names

FOLDER = Path(__file__).parent
SIZE = (160, 90)
TIMES_S = (120.0, 720.0, 1620.0)
LIGHT = 0.5 ** (1 / 2.2)


def strip(name: str) -> NDArray[np.uint8]:
    """A scene's strip: display values (rows, columns, 3)."""
    rows = []
    for palette in palette_names(name):
        # Painted at the size that the stage paints it, since what is finer than a pixel is left out.
        scene = make_scene(name, 320, 180, palette=palette)
        frames = [np.clip(scene.paint(time_s) * LIGHT, 0, 1) for time_s in TIMES_S]
        small = [frame.reshape(90, 2, 160, 2, 3).mean(axis=(1, 3)) for frame in frames]
        rows.append(np.concatenate(small, axis=1))
    return np.round(np.concatenate(rows) * 255).astype(np.uint8)


def main() -> None:
    """Write every strip."""
    for name in all_names():
        Image.fromarray(strip(name)).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
