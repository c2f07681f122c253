"""Mastering: on signals that are made here, measured by a meter that is not ours."""

import io

import numpy as np
import pyloudnorm
import pytest
import soundfile
from scipy.signal import resample_poly

from guideplayer.voice import mastering
from guideplayer.voice.mastering import KEPT_MS, RATE_HZ, SPEECH_LUFS, samples_of, segment_of

MODEL_RATE_HZ = 24_000


def voiced(duration_s: float, level: float, rate_hz: int = MODEL_RATE_HZ) -> np.ndarray:
    """Something like a vowel: harmonics of 140 Hz that swell and fade four times a second."""
    time = np.arange(round(duration_s * rate_hz)) / rate_hz
    tone = sum(np.sin(2 * np.pi * 140 * number * time) / number for number in range(1, 12))
    return (level * tone * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))).astype(np.float32)


def silence(duration_s: float, rate_hz: int = MODEL_RATE_HZ) -> np.ndarray:
    return np.zeros(round(duration_s * rate_hz), np.float32)


def peak_dbtp(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(resample_poly(samples, 4, 1)).max()))


def lufs(samples: np.ndarray) -> float:
    return float(pyloudnorm.Meter(RATE_HZ).integrated_loudness(samples))


@pytest.mark.parametrize("level", [0.01, 0.1, 0.4])
def test_every_take_becomes_equally_loud(level: float) -> None:
    take = np.concatenate([silence(0.4), voiced(2, level), silence(1.5), voiced(1, level), silence(0.6)])
    sound = mastering.mastered(segment_of(take, MODEL_RATE_HZ))
    assert sound.frame_rate == RATE_HZ
    assert lufs(samples_of(sound)) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert peak_dbtp(samples_of(sound)) <= mastering.PEAK_DBTP


def test_a_clip_shorter_than_the_meter_needs_is_levelled_too() -> None:
    sound = samples_of(mastering.mastered(segment_of(voiced(0.25, 0.02), MODEL_RATE_HZ)))
    assert lufs(np.tile(sound, 8)) == pytest.approx(SPEECH_LUFS, abs=0.5)


def test_peaks_are_held_down_without_clipping() -> None:
    take = voiced(3, 0.02)
    for second in (0.5, 1.5, 2.5):
        at = round(second * MODEL_RATE_HZ)
        take[at : at + 48] += 0.9 * np.hanning(48).astype(np.float32)
    sound = samples_of(mastering.mastered(segment_of(take, MODEL_RATE_HZ)))
    assert peak_dbtp(sound) <= mastering.PEAK_DBTP
    assert np.abs(sound).max() < 0.999
    assert lufs(sound) == pytest.approx(SPEECH_LUFS, abs=0.5)


def test_silence_is_trimmed_to_a_moment_and_the_ends_are_faded() -> None:
    take = np.concatenate([silence(0.7), voiced(1.0, 0.2), silence(0.9)])
    sound = mastering.trimmed(segment_of(take, MODEL_RATE_HZ))
    assert len(sound) == pytest.approx(1000 + 2 * KEPT_MS, abs=12)
    samples = samples_of(sound)
    assert abs(samples[0]) < 1e-4
    assert abs(samples[-1]) < 1e-4


def test_a_take_that_starts_at_once_starts_without_a_click() -> None:
    samples = samples_of(mastering.mastered(segment_of(voiced(1.0, 0.3), MODEL_RATE_HZ)))
    assert np.abs(samples[: RATE_HZ // 1000]).max() < 0.1 * np.abs(samples).max()
    assert abs(samples[0]) < 1e-4
    assert abs(samples[-1]) < 1e-4


def test_nothing_but_silence_is_trimmed_to_nothing() -> None:
    assert len(mastering.trimmed(segment_of(silence(1), MODEL_RATE_HZ))) == 0


def test_rumble_is_cut_and_the_voice_is_not() -> None:
    time = np.arange(2 * MODEL_RATE_HZ) / MODEL_RATE_HZ
    rumble = (0.2 * np.sin(2 * np.pi * 15 * time)).astype(np.float32)
    sound = samples_of(mastering.mastered(segment_of(voiced(2, 0.2) + rumble, MODEL_RATE_HZ)))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    rumble_db, voice_db = (20 * np.log10(spectrum[(hz > centre - 5) & (hz < centre + 5)].max()) for centre in (15, 140))
    assert rumble_db < voice_db - 20


def test_samples_survive_pydub_to_the_last_audible_bit() -> None:
    samples = voiced(0.2, 0.3)
    assert samples_of(segment_of(samples, MODEL_RATE_HZ)) == pytest.approx(samples, abs=1e-7)


def test_a_stored_clip_is_as_long_and_as_loud_as_it_was() -> None:
    sound = mastering.mastered(segment_of(voiced(1.7, 0.2), MODEL_RATE_HZ))
    data = mastering.encoded(sound)
    about = soundfile.info(io.BytesIO(data))
    assert (about.format, about.subtype, about.samplerate, about.channels) == ("OGG", "OPUS", RATE_HZ, 1)
    decoded = mastering.decoded(data)
    assert len(decoded) == len(samples_of(sound))
    assert lufs(decoded) == pytest.approx(SPEECH_LUFS, abs=0.5)
    assert peak_dbtp(decoded) <= mastering.PEAK_DBTP
    assert 4_000 * 1.7 < len(data) < 9_000 * 1.7


def test_a_clip_that_the_codec_makes_too_loud_is_stored_more_quietly() -> None:
    loud = voiced(1, 0.2, RATE_HZ)
    loud *= 1 / np.abs(loud).max()
    decoded = mastering.decoded(mastering.encoded(segment_of(loud, RATE_HZ)))
    assert -2 < peak_dbtp(decoded) <= mastering.PEAK_DBTP
