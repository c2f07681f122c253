"""What pairs a desk, six digits or the token of the square beside them: few tries, a short life, one use."""

import hashlib
import hmac
import secrets
from collections import deque

from guideplayer.desk.ports import Clock

CODE_LIFE_MS = 120_000
CODE_TRIES = 5
TOKEN_BYTES = 16


def hashed(secret: str) -> str:
    """The SHA-256 of a secret, in hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


class PairingCode:
    """A code for one pairing. It is renewed when it is used, worn out by wrong tries, or too old."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._renew()

    def _renew(self) -> None:
        self.digits = f"{secrets.randbelow(10**6):06d}"
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self.tries_left = CODE_TRIES
        self.expires_at_ms = self._clock() + CODE_LIFE_MS

    def renew_if_old(self) -> None:
        """Make a new code when this one has lived its time."""
        if self._clock() >= self.expires_at_ms:
            self._renew()

    def use(self, given: str) -> bool:
        """Whether these are the digits or the token. Either works once for both; the last wrong try wears both out."""
        self.renew_if_old()
        # Hashes are compared, and always both of them: how long it takes tells nothing of the secret.
        right = [hmac.compare_digest(hashed(given), hashed(secret)) for secret in (self.digits, self.token)]
        if any(right):
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
