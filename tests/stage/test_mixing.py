"""What is heard when: starts, fades, room for the voice, the right place in a bed, and silence where a file is bad."""

import shutil

import msgspec
import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.media import Bed, Layer, Library, Recording
from guideplayer.stage.limiter import CEILING, DELAY_FRAMES
from guideplayer.stage.mixing import BLOCK_FRAMES, NARRATION_LUFS, Mix, render
from tests.stage.listening import (
    RATE_HZ,
    clicks,
    level_db,
    library,
    loudness,
    moment,
    noise,
    true_peak_db,
    turning,
    write,
)

BED = BedPart("tone", 0, -26.0, 1.0)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    write(folder / "beds" / "tone.wav", turning(2))
    write(folder / "beds" / "rain.wav", noise(90, 0.1, seed=1))
    write(folder / "beds" / "wind.wav", noise(5, 0.1, seed=2))
    write(folder / "sounds" / "bell.wav", turning(1))
    write(folder / "line.wav", turning(2))
    beds = [(name, f"{name}.wav", -26.0) for name in ("tone", "rain", "wind")]
    library(folder, beds=beds, sounds=[("bell", "bell.wav", -26.0)])
    return folder


@pytest.fixture
def media(recordings):
    return Library(recordings)


def heard(media, moment_at, end_ms, **options):
    return np.concatenate(list(render(moment_at, media, 0, end_ms, **options)))


def bed(name, now_ms, gain=1.0, level_lufs=-26.0):
    return BedPart(name, now_ms, level_lufs, gain)


def line(now_ms, start_ms, length_ms=2000, file="line.wav", key="line"):
    into_ms = now_ms - start_ms
    return ClipPart(file, into_ms, key) if 0 <= into_ms < length_ms else None


def ms(time_ms):
    return time_ms * RATE_HZ // 1000


def steepest(sound):
    """How much a turning tone grows or fades from one sample to the next, at most."""
    return np.abs(np.diff(loudness(sound))).max()


def off(sound, recording, from_ms):
    """How far a sound is from a recording at a place, give or take the millisecond that moments are told in."""
    first = ms(from_ms)
    places = range(max(0, first - ms(1)), min(len(recording) - len(sound), first + ms(1)) + 1)
    return min(np.abs(sound - recording[place : place + len(sound)]).max() for place in places)


def test_a_bed_has_no_seam(media):
    sound = heard(media, lambda now_ms: moment(beds=[bed("tone", now_ms)]), 5000)
    assert len(sound) == ms(5000)
    assert len(clicks(sound, 0.2)) == 0
    assert off(sound[ms(500) :], turning(6), 500) < 1e-5


def test_a_bed_is_brought_to_its_level(media):
    sound = heard(media, lambda now_ms: moment(beds=[bed("tone", now_ms, level_lufs=-32.0)]), 2000)
    assert level_db(turning(1)) - level_db(sound[ms(500) :]) == pytest.approx(6, abs=0.01)


def test_the_layers_of_a_bed_each_go_round_at_their_own_length(tmp_path):
    first, second = noise(3, seed=3), noise(2, seed=4)
    write(tmp_path / "beds" / "first.wav", first)
    write(tmp_path / "beds" / "second.wav", second)
    media = library(tmp_path, beds=[("shore", [("first.wav", 1.0), ("second.wav", 0.5)], -26.0)])
    at_ms = 3_599_000
    sound = heard(media, lambda now_ms: moment(beds=[bed("shore", at_ms + now_ms)]), 5000)
    places = np.arange(ms(at_ms), ms(at_ms + 5000) + ms(1))
    both = first[places % len(first)] + 0.5 * second[places % len(second)]
    assert off(sound[ms(500) :], both, 500) < 1e-5


def test_one_layer_that_cannot_be_read_leaves_the_others(tmp_path):
    write(tmp_path / "beds" / "first.wav", turning(2))
    media = library(tmp_path, beds=[("shore", [("first.wav", 1.0), ("gone.wav", 1.0)], -26.0)])
    mix = Mix(media)
    sound = np.concatenate([mix.block(moment(beds=[bed("shore", 0)])) for _ in range(50)])
    mix.close()
    assert mix.faults == ["gone.wav cannot be read: No such file or directory"]
    assert loudness(sound)[ms(400)] == pytest.approx(0.2, abs=1e-3)


def test_a_bed_of_near_silence_is_never_louder_than_it_was_made(media):
    media.beds["tone"] = Bed((Layer("tone.wav", 2000),), -46.0, loudest_lufs=-46.0)
    for level_lufs, quieter_db in ((-26.0, 0), (-18.0, 0), (-50.0, 4)):
        asked = bed("tone", 0, level_lufs=level_lufs)
        sound = heard(
            media, lambda now_ms, asked=asked: moment(beds=[msgspec.structs.replace(asked, offset_ms=now_ms)]), 1000
        )
        assert level_db(turning(1)) - level_db(sound[ms(500) :]) == pytest.approx(quieter_db, abs=0.01)


