"""The clock that pairings go by: a date that is set, however far and whenever, sends no desk away."""

import pytest

from guideplayer.desk.access import Access
from guideplayer.room.clock import Clock, Machine

HOUR_MS = 3_600_000


class ByHand(Machine):
    def __init__(self) -> None:
        self.shared, self.wall, self.start = 50_000, 1_700_000_000_000, "first"

    def shared_ms(self) -> int:
        return self.shared

    def wall_ms(self) -> int:
        return self.wall

    def boot(self) -> str:
        return self.start

    def pass_ms(self, length_ms: int) -> None:
        self.shared += length_ms
        self.wall += length_ms


@pytest.fixture
def machine():
    return ByHand()


def steady(machine, folder):
    clock = Clock(machine)
    clock.steadied(folder / "state" / "steady.json")
    return clock


@pytest.mark.parametrize("hours", [-30, -1, 1, 10_000])
def test_a_desk_stays_paired_when_the_date_is_set_and_the_room_dies(tmp_path, machine, hours):
    first = steady(machine, tmp_path)
    access = Access(tmp_path / "desks.json", first.steady_ms)
    token, _ = access.pair(access.code, "Maria", "")
    machine.wall += hours * HOUR_MS
    machine.pass_ms(HOUR_MS)
    assert access.session(token)
    second = steady(machine, tmp_path)
    assert second.steady_ms() == first.steady_ms()
    assert Access(tmp_path / "desks.json", second.steady_ms).session(token)


def test_after_the_machine_was_started_anew_the_date_counts(tmp_path, machine):
    steady(machine, tmp_path)
    machine.start, machine.shared = "second", 1000
    machine.wall += 5 * HOUR_MS
    assert steady(machine, tmp_path).steady_ms() == machine.wall


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"boot": 1}', b'{"boot": "\xcf"}'])
def test_a_damaged_file_is_as_good_as_none(tmp_path, machine, content):
    steady(machine, tmp_path)
    (tmp_path / "state" / "steady.json").write_bytes(content)
    assert steady(machine, tmp_path).steady_ms() == machine.wall


def test_a_disk_that_takes_nothing_stops_nobody(tmp_path, machine):
    (tmp_path / "state").write_text("not a folder")
    assert steady(machine, tmp_path).steady_ms() == machine.wall
