import base64
import stat
from pathlib import Path

import pytest

from guideplayer.desk.access import SESSION_LIFE_MS, Access, NotPairedError
from guideplayer.desk.role import Role
from tests.desk.conftest import HandClock

WRONG_CODE = "That is not the code on the room's screen. Read it there again: it changes."


def wrong(access: Access) -> str:
    return f"{(int(access.code) + 1) % 10**6:06d}"


def fail(access: Access, address: str = "10.0.0.9") -> str:
    with pytest.raises(NotPairedError) as refusal:
        access.pair(wrong(access), "Eve", address)
    return str(refusal.value)


def test_the_code_pairs_once(access: Access) -> None:
    code = access.code
    token, session = access.pair(code, "Maria", "10.0.0.2")
    assert access.session(token) == session
    assert (session.name, session.desk) == ("Maria", "Maria")
    assert access.code != code
    with pytest.raises(NotPairedError, match=WRONG_CODE):
        access.pair(code, "Eve", "10.0.0.9")


def test_the_code_is_six_digits(access: Access) -> None:
    assert len(access.code) == 6
    assert access.code.isdecimal()


def test_a_code_lives_for_two_minutes(access: Access, clock: HandClock) -> None:
    code = access.code
    clock.pass_ms(119_999)
    assert access.code == code
    clock.pass_ms(1)
    with pytest.raises(NotPairedError):
        access.pair(code, "Maria", "10.0.0.2")
    assert access.code != code


def test_the_fifth_wrong_try_makes_a_new_code(access: Access) -> None:
    code = access.code
    assert [fail(access) for _ in range(4)] == [WRONG_CODE] * 4
    assert access.code == code
    fail(access)
    assert access.code != code


def test_an_address_that_guesses_has_to_wait_and_others_do_not(access: Access, clock: HandClock) -> None:
    for _ in range(10):
        fail(access)
    clock.pass_ms(15_500)
    with pytest.raises(NotPairedError) as refusal:
        access.pair(access.code, "Eve", "10.0.0.9")
    assert str(refusal.value) == "Too many wrong codes. Wait 45 s, then try again."
    assert refusal.value.wait_ms == 44_500
    access.pair(access.code, "Maria", "10.0.0.2")
    clock.pass_ms(44_500)
    access.pair(access.code, "Eve", "10.0.0.9")


def test_many_addresses_together_guess_no_faster_than_thirty_a_minute(access: Access) -> None:
    for number in range(30):
        fail(access, f"10.0.1.{number}")
    with pytest.raises(NotPairedError, match="Too many wrong codes"):
        access.pair(access.code, "Eve", "10.0.2.1")


def test_guessing_costs_a_paired_desk_nothing(access: Access) -> None:
    token, session = access.pair(access.code, "Maria", "10.0.0.2")
    for number in range(30):
        fail(access, f"10.0.1.{number}")
    assert access.session(token) == session


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "Enter your name: the room is told who is coming."),
        ("M" * 41, "Enter a name of at most 40 letters."),
        ("Ma\x07ria", "Enter a name of at most 40 letters."),
    ],
)
def test_a_name_that_cannot_be_told_costs_no_try(access: Access, name: str, sentence: str) -> None:
    for _ in range(5):
        with pytest.raises(NotPairedError) as refusal:
            access.pair(access.code, name, "10.0.0.2")
        assert str(refusal.value) == sentence
    assert access.pair(access.code, " Maria   José ", "10.0.0.2")[1].name == "Maria José"


def test_two_desks_of_one_name_are_told_apart(access: Access) -> None:
    desks = [access.pair(access.code, "Maria", "10.0.0.2")[1].desk for _ in range(3)]
    assert desks == ["Maria", "Maria (2)", "Maria (3)"]


def test_pairing_again_ends_the_session_before(access: Access) -> None:
    token, session = access.pair(access.code, "Maria", "10.0.0.2")
    again, _ = access.pair(access.code, "Maria", "10.0.0.2", instead_of=session)
    assert access.session(token) is None
    assert access.session(again).desk == "Maria"


