"""A spoken take made ready for tired ears: trimmed, without rumble or clicks, always equally loud, stored as Opus."""

import io
import subprocess
from typing import Any

import imageio_ffmpeg
import numpy as np
import soundfile
from numpy.typing import NDArray
from pydub import AudioSegment
from pydub.silence import detect_leading_silence

from guideplayer.core.units import SECOND_MS

RATE_HZ = 48_000
SPEECH_LUFS = -20.0
PEAK_DBTP = -1.0
SILENCE_DBFS = -45.0
KEPT_MS = 40
FADE_IN_MS = 15
FADE_OUT_MS = 35
RUMBLE_HZ = 55

# libsndfile maps 0..1 to 256..6 kbit/s a channel: this is about 52.
_COMPRESSION = 0.815
# What the codec may add to a peak; what is above the limit all the same is taken off by a second pass.
_CODEC_MARGIN_DB = 0.3
_LIMITER_MS = 5
_LEVEL_PASSES = 4
_SAMPLE_BYTES = 4

Samples = NDArray[np.float32]
"""One channel, full scale at 1."""


def segment_of(samples: NDArray[Any], rate_hz: int) -> AudioSegment:
    """Samples as pydub handles them, in 32 bits so that no step rounds audibly."""
    whole = np.clip(np.rint(samples.astype(np.float64) * 2**31), -(2**31), 2**31 - 1).astype("<i4")
    return AudioSegment(whole.tobytes(), frame_rate=rate_hz, sample_width=_SAMPLE_BYTES, channels=1)


def samples_of(segment: AudioSegment) -> Samples:
    """What pydub handled, as samples again."""
    whole = segment.set_channels(1).set_sample_width(_SAMPLE_BYTES)
    return (np.frombuffer(whole.raw_data, "<i4") / 2**31).astype(np.float32)


def trimmed(segment: AudioSegment, kept_ms: int = KEPT_MS) -> AudioSegment:
    """The segment without the silence around it, but for a moment before and after, and without clicks at its ends."""
    before_ms = detect_leading_silence(segment, SILENCE_DBFS, chunk_size=5)
    after_ms = detect_leading_silence(segment.reverse(), SILENCE_DBFS, chunk_size=5)
    if before_ms >= len(segment):
        return segment[:0]
    start_ms, end_ms = max(0, before_ms - kept_ms), min(len(segment), len(segment) - after_ms + kept_ms)
    return segment[start_ms:end_ms].fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS)


def slowed(segment: AudioSegment, tempo: float) -> AudioSegment:
    """The segment at a slower tempo and the same pitch; 1 leaves it as it is."""
    rate = str(segment.frame_rate)
    sound = ("-f", "f32le", "-ar", rate, "-ac", "1")
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        *sound,
        "-i",
        "-",
        "-af",
        f"atempo={tempo:.4f}",
        *sound,
        "-",
    ]
    done = subprocess.run(command, input=samples_of(segment).tobytes(), capture_output=True, check=True)
    return segment_of(np.frombuffer(done.stdout, "<f4"), segment.frame_rate)


def mastered(segment: AudioSegment) -> AudioSegment:
    """A take as it is stored: 48 kHz, rumble cut, trimmed, at the narration's loudness, its peaks held down."""
    clean = segment_of(_without_rumble(_at_full_rate(segment)), RATE_HZ)
    return levelled(trimmed(clean))


def levelled(segment: AudioSegment) -> AudioSegment:
    """The segment at the narration's loudness. Peaks that this would lift too high are rounded off, never clipped."""
    samples = samples_of(segment)
    ceiling_dbtp = PEAK_DBTP - _CODEC_MARGIN_DB
    # Holding the peaks makes it quieter again, a little less each time.
    for _ in range(_LEVEL_PASSES):
        samples = samples * 10 ** ((SPEECH_LUFS - loudness_lufs(samples)) / 20)
        if true_peak_dbtp(samples) <= ceiling_dbtp:
            break
        samples = _limited(samples, ceiling_dbtp)
    return segment_of(samples, segment.frame_rate).fade_in(FADE_IN_MS).fade_out(FADE_OUT_MS)


def encoded(segment: AudioSegment) -> bytes:
    """A mastered segment as Opus in Ogg, quiet enough that no peak is too high once it is decoded."""
    samples = samples_of(segment)
    while True:
        file = io.BytesIO()
        soundfile.write(file, samples, RATE_HZ, format="OGG", subtype="OPUS", compression_level=_COMPRESSION)
        excess_db = true_peak_dbtp(decoded(file.getvalue())) - PEAK_DBTP
        if excess_db <= 0:
            return file.getvalue()
        samples = samples * 10 ** (-(excess_db + 0.1) / 20)


def decoded(data: bytes) -> Samples:
    """A stored clip as it will be heard."""
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float32")
    return np.asarray(samples)


def loudness_lufs(samples: Samples) -> float:
    """The gated loudness of a clip; one shorter than a block of the measure is heard several times over."""
    from guideplayer.voice.measuring import Loudness

    repeats = -(-RATE_HZ // max(1, len(samples)))
    return Loudness(np.tile(samples, repeats)[:, None]).integrated_lufs()


def true_peak_dbtp(samples: Samples) -> float:
    """The peak between the samples, at four times the rate."""
    from guideplayer.voice.measuring import true_peak_db

    return true_peak_db(samples[:, None])


def _at_full_rate(segment: AudioSegment) -> Samples:
    """The samples at 48 kHz. pydub would draw straight lines between them, which hisses."""
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(samples_of(segment), RATE_HZ, segment.frame_rate), np.float32)


def _without_rumble(samples: Samples) -> Samples:
    """The samples without what is below every voice."""
    from scipy.signal import butter, sosfiltfilt

    return np.asarray(sosfiltfilt(butter(2, RUMBLE_HZ, "highpass", fs=RATE_HZ, output="sos"), samples), np.float32)


def _limited(samples: Samples, ceiling_dbtp: float) -> Samples:
    """The samples with a gain that dips smoothly around each peak, reaching its lowest just there."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d
    from scipy.signal import resample_poly

    finer = np.abs(resample_poly(samples, 4, 1)).reshape(-1, 4).max(axis=1)
    gain = np.minimum(1, 10 ** (ceiling_dbtp / 20) / np.maximum(finer, 1e-9))
    width = RATE_HZ * _LIMITER_MS // SECOND_MS * 2 + 1
    return np.asarray(samples * uniform_filter1d(minimum_filter1d(gain, width), width), np.float32)
