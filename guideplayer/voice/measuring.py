"""How loud, how wide, how even and how clean a sound is: what a bed must keep to be bearable for an hour.

Loudness is ITU-R BS.1770-4 at 48 kHz. A bed is measured as the circle that it is, so its seam counts like any place.
"""

from collections.abc import Iterable, Iterator

import numpy as np
import scipy.linalg
import scipy.signal
from numpy.typing import NDArray

from guideplayer.voice.synthesis import RATE_HZ, Samples, Stereo

_HOP = RATE_HZ // 10
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585)
_BASS_CUT = (1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621)
_OFFSET_LU = -0.691
_SILENCE = 1e-12


class Loudness:
    """The loudness of a sound over time; of a circular one every window wraps from its end to its start."""

    def __init__(self, sound: Stereo, circular: bool = False) -> None:
        warmup = RATE_HZ if circular else 0
        heard = np.concatenate([sound[-warmup:], sound]) if warmup else sound
        self._circular = circular
        self._powers = _powers([heard])[warmup // _HOP :]

    @classmethod
    def of_blocks(cls, blocks: Iterable[Stereo]) -> "Loudness":
        """The loudness of a sound that comes in blocks of whole tenths of a second, too long to be held at once."""
        loudness = cls(np.zeros((_HOP, 2), np.float32))
        loudness._powers = _powers(blocks)
        return loudness

    def curve(self, window_s: float) -> NDArray[np.float64]:
        """LUFS of the windows that start every 0.1 s."""
        count = round(window_s * 10)
        powers = np.concatenate([self._powers, self._powers[: count - 1]]) if self._circular else self._powers
        means = np.convolve(powers, np.full(count, 1 / count), "valid")
        return np.asarray(_OFFSET_LU + 10 * np.log10(means + _SILENCE))

    def integrated_lufs(self) -> float:
        """The gated loudness of the whole: blocks of 0.4 s, without silence and what is 10 LU below the rest."""
        blocks = self.curve(0.4)
        loud = blocks[blocks > -70]
        return _mean_lufs(loud[loud > _mean_lufs(loud) - 10]) if len(loud) else float("-inf")

    def steepest_step_lu(self) -> float:
        """The greatest change of the short-term loudness (3 s) within one second; over the seam too, if circular."""
        curve = self.curve(3.0)
        changes = np.roll(curve, -10) - curve if self._circular else curve[10:] - curve[:-10]
        return float(np.abs(changes).max())


def _powers(blocks: Iterable[Stereo]) -> NDArray[np.float64]:
    """The weighted power of every 0.1 s, of all channels together."""
    filters = np.array([_SHELF, _BASS_CUT])
    state = None
    powers = [np.zeros(0)]
    for block in blocks:
        state = np.zeros((len(filters), 2, block.shape[1])) if state is None else state
        weighted, state = scipy.signal.sosfilt(filters, block, axis=0, zi=state)
        whole = len(weighted) // _HOP * _HOP
        powers.append(np.square(weighted[:whole]).sum(axis=1).reshape(-1, _HOP).mean(axis=1))
    return np.concatenate(powers)


def together(layers: list[tuple[Stereo, float]], start_s: int, length_s: int) -> Iterator[Stereo]:
    """A bed's layers (each with its gain) as they are heard together from a time on, in blocks of 10 s at most."""
    for at_s in range(start_s, start_s + length_s, 10):
        count = min(10, start_s + length_s - at_s) * RATE_HZ
        block = np.zeros((count, 2), np.float32)
        for layer, gain in layers:
            block += np.float32(gain) * layer[np.arange(at_s * RATE_HZ, at_s * RATE_HZ + count) % len(layer)]
        yield block


def loudest_moment_lufs(sound: Stereo) -> float:
    """The loudest 0.4 s of a one-shot, with silence around it: how loud it strikes the listener."""
    silence = np.zeros((RATE_HZ // 2, 2), np.float32)
    return float(Loudness(np.concatenate([silence, sound, silence])).curve(0.4).max())


def levelled(bed: Stereo, window_s: float, share: float) -> Stereo:
    """A hand on the fader that nobody hears: takes away a share of what swells and sinks from window to window."""
    curve = Loudness(bed, circular=True).curve(window_s)
    gain = 10 ** (np.clip(share * (np.median(curve) - curve), -9, 9) / 20)
    # The window that starts at t is heard around its middle.
    middles_s = np.arange(len(gain)) / 10 + window_s / 2
    time_s = np.arange(len(bed)) / RATE_HZ
    fader = np.interp(time_s, middles_s, gain, period=len(bed) / RATE_HZ).astype(np.float32)
    return bed * fader[:, np.newaxis]


def _mean_lufs(blocks: NDArray[np.float64]) -> float:
    return float(_OFFSET_LU + 10 * np.log10(np.mean(10 ** ((blocks - _OFFSET_LU) / 10))))


def true_peak_db(sound: Stereo) -> float:
    """The peak between the samples in dBTP, from four times as many; only blocks that could hold it are resampled."""
    block = RATE_HZ
    highest = np.abs(sound).max()
    peaks = [
        np.abs(scipy.signal.resample_poly(sound[max(0, start - 64) : start + block + 64], 4, 1, axis=0)).max()
        for start in range(0, len(sound), block)
        if np.abs(sound[start : start + block]).max() > highest / 2
    ]
    return float(20 * np.log10(max([*peaks, highest, _SILENCE])))


def correlation(sound: Stereo) -> float:
    """How alike left and right are: 1 the same, 0 unlike, below 0 they cancel in mono."""
    left, right = sound.T.astype(np.float64)
    return float(left @ right / np.sqrt((left @ left) * (right @ right) + _SILENCE))


def mono_loss_db(sound: Stereo) -> float:
    """What is lost when both channels are heard from one loudspeaker."""
    power = np.mean(np.square(sound), dtype=np.float64)
    mono = np.mean(np.square(sound.mean(axis=1)), dtype=np.float64)
    return float(10 * np.log10((power + _SILENCE) / (mono + _SILENCE)))


def share_above_db(sound: Stereo, corner_hz: float) -> float:
    """The power above a frequency, in dB against the whole."""
    frequency, power = scipy.signal.welch(sound.mean(axis=1), RATE_HZ, nperseg=8192, noverlap=0)
    return float(10 * np.log10(power[frequency >= corner_hz].sum() / power.sum()))


def seam_click_db(bed: Stereo) -> float:
    """How far a click at the seam stands out: its sharpest residual against the sharpest ones elsewhere, in dB.

    The residual is what linear prediction cannot tell from the samples before: a smooth tone leaves nothing, a jump
    everything. Elsewhere is the 90th percentile of the peaks of many pieces as long as the one at the seam.
    """
    middles = np.linspace(2 * RATE_HZ, len(bed) - 2 * RATE_HZ, 24).astype(int)
    pieces = [bed[at - RATE_HZ // 2 : at + RATE_HZ // 2] for at in middles]
    predictor = _predictor(np.concatenate(pieces).mean(axis=1, dtype=np.float64))
    at_seam = _residual_peaks(np.concatenate([bed[-RATE_HZ // 2 :], bed[: RATE_HZ // 2]]), predictor)
    elsewhere = np.concatenate([_residual_peaks(piece, predictor) for piece in pieces])
    middle = len(at_seam) // 2
    return float(20 * np.log10(at_seam[middle - 1 : middle + 1].max() / np.percentile(elsewhere, 90)))


def _residual_peaks(sound: Stereo, predictor: NDArray[np.float64]) -> NDArray[np.float64]:
    """The greatest residual of every 10 ms, of both channels; the filter's own start is left out at both ends."""
    hop = RATE_HZ // 100
    residual = np.abs(scipy.signal.lfilter(predictor, 1, sound.astype(np.float64), axis=0)).max(axis=1)
    return np.asarray(residual[hop:-hop].reshape(-1, hop).max(axis=1))


def _predictor(signal: Samples | NDArray[np.float64], order: int = 32) -> NDArray[np.float64]:
    """The filter that takes from a signal all that its last `order` samples foretell."""
    spectrum = np.fft.rfft(signal, 2 * len(signal))
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)[: order + 1]
    # A trace of white noise: without it the equations of a low, smooth sound have no firm answer.
    likeness[0] *= 1 + 1e-9
    return np.concatenate([[1.0], -scipy.linalg.solve_toeplitz(likeness[:-1], likeness[1:])])


def seam_step_db(bed: Stereo) -> float:
    """How much the level jumps at the seam against the jumps elsewhere (their 99th percentile), in dB of 50 ms."""
    piece = RATE_HZ // 20
    whole = len(bed) // piece * piece
    levels = 10 * np.log10(np.square(bed[-whole:]).mean(axis=1).reshape(-1, piece).mean(axis=1) + _SILENCE)
    inside = np.abs(np.diff(levels))
    first = 10 * np.log10(np.square(bed[:piece]).mean() + _SILENCE)
    return float(abs(first - levels[-1]) - np.percentile(inside, 99))
