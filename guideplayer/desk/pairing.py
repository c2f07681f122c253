"""The six digits that pair a desk: few tries, a short life, one use."""

import hmac
import secrets
from collections import deque

from guideplayer.desk.ports import Clock

CODE_LIFE_MS = 120_000
CODE_TRIES = 5


class PairingCode:
    """A code for one pairing. It is renewed when it is used, worn out by wrong tries, or too old."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._renew()

    def _renew(self) -> None:
        self.digits = f"{secrets.randbelow(10**6):06d}"
        self.tries_left = CODE_TRIES
        self.expires_at_ms = self._clock() + CODE_LIFE_MS

    def renew_if_old(self) -> None:
        """Make a new code when this one has lived its time."""
        if self._clock() >= self.expires_at_ms:
            self._renew()

    def use(self, digits: str) -> bool:
        """Whether these are the digits. The right ones work once; the last wrong try wears the code out."""
        self.renew_if_old()
        right = hmac.compare_digest(digits.encode(), self.digits.encode())
        if right:
            self._renew()
            return True
        self.tries_left -= 1
        if self.tries_left == 0:
            self._renew()
        return False


class Allowance:
    """So many events in so long a time, for each key: it forgets what is too old to count."""

    def __init__(self, limit: int, window_ms: int, clock: Clock) -> None:
        self._limit, self._window_ms, self._clock = limit, window_ms, clock
        self._times: dict[str, deque[int]] = {}

    def wait_ms(self, key: str) -> int:
        """How long until one more is allowed; 0 when it is allowed now."""
        self._forget()
        times = self._times.get(key) or deque()
        return times[0] + self._window_ms - self._clock() if len(times) >= self._limit else 0

    def count(self, key: str) -> None:
        """Count one."""
        self._times.setdefault(key, deque(maxlen=self._limit)).append(self._clock())

    def _forget(self) -> None:
        since_ms = self._clock() - self._window_ms
        for key, times in list(self._times.items()):
            while times and times[0] <= since_ms:
                times.popleft()
            if not times:
                del self._times[key]