def test_a_step_of_the_volume_is_a_fade(media):
    def stepping(now_ms):
        return moment(beds=[bed("tone", now_ms)], volume=1.0 if now_ms < 1000 else 0.2)

    sound = heard(media, stepping, 2000)
    assert len(clicks(sound, 0.2)) == 0
    assert steepest(sound[ms(500) :]) == pytest.approx(0.2 / ms(100), rel=0.05)
    assert loudness(sound)[ms(1200) :] == pytest.approx(0.04, abs=1e-4)
    sound[ms(1500) :] *= 0.2
    assert list(clicks(sound, 0.2)) == [ms(1500) - 2, ms(1500) - 1]


def crossfaded(media, old_gain, new_gain):
    """The loudest and the faintest tenth of a second of a crossfade, against what comes before it, in decibels."""

    def crossing(now_ms):
        share = min(1.0, max(0.0, (now_ms - 1000) / 3000))
        parts = [bed("rain", now_ms, old_gain(share)), bed("wind", now_ms, new_gain(share))]
        return moment(beds=[part for part in parts if part.gain > 1e-4])

    sound = heard(media, crossing, 5000)
    levels = [level_db(sound[ms(start) : ms(start + 100)]) for start in range(200, 5000, 100)]
    return min(levels) - levels[0], max(levels) - levels[0]


def test_a_crossfade_of_beds_is_equally_loud_throughout(media):
    low, high = crossfaded(media, lambda share: np.cos(share * np.pi / 2), lambda share: np.sin(share * np.pi / 2))
    assert -0.5 < low <= high < 0.5
    low, high = crossfaded(media, lambda share: 1 - share, lambda share: share)
    assert low < -2


def test_a_bed_makes_room_for_the_voice(media):
    meter = pyloudnorm.Meter(RATE_HZ)
    lufs = meter.integrated_loudness(noise(90, 0.1, seed=1).astype(np.float64))
    media.beds["rain"] = Bed((Layer("rain.wav", 90_000),), lufs)
    sound = heard(media, lambda now_ms: moment(beds=[bed("rain", now_ms)], speaks=2000 <= now_ms < 5000), 10_000)

    def measured(start_ms, end_ms):
        return meter.integrated_loudness(sound[ms(start_ms) : ms(end_ms)].astype(np.float64))

    assert measured(500, 1900) == pytest.approx(-26, abs=0.3)
    assert measured(2850, 5000) <= NARRATION_LUFS - 15
    assert measured(7600, 10_000) == pytest.approx(-26, abs=0.3)
    steps = np.diff([level_db(sound[ms(start) : ms(start + 50)]) for start in range(2000, 7500, 50)])
    # It sinks in about 0.8 s and returns in about 2.5 s, with no jerk.
    assert steps[:15].sum() < -9.5
    assert np.abs(steps).max() < 1.5
    assert steps[60:85].sum() < 6 < steps[60:].sum()


@pytest.mark.parametrize("start_ms", [0, 1, 500, 507, 510, 511, 999])
@pytest.mark.parametrize("block_frames", [256, 512, 1000])
def test_a_line_starts_at_its_very_millisecond(media, start_ms, block_frames):
    sound = heard(
        media, lambda now_ms: moment(line(now_ms, start_ms), volume=1.0), start_ms + 300, block_frames=block_frames
    )
    onset = int(np.flatnonzero(np.abs(sound).max(axis=1))[0])
    assert abs(onset - ms(start_ms)) <= ms(1)


def test_a_line_sounds_as_it_was_recorded(media):
    sound = heard(media, lambda now_ms: moment(line(now_ms, 500)), 3000)
    assert off(sound[ms(501) : ms(2490)], turning(2), 1) < 1e-6


def test_a_line_that_is_broken_off_fades_in_thirty_milliseconds(media):
    sound = heard(media, lambda now_ms: moment(line(now_ms, 100) if now_ms < 1000 else None), 1500)
    assert len(clicks(sound[ms(150) :], 0.2)) == 0
    assert steepest(sound[ms(150) :]) == pytest.approx(0.2 / ms(30), rel=0.05)
    assert loudness(sound)[ms(985)] == pytest.approx(0.2, abs=1e-4)
    assert loudness(sound)[ms(1045) :].max() == 0


