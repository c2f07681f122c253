"""Banding: Netflix's CAMBI of raw frames, as large as the screen and as dim as they get, measured by libvmaf."""

import json
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import msgspec
import numpy as np
import pygame

from guideplayer.core.moment import Moment, ScenePart
from guideplayer.core.scenes import PALETTES
from guideplayer.stage.picture import PicturePainter

SIZE_PX = (1920, 1080)
# The lightest and the dimmest that a peak is; the darker a gradient, the fewer levels it has.
LIGHTS = (0.05, 0.15)
TIME_MS = 700_000
# Below 1 nobody sees a band; 24 is the most there is (Tandon et al., CAMBI, 2021). Undithered gradients have 10 to 22.
MOST = 1.0


class Banding(msgspec.Struct, frozen=True):
    """How banded a scene is in a palette, at a light; and how it would be without dithering."""

    scene: str
    palette: str
    light: float
    cambi: float
    undithered: float

    @property
    def fails(self) -> bool:
        """Whether bands may be seen."""
        return self.cambi >= MOST


class CambiError(Exception):
    """It could not be measured; the text is one plain sentence."""


def bandings() -> list[Banding]:
    """The banding of every scene in its palettes, at the darkest that it is shown. Raises CambiError."""
    painter = PicturePainter(SIZE_PX)
    target = pygame.Surface(SIZE_PX, depth=32)
    found = []
    for name, palettes in PALETTES.items():
        for palette in palettes:
            for light in LIGHTS:
                part = ScenePart(name, TIME_MS, 1.0, palette)
                moment = Moment((part,), light, None, None, None, (), (), 1.0)
                painter.paint(moment, target)
                found.append(Banding(name, palette, light, cambi_of(target), cambi_of(undithered(painter, moment))))
    return found


def undithered(painter: PicturePainter, moment: Moment) -> pygame.Surface:
    """A moment's picture as it would be if its levels were only rounded, which the measure has to tell from it."""
    levels = np.round(painter.field(moment) * 255).astype(np.uint8)
    small = pygame.Surface(levels.shape[1::-1], depth=32)
    pygame.surfarray.blit_array(small, levels.swapaxes(0, 1))
    return pygame.transform.smoothscale(small, SIZE_PX)


def cambi_of(surface: pygame.Surface) -> float:
    """The banding of one picture. Raises CambiError."""
    width, height = surface.get_size()
    pixels = np.frombuffer(pygame.image.tobytes(surface, "RGB"), np.uint8).reshape(height, width, 3)
    # Rounding to another range of levels would make bands, or hide them: the range stays, and green stands for all.
    planes = pixels[..., 1].tobytes() + np.full(height * width // 2, 128, np.uint8).tobytes()
    with tempfile.TemporaryDirectory(prefix="guideplayer-") as folder:
        raw, log = Path(folder) / "frame.yuv", Path(folder) / "cambi.json"
        raw.write_bytes(planes)
        source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-i", str(raw)]
        measure = f"libvmaf=feature=name=cambi:log_fmt=json:log_path={log}"
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(),
            "-v",
            "error",
            *source,
            *source,
            "-lavfi",
            measure,
            "-f",
            "null",
            "-",
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode or not log.exists():
            raise CambiError("This ffmpeg cannot measure CAMBI: it has no libvmaf.")
        return float(json.loads(log.read_text())["pooled_metrics"]["cambi"]["mean"])
