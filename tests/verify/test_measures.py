"""Bad pictures are caught, each by its name and by nothing that it is not; what is calm is not."""

import numpy as np
import pytest

from guideplayer.stage.scenes.colours import displayed
from guideplayer.verify.display import CELL_PX, FRAMES_PER_SECOND, SIZE_PX, Display
from guideplayer.verify.examination import Examination, merged
from guideplayer.verify.light import Light

WIDTH, HEIGHT = SIZE_PX
ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH]
DARK, LIT = 0.02, 0.08


def pixels(luminance):
    """Grey display values of a luminance, a number or one for each pixel."""
    levels = np.broadcast_to(displayed(np.asarray(luminance, float)), (HEIGHT, WIDTH))
    return np.repeat(np.round(levels * 255).astype(np.uint8)[..., None], 3, axis=2)


def colour(red, green, blue):
    return np.broadcast_to(np.round(displayed(np.array([red, green, blue])) * 255).astype(np.uint8), (HEIGHT, WIDTH, 3))


def found(picture_at, seconds=6.0):
    """The measures that a moving picture is over, by name."""
    examination = Examination(Display())
    times_ms = [number * 1000 // FRAMES_PER_SECOND for number in range(round(seconds * FRAMES_PER_SECOND))]
    examination.walk(Light(np.ascontiguousarray(picture_at(at_ms / 1000)), at_ms) for at_ms in times_ms)
    return {measure.name: measure for measure in merged([examination.worst()]) if measure.fails}


def on(time_s, hertz):
    """Whether something that is on and off so many times a second is on."""
    return time_s * hertz % 1 < 0.5


def test_a_calm_picture_is_over_nothing():
    assert found(lambda time_s: pixels(0.05 + 0.02 * np.sin(COLUMNS / 200 + time_s / 3))) == {}


def test_a_flash_five_times_a_second_is_caught():
    measures = found(lambda time_s: pixels(0.02 + 0.15 * on(time_s, 5)))
    assert measures["flashes"].value >= 20
    assert {"flashes", "change in a frame", "change of a tile in a frame"} <= measures.keys()
    assert "red flashes" not in measures
    assert measures["flashes"].at_ms < 600


@pytest.mark.parametrize("begins_s", [0.5, 3.0])
def test_the_first_flash_in_the_dark_is_caught(begins_s):
    measures = found(lambda time_s: pixels(0.4 if begins_s < time_s < begins_s + 0.3 else 0.01), begins_s + 1)
    assert measures["flashes"].value >= 1


def test_a_flash_after_a_slow_change_is_caught():
    def light(time_s):
        slow = 0.03 + 0.15 * min(1, time_s / 4) - 0.09 * min(1, max(0, (time_s - 4) / 2))
        return pixels(slow + 0.14 * (6.5 < time_s < 6.8))

    assert found(light, 8)["flashes"].value >= 1


@pytest.mark.parametrize("side_px", [2, 3, 4, 7])
def test_fine_patterns_do_not_hide_their_flashes(side_px):
    squares = (ROWS // side_px + COLUMNS // side_px) % 2
    measures = found(lambda time_s: pixels(np.where(squares == on(time_s, 5), 0.18, 0.02)), 2)
    assert measures["flashes"].value >= 4


def test_a_rise_after_stillness_is_seen():
    assert "change in a second" in found(lambda time_s: pixels(0.01 + 0.085 * min(1, max(0, time_s - 3) / 0.13)), 4)


def test_red_against_grey_of_the_same_luminance_is_a_red_flash():
    grey = 0.2126 * 0.5
    measures = found(lambda time_s: colour(0.5, 0, 0) if on(time_s, 4) else colour(grey, grey, grey))
    assert measures["red flashes"].value >= 15
    assert "flashes" not in measures
    assert "change in a frame" not in measures


def test_a_cut_from_dark_to_white_every_second_is_caught():
    measures = found(lambda time_s: pixels(0.9 if int(time_s) % 2 else 0.01))
    assert measures["flashes"].value >= 2
    assert {
        "mean luminance",
        "99th percentile of luminance",
        "change in a frame",
        "change in a second",
    } <= measures.keys()


def test_opposed_flashes_do_not_cancel():
    squares = (ROWS // 10 + COLUMNS // 10) % 2

    def checkerboard(time_s):
        return pixels(np.where(squares == on(time_s, 5), 0.18, 0.02))

    measures = found(checkerboard, 3)
    assert measures["flashes"].value >= 8
    # The mean of the whole never changes.
    assert "change in a frame" not in measures


def test_a_small_disc_that_flashes_is_caught_where_it_is():
    radius_px = Display().pixels(1.2)
    disc = np.hypot(COLUMNS - 333, ROWS - 91) < radius_px
    measures = found(lambda time_s: pixels(np.where(disc & on(time_s, 5), 0.3, 0.02)), 3)
    assert measures.keys() - {"change of a tile in a frame"} == {"flashes"}
    assert np.hypot(measures["flashes"].place[0] - 333, measures["flashes"].place[1] - 91) < 4 * CELL_PX


@pytest.mark.parametrize("turn", [0.0, 0.6, np.pi / 2])
def test_stripes_are_caught_although_nothing_moves(turn):
    along = (COLUMNS * np.cos(turn) + ROWS * np.sin(turn)) / Display().pixels(1.0)
    measures = found(lambda _time_s: pixels(np.where(along % 1 < 0.5, 0.16, 0.01)), 1)
    assert measures.keys() == {"stripes, light to dark"}
    assert 0.1 < measures["stripes, light to dark"].value < 0.3


@pytest.mark.parametrize("band", [ROWS > HEIGHT - 100, COLUMNS > WIDTH - 100], ids=["bottom", "right"])
def test_stripes_at_the_edge_are_caught(band):
    bars = np.where(band & ((COLUMNS + ROWS) % 12 < 6), 0.2, 0.01)
    assert "stripes, light to dark" in found(lambda _time_s: pixels(bars), 1)


@pytest.mark.parametrize("thin", [ROWS // 50 == 2, COLUMNS // 50 == 4], ids=["lying", "standing"])
def test_stripes_in_a_thin_band_are_caught(thin):
    bars = np.where(thin & ((COLUMNS + ROWS) % 14 < 7), 0.25, 0.01)
    measures = found(lambda _time_s: pixels(bars), 1)
    assert measures.keys() == {"stripes, light to dark"}
    column, row = measures["stripes, light to dark"].place
    assert thin[row, column]


def test_a_checkerboard_is_stripes_both_ways():
    board = np.where((COLUMNS // 10 + ROWS // 10) % 2, 0.18, 0.01)
    assert found(lambda _time_s: pixels(board), 1).keys() == {"stripes, light to dark"}


def test_soft_waves_and_single_edges_are_no_stripes():
    assert found(lambda _time_s: pixels(0.05 + 0.04 * np.sin(COLUMNS / 40)), 1) == {}
    assert found(lambda _time_s: pixels(np.where(COLUMNS > 240, 0.15, 0.01)), 1) == {}


def clouds():
    """Something to see moving: soft noise, larger than the picture."""
    random = np.random.default_rng(3)
    spectrum = np.fft.rfft2(random.normal(size=(540, 960)))
    distance = np.hypot(np.fft.fftfreq(540)[:, None], np.fft.rfftfreq(960)[None, :])
    noise = np.fft.irfft2(spectrum * np.exp(-((distance / 0.03) ** 2)), s=(540, 960))
    return DARK + (LIT - DARK) * np.clip(0.5 + noise / noise.std() / 4, 0, 1)


CLOUDS = clouds()


@pytest.mark.parametrize("degrees_a_second", [1.0, 3.0])
def test_a_slow_drift_is_calm(degrees_a_second):
    speed_px = Display().pixels(degrees_a_second)
    assert found(lambda time_s: pixels(CLOUDS[:HEIGHT, round(time_s * speed_px) :][:, :WIDTH])) == {}


@pytest.mark.parametrize("degrees_a_second", [8.0, 14.0, 20.0])
def test_a_fast_drift_is_caught_with_its_speed(degrees_a_second):
    speed_px = Display().pixels(degrees_a_second)
    measures = found(lambda time_s: pixels(CLOUDS[:HEIGHT, round(time_s * speed_px) % 400 :][:, :WIDTH]), 2)
    assert measures.keys() == {"motion, 95th percentile"}
    assert measures["motion, 95th percentile"].value == pytest.approx(degrees_a_second, rel=0.25)


def test_a_fast_zoom_is_caught():
    def zoom(time_s):
        scale = 0.5 ** (time_s * 0.8 % 1)
        rows = (270 + (ROWS - HEIGHT / 2) * scale).astype(int)
        columns = (480 + (COLUMNS - WIDTH / 2) * scale).astype(int)
        return pixels(CLOUDS[rows, columns])

    assert "motion, 95th percentile" in found(zoom, 4)


@pytest.mark.parametrize("begins_s", [1.0, 1.4, 1.9])
def test_a_rush_of_less_than_a_second_is_caught_whenever_it_comes(begins_s):
    def zoom(time_s):
        scale = 0.7 ** float(np.clip((time_s - begins_s) / 0.6, 0, 1))
        rows = (270 + (ROWS - HEIGHT / 2) * scale).astype(int)
        columns = (480 + (COLUMNS - WIDTH / 2) * scale).astype(int)
        return pixels(CLOUDS[rows, columns])

    measures = found(zoom, 4)
    assert begins_s <= measures["motion, 95th percentile"].at_ms / 1000 <= begins_s + 0.9


def test_slices_of_a_film_add_up_to_the_whole():
    def flashing(time_s):
        return pixels(0.02 + 0.15 * (on(time_s, 2) and 3 < time_s < 7))

    def walked(start_s, end_s, from_ms):
        examination = Examination(Display(), from_ms)
        times_ms = [number * 1000 // FRAMES_PER_SECOND for number in range(start_s * 30, end_s * 30)]
        examination.walk(Light(np.ascontiguousarray(flashing(at_ms / 1000)), at_ms) for at_ms in times_ms)
        return examination.worst()

    whole = {measure.name: measure for measure in merged([walked(0, 10, 0)])}
    parts = {measure.name: measure for measure in merged([walked(0, 5, 0), walked(2, 10, 5000)])}
    assert whole["flashes"].value == parts["flashes"].value > 3
    assert whole["flashes"].at_ms == parts["flashes"].at_ms
    assert whole["change in a frame"] == parts["change in a frame"]
