"""What the beds are made of: circular synthesis, the seamless file, the measure, the piano's score."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="synthesis needs the extra `beds`")

import pyloudnorm
import soundfile

from guideplayer.voice import evening_pad, looping, measuring, piano
from guideplayer.voice.synthesis import (
    RATE_HZ,
    Stereo,
    add_wrapped,
    ensemble,
    noise,
    note_hz,
    note_number,
    reverberated,
    slow_noise,
    warm_partials,
)

LOOP_SAMPLES = 1024 * 600


def loop() -> Stereo:
    """Some seconds of a circular chord in a little noise."""
    random = np.random.default_rng(1)
    chord = sum(
        ensemble(note_hz(name), warm_partials(note_hz(name)), LOOP_SAMPLES, 0.3, random) for name in ("D3", "A3")
    )
    grain = noise(LOOP_SAMPLES, lambda hz: 1 / (1 + (hz / 400) ** 2), random)
    return np.asarray(0.05 * chord + 0.01 * grain[:, np.newaxis], np.float32)


def test_notes_are_tuned_to_440():
    assert note_number("A4") == 69
    assert note_hz("A4") == 440
    assert note_hz("F#3") == pytest.approx(184.997, abs=0.001)


def test_a_word_is_no_note():
    with pytest.raises(ValueError, match=r"^“H4” is not a note: write it like A4 or F#3$"):
        note_number("H4")


def test_what_passes_the_end_comes_in_at_the_start():
    whole = np.zeros((5, 2), np.float32)
    add_wrapped(whole, np.ones((7, 2), np.float32), -2)
    assert whole[:, 0].tolist() == [1, 1, 1, 2, 2]


def test_reverberation_is_folded_onto_the_start():
    struck = np.zeros((RATE_HZ * 2, 2), np.float32)
    struck[-100] = 1
    assert np.abs(reverberated(struck, 1.0, 1.0, 0.5, np.random.default_rng(1))[:RATE_HZ]).max() > 1e-3


def test_slow_noise_wanders_no_faster_than_asked():
    curve = slow_noise(RATE_HZ * 20, 0.5, np.random.default_rng(1))
    power = np.abs(np.fft.rfft(curve)) ** 2
    assert power[np.fft.rfftfreq(len(curve), 1 / RATE_HZ) > 0.51].sum() < 1e-6 * power.sum()


def test_a_loop_comes_back_exactly_as_long_and_without_a_seam(tmp_path):
    looping.write_loop(tmp_path / "loop.ogg", loop(), 0.5)
    heard = looping.read_sound(tmp_path / "loop.ogg")
    assert len(heard) == LOOP_SAMPLES
    assert measuring.seam_click_db(heard) < 2


def test_an_ordinary_file_of_the_same_loop_clicks(tmp_path):
    """The reason for writing loops in a way of their own."""
    soundfile.write(tmp_path / "loop.ogg", loop(), RATE_HZ, format="OGG", subtype="VORBIS", compression_level=0.5)
    assert measuring.seam_click_db(looping.read_sound(tmp_path / "loop.ogg")) > 2


def test_reading_on_after_the_end_from_the_start_gives_the_same_samples(tmp_path):
    looping.write_loop(tmp_path / "loop.ogg", loop(), 0.5)
    with soundfile.SoundFile(tmp_path / "loop.ogg") as file:
        first = file.read(4096)
        file.read()
        file.seek(0)
        assert np.array_equal(file.read(4096), first)


def test_a_loop_of_broken_blocks_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^a loop of 1000 samples is no multiple of 1024$"):
        looping.write_loop(tmp_path / "loop.ogg", np.zeros((1000, 2), np.float32), 0.5)


def test_a_sound_at_another_rate_is_refused(tmp_path):
    soundfile.write(tmp_path / "slow.ogg", np.zeros((4410, 2), np.float32), 44_100, format="OGG", subtype="VORBIS")
    with pytest.raises(ValueError, match=r"^slow\.ogg has 44100 samples a second, not 48000$"):
        looping.read_sound(tmp_path / "slow.ogg")


def test_loudness_agrees_with_another_meter():
    random = np.random.default_rng(2)
    sound = (random.standard_normal((RATE_HZ * 12, 2)) * 0.05).astype(np.float32)
    sound[RATE_HZ * 6 :] *= 0.02
    other = pyloudnorm.Meter(RATE_HZ).integrated_loudness(sound)
    assert measuring.Loudness(sound).integrated_lufs() == pytest.approx(other, abs=0.1)


def test_the_true_peak_is_found_between_the_samples():
    time = np.arange(RATE_HZ)
    sound = np.stack([np.sin(2 * np.pi * (time / 4 + 1 / 8))] * 2, axis=1).astype(np.float32)
    assert measuring.true_peak_db(sound) == pytest.approx(0, abs=0.6)


def test_opposite_channels_vanish_in_mono():
    tone = np.sin(np.arange(RATE_HZ) / 20).astype(np.float32)
    assert measuring.correlation(np.stack([tone, -tone], axis=1)) == pytest.approx(-1)
    assert measuring.mono_loss_db(np.stack([tone, -tone], axis=1)) > 60


def test_the_piano_is_sparse_and_soft():
    notes = piano.score()
    length_s = piano.REGION_S * len(piano.REGIONS)
    assert 10 <= len(notes) / length_s * 60 <= 24
    assert max(note.velocity for note in notes) <= 36
    assert notes[0].start_ms >= 0
    assert notes[-1].start_ms < length_s * 1000


def test_the_piano_is_written_the_same_every_time():
    assert piano.score() == piano.score()


def test_every_bed_keeps_to_one_scale_so_that_beds_may_cross():
    d_major = {2, 4, 6, 7, 9, 11, 1}
    pad = {note_number(name) % 12 for chord in evening_pad.CHORDS for name in chord.split()}
    assert pad <= d_major
    assert {note.number % 12 for note in piano.score()} <= d_major


def test_neighbouring_chords_share_notes_over_the_seam_too():
    chords = [{note_number(name) % 12 for name in chord.split()} for chord in evening_pad.CHORDS]
    assert all(len(chord & chords[place - 1]) >= 2 for place, chord in enumerate(chords))
