"""What really leaves the speaker, and when: no gap that is not counted, presses and lines in time, the alarm always."""

import numpy as np
import pytest

from guideplayer.stage.mixing import BLOCK_FRAMES
from guideplayer.stage.score import SOUND
from tests.stage.listening import RATE_HZ, loudness
from tests.stage.loudspeaker import LINE_EVERY_MS, PITCH_HZ, played, written_by

GAP_FRAMES = 250
NO_ONE_SHOTS = ("There is no sound 'alarm'.", "There is no sound 'chime'.")

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return played(tmp_path_factory.mktemp("run"), 6)


@pytest.fixture(scope="module")
def stalled_run(tmp_path_factory):
    return played(tmp_path_factory.mktemp("stalled"), 3, stall_at_ms=2200)


def bed_of(told, sound):
    """The part in which the bed plays throughout."""
    first = next(frames for at_ms, frames in told["written"] if at_ms > told["half_ms"] + 200)
    return sound[first : told["written"][-1][1]]


def gaps(sound):
    """The silences in a sound that has none: each (first frame, frames)."""
    silent = np.concatenate([[False], loudness(sound) == 0, [False]])
    edges = np.flatnonzero(silent[1:] != silent[:-1]).reshape(-1, 2)
    return [(int(first), int(end - first)) for first, end in edges if end - first >= GAP_FRAMES]


def breaks(sound):
    """Where a tone does not go on from where it was, gaps apart: samples lost, or played twice."""
    audible = sound[loudness(sound) > 0.02]
    turned = np.diff(np.arctan2(audible[:, 0].astype(np.float64), audible[:, 1]))
    skipped = np.diff(np.flatnonzero(loudness(sound) > 0.02))
    step = 2 * np.pi * PITCH_HZ / RATE_HZ
    error = np.abs((turned - skipped * step + np.pi) % (2 * np.pi) - np.pi)
    return int((error > 0.02).sum())


def test_blocks_join_and_every_gap_is_counted(run):
    told, sound = run
    bed = bed_of(told, sound)
    assert len(bed) > RATE_HZ
    assert told["kind"] == SOUND
    # A machine that is busy with other tests may miss one now and then.
    assert told["underruns"] * 20 <= len(sound) / BLOCK_FRAMES
    assert len(gaps(bed)) <= told["underruns"]
    assert breaks(bed) <= len(gaps(bed))


def test_a_stall_is_a_gap_and_counted(stalled_run):
    told, sound = stalled_run
    bed = bed_of(told, sound)
    assert 1 <= len(gaps(bed)) <= told["underruns"]
    assert breaks(bed) >= 1
    assert told["late_ms_max"] > 100


def test_a_press_is_heard_within_fifty_milliseconds(run):
    told, sound = run
    delays_ms = []
    for _, written in told["presses"]:
        # What was counted as written may be some 10 ms less than what was: the delays are at most what is found here.
        fading = np.flatnonzero(loudness(sound[written : written + RATE_HZ // 4]) < 0.2 * 0.995)
        if fading[0] > 0:
            delays_ms.append(fading[0] * 1000 / RATE_HZ)
    assert len(delays_ms) >= 5
    assert np.median(delays_ms) <= 50


def test_lines_are_heard_when_the_plan_says(run):
    told, sound = run
    at_ms, written = np.array(told["written"]).T
    half = written[np.searchsorted(at_ms, told["half_ms"] - 50)]
    heard = loudness(sound[: int(half)]) > 0.05
    onsets = np.flatnonzero(heard[1:] & ~heard[:-1]) + 1
    plan_ms = np.arange(len(onsets)) * LINE_EVERY_MS
    errors_ms = at_ms[np.searchsorted(written, onsets)] - plan_ms
    assert len(onsets) == 3000 // LINE_EVERY_MS + 1
    # A sample is written up to a block before it is heard. What is heard from a sound server takes `make soak`.
    assert abs(np.median(errors_ms)) <= 20 + BLOCK_FRAMES * 1000 / RATE_HZ
    assert abs(np.median(errors_ms[-4:]) - np.median(errors_ms[:4])) <= 20


@pytest.mark.parametrize(("missing", "faults"), [("there", NO_ONE_SHOTS[1:]), ("missing", NO_ONE_SHOTS)])
def test_the_alarm_sounds_whatever_the_programme_does_until_it_is_stopped(tmp_path, missing, faults):
    told, sound = written_by(tmp_path, "alarm", missing)
    assert told == {"kind": SOUND, "faults": list(faults)}
    tenths = np.abs(sound[: len(sound) // 4800 * 4800]).reshape(-1, 9600).max(axis=1) > 0.1
    heard = np.flatnonzero(tenths)
    # Again and again for 1.2 s and its fade, then nothing.
    assert 0.9 <= (heard[-1] + 1 - heard[0]) / 10 <= 1.8
    assert len(heard) >= 6
    assert not tenths[-2:].any()
