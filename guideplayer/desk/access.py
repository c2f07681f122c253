"""Who may use the desk: pairing with the code on the room's screen, and the sessions that come of it."""

import logging
import secrets
from pathlib import Path

import msgspec

from guideplayer.core.unreadable import UNREADABLE
from guideplayer.desk.pairing import Allowance, PairingCode, hashed
from guideplayer.desk.ports import Clock
from guideplayer.desk.role import Role
from guideplayer.whole_file import OWNER, write_whole

SESSION_LIFE_MS = 12 * 3600 * 1000
MOST_SESSIONS = 64
LONGEST_NAME = 40
WRONG_TRIES_OF_AN_ADDRESS = 10
WRONG_TRIES_OF_ALL = 30
WRONG_TRIES_WINDOW_MS = 60_000

_log = logging.getLogger(__name__)


class Session(msgspec.Struct, frozen=True):
    """A paired desk. `name` is the person; `desk` tells two desks of one person apart. The token itself is not kept."""

    token_sha256: str
    name: str
    desk: str
    role: Role
    since_ms: int

    @property
    def expires_at_ms(self) -> int:
        """When it has to be paired again, in epoch milliseconds."""
        return self.since_ms + SESSION_LIFE_MS


class NotPairedError(Exception):
    """Pairing failed; the text says why. `wait_ms` is how long to wait before another try has a chance."""

    def __init__(self, sentence: str, wait_ms: int = 0) -> None:
        super().__init__(sentence)
        self.wait_ms = wait_ms


def clean_name(name: str) -> str:
    """The name as it will be shown and told. Raises NotPairedError for one that cannot be."""
    clean = " ".join(name.split())
    if not clean:
        raise NotPairedError("Enter your name: the room is told who is coming.")
    if len(clean) > LONGEST_NAME or not clean.isprintable():
        raise NotPairedError(f"Enter a name of at most {LONGEST_NAME} letters.")
    return clean


class Access:
    """Pairs desks and knows them again, also after the process was restarted. `clock` tells epoch milliseconds."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._code = PairingCode(clock)
        self._by_address = Allowance(WRONG_TRIES_OF_AN_ADDRESS, WRONG_TRIES_WINDOW_MS, clock)
        self._by_all = Allowance(WRONG_TRIES_OF_ALL, WRONG_TRIES_WINDOW_MS, clock)
        self._sessions = {session.token_sha256: session for session in self._read()}

    @property
    def code(self) -> str:
        """The code that pairs a desk now."""
        self._code.renew_if_old()
        return self._code.digits

    @property
    def link_token(self) -> str:
        """What pairs a desk that has read the square on the room's screen: as the code, with too much to type."""
        self._code.renew_if_old()
        return self._code.token

    def pair(
        self, code: str, name: str, address: str, role: Role = Role.NURSE, instead_of: Session | None = None
    ) -> tuple[str, Session]:
        """A token for a new desk, and its session; the one that it is instead of ends. Raises NotPairedError.

        `code` is the six digits, or the square's token.
        """
        name = clean_name(name)
        wait_ms = max(self._by_address.wait_ms(address), self._by_all.wait_ms(""))
        if wait_ms > 0:
            seconds = -(-wait_ms // 1000)
            raise NotPairedError(f"Too many wrong codes. Wait {seconds} s, then try again.", wait_ms)
        if not self._code.use(code):
            self._by_address.count(address)
            self._by_all.count("")
            raise NotPairedError("That is not the code on the room's screen. Read it there again: it changes.")
        if instead_of:
            self._sessions.pop(instead_of.token_sha256, None)
        token = secrets.token_urlsafe(32)
        session = Session(hashed(token), name, self._desk_name(name), role, self._clock())
        self._sessions[session.token_sha256] = session
        self._write()
        return token, session

    def session(self, token: str | None) -> Session | None:
        """The desk that holds this token, unless its time is over."""
        found = self._sessions.get(hashed(token)) if token else None
        return found if found and self._lives(found) else None

    def sessions(self) -> list[Session]:
        """The paired desks, the oldest first."""
        return [session for session in self._sessions.values() if self._lives(session)]

    def revoke(self, session: Session) -> None:
        """Forget a desk at once."""
        if self._sessions.pop(session.token_sha256, None):
            self._write()

    def _lives(self, session: Session) -> bool:
        return self._clock() < session.expires_at_ms

    def _desk_name(self, name: str) -> str:
        """The person's name, numbered when another desk bears it already."""
        taken = {session.desk for session in self.sessions()}
        number, desk = 1, name
        while desk in taken:
            number += 1
            desk = f"{name} ({number})"
        return desk

    def _read(self) -> list[Session]:
        """The sessions on disk; an unreadable file means that every desk has to pair again, and nothing worse."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[Session])
        except FileNotFoundError:
            return []
        except (OSError, *UNREADABLE) as error:
            _log.warning(
                "The paired desks in %s cannot be read, so that they have to pair again: %s", self._path, error
            )
            return []

    def _write(self) -> None:
        """Keep the sessions that still live. A full disk costs their survival of a restart, not the pairing."""
        living = self.sessions()[-MOST_SESSIONS:]
        self._sessions = {session.token_sha256: session for session in living}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, msgspec.json.encode(living), OWNER)
        except OSError as error:
            _log.warning("The paired desks cannot be kept in %s: %s", self._path, error)
