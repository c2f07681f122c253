"""The desk's page in a real browser, against a room by hand: what a nurse does, and what the room learns of it."""

import pytest
from selenium.webdriver import ActionChains, Keys

from tests.browser.chromium import complaints
from tests.browser.nurse import Nurse, session_under_way
from tests.desk.fake_room import CODE, MINUTE_MS

pytestmark = pytest.mark.browser


def test_from_pairing_to_the_end_of_a_session(nurse: Nurse) -> None:
    room = nurse.room
    nurse.pair()
    nurse.arm()
    nurse.tap_text("Open Sky")
    nurse.tap("length-more")
    nurse.tap("prepare-next", "Take Open Sky, 41 min")
    nurse.tap("prepare-next", "I heard the chime")
    nurse.tap("prepare-next", "Rehearse the call")
    assert nurse.see("call-words", "TEST CALL")
    nurse.tap("call-coming")
    nurse.see("call-code").send_keys(CODE, Keys.ENTER)
    nurse.tap("prepare-next", "Begin")
    nurse.tap("live-next", "The pump has started")
    nurse.see("live-title", "Settling")
    assert nurse.element("infusion-length").text == "41 min"
    nurse.until(lambda: nurse.element("infusion-gone").text >= "0:02")
    nurse.tap("live-next", "Pause")
    nurse.tap("live-next", "Resume softly")
    nurse.see("live-title", "Going on softly")
    nurse.tap_text("Go to the return")
    nurse.tap("ask-yes")
    nurse.see("live-title", "Return")
    nurse.tap_text("End the session")
    nurse.tap("ask-yes")
    nurse.tap("live-next", "Prepare the next session")
    nurse.see("prepare-title", "Choose a script")
    assert [(name, body) for name, body, _, _ in room.commands] == [
        ("choose", {"script": "open-sky", "infusion_ms": 41 * MINUTE_MS}),
        ("confirm", {"what": "sound"}),
        ("rehearse", {}),
        ("acknowledge", {"name": "Maria", "call": "1"}),
        ("clear", {"code": CODE}),
        ("begin", {}),
        ("infusion", {"action": "started"}),
        ("hold", {}),
        ("resume", {}),
        ("return", {}),
        ("end", {}),
    ]
    assert {(by, desk) for _, _, by, desk in room.commands} == {("Maria", "Maria")}
    assert complaints(nurse.page) == []


def test_a_call_is_seen_answered_and_cleared(nurse: Nurse) -> None:
    room = nurse.room
    session_under_way(room)
    nurse.pair()
    nurse.arm()
    nurse.see("live-title", "Peak")
    nurse.served.within(room.press)
    nurse.see("call-room", "ROOM 1")
    nurse.see("call-words", "IS CALLING")
    nurse.until(lambda: room.receipts == [("1", "Maria")])
    nurse.until(lambda: "CALL" in nurse.page.title)
    assert nurse.element("icon").get_attribute("href").endswith("/page/calling.svg")
    assert nurse.element("announce-call").get_attribute("textContent") == "Room 1 is calling."
    assert nurse.page.execute_script(
        "const call = document.getElementById('call'), at = call.getBoundingClientRect();"
        "return [at.left, at.top, innerWidth - at.right, innerHeight - at.bottom]"
    ) == [0, 0, 0, 0]
    lowest = nurse.element("call-bedside").rect
    assert lowest["y"] + lowest["height"] < nurse.page.execute_script("return innerHeight")
    nurse.tap("call-coming")
    nurse.see("call-words", "MARIA IS COMING")
    nurse.see("call-code").send_keys("11", Keys.ENTER)
    nurse.see("call-problem", "That is not the code on the room's screen.")
    nurse.tap("call-look")
    nurse.tap("live-next", "Back to the call")
    nurse.see("call-code").send_keys(CODE, Keys.ENTER)
    nurse.see("live-title", "Paused")
    assert not nurse.shown("call")
    nurse.until(lambda: nurse.page.title == "Room 1 · Paused")
    nurse.tap_text("Go on with music only")
    nurse.until(lambda: room.play == "resuming")
    assert room.comfort["narration"] == "music"


