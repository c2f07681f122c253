"""Photographs and films of a therapist's own, as the screen shows them."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pygame
import pytest
from PIL import Image

from guideplayer.core.moment import Moment, ScenePart
from guideplayer.pictures import PictureError
from guideplayer.stage.files.film import MELT_MS, Film
from guideplayer.stage.files.photograph import MEAN_LUMINANCE, Photograph
from guideplayer.stage.picture import PicturePainter
from guideplayer.stage.scenes.colours import luminance

SIZE = (320, 180)


def seen(layer, time_ms=0, share=1.0, size=SIZE):
    """What a layer adds to a black screen: display values (height, width, 3)."""
    screen = pygame.Surface(size, depth=32)
    layer.add(time_ms, share, screen)
    return pygame.surfarray.array3d(screen).swapaxes(0, 1) / 255


def photograph(path, size=(640, 400), **options):
    """A picture that is dark red on the left, dark blue on the right, with a grey top edge."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (90, 20, 10)
    pixels[:, width // 2 :] = (10, 20, 90)
    pixels[: height // 20] = 80
    Image.fromarray(pixels).save(path, **options)
    return str(path)


def test_a_photograph_fills_the_screen(tmp_path):
    picture = seen(Photograph(photograph(tmp_path / "lake.png"), SIZE))
    assert picture.shape == (180, 320, 3)
    np.testing.assert_allclose(picture[100, 40] * 255, [90, 20, 10], atol=1.5)
    np.testing.assert_allclose(picture[100, 280] * 255, [10, 20, 90], atol=1.5)


def test_a_photograph_is_upright_however_the_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 3
    picture = seen(Photograph(photograph(tmp_path / "turned.jpg", exif=exif, quality=95), SIZE))
    # Turned by half, what was on the right is on the left.
    assert picture[90, 40, 2] > picture[90, 40, 0] + 0.2


def test_a_portrait_is_whole_between_soft_dark_borders(tmp_path):
    picture = seen(Photograph(photograph(tmp_path / "portrait.png", (300, 500)), SIZE))
    assert picture[90, :100].max() == 0
    assert picture[90, -100:].max() == 0
    row = picture[90, 100:160].sum(axis=1)
    assert np.all(np.diff(row[:20]) > -0.02)
    assert np.abs(np.diff(row[:-5])).max() < 0.2


def test_a_bright_photograph_is_no_brighter_than_a_scene(tmp_path):
    Image.new("RGB", (640, 360), (250, 250, 250)).save(tmp_path / "snow.png")
    picture = seen(Photograph(str(tmp_path / "snow.png"), SIZE))
    assert luminance(picture).mean() == pytest.approx(MEAN_LUMINANCE, rel=0.1)


def test_a_photograph_moves_smoothly_and_comes_back(tmp_path):
    # A gradient, whose brightness at one place says where the picture is, to a part of a pixel.
    ramp = np.repeat(np.linspace(0, 120, 640)[None, :, None], 360, axis=0).repeat(3, axis=2)
    Image.fromarray(ramp.astype(np.uint8)).save(tmp_path / "ramp.png")
    layer = Photograph(str(tmp_path / "ramp.png"), SIZE)
    times_ms = np.arange(0, 400_000, 4_000)
    middles = np.array([seen(layer, int(time_ms))[:, 150:170].mean() for time_ms in times_ms])
    assert middles.max() - middles.min() > 0.01
    assert np.abs(np.diff(middles)).max() < 0.0025
    turns = np.flatnonzero(np.diff(np.sign(np.diff(middles))))
    assert len(turns) >= 2


def test_a_dim_photograph_is_dithered_and_not_banded(tmp_path):
    ramp = np.repeat(np.linspace(0, 200, 640)[None, :, None], 360, axis=0).repeat(3, axis=2)
    Image.fromarray(ramp.astype(np.uint8)).save(tmp_path / "ramp.png")
    picture = seen(Photograph(str(tmp_path / "ramp.png"), SIZE), share=0.05) * 255
    columns = picture.mean(axis=(0, 2))
    assert columns.max() < 12
    # In the mean over a column there are levels between the screen's own.
    assert len(np.unique(np.round(columns, 1))) > 40


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "The picture {file} cannot be read: No such file or directory."),
        (b"no picture", "The file {file} is no picture that can be read: save it as JPEG, PNG or WebP."),
        (b"", "The file {file} is no picture that can be read: save it as JPEG, PNG or WebP."),
    ],
)
def test_what_is_no_photograph_is_said(tmp_path, content, sentence):
    file = tmp_path / "lake.jpg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PictureError) as told:
        Photograph(str(file), SIZE)
    assert str(told.value) == sentence.format(file=file)


