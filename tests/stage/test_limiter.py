"""No sum is ever louder than the ceiling, and what is soft is not touched."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guideplayer.stage.limiter import CEILING, DELAY_FRAMES, Limiter
from tests.stage.listening import RATE_HZ, clicks, noise, true_peak_db, turning


def limited(sound, frames=512):
    limiter = Limiter()
    padded = np.concatenate([sound, np.zeros((DELAY_FRAMES, 2), np.float32)])
    blocks = [limiter.block(padded[begin : begin + frames]) for begin in range(0, len(padded), frames)]
    return np.concatenate(blocks)[DELAY_FRAMES:]


def test_what_is_soft_passes_as_it_is():
    sound = noise(0.5, amplitude=0.4)
    assert np.array_equal(limited(sound), sound)


@pytest.mark.parametrize("frames", [64, 512, 960, 4096])
def test_the_size_of_blocks_is_not_heard(frames):
    sound = turning(1, amplitude=1.5) * np.linspace(0, 1, RATE_HZ, dtype=np.float32)[:, None]
    assert np.abs(limited(sound, frames) - limited(sound, 480)).max() < 1e-5


def test_a_swell_is_held_at_the_ceiling_without_a_click():
    sound = turning(2, amplitude=2.0) * np.linspace(0, 1, 2 * RATE_HZ, dtype=np.float32)[:, None]
    result = limited(sound)
    assert true_peak_db(result) <= -1
    assert len(clicks(result, CEILING)) == 0
    assert len(clicks(np.clip(sound, -CEILING, CEILING), CEILING)) > 0


def test_a_sudden_shout_is_met_before_it_is_heard():
    sound = turning(1, amplitude=0.1)
    sound[24_000:] = turning(0.5, amplitude=3.0)
    assert true_peak_db(limited(sound)) <= -1


def test_a_peak_between_the_samples_counts():
    # A quarter of the rate, between its zeros: every sample is 3 dB below the peak of the wave.
    angle = np.pi / 2 * np.arange(RATE_HZ) + np.pi / 4
    sound = np.stack([np.sin(angle)] * 2, axis=1).astype(np.float32)
    assert np.abs(sound).max() < CEILING
    assert true_peak_db(sound) > -0.1
    assert true_peak_db(limited(sound)[1000:-1000]) <= -1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 4000)), min_size=1, max_size=12), st.integers(0, 2**31))
def test_whatever_is_summed_stays_below_the_ceiling(stretches, seed):
    chance = np.random.default_rng(seed)
    sound = np.concatenate([chance.uniform(-loud, loud, (length, 2)) for loud, length in stretches])
    assert np.abs(limited(sound.astype(np.float32))).max() <= CEILING + 1e-6


def test_after_a_peak_the_gain_comes_back_whole():
    sound = turning(2, amplitude=0.3)
    sound[1000:1200] *= 10
    result = limited(sound)
    assert np.array_equal(result[RATE_HZ:], sound[RATE_HZ:])
