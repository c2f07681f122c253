"""The committed beds and one-shots, measured as a listener would notice them."""

import functools
import itertools
import math

import msgspec
import numpy as np
import pytest

from guideplayer.media import Bed, Layer, media_folder, shipped_library

pytest.importorskip("scipy", reason="measuring needs the extra `beds`")

from guideplayer.voice import beds, measuring, one_shots
from guideplayer.voice.looping import read_sound
from guideplayer.voice.measuring import Loudness
from guideplayer.voice.synthesis import RATE_HZ, Stereo

BEDS = (
    "evening-pad",
    "forest-night",
    "low-choir",
    "piano-sparse",
    "rain",
    "room-tone",
    "singing-bowls",
    "tide",
)
LAYERS = [(name, number) for name in BEDS for number in range(len(shipped_library().beds[name].layers))]
CLICK_LIMIT_DB = 2.0
STEP_LIMIT_DB = 2.0
MINUTES_20_MS = 20 * 60_000
# Any place will do: it is far enough in for the layers to have come apart.
HEARD_FROM_S, HEARD_S = 1800, 90


@functools.lru_cache(maxsize=3)
def layer_sound(file: str) -> Stereo:
    return read_sound(media_folder() / "beds" / file)


@functools.lru_cache(maxsize=1)
def bed_sound(name: str) -> Stereo:
    """A minute and a half of a bed as it is heard half an hour in."""
    layers = [(layer_sound(layer.file), layer.gain) for layer in shipped_library().beds[name].layers]
    return np.concatenate(list(measuring.together(layers, HEARD_FROM_S, HEARD_S)))


@functools.lru_cache(maxsize=1)
def bed_loudness(name: str) -> Loudness:
    return Loudness(bed_sound(name))


def sound(name: str) -> Stereo:
    return read_sound(shipped_library().sound_path(name))


def seam_shows(loop: Stereo) -> bool:
    return measuring.seam_click_db(loop) > CLICK_LIMIT_DB or measuring.seam_step_db(loop) > STEP_LIMIT_DB


def repeats_after_ms(bed: Bed) -> int:
    """When all layers of a bed are for the first time where they began."""
    return math.lcm(*(layer.length_ms for layer in bed.layers))


def test_the_beds_and_sounds_that_scripts_may_name_are_there():
    assert set(shipped_library().beds) == set(BEDS)
    assert set(shipped_library().sounds) >= {"alarm", "bell", "chime"}


def test_the_media_stay_small():
    files = [path for folder in ("beds", "sounds") for path in (media_folder() / folder).iterdir()]
    assert sum(path.stat().st_size for path in files) < 22e6


def test_no_file_is_there_that_no_bed_needs():
    files = {path.name for path in (media_folder() / "beds").glob("*.ogg")}
    assert files == {layer.file for bed in shipped_library().beds.values() for layer in bed.layers}


@pytest.mark.parametrize("name", BEDS)
def test_no_two_layers_of_a_bed_are_together_twice_in_a_session(name):
    bed = shipped_library().beds[name]
    assert 2 <= len(bed.layers) <= 3
    assert all(layer.length_ms >= 55_000 for layer in bed.layers)
    pairs = itertools.combinations(bed.layers, 2)
    assert all(repeats_after_ms(Bed(pair, bed.lufs)) > MINUTES_20_MS for pair in pairs)


def test_layers_whose_lengths_have_a_common_measure_would_repeat():
    layers = tuple(Layer("x.ogg", length_ms) for length_ms in (60_000, 80_000, 120_000))
    assert repeats_after_ms(Bed(layers, -26.0)) == 240_000


# Grouped by layer, so that each is decoded once.
@pytest.mark.parametrize(("name", "number"), LAYERS, scope="module")
class TestLayer:
    def test_length_is_exactly_what_the_index_says(self, name, number):
        layer = shipped_library().beds[name].layers[number]
        assert len(layer_sound(layer.file)) * 1000 == layer.length_ms * RATE_HZ

    def test_the_seam_cannot_be_told_from_any_other_place(self, name, number):
        assert not seam_shows(layer_sound(shipped_library().beds[name].layers[number].file))

    def test_it_has_no_offset(self, name, number):
        layer = layer_sound(shipped_library().beds[name].layers[number].file)
        assert np.abs(layer.mean(axis=0)).max() < 1e-4


class TestBrokenLoop:
    @pytest.fixture
    def loop(self):
        return layer_sound(shipped_library().beds["evening-pad"].layers[1].file).copy()

    def test_one_cut_short_is_heard(self, loop):
        assert seam_shows(loop[: -7 * RATE_HZ - 11])

    def test_padding_at_its_end_is_heard(self, loop):
        loop[-312:] = 0
        assert seam_shows(loop)

    def test_fades_at_its_ends_are_heard(self, loop):
        loop[-RATE_HZ:] *= np.linspace(1, 0, RATE_HZ, dtype=np.float32)[:, np.newaxis]
        assert seam_shows(loop)