def test_another_line_takes_the_place_of_the_one_before(media):
    def changing(now_ms):
        return moment(line(now_ms, 100, key="one") if now_ms < 1000 else line(now_ms, 1000, key="two"))

    sound = heard(media, changing, 1500)
    assert loudness(sound)[ms(1100)] == pytest.approx(0.2, abs=1e-4)
    assert off(sound[ms(1050) : ms(1400)], turning(1), 50) < 1e-5


def test_a_line_found_in_its_midst_comes_softly_and_at_its_place(media):
    sound = heard(media, lambda now_ms: moment(line(now_ms, -700)), 1000)
    volumes = loudness(sound)
    assert volumes[ms(20)] < 0.05
    assert volumes[ms(60)] < 0.2 * 0.45
    assert volumes[ms(200) :].min() == pytest.approx(0.2, abs=1e-4)
    assert off(sound[ms(200) :], turning(2), 900) < 1e-5
    assert len(clicks(sound, 0.2)) == 0


def test_a_line_that_is_broken_off_while_it_still_comes_is_gone_as_fast(media):
    sound = heard(media, lambda now_ms: moment(line(now_ms, -700) if now_ms < 60 else None), 500)
    assert loudness(sound)[ms(50)] > 0.03
    assert loudness(sound)[ms(90) :].max() == 0


def test_a_line_that_is_heard_is_not_begun_again(media):
    sound = heard(media, lambda now_ms: moment(line(now_ms, 100, length_ms=4000)), 4000)
    assert loudness(sound)[ms(150) : ms(2095)].min() == pytest.approx(0.2, abs=1e-4)
    assert loudness(sound)[ms(2105) :].max() == 0


def test_a_bell_rings_beside_a_bed_and_is_not_struck_twice(media):
    def ringing(now_ms):
        return moment(sounds=[ClipPart("bell", now_ms - 500, "1")] if now_ms >= 500 else [])

    sound = heard(media, ringing, 3000)
    assert loudness(sound)[ms(510) : ms(1495)].min() == pytest.approx(0.2, abs=1e-4)
    assert loudness(sound)[: ms(499)].max() == loudness(sound)[ms(1505) :].max() == 0


def test_a_seek_lands_at_its_place_in_the_bed(media):
    rain = noise(90, 0.1, seed=1)
    sound = heard(media, lambda now_ms: moment(beds=[bed("rain", now_ms + (60_000 if now_ms >= 1000 else 0))]), 2000)
    assert off(sound[ms(500) : ms(980)], rain, 500) < 1e-5
    assert off(sound[ms(1100) :], rain, 61_100) < 1e-5
    quietest = min(level_db(sound[ms(start) : ms(start + 10)]) for start in range(900, 1200, 5))
    assert quietest > level_db(rain) - 5


