"""What a stage is told late, or told otherwise, is reached from where it is: nothing jumps."""

import msgspec
import pytest

from guideplayer.core.blend import blend_at
from guideplayer.core.direction import moment_at
from guideplayer.core.messages import Began, Chose, Comforted, Held, Infused, Returned
from guideplayer.core.session import opened, step
from guideplayer.core.soft import softly
from guideplayer.core.state import Picture
from guideplayer.core.units import MINUTE_MS
from tests.factory import SCRIPT, WORDS

change = msgspec.structs.replace
AT_MS = 5 * MINUTE_MS


@pytest.fixture
def playing():
    state = opened("Room 1", WORDS, 0)
    for event in (Chose(SCRIPT, 40 * MINUTE_MS), Began(unready=True), Infused("started")):
        state, _ = step(state, event, 0)
    return state


def test_what_is_alike_is_taken_as_it_is(playing):
    assert softly(playing, playing, AT_MS) is playing


@pytest.mark.parametrize("late_ms", [20, 400, 2500, 60_000])
def test_a_fade_that_is_heard_of_late_begins_where_the_stage_is(playing, late_ms):
    told, _ = step(playing, Held("Anna"), AT_MS)
    told, _ = step(told, Comforted(picture=Picture.OFF, light=0.2), AT_MS)
    now_ms = AT_MS + late_ms
    shown = softly(playing, told, now_ms)
    for name in ("hold", "loudness", "picture", "light", "speech"):
        assert abs(getattr(shown, name).at(now_ms) - getattr(playing, name).at(now_ms)) <= 0.01
        assert getattr(shown, name).at(now_ms + 3000) == getattr(told, name).at(now_ms + 3000)


def test_a_way_that_leads_there_already_is_kept(playing):
    told, _ = step(playing, Held("Anna"), AT_MS)
    shown = softly(playing, told, AT_MS + 400)
    again = softly(shown, change(told, revision=told.revision + 1), AT_MS + 700)
    assert again.hold == shown.hold


def test_the_scenes_own_time_never_jumps(playing):
    told = change(playing, flow=change(playing.flow, base_ms=90_000.0))
    shown = softly(playing, told, AT_MS)
    assert shown.flow.at(AT_MS) == playing.flow.at(AT_MS)
    assert moment_at(shown, AT_MS).scenes == moment_at(playing, AT_MS).scenes


def test_another_section_melts_in(playing):
    """A room that knows less may be elsewhere in the script."""
    elsewhere, _ = step(playing, Returned("Anna"), AT_MS - 30_000)
    assert blend_at(elsewhere, AT_MS) != blend_at(playing, AT_MS)
    shown = softly(playing, elsewhere, AT_MS)
    assert blend_at(shown, AT_MS).light == pytest.approx(blend_at(playing, AT_MS).light)
    assert blend_at(shown, AT_MS).scenes[0].scene.name == blend_at(playing, AT_MS).scenes[0].scene.name
    assert blend_at(shown, AT_MS + 20_000) == blend_at(elsewhere, AT_MS + 20_000)


@pytest.mark.parametrize("by_ms", [-4000, 1370, 60_000])
def test_a_room_whose_clock_stands_elsewhere_moves_nothing(playing, by_ms):
    """A machine that was started anew with a wrong date counts from elsewhere; what is on its way stays there."""
    held, _ = step(playing, Held("Anna"), AT_MS)
    told = change(held, hold=change(held.hold, from_ms=held.hold.from_ms + 300))
    shown_ms = AT_MS + 350
    shown = softly(held, told, shown_ms + by_ms, shown_ms)
    for later_ms in (0, 200, 700):
        assert shown.hold.at(shown_ms + by_ms + later_ms) == pytest.approx(held.hold.at(shown_ms + later_ms), abs=0.02)
    assert moment_at(shown, shown_ms + by_ms).light == pytest.approx(moment_at(held, shown_ms).light)