def test_half_a_photograph_is_said(tmp_path):
    whole = photograph(tmp_path / "whole.jpg", quality=90)
    data = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(data[: len(data) // 2])
    assert Photograph(whole, SIZE)
    with pytest.raises(PictureError) as told:
        Photograph(str(tmp_path / "half.jpg"), SIZE)
    assert str(told.value) == f"The picture {tmp_path / 'half.jpg'} cannot be read: it is broken."


def test_a_huge_photograph_is_read_smaller(tmp_path):
    Image.new("RGB", (12_000, 8_000), (60, 50, 40)).save(tmp_path / "huge.jpg", quality=50)
    np.testing.assert_allclose(seen(Photograph(str(tmp_path / "huge.jpg"), SIZE))[90, 160] * 255, [60, 50, 40], atol=3)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Eight seconds that grow evenly lighter, and a key frame only every 3 s."""
    file = tmp_path_factory.mktemp("films") / "growing.mp4"
    frames = [np.full((90, 160, 3), 20 + number * 150 // 200, np.uint8) for number in range(200)]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "160x90", "-r", "25", "-i", "-"]
    coded = ["-c:v", "libx264", "-crf", "12", "-g", "75", "-pix_fmt", "yuv420p", str(file)]
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *raw, *coded],
        input=b"".join(frame.tobytes() for frame in frames),
        check=True,
    )
    return str(file)


def light(layer, time_ms):
    return seen(layer, time_ms)[60:120, 100:220].mean() * 255


def test_a_film_shows_the_frame_of_its_time(film):
    layer = Film(film, SIZE)
    for time_ms in (0, 40, 1000, 4000):
        assert light(layer, time_ms) == pytest.approx(20 + time_ms / 40 * 0.75, abs=4)


def test_a_film_is_the_same_searched_and_played(film):
    played = Film(film, SIZE)
    for time_ms in range(0, 4600, 50):
        shown = light(played, time_ms)
        if time_ms % 1500 == 0:
            assert light(Film(film, SIZE), time_ms) == pytest.approx(shown, abs=0.5)
    assert light(played, 500) == pytest.approx(light(Film(film, SIZE), 500), abs=0.5)


def test_a_film_begins_anew_without_a_jump(film):
    layer = Film(film, SIZE)
    turn_ms = 8000 - min(MELT_MS, 8000 // 3)
    lights = np.array([light(layer, time_ms) for time_ms in range(turn_ms - 2000, turn_ms + 4000, 50)])
    # From its end back to its beginning, over the time of the melting: no step is larger than a soft fade's.
    assert lights.max() - lights.min() > 45
    assert np.abs(np.diff(lights)).max() < 6


@pytest.mark.parametrize("content", [b"no film", b""])
def test_what_is_no_film_is_said(tmp_path, content):
    (tmp_path / "film.mp4").write_bytes(content)
    with pytest.raises(PictureError) as told:
        Film(str(tmp_path / "film.mp4"), SIZE)
    assert str(told.value) == f"The film {tmp_path / 'film.mp4'} cannot be read: save it as MP4 or WebM."


def shown(painter, *parts):
    surface = pygame.Surface(SIZE, depth=32)
    painter.paint(Moment(parts, 1.0, None, None, None, (), (), 1.0), surface)
    return pygame.surfarray.array3d(surface).swapaxes(0, 1) / 255


def test_a_photograph_melts_into_a_scene(tmp_path):
    file = photograph(tmp_path / "lake.png")
    painter = PicturePainter(SIZE)
    alone = shown(painter, ScenePart("image", 0, 1.0, file=file))
    dusk = shown(painter, ScenePart("dusk", 0, 1.0))
    both = shown(painter, ScenePart("image", 0, 0.5, file=file), ScenePart("dusk", 0, 0.5))
    assert np.abs(both - (alone + dusk) / 2).mean() < 0.01


def test_a_photograph_that_is_gone_leaves_a_still_light_and_is_told(tmp_path):
    file = str(tmp_path / "gone.jpg")
    painter = PicturePainter(SIZE)
    picture = shown(painter, ScenePart("image", 0, 1.0, file=file))
    np.testing.assert_array_equal(picture, shown(painter, ScenePart("still", 0, 1.0)))
    assert painter.faults == (f"The picture {file} cannot be read: No such file or directory.",)