@pytest.mark.parametrize("silent", [True, False])
def test_what_stood_still_comes_softly_where_it_is_by_now(media, silent):
    """As when a whole machine was stopped: three seconds of a bed are never heard, nor the middle of a line."""
    mix = Mix(media, comes_s=0.6)

    def mixed(begin_ms, end_ms):
        times_ms = np.arange(ms(begin_ms) + BLOCK_FRAMES, ms(end_ms), BLOCK_FRAMES) * 1000 // RATE_HZ
        return np.concatenate([mix.block(moment(line(int(at_ms), 0, 8000, "long.wav"))) for at_ms in times_ms])

    write(media.folders[0] / "long.wav", turning(8))
    before = mixed(0, 1000)
    mix.come_anew(silent=silent)
    after = mixed(4000, 6000)
    gone = 0 if silent else ms(45)
    assert loudness(after)[gone] < 0.001
    assert loudness(after)[gone + ms(300)] < 0.11
    assert (np.diff(loudness(after)[gone:]) > -1e-4).all()
    assert off(after[ms(700) :], turning(8), 4700 - DELAY_FRAMES * 1000 // RATE_HZ) < 1e-3
    assert steepest(after if silent else np.concatenate([before[-ms(100) :], after])) < 0.2 / ms(30) * 1.1
    mix.close()


def test_a_bed_that_is_a_little_off_goes_on_undisturbed(media):
    sound = heard(media, lambda now_ms: moment(beds=[bed("rain", now_ms + (200 if now_ms >= 1000 else 0))]), 3000)
    assert off(sound[ms(500) :], noise(90, 0.1, seed=1), 500) < 1e-5


@pytest.mark.parametrize("volume", [1.0, 0.25])
def test_however_loud_it_is_summed_it_stays_below_the_ceiling_of_the_volume(media, volume):
    write(media.folders[0] / "loud.wav", np.sign(noise(3)))

    def shouting(now_ms):
        sounds = [ClipPart("bell", now_ms % 700, str(now_ms // 700), 8.0)]
        beds = [bed("rain", now_ms, level_lufs=0.0)]
        return moment(line(now_ms, 300, file="loud.wav"), beds, sounds, volume=volume)

    sound = heard(media, shouting, 3000)
    assert true_peak_db(sound) <= -1 + 20 * np.log10(volume)
    assert level_db(sound) > -15 + 20 * np.log10(volume)


def test_what_cannot_be_read_is_silent_and_said(media):
    (media.folders[0] / "text.wav").write_text("no sound")
    media.sounds["gone"] = Recording("gone.wav", 1000, -26.0)
    mix = Mix(media)
    asked = moment(
        ClipPart("text.wav", 0, "1"),
        [bed("tone", 0), bed("sea", 0)],
        [ClipPart("gone", 0, "2"), ClipPart("gong", 0, "3")],
        speaks=True,
    )
    sound = np.concatenate([mix.block(asked) for _ in range(100)])
    assert mix.faults == [
        "There is no sound 'gong'.",
        "There is no bed 'sea'.",
        "text.wav cannot be read: Format not recognised.",
        "gone.wav cannot be read: No such file or directory",
    ]
    assert loudness(sound)[ms(500)] == pytest.approx(0.2 * 10 ** (-10 / 20), rel=0.01)
    mix.close()


def test_what_is_to_come_is_read_before_it_is_needed(recordings, tmp_path):
    media = Library(shutil.copytree(recordings, tmp_path / "media"))
    mix = Mix(media)
    mix.prepare(moment(ClipPart("line.wav", 0, "1"), [bed("tone", 0)], [ClipPart("bell", 0, "2")]))
    mix.close()
    for file in ("line.wav", "beds/tone.wav", "sounds/bell.wav"):
        (media.folders[0] / file).unlink()
    sound = [mix.block(moment(ClipPart("line.wav", 200, "1"), [bed("tone", 0)])) for _ in range(20)]
    assert mix.faults == []
    assert level_db(sound[-1]) > -20


PARTS = st.tuples(
    st.none() | st.builds(ClipPart, st.just("line.wav"), st.integers(0, 3000), st.sampled_from("ab"), st.floats(0, 1)),
    st.lists(st.builds(BedPart, st.sampled_from(["tone", "wind"]), st.integers(-1000, 9999), st.floats(-40, 0),
                       st.floats(0, 1)), max_size=2, unique_by=lambda part: part.name),
    st.lists(st.builds(ClipPart, st.just("bell"), st.integers(0, 2000), st.sampled_from("cd")), max_size=1),
    st.floats(0, 1),
    st.integers(1, 12),
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=8))
def test_whatever_is_asked_for_there_is_no_click(media_of_tones, asked):
    mix = Mix(media_of_tones)
    blocks = []
    for narration, beds, sounds, volume, times in asked:
        one = moment(narration, beds, sounds, volume)
        blocks += [mix.block(one) for _ in range(times)]
    mix.close()
    sound = np.concatenate(blocks)
    assert len(sound) == len(blocks) * BLOCK_FRAMES
    assert np.abs(sound).max() <= CEILING + 1e-6
    # The steepest that five of these tones at once can be, and the steepest of their fades.
    steepest = 5 * 0.2 * 20 * 2 * np.pi * 300 / RATE_HZ
    assert np.abs(np.diff(sound, axis=0)).max() < steepest


@pytest.fixture(scope="module")
def media_of_tones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    for place in ("beds/tone.wav", "beds/wind.wav", "sounds/bell.wav", "line.wav"):
        write(folder / place, turning(2))
    return library(
        folder, beds=[("tone", "tone.wav", -26.0), ("wind", "wind.wav", -26.0)], sounds=[("bell", "bell.wav", -26.0)]
    )


def test_the_sound_of_a_span_begins_at_its_beginning(media):
    blocks = list(render(lambda now_ms: moment(beds=[bed("rain", now_ms)]), media, 30_000, 31_001))
    sound = np.concatenate(blocks)
    assert len(sound) == ms(1001)
    assert len(blocks[0]) == BLOCK_FRAMES - DELAY_FRAMES
    assert off(sound[ms(500) :], noise(90, 0.1, seed=1), 30_500) < 1e-5


def test_what_was_exchanged_sounds_as_it_is_now_once_the_library_is_read_anew(recordings, tmp_path):
    media = Library(shutil.copytree(recordings, tmp_path / "media"))
    mix = Mix(media)
    asked = moment(sounds=[ClipPart("bell", 0, "2")])
    before = [mix.block(asked) for _ in range(20)]
    [mix.block(moment()) for _ in range(20)]
    write(media.folders[0] / "sounds" / "bell.wav", 0 * turning(1.0))
    mix.forget()
    after = [mix.block(asked) for _ in range(20)]
    mix.close()
    assert level_db(before[-1]) > -40 > level_db(after[-1])
