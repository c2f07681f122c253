"""How soon a nurse sees it: from a press in the room to the page's own word that it shows the call."""

import time
from pathlib import Path

import pytest

from tests.browser.chromium import chromium
from tests.browser.served_desk import ServedDesk
from tests.browser.test_desk_page import Nurse, session_under_way

pytestmark = [pytest.mark.bench, pytest.mark.browser]
PRESSES = 60


def test_press_to_receipt(tmp_path: Path, figure) -> None:
    served = ServedDesk(tmp_path)
    room, receipts_ms = served.room, {}
    receive = room.delivered

    def received(call: str, desk: str) -> None:
        receipts_ms[call] = time.perf_counter() * 1000
        receive(call, desk)

    room.delivered = received
    session_under_way(room)
    times = []
    try:
        with chromium(tmp_path / "profile") as page:
            nurse = Nurse(page, served)
            nurse.pair()
            nurse.arm()
            for number in range(1, PRESSES + 1):
                pressed_ms = time.perf_counter() * 1000
                served.within(room.press)
                nurse.until(lambda call=str(number): call in receipts_ms)
                times.append(receipts_ms[str(number)] - pressed_ms)
                nurse.room_does(call=room.call | {"state": "cleared"})
                nurse.until(lambda: not nurse.shown("call"))
    finally:
        served.close()
    times.sort()
    p50, p99 = times[PRESSES // 2], times[PRESSES * 99 // 100]
    print(f"\npress to the page's receipt, two frames included: p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    figure("press page", p99, f"{PRESSES} presses")
    assert p99 <= 150
