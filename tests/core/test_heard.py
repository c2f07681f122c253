"""Music goes on where it was: through pauses, other phases, and from section to section."""

import itertools

import msgspec
import pytest

from guideplayer.core.messages import Began, Chose, Ended, Held, Infused, Resumed, Returned
from guideplayer.core.script import BedChoice
from guideplayer.core.session import BEGIN_FADE_MS
from guideplayer.core.units import MINUTE_MS, SECOND_MS
from tests.core.conftest import INFUSION_MS
from tests.factory import SCRIPT, line, phase, rest, script_of

EVENING = BedChoice("music/evening", -26.0, "/cache/evening.json")


def with_music(script, *names):
    """The script with the clinic's music under these phases."""

    def changed(one):
        return msgspec.structs.replace(one, bed=EVENING) if one and one.name in names else one

    return msgspec.structs.replace(
        script,
        arrival=changed(script.arrival),
        phases=tuple(map(changed, script.phases)),
        returning=changed(script.returning),
    )


@pytest.fixture
def begun(session):
    """A session that begins with the music in every part of it."""

    def begin(script):
        session.do(Chose(script, INFUSION_MS), 20_000)
        session.do(Began(unready=True), 10_000)
        return session

    return begin


def course_ms(session, later_ms=0):
    """How far in its course the music is that sounds."""
    (part,) = [bed for bed in session.moment(later_ms).beds if bed.file]
    assert (part.name, part.file) == ("music/evening", "/cache/evening.json")
    return part.offset_ms


def test_it_begins_with_its_first_track_however_long_the_room_has_been_open(begun):
    session = begun(with_music(SCRIPT, "arrival"))
    assert session.moment().beds == ()
    assert course_ms(session, 20) == 20


def test_it_goes_on_from_section_to_section(begun):
    session = begun(with_music(SCRIPT, "arrival", "settling", "widening", "peak", "return"))
    session.do(Infused("started"), 70_000)
    assert course_ms(session) == 70_000
    session.wait(30 * MINUTE_MS)
    assert course_ms(session) == 70_000 + 30 * MINUTE_MS
    session.do(Returned("Anna"))
    assert course_ms(session) == 70_000 + 30 * MINUTE_MS
    session.wait(MINUTE_MS)
    assert course_ms(session) == 70_000 + 31 * MINUTE_MS


def test_a_pause_takes_nothing_of_it_away(begun):
    session = begun(with_music(SCRIPT, "settling", "widening", "peak"))
    session.do(Infused("started"), 70_000)
    session.do(Held("Anna"), 5 * MINUTE_MS)
    # It dies away, and does not stand still while it does.
    assert course_ms(session, 1000) == 5 * MINUTE_MS + 1000
    assert session.moment(2000).beds == ()
    session.do(Resumed("Anna"), 10 * MINUTE_MS)
    assert session.moment().beds == ()
    assert course_ms(session, 100) == 5 * MINUTE_MS + 100
    session.do(Held("Anna"), MINUTE_MS)
    session.do(Returned("Anna"), MINUTE_MS)
    session.wait(MINUTE_MS)
    assert [bed.name for bed in session.moment().beds] == ["tide"]


def test_after_another_bed_it_goes_on_where_it_was(begun):
    session = begun(with_music(SCRIPT, "settling", "peak"))
    session.do(Infused("started"), 70_000)
    first, second, third = session.state.plan.infusion.stretches
    session.wait(second.start_ms + 1000)
    # It still sounds while it melts into the next bed.
    assert course_ms(session) == first.end_ms + 1000
    session.wait(MINUTE_MS)
    assert [bed.name for bed in session.moment().beds] == ["tide"]
    session.wait(third.start_ms - session.state.position.at(session.now_ms) + 500)
    assert course_ms(session) == first.end_ms + 500


def test_another_session_begins_anew(begun):
    session = begun(with_music(SCRIPT, "arrival", "settling", "widening", "peak", "return"))
    session.do(Ended("Anna"), 2 * MINUTE_MS)
    session.do(Chose(with_music(SCRIPT, "arrival"), INFUSION_MS), 3000)
    # What has sounded dies away where it is.
    assert course_ms(session) == 2 * MINUTE_MS + 3000
    assert course_ms(session, 1000) == 2 * MINUTE_MS + 4000
    session.do(Began(unready=True), MINUTE_MS)
    assert course_ms(session, 100) == 100


def test_it_runs_evenly_through_a_whole_session(begun):
    """Ten times a second, with a pause, an extended pump and a refit: where it sounds it never jumps."""
    session = begun(with_music(SCRIPT, "arrival", "settling", "peak", "return"))
    events = {
        50: Infused("started"),
        400: Held("Anna"),
        700: Resumed("Anna"),
        1200: Infused("extended", 5 * MINUTE_MS),
        2000: Returned("Anna"),
    }
    courses = []
    for second in range(2200):
        if second in events:
            session.do(events[second])
        for _ in range(2):
            session.wait(500)
            found = [bed for bed in session.moment().beds if bed.file]
            courses.append(found[0].offset_ms if found else None)
    steps = {after - before for before, after in itertools.pairwise(courses) if None not in (before, after)}
    assert steps == {500}
    assert courses.count(None) > 100


def test_two_playlists_are_two_beds(begun):
    """The same folder in another order is other music, and melts into the first like any bed."""
    script = script_of(
        phase("one", line("one"), rest(20, 1800), line("two"), rest(20, 1800)),
        phase("two", line("three"), rest(20, 1800)),
    )
    shuffled = msgspec.structs.replace(EVENING, file="/cache/shuffled.json")
    first, second = script.phases
    phases = (msgspec.structs.replace(first, bed=EVENING), msgspec.structs.replace(second, bed=shuffled))
    session = begun(msgspec.structs.replace(script, phases=phases))
    session.do(Infused("started"), 70_000)
    session.wait(session.state.plan.infusion.stretches[1].start_ms + BEGIN_FADE_MS // 2)
    one, other = session.moment().beds
    assert (one.file, other.file) == ("/cache/evening.json", "/cache/shuffled.json")
    assert other.offset_ms == BEGIN_FADE_MS // 2
    assert one.gain**2 + other.gain**2 == pytest.approx(1.0)
    session.wait(8 * SECOND_MS)
    assert [bed.file for bed in session.moment().beds] == ["/cache/shuffled.json"]
