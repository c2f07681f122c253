"""The sound of a session is examined by ears that are shown what they must notice."""

import msgspec
import numpy as np
import pytest

from guideplayer.core.moment import BedPart, ClipPart
from guideplayer.core.script import span
from guideplayer.stage.mixing import BLOCK_FRAMES, render
from guideplayer.verify.clicks import Clicks
from guideplayer.verify.loudness import SILENCE_LUFS, Meter
from guideplayer.verify.soundtrack import Calm, listen, measured, render_table
from tests.factory import line, phase, rest, script_of
from tests.stage.listening import RATE_HZ, library, moment, noise, turning, write

SECONDS = 20


def clicks(sound, block=BLOCK_FRAMES):
    ears = Clicks()
    return [frame for at in range(0, len(sound), block) for frame, _ in ears.feed(sound[at : at + block])]


def calm_throughout(times_ms):
    return np.full(len(times_ms), True)


def over(sound, calm_at=calm_throughout):
    """The measures that a sound is over, with their values."""
    blocks = [sound[at : at + RATE_HZ] for at in range(0, len(sound), RATE_HZ)]
    _, measures = measured(blocks, calm_at, len(sound) * 1000 // RATE_HZ)
    return {one.name: one for one in measures if one.fails}


def pad(seconds=SECONDS, lufs=-25.0):
    """Soft noise of a loudness, as even as a bed can be."""
    spectrum = np.fft.rfft(noise(seconds)[:, 0])
    heard = np.fft.irfft(spectrum / (1 + np.arange(len(spectrum)) / seconds / 300) ** 2)
    sound = np.repeat(heard[:, None], 2, axis=1)
    loudness, _ = measured([sound.astype(np.float32)], calm_throughout, seconds * 1000)
    return (sound * 10 ** ((lufs - loudness) / 20)).astype(np.float32)


PAD = pad()
# Behind the first second and a half and before the last, which only lead in and out.
MIDDLE = SECONDS * RATE_HZ // 2 + 12_345


def test_an_even_bed_is_over_nothing():
    assert over(PAD) == {}


@pytest.mark.parametrize("block", [BLOCK_FRAMES, RATE_HZ, 333_333])
def test_a_tone_and_a_bed_have_no_clicks_however_they_come(block):
    assert clicks(turning(SECONDS), block) == clicks(PAD, block) == []


def test_a_loop_that_does_not_close_is_caught_at_its_seam():
    tone = turning(SECONDS)
    broken = np.concatenate([tone[:MIDDLE], tone[MIDDLE + 40 :]])
    (caught,) = clicks(broken)
    assert abs(caught - MIDDLE) <= 2
    assert over(np.concatenate([PAD[:MIDDLE], PAD[MIDDLE + 100 :]]))["clicks"].at_ms == MIDDLE * 1000 // RATE_HZ


def test_a_volume_that_jumps_is_caught_even_where_no_sample_does():
    soft = np.linspace(1.0, 0.4, RATE_HZ // 10)
    gain = np.concatenate([np.ones(MIDDLE), soft, np.full(len(PAD) - MIDDLE - len(soft), 0.4)])
    stepped = over((PAD * gain[:, None]).astype(np.float32))
    assert stepped.keys() == {"step where nothing begins"}
    # Eight decibels at once are four within a second to a meter that hears three seconds.
    assert stepped["step where nothing begins"].value == pytest.approx(4.3, abs=0.7)
    assert abs(stepped["step where nothing begins"].at_ms - MIDDLE * 1000 / RATE_HZ) < 3500


def test_a_hard_step_of_the_volume_is_a_click_too():
    tone = turning(SECONDS)
    assert clicks(np.concatenate([tone[:MIDDLE], tone[MIDDLE:] * np.float32(0.8)])) != []


def test_too_loud_too_soft_and_too_high_are_caught():
    assert over(PAD * np.float32(2)).keys() == {"loudness, off -25 LUFS"}
    assert over(PAD * np.float32(0.4)).keys() == {"loudness, off -25 LUFS"}
    assert "true peak" in over(turning(SECONDS, amplitude=0.95))


def test_where_something_begins_or_ends_loudness_may_change():
    calm = Calm()
    line = ClipPart("line.wav", 0, "1")
    for at_ms in range(0, 60_000, 100):
        told = line if 20_000 <= at_ms < 22_000 else None
        calm.see(moment(told, [BedPart("tone", at_ms, -26.0, 0.2 if at_ms < 5000 else 1.0)]), at_ms)
    asked = np.array([4000, 11_000, 12_000, 19_000, 21_000, 28_000, 29_000, 59_000])
    assert list(calm.at(asked)) == [False, False, True, True, False, False, True, True]


def test_the_mix_of_real_moments_has_no_click(tmp_path):
    write(tmp_path / "beds" / "tone.wav", turning(1.0))
    write(tmp_path / "line.wav", turning(2.0, pitch_hz=440))
    media = library(tmp_path, beds=[("tone", "tone.wav", -20.0)])

    def moment_at(now_ms):
        into_ms = now_ms - 6000
        told = ClipPart("line.wav", into_ms, "1") if 0 <= into_ms < 2000 else None
        return moment(told, [BedPart("tone", now_ms, -26.0, min(1.0, now_ms / 3000))], speaks=5000 < now_ms < 8000)

    sound = np.concatenate(list(render(moment_at, media, 0, SECONDS * 1000)))
    # The line begins and ends as hard as it was recorded; all else is the mixer's.
    assert [
        frame for frame in clicks(sound) if abs(frame / RATE_HZ - 6) > 0.05 and abs(frame / RATE_HZ - 8) > 0.05
    ] == []


def test_what_cannot_be_heard_fails_and_is_told(tmp_path):
    """A recording that turns out to be damaged is silent in the room: nobody may take it for a rest."""
    script = script_of(phase("only", line("one"), rest(20, 120)), length=span(30_000, 60_000))
    script = msgspec.structs.replace(
        script, arrival=None, returning=phase("return", line("back"), rest(5, 20)), return_length=span(8_000, 20_000)
    )
    write(tmp_path / "beds" / "pad.wav", PAD)
    told = listen(script, 30_000, library(tmp_path, beds=[("evening-pad", "pad.wav", -25.0)]), lambda done, total: None)
    assert told.fails
    assert "one.opus cannot be read: No such file or directory" in told.faults
    assert "! one.opus cannot be read: No such file or directory" in render_table(told).splitlines()


def test_silence_takes_its_time_in_the_meter():
    """A step after a silence is told at its own time."""
    silence = np.zeros((5 * RATE_HZ, 2), np.float32)
    sound = np.concatenate([PAD[: 6 * RATE_HZ], silence, PAD[: 6 * RATE_HZ], 0.2 * PAD[: 6 * RATE_HZ]])
    with Meter() as meter:
        meter.feed(sound)
        reading = meter.read()
    assert len(reading.short_term_lufs) == pytest.approx(230, abs=1)
    assert reading.short_term_lufs[105] == SILENCE_LUFS
    assert reading.short_term_lufs[160] > -28
