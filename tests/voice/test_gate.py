"""The gate makes the room quieter between the words, and leaves every word as it is."""

import numpy as np
import pytest

from guideplayer.voice.gate import DEPTH_DB, ENDS_DB, gated
from guideplayer.voice.mastering import RATE_HZ


def level_db(samples):
    return 20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64))) + 1e-12)


def spoken(noise=0.001):
    """Two words in a room: hums of a second at 1 s and at 3.5 s, fading at their ends, within five seconds."""
    samples = np.random.default_rng(1).normal(0, noise, 5 * RATE_HZ)
    times = np.arange(RATE_HZ) / RATE_HZ
    word = 0.3 * np.sin(2 * np.pi * 200 * times) * np.minimum(1, 5 * (1 - times))
    for start in (RATE_HZ, 7 * RATE_HZ // 2):
        samples[start : start + RATE_HZ] += word
    return samples.astype(np.float32)


def part(samples, start_s, end_s):
    return samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]


def test_between_words_it_is_quieter_and_the_words_are_as_they_were():
    before = spoken()
    after = gated(before)
    assert len(after) == len(before)
    for start_s, end_s, depth_db in ((0.2, 0.8, ENDS_DB), (2.6, 3.3, DEPTH_DB), (4.9, 5.0, ENDS_DB)):
        quieter_db = level_db(part(before, start_s, end_s)) - level_db(part(after, start_s, end_s))
        assert quieter_db == pytest.approx(depth_db, abs=0.3)
    for start_s in (0.98, 3.48):
        assert np.array_equal(part(after, start_s, start_s + 1.15), part(before, start_s, start_s + 1.15))


def test_it_opens_and_closes_without_a_step():
    before = spoken()
    gains = gated(before).astype(np.float64) / before
    smooth = np.abs(np.diff(20 * np.log10(np.abs(gains[np.abs(before) > 1e-5]))))
    assert smooth.max() < 0.05


def test_it_stays_open_where_it_would_be_heard_at_work():
    loud_room = spoken(noise=0.05)
    assert gated(loud_room) is loud_room
    nothing = np.zeros(100, np.float32)
    assert gated(nothing) is nothing
    even = np.full(RATE_HZ, 0.1, np.float32)
    assert gated(even) is even
