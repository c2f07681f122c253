"""What the beds are made of: circular synthesis, the seamless file, the measure, the piano's score."""

import itertools
import math

import numpy as np
import pytest

pytest.importorskip("scipy", reason="synthesis needs the extra `beds`")

import pyloudnorm
import soundfile

from guideplayer.voice import evening_pad, forest_night, looping, low_choir, measuring, piano, singing_bowls
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


@pytest.mark.parametrize("about_s", [(61, 83, 139), (60, 60, 60), (149, 97, 67), (59, 79)])
def test_the_lengths_of_a_beds_loops_have_no_common_divisor(about_s):
    lengths = looping.turn_samples(*about_s)
    assert lengths == pytest.approx([one_s * RATE_HZ for one_s in about_s], rel=0.2)
    counts = [length // looping.TURN_SAMPLES for length in lengths]
    assert [count * looping.TURN_SAMPLES for count in counts] == lengths
    assert all(math.gcd(*pair) == 1 for pair in itertools.combinations(counts, 2))
    assert looping.TURN_SAMPLES * 1000 % RATE_HZ == 0


def test_layers_are_heard_together_from_any_time_on():
    random = np.random.default_rng(3)
    first, second = (random.standard_normal((RATE_HZ * length_s, 2)).astype(np.float32) for length_s in (3, 7))
    heard = np.concatenate(list(measuring.together([(first, 1.0), (second, 0.5)], 2, 25)))
    assert len(heard) == 25 * RATE_HZ
    at_s = 2 + 23
    expected = first[at_s % 3 * RATE_HZ] + 0.5 * second[at_s % 7 * RATE_HZ]
    assert heard[23 * RATE_HZ] == pytest.approx(expected)


def test_loudness_in_blocks_is_that_of_the_whole():
    sound = np.random.default_rng(4).standard_normal((RATE_HZ * 9, 2)).astype(np.float32)
    blocks = measuring.Loudness.of_blocks([sound[: RATE_HZ * 2], sound[RATE_HZ * 2 :]])
    assert blocks.curve(0.4) == pytest.approx(measuring.Loudness(sound).curve(0.4))


def score() -> list[piano.Note]:
    return piano.score(LENGTH_MS)


LENGTH_MS = 149_000


def test_the_piano_is_sparse_and_soft():
    notes = score()
    assert 10 <= len(notes) / LENGTH_MS * 60_000 <= 20
    assert max(note.velocity for note in notes) <= 36
    assert notes[0].start_ms >= 0
    assert notes[-1].start_ms < LENGTH_MS


def test_the_piano_is_written_the_same_every_time():
    assert score() == score()


def pitches(*names: str) -> set[int]:
    return {note_number(name) % 12 for name in names}


def test_every_bed_keeps_to_one_scale_so_that_beds_may_cross_and_layers_may_meet():
    d_major = pitches("D4", "E4", "F#4", "G4", "A4", "B4", "C#4")
    assert pitches(*(name for chord in evening_pad.CHORDS for name in chord.split()), *evening_pad.GLEAMS) <= d_major
    assert pitches(*singing_bowls.LOW, *singing_bowls.HIGH) <= d_major
    assert pitches(*(name for chord in low_choir.CHORDS for name in chord.split()), *low_choir.HIGH) <= d_major
    assert pitches(*(cricket.note for cricket in forest_night.CRICKETS)) <= d_major
    assert {note.number % 12 for note in score()} <= d_major


def test_what_sounds_over_any_chord_of_its_bed_rubs_against_none():
    without_semitones = pitches("D4", "E4", "F#4", "A4", "B4")
    assert pitches(*evening_pad.GLEAMS, *low_choir.HIGH) <= without_semitones


def test_neighbouring_chords_share_notes_over_the_seam_too():
    chords = [pitches(*chord.split()) for chord in evening_pad.CHORDS]
    assert all(len(chord & chords[place - 1]) >= 2 for place, chord in enumerate(chords))