@pytest.mark.parametrize("name", BEDS, scope="module")
class TestBed:
    def test_loudness_is_what_scripts_expect_and_what_the_index_says(self, name):
        bed = shipped_library().beds[name]
        assert bed.lufs == min(beds.BED_LUFS, bed.loudest_lufs)
        assert bed_loudness(name).integrated_lufs() == pytest.approx(bed.lufs, abs=1)

    def test_nothing_happens_suddenly(self, name):
        assert bed_loudness(name).steepest_step_lu() <= 3

    def test_it_stays_within_a_narrow_range(self, name):
        curve = bed_loudness(name).curve(3.0)
        assert curve.max() - curve.min() <= 8

    def test_peaks_leave_room_for_narration(self, name):
        assert measuring.true_peak_db(bed_sound(name)) < -6

    def test_it_can_be_heard_from_one_loudspeaker(self, name):
        assert measuring.correlation(bed_sound(name)) > 0.3
        assert measuring.mono_loss_db(bed_sound(name)) <= 3

    def test_it_is_warm(self, name):
        assert measuring.share_above_db(bed_sound(name), 12_000) < -50
        assert measuring.share_above_db(bed_sound(name), 5_000) < -25


def test_only_the_quiet_room_is_quieter_than_the_other_beds():
    quieter = {name for name in BEDS if shipped_library().beds[name].lufs < beds.BED_LUFS}
    assert quieter == {"room-tone"}


@pytest.mark.parametrize("name", ["alarm", "bell", "chime"])
def test_a_sound_is_as_long_and_as_loud_as_its_index_says(name):
    recording = shipped_library().sounds[name]
    heard = sound(name)
    assert len(heard) == recording.length_ms * RATE_HZ // 1000
    assert measuring.loudest_moment_lufs(heard) == pytest.approx(recording.lufs, abs=0.05)
    assert recording.lufs == pytest.approx(beds.SOUND_LUFS[name], abs=1)
    assert measuring.true_peak_db(heard) < -6


@pytest.mark.parametrize("name", ["alarm", "bell", "chime"])
def test_a_sound_begins_and_ends_in_silence(name):
    heard = np.abs(sound(name)).max(axis=1)
    assert heard[:8].max() < 1e-3
    assert heard[-48:].max() < 1e-3


def attack_ms(heard: Stereo) -> float:
    """From 10 to 90 % of the first stroke's envelope, taken over 4 ms."""
    envelope = np.abs(heard[: RATE_HZ // 4]).max(axis=1)[: RATE_HZ // 4 // 192 * 192].reshape(-1, 192).max(axis=1)
    peak = envelope.max()
    return 4.0 * (int(np.argmax(envelope > 0.9 * peak)) - int(np.argmax(envelope > 0.1 * peak)))


@pytest.mark.parametrize("name", ["alarm", "bell", "chime"])
def test_no_sound_strikes_hard(name):
    assert attack_ms(sound(name)) >= 8


def test_the_bell_rings_for_eight_seconds():
    curve = Loudness(sound("bell")).curve(0.4)
    assert curve[70] > curve.max() - 35


def test_the_alarm_keeps_to_the_middle_where_staff_hear_it_and_it_does_not_pierce():
    heard = sound("alarm").mean(axis=1)
    power = np.abs(np.fft.rfft(heard)) ** 2
    hz = np.fft.rfftfreq(len(heard), 1 / RATE_HZ)
    assert 400 <= hz[power.argmax()] <= 900
    assert power[(hz >= 400) & (hz <= 900)].sum() > 0.6 * power.sum()
    assert power[hz > 4000].sum() < 0.001 * power.sum()


def test_the_same_seed_gives_the_same_file(tmp_path):
    recordings = [beds.write_sound(tmp_path / turn, "bell", one_shots.bell()) for turn in ("first", "second")]
    first, second = (tmp_path / turn / "bell.ogg" for turn in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
    assert recordings[0] == recordings[1]
    index = msgspec.json.decode((tmp_path / "first" / "index.json").read_bytes())
    assert index == {"bell": {"file": "bell.ogg", "length_ms": 10_000, "lufs": recordings[0].lufs}}


def test_an_unknown_name_is_refused_with_the_names_there_are(capsys):
    with pytest.raises(SystemExit) as stop:
        beds.main(["tied"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: unknown: tied; there are {', '.join(BEDS)}, bell, chime, alarm\n")