def test_sessions_survive_a_restart_without_their_tokens(access: Access, clock: HandClock, tmp_path: Path) -> None:
    token, session = access.pair(access.code, "Maria", "10.0.0.2")
    file = tmp_path / "desks.json"
    assert token not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["desks.json"]
    assert Access(file, clock).session(token) == session


def test_a_session_ends_after_twelve_hours(access: Access, clock: HandClock, tmp_path: Path) -> None:
    token, _ = access.pair(access.code, "Maria", "10.0.0.2")
    clock.pass_ms(SESSION_LIFE_MS - 1)
    assert access.session(token)
    clock.pass_ms(1)
    assert access.session(token) is None
    assert Access(tmp_path / "desks.json", clock).session(token) is None


def test_a_revoked_session_stays_revoked(access: Access, clock: HandClock, tmp_path: Path) -> None:
    token, session = access.pair(access.code, "Maria", "10.0.0.2")
    access.revoke(session)
    assert access.session(token) is None
    assert Access(tmp_path / "desks.json", clock).session(token) is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"sessions": 1}', b'[{"name": "\xcf"}]', b"\xff\xfe"])
def test_a_damaged_file_means_pairing_again(
    content: bytes, clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "desks.json"
    file.write_bytes(content)
    access = Access(file, clock)
    assert "so that they have to pair again" in caplog.text
    token, _ = access.pair(access.code, "Maria", "10.0.0.2")
    assert Access(file, clock).session(token)


def test_a_folder_that_cannot_be_written_costs_only_the_restart(
    clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    access = Access(tmp_path / "file" / "desks.json", clock)
    token, session = access.pair(access.code, "Maria", "10.0.0.2")
    assert access.session(token) == session
    assert "The paired desks cannot be kept in" in caplog.text


@pytest.mark.parametrize("token", [None, "", "x", "é" * 50])
def test_an_unknown_token_is_nobody(access: Access, token: str | None) -> None:
    access.pair(access.code, "Maria", "10.0.0.2")
    assert access.session(token) is None


def test_the_squares_token_pairs_once_and_ends_the_digits_too(access: Access) -> None:
    digits, token = access.code, access.link_token
    # 128 bits, in letters that an address may hold.
    assert len(base64.urlsafe_b64decode(f"{token}==")) == 16
    _, session = access.pair(token, "Maria", "10.0.0.2", Role.THERAPIST)
    assert session.role is Role.THERAPIST
    for used in (token, digits):
        with pytest.raises(NotPairedError, match=WRONG_CODE):
            access.pair(used, "Eve", "10.0.0.9")


def test_the_digits_end_the_token_too(access: Access) -> None:
    token = access.link_token
    access.pair(access.code, "Maria", "10.0.0.2")
    with pytest.raises(NotPairedError, match=WRONG_CODE):
        access.pair(token, "Eve", "10.0.0.9")


def test_the_token_lives_as_long_as_the_digits(access: Access, clock: HandClock) -> None:
    token = access.link_token
    clock.pass_ms(119_999)
    assert access.link_token == token
    clock.pass_ms(1)
    with pytest.raises(NotPairedError, match=WRONG_CODE):
        access.pair(token, "Maria", "10.0.0.2")


@pytest.mark.parametrize("given", ["", "0", "é" * 22, "x" * 64])
def test_what_is_neither_digits_nor_token_pairs_nothing(access: Access, given: str) -> None:
    with pytest.raises(NotPairedError, match=WRONG_CODE):
        access.pair(given, "Eve", "10.0.0.9")


def test_the_paired_desks_are_told_apart_from_those_whose_time_is_over(access: Access, clock: HandClock) -> None:
    access.pair(access.code, "Maria", "10.0.0.2")
    clock.pass_ms(SESSION_LIFE_MS - 1)
    access.pair(access.code, "Tom", "10.0.0.3", Role.VIEWER)
    assert [(one.desk, one.role) for one in access.sessions()] == [("Maria", Role.NURSE), ("Tom", Role.VIEWER)]
    clock.pass_ms(1)
    assert [one.desk for one in access.sessions()] == ["Tom"]