def test_an_answer_that_brings_nobody_calls_again(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.arm()
    station.served.within(room.press)
    station.tap("call-coming")
    station.tap("call-look")
    station.see("bar-call", "Maria is coming")
    station.room_does(call=room.call | {"silenced_until": room.clock() - 1})
    station.see("call-words", "IS STILL WAITING")
    station.element("call-name").clear()
    station.element("call-name").send_keys("Tom")
    station.tap("call-coming")
    station.see("call-words", "TOM IS COMING")


def test_a_call_covers_the_question_that_was_open(station: Nurse) -> None:
    session_under_way(station.room)
    station.pair()
    station.arm()
    station.tap_text("End the session")
    station.see("ask-yes")
    station.served.within(station.room.press)
    station.see("call-coming")
    assert not station.shown("ask")
    assert station.page.switch_to.active_element == station.element("call-head")
    assert "end" not in [name for name, *_ in station.room.commands]


def test_a_desk_that_cannot_sound_gives_no_receipt_until_it_can(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.served.within(room.press)
    station.see("call-words", "IS CALLING")
    beats = "return performance.getEntriesByName(location.origin + '/api/heartbeat').length"
    before = station.page.execute_script(beats)
    station.until(lambda: station.page.execute_script(beats) >= before + 2)
    assert room.receipts == []
    assert room.desks == []
    station.tap("call-arm")
    station.until(lambda: room.receipts == [("1", "Maria")])


def test_a_page_out_of_sight_is_not_armed(station: Nurse) -> None:
    station.pair()
    station.arm()
    first = station.page.current_window_handle
    station.page.switch_to.new_window("tab")
    station.until(lambda: station.room.desks == [])
    station.page.switch_to.window(first)
    station.until(lambda: station.room.desks == ["Maria"])


def test_a_lost_connection_is_said_and_the_truth_comes_back(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.arm()
    station.served.stop()
    station.see("lost", "Connection lost: look at the room.")
    station.see("bar-armed", "Cut off")
    station.served.within(room.press)
    station.served.start()
    station.see("call-words", "IS CALLING")
    station.until(lambda: not station.shown("lost"))
    station.until(lambda: room.receipts == [("1", "Maria")])


def test_without_an_armed_desk_somebody_must_stay(station: Nurse) -> None:
    room = station.room
    room.script, room.infusion_ms, room.play = "Open Sky", 40 * MINUTE_MS, "ready"
    room.shown |= {"sound", "control", "call"}
    station.pair()
    station.tap("arm-skip")
    station.tap("prepare-next", "Begin")
    station.see("ask-title", "No desk is armed")
    station.tap("ask-no")
    assert room.commands == []
    station.tap("prepare-next", "Begin")
    station.tap("ask-yes", "I stay in the room")
    station.see("live-next", "The pump has started")
    assert [(name, body) for name, body, _, _ in room.commands] == [("begin", {"in_room": True})]


def test_comfort_pump_and_notes(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.arm()
    station.see("comfort")
    station.tap_text("Still")
    station.until(lambda: room.comfort["picture"] == "still")
    station.element("comfort-light").send_keys(Keys.ARROW_LEFT)
    station.until(lambda: room.comfort["light"] == 0.55)
    station.room_does(comfort=room.comfort | {"volume": 0.3})
    station.until(lambda: station.element("comfort-volume-value").text == "30 %")
    station.tap_text("5 min longer")
    station.until(lambda: station.element("infusion-length").text == "45 min")
    station.tap_text("Nausea")
    station.see("note-done", "nausea.")
    assert [(name, body) for name, body, _, _ in room.commands][-2:] == [
        ("infusion", {"action": "extended", "by_ms": 5 * MINUTE_MS}),
        ("note", {"tag": "nausea", "text": ""}),
    ]


def test_a_refusal_is_shown_as_the_room_says_it(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.arm()
    station.see("live-next", "Pause")
    room.can = lambda: ["hold"] if station.page is None else []  # the room has moved on, and the page does not know
    station.tap("live-next")
    station.see("problem-text", "“hold” makes no sense now.")
    station.tap("problem-close")
    assert not station.shown("problem")


def test_the_keyboard_alone_is_enough(station: Nurse) -> None:
    room = station.room
    station.pair()

    def press(*keys: str) -> None:
        ActionChains(station.page).send_keys(*keys).perform()

    def go_to(name: str) -> None:
        for _ in range(40):
            if station.page.switch_to.active_element == station.element(name):
                return
            press(Keys.TAB)
        raise AssertionError(f"the keyboard does not reach {name}")

    go_to("arm-button")
    press(Keys.ENTER)
    station.until(lambda: room.desks == ["Maria"])
    session_under_way(room)
    station.served.within(room.press)
    station.see("call-coming")
    go_to("call-coming")
    press(Keys.SPACE)
    station.see("call-words", "MARIA IS COMING")
    go_to("call-code")
    press(*CODE, Keys.ENTER)
    station.see("live-title", "Paused")
    go_to("live-next")
    press(Keys.ENTER)
    station.until(lambda: room.play == "resuming")


def test_a_reload_keeps_the_pairing_and_asks_for_the_tap_again(station: Nurse) -> None:
    station.pair()
    station.arm()
    station.page.refresh()
    station.see("arm-button")
    station.until(lambda: station.room.desks == [])


def test_the_alarm_is_loud_and_never_clips(station: Nurse) -> None:
    station.page.get(station.served.desk.address)
    peaks = station.page.execute_async_script(
        """
        const done = arguments[0];
        const loudest = (data) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        import("/page/alarm.js").then(({ PATTERNS, samples }) => {
          done(Object.entries(PATTERNS).map(([name, pattern]) => [name, loudest(samples(pattern, 48000))]));
        });
        """
    )
    assert dict(peaks) == pytest.approx(
        {"urgent": 0.95, "reminder": 0.95, "lost": 0.95, "round": 0.95, "test": 0.95}, abs=1e-6
    )


def test_how_it_begins_is_set_before_the_session(station: Nurse) -> None:
    room = station.room
    room.script, room.infusion_ms = "Open Sky", 40 * MINUTE_MS
    station.pair()
    station.arm()
    station.see("comfort-title", "How it begins")
    station.tap_text("Still")
    station.tap_text("Music only")
    station.until(lambda: room.comfort["picture"] == "still" and room.comfort["narration"] == "music")
    session_under_way(room)
    station.room_does()
    station.see("comfort-title", "Comfort")
    assert (
        station.page.execute_script("return document.querySelector('[name=comfort-picture]:checked').value") == "still"
    )


def test_what_it_was_is_asked_after_a_call(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    station.pair()
    station.arm()
    assert station.see("notes-title").text == "Note, with the time"
    station.served.within(room.press)
    station.tap("call-coming")
    station.see("call-code").send_keys(CODE, Keys.ENTER)
    station.see("notes-title", "What was it?")
    station.tap_text("Difficult memory")
    station.see("note-done", "difficult memory.")
    station.tap_text("Go on with a still picture")
    station.until(lambda: room.play == "resuming")
    assert [(name, body) for name, body, _, _ in room.commands][-3:] == [
        ("note", {"tag": "difficult memory", "text": ""}),
        ("comfort", {"picture": "still"}),
        ("resume", {}),
    ]


def test_how_often_rounds_are_is_set_on_the_page(station: Nurse) -> None:
    room = station.room
    session_under_way(room)
    room.rounds["due_at"] = room.clock() + 600_000
    station.pair()
    station.arm()
    station.see("rounds-in", "Look at the patient in")
    station.element("rounds-every").send_keys("5 min")
    station.until(lambda: room.rounds["every_ms"] == 5 * MINUTE_MS)
    station.see("bar-round", "Look at the patient: due for")


def test_what_is_wrong_with_the_machine_is_told_before_a_session_and_what_fails_in_it(station: Nurse) -> None:
    notice = {"name": "power", "verdict": "bad", "sentence": "It is not plugged in.", "fix": "Plug it in."}
    station.pair()
    station.arm()
    station.room_does(notices=(notice,))
    station.tap_text("Open Sky")
    station.tap("prepare-next", "Take Open Sky")
    station.see("notices-list", "It is not plugged in.")
    session_under_way(station.room)
    station.room_does(notices=(), faults=("No display is plugged in.",))
    station.see("health", "No display is plugged in.")
    assert not station.shown("notices")
    # Marks on the timeline are small: another part's styles once made plates of them.
    marks = station.page.find_elements("css selector", "#timeline-marks .line")
    assert marks
    assert all(mark.size["width"] < 10 and mark.size["height"] < 10 for mark in marks)
    assert complaints(station.page) == []
