"""Tapes begin at their very frame, go round without a seam, and say plainly what cannot be read."""

import os

import numpy as np
import pyloudnorm
import pytest

from guideplayer.media import Library, media_folder
from guideplayer.stage import sources
from guideplayer.stage.sources import LARGEST_KEPT_BYTES, MOST_KEPT_BYTES, Pantry, SourceError, Tape, read_whole
from tests.stage.listening import RATE_HZ, clicks, noise, turning, write


def heard(path, frames, **options):
    tape = Tape(path, Pantry(), **options)
    return np.concatenate([tape.read(480) for _ in range(frames // 480)])


@pytest.mark.parametrize(
    ("name", "most_off"), [("bed.wav", 0.0), ("bed.flac", 0.0), ("bed.ogg", 1e-6), ("bed.mp3", 1e-4)]
)
@pytest.mark.parametrize("start", [1, 4_801, 47_000])
def test_a_tape_begins_at_its_very_frame(tmp_path, name, start, most_off):
    path = write(tmp_path / name, noise(2))
    whole = read_whole(path)
    assert np.abs(heard(path, 9600, start_frame=start) - whole[start : start + 9600]).max() <= most_off


def test_an_opus_tape_begins_at_its_very_frame_once_its_decoder_has_settled(tmp_path):
    path = write(tmp_path / "bed.opus", turning(2))
    whole = read_whole(path)
    assert np.abs(heard(path, 9600, start_frame=33_333) - whole[33_333:42_933]).max() < 0.01


def test_a_loop_goes_round_sample_by_sample(tmp_path):
    samples = noise(0.5)
    path = write(tmp_path / "bed.wav", samples)
    rounds = np.concatenate([samples] * 5)
    start = 3 * len(samples) + 7_000
    assert np.array_equal(heard(path, 72_000, start_frame=start, loops=True), rounds[7_000:79_000])


@pytest.mark.parametrize("frames", [2048, 5120, 5121, 700])
def test_a_loop_goes_round_for_ever(tmp_path, frames):
    """Also one that is as long as some whole chunks: it ends with an empty one each time, and is not empty itself."""
    samples = noise(1)[:frames]
    path = write(tmp_path / "bed.wav", samples)
    rounds = np.concatenate([samples] * (72_000 // frames + 1))
    assert np.array_equal(heard(path, 72_000, loops=True), rounds[:72_000])


def test_the_shipped_beds_go_round_three_times():
    library = Library(media_folder())
    layer = min((layer for bed in library.beds.values() for layer in bed.layers), key=lambda layer: layer.length_ms)
    path = library.layer_path(layer)
    whole, tape = read_whole(path), Tape(path, Pantry(), loops=True)
    for _ in range(3):
        assert np.array_equal(tape.read(len(whole)), whole)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_loop_has_no_seam_and_the_same_ear_hears_a_broken_one(tmp_path, rate_hz):
    whole = write(tmp_path / "whole.flac", turning(1, rate_hz=rate_hz), rate_hz)
    broken = write(tmp_path / "broken.flac", turning(1.0025, rate_hz=rate_hz), rate_hz)
    assert len(clicks(heard(whole, 3 * RATE_HZ, loops=True)[480:], 0.2)) == 0
    assert len(clicks(heard(broken, 3 * RATE_HZ, loops=True)[480:], 0.2)) > 0


def test_another_rate_is_the_same_tone_at_the_same_time(tmp_path):
    path = write(tmp_path / "line.wav", turning(1, rate_hz=44_100), 44_100)
    whole = read_whole(path)
    assert len(whole) == RATE_HZ
    assert np.abs(whole - turning(1))[500:-500].max() < 2e-4
    assert np.abs(heard(path, 9600, start_frame=24_000) - turning(1)[24_000:33_600])[500:].max() < 2e-4


def test_one_channel_is_heard_in_both_ears_as_loud_as_it_was_measured(tmp_path):
    samples = noise(1)[:, 0]
    whole = read_whole(write(tmp_path / "mono.wav", samples))
    assert np.array_equal(whole[:, 0], whole[:, 1])
    meter = pyloudnorm.Meter(RATE_HZ)
    measured = meter.integrated_loudness(samples.astype(np.float64))
    assert meter.integrated_loudness(whole.astype(np.float64)) == pytest.approx(measured, abs=0.01)


def test_after_its_end_a_tape_is_silent_and_over(tmp_path):
    tape = Tape(write(tmp_path / "line.wav", noise(0.01)), Pantry())
    first = tape.read(400)
    assert not tape.over
    second = tape.read(400)
    assert tape.over
    assert np.abs(first).min() > 0
    assert np.array_equal(np.flatnonzero(np.abs(second).max(axis=1)), np.arange(80))


def test_what_is_no_number_is_silent(tmp_path):
    samples = noise(0.1)
    samples[100, 0], samples[200, 1], samples[300, 0] = np.nan, np.inf, -np.inf
    whole = read_whole(write(tmp_path / "line.wav", samples))
    assert (whole[100, 0], whole[200, 1], whole[300, 0]) == (0.0, 0.0, 0.0)


def fault(path):
    with pytest.raises(SourceError) as raised:
        Tape(path, Pantry(), loops=True).read(480)
    return str(raised.value)


def test_what_cannot_be_read_is_said_plainly(tmp_path):
    (tmp_path / "text.ogg").write_text("no sound")
    (tmp_path / "none.wav").write_bytes(b"")
    write(tmp_path / "silent.wav", np.zeros((0, 2), np.float32))
    assert fault(tmp_path / "gone.ogg") == "gone.ogg cannot be read: No such file or directory"
    assert fault(tmp_path / "text.ogg") == "text.ogg cannot be read: Format not recognised."
    assert fault(tmp_path / "none.wav") == "none.wav cannot be read: Format not recognised."
    assert fault(tmp_path / "silent.wav") == "silent.wav cannot be read: it is empty"


def test_a_loop_that_loses_all_its_sound_ends_with_a_fault_and_not_in_a_circle(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "LARGEST_KEPT_BYTES", 0)
    path = write(tmp_path / "bed.wav", noise(1))
    tape = Tape(path, Pantry(), loops=True)
    tape.read(480)
    os.truncate(path, 0)
    with pytest.raises(SourceError, match=r"^bed\.wav cannot be read: it holds no sound$"):
        tape.read(RATE_HZ)
    tape.close()


def test_a_file_in_the_pantry_outlives_its_disk(tmp_path):
    path = write(tmp_path / "bed.ogg", noise(1))
    pantry = Pantry()
    pantry.fetch_soon(path)
    pantry.fetch_soon(tmp_path / "gone.ogg")
    pantry.close()
    path.unlink()
    assert len(Tape(path, pantry).read(480)) == 480


def test_the_pantry_keeps_what_was_used_last(tmp_path):
    pantry = Pantry()
    size = LARGEST_KEPT_BYTES
    paths = [tmp_path / f"{number}.wav" for number in range(MOST_KEPT_BYTES // size + 1)]
    for path in paths:
        path.write_bytes(bytes(size))
    for path in (*paths[:-1], paths[0], paths[-1]):
        pantry.file(path).close()
    for path in paths:
        path.unlink()
    kept = []
    for path in paths:
        try:
            pantry.file(path).close()
        except SourceError:
            continue
        kept.append(path)
    assert kept == [paths[0], *paths[2:]]
