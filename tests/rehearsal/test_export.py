"""Films: every frame is the painter's, the sound is the mixer's, and a failure leaves nothing behind."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pygame
import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.core.plan import plan
from guideplayer.media import scripts_folder, shipped_library
from guideplayer.rehearsal.export import ExportError, Film, Session, export_film
from guideplayer.stage.painter import Painter

SIZE = (160, 90)
INFUSION_MS = 40 * 60_000


@pytest.fixture(scope="module")
def script():
    script, problems = read_script(scripts_folder() / "open-sky.yaml", shipped_library())
    assert not problems
    return script


def decoded(path, *options):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), *options, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def test_a_lossless_film_holds_the_painters_frames_and_the_mixers_sound(tmp_path, script):
    film = Film(tmp_path / "film.mkv", SIZE, 5, lossless=True, start_ms=8000, end_ms=10_000)
    told = []
    export_film(script, INFUSION_MS, film, shipped_library(), lambda done, total: told.append((done, total)))
    frames = np.frombuffer(decoded(film.path, "-f", "rawvideo", "-pix_fmt", "rgb24"), np.uint8)
    frames = frames.reshape(-1, SIZE[1], SIZE[0], 3)
    assert len(frames) == 10
    assert told[-1] == (10, 10)
    session, painter = Session(script, INFUSION_MS), Painter(SIZE)
    begins_ms = plan(script, INFUSION_MS).arrival.length_ms
    for number in (0, 9):
        painter.paint(session.moment(begins_ms + 8000 + number * 200))
        expected = np.frombuffer(pygame.image.tobytes(painter.surface, "RGB"), np.uint8).reshape(SIZE[1], SIZE[0], 3)
        assert np.array_equal(frames[number], expected)
    sound = np.frombuffer(decoded(film.path, "-f", "f32le", "-ac", "2", "-ar", "48000"), np.float32)
    assert len(sound) == 2 * 48_000 * 2
    assert float(np.sqrt(np.mean(sound**2))) > 10 ** (-45 / 20)


def test_a_film_for_sharing_plays(tmp_path, script):
    film = Film(tmp_path / "film.mp4", SIZE, 5, captions=False, start_ms=0, end_ms=1000)
    export_film(script, INFUSION_MS, film, shipped_library(), lambda done, total: None)
    assert len(decoded(film.path, "-f", "rawvideo", "-pix_fmt", "rgb24")) == 5 * SIZE[0] * SIZE[1] * 3


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left(tmp_path, script):
    film = Film(tmp_path / "nowhere" / "film.mkv", SIZE, 5, start_ms=0, end_ms=400)
    with pytest.raises(ExportError) as raised:
        export_film(script, INFUSION_MS, film, shipped_library(), lambda done, total: None)
    assert str(raised.value).startswith("The film could not be encoded: ")
    assert list(tmp_path.iterdir()) == []


def test_a_lossless_film_needs_matroska(tmp_path, script):
    film = Film(tmp_path / "film.mp4", SIZE, lossless=True)
    with pytest.raises(ExportError, match=r"^A lossless film needs a name that ends in \.mkv\.$"):
        export_film(script, INFUSION_MS, film, shipped_library(), lambda done, total: None)
