"""What the tour does and when: only what nobody has done, after a while, and nothing twice."""

import msgspec
import pytest

from guideplayer.authoring.reader import read_script
from guideplayer.cli.demo_command import own_settings
from guideplayer.demo.guide import TOUR
from guideplayer.demo.tour import PATIENCE_S, Act, Seen, SeenCall, Tour
from guideplayer.media import shipped_library
from guideplayer.pager.services import Service
from guideplayer.room.settings import Settings

PLAYING = Seen("playing", SeenCall(), "opening", 130_000, 40_000)
DUE = msgspec.structs.replace(PLAYING, infusion_elapsed_ms=52_000)


def with_call(state, play="holding", name=None):
    return msgspec.structs.replace(DUE, play=play, call=SeenCall(state, name))


def acts(tour, seen, times_s):
    return [act for at_s in times_s if (act := tour.act(seen, at_s))]


def test_it_presses_once_at_its_instant():
    tour = Tour()
    assert acts(tour, PLAYING, [0, 1, 2]) == []
    assert tour.act(DUE, 3.0) is Act.PRESS
    assert tour.act(DUE, 3.2) is None
    # A press that the room does not show a second later has not reached it, and is made again.
    assert tour.act(DUE, 4.1) is Act.PRESS
    tour.act(with_call("raised"), 4.3)
    assert acts(tour, msgspec.structs.replace(DUE, play="playing"), range(5, 60)) == []


def test_somebody_who_has_pressed_before_is_the_one_who_presses():
    tour = Tour()
    tour.act(msgspec.structs.replace(PLAYING, play="holding", call=SeenCall("raised")), 0.0)
    tour.act(msgspec.structs.replace(PLAYING, play="holding", call=SeenCall("cleared")), 1.0)
    assert acts(tour, DUE, range(2, 60)) == []


@pytest.mark.parametrize(
    ("seen", "act"),
    [
        (with_call("raised"), Act.ANSWER),
        (with_call("delivered"), Act.ANSWER),
        (with_call("acknowledged", name="Anna"), Act.CLEAR),
        (with_call("attended", name="Anna"), Act.CLEAR),
        (with_call("cleared"), Act.RESUME),
        (with_call("none", play="ended"), Act.LEAVE),
    ],
)
def test_what_nobody_does_it_does_after_a_while(seen, act):
    tour, patience_s = Tour(), PATIENCE_S[act]
    assert acts(tour, seen, [0.0, patience_s / 2, patience_s - 0.1]) == []
    assert tour.act(seen, patience_s + 0.1) is act


def test_a_person_who_answers_is_not_overtaken():
    tour = Tour()
    assert acts(tour, with_call("raised"), [0, 5]) == []
    assert acts(tour, with_call("delivered"), [6]) == []
    assert acts(tour, with_call("acknowledged", name="Anna"), [7, 10, 16.9]) == []
    assert tour.act(with_call("acknowledged", name="Anna"), 17.1) is Act.CLEAR


def test_nothing_is_done_in_what_goes_on_by_itself():
    tour = Tour()
    for play in ("waiting", "ready", "arriving", "resuming", "returning"):
        assert acts(tour, Seen(play, SeenCall(), "", 130_000, 10_000), range(0, 120, 5)) == []


def test_it_tells_each_thing_once():
    tour = Tour()
    assert tour.says(PLAYING) == ["The infusion runs. Words are few, and get fewer."]
    assert tour.says(PLAYING) == []
    told = tour.says(with_call("raised"))
    assert told[0].startswith("Everything has paused.")
    assert told[1].startswith("A call.")
    assert tour.says(with_call("acknowledged", name="Anna"))[0].startswith("Anna has answered")
    assert tour.says(PLAYING) == []


def test_nothing_leads_out_of_the_demo(tmp_path):
    real = Settings(
        room="Room 4",
        desk="0.0.0.0:8765",
        broker="mqtts://broker.clinic.example",
        clinic="/clinic",
        pagers=(Service("night phone", url="ntfys://ntfy.clinic.example/room-4"),),
        scripts=("/clinic/scripts",),
        keep_days=30,
    )
    own = own_settings(real, tmp_path, 12345)
    assert (own.room, own.desk, own.pagers, own.broker, own.clinic) == ("Demo", "127.0.0.1:12345", (), "", "")
    assert own.state_folder == tmp_path
    assert own.identity() is None


def test_the_tour_has_a_clip_for_every_word_and_takes_three_minutes():
    script, problems = read_script(TOUR, shipped_library())
    assert problems == ()
    arrival_ms = sum(
        one.clip.length_ms if hasattr(one, "clip") else one.span.natural_ms for one in script.arrival.items
    )
    whole_ms = arrival_ms + script.longest_ms + script.return_length.natural_ms
    assert 165_000 < whole_ms < 195_000
