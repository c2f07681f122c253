"""The committed beds and one-shots, measured as a listener would notice them."""

import functools

import msgspec
import numpy as np
import pytest

from guideplayer.media import media_folder, shipped_library

pytest.importorskip("scipy", reason="measuring needs the extra `beds`")

from guideplayer.voice import beds, measuring, one_shots
from guideplayer.voice.looping import read_sound
from guideplayer.voice.measuring import Loudness
from guideplayer.voice.synthesis import RATE_HZ, Stereo

BEDS = ("evening-pad", "piano-sparse", "tide")
CLICK_LIMIT_DB = 2.0
STEP_LIMIT_DB = 2.0


@functools.lru_cache(maxsize=1)
def bed_sound(name: str) -> Stereo:
    return read_sound(shipped_library().layer_path(shipped_library().beds[name].layers[0]))


@functools.lru_cache(maxsize=1)
def bed_loudness(name: str) -> Loudness:
    return Loudness(bed_sound(name), circular=True)


def sound(name: str) -> Stereo:
    return read_sound(shipped_library().sound_path(name))


def seam_shows(bed: Stereo) -> bool:
    return measuring.seam_click_db(bed) > CLICK_LIMIT_DB or measuring.seam_step_db(bed) > STEP_LIMIT_DB


def test_the_beds_and_sounds_that_scripts_may_name_are_there():
    assert set(shipped_library().beds) >= set(BEDS)
    assert set(shipped_library().sounds) >= {"alarm", "bell", "chime"}


def test_the_media_stay_small():
    files = [path for folder in ("beds", "sounds") for path in (media_folder() / folder).iterdir()]
    assert sum(path.stat().st_size for path in files) < 12e6


# Grouped by bed, so that each is decoded once.
@pytest.mark.parametrize("name", BEDS, scope="module")
class TestBed:
    def test_length_is_exactly_what_the_index_says_and_three_minutes_at_least(self, name):
        length_ms = shipped_library().beds[name].layers[0].length_ms
        assert len(bed_sound(name)) == length_ms * RATE_HZ // 1000
        assert length_ms >= 180_000

    def test_the_seam_cannot_be_told_from_any_other_place(self, name):
        assert not seam_shows(bed_sound(name))

    def test_a_loop_cut_short_is_heard(self, name):
        assert seam_shows(bed_sound(name)[: -7 * RATE_HZ - 11])

    def test_a_loop_with_padding_at_its_end_is_heard(self, name):
        padded = bed_sound(name).copy()
        padded[-312:] = 0
        assert seam_shows(padded)

    def test_a_loop_that_fades_at_its_ends_is_heard(self, name):
        faded = bed_sound(name).copy()
        faded[-RATE_HZ:] *= np.linspace(1, 0, RATE_HZ, dtype=np.float32)[:, np.newaxis]
        assert seam_shows(faded)

    def test_loudness_is_what_scripts_expect_and_what_the_index_says(self, name):
        lufs = bed_loudness(name).integrated_lufs()
        assert lufs == pytest.approx(beds.BED_LUFS, abs=1)
        assert shipped_library().beds[name].lufs == pytest.approx(lufs, abs=0.05)

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

    def test_it_has_no_offset(self, name):
        assert np.abs(bed_sound(name).mean(axis=0)).max() < 1e-4


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
    assert capsys.readouterr().err.endswith(
        "error: unknown: tied; there are evening-pad, tide, piano-sparse, bell, chime, alarm\n"
    )
