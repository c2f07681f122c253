import pytest

from guideplayer.core.direction import moment_at
from guideplayer.core.messages import Alert, Began, Chose, Infused, Refused
from guideplayer.core.session import advance, opened, step
from guideplayer.core.units import MINUTE_MS
from tests.factory import SCRIPT, WORDS

OPENED_MS = 1000
INFUSION_MS = 40 * MINUTE_MS


class Session:
    """A session on a clock that a test turns by hand; `effects` are all so far, with their time."""

    def __init__(self):
        self.now_ms = OPENED_MS
        self.state = opened("Room 1", WORDS, OPENED_MS)
        self.effects = []

    def do(self, event, after_ms=0):
        """Let an event happen some time after the last; gives its own effects."""
        self.wait(after_ms)
        self.state, effects = step(self.state, event, self.now_ms)
        self.effects += [(self.now_ms, effect) for effect in effects]
        return effects

    def refusal(self, event):
        """Do what makes no sense: the sentence, after a look that nothing has changed."""
        before = self.state
        (refused,) = self.do(event)
        assert isinstance(refused, Refused)
        assert self.state == before
        return refused.sentence

    def wait(self, wait_ms):
        """Let time pass, with whatever happens by itself in it."""
        for _ in range(wait_ms // 100):
            self._pass(100)
        self._pass(wait_ms % 100)

    def _pass(self, wait_ms):
        self.now_ms += wait_ms
        self.state, effects = advance(self.state, self.now_ms)
        self.effects += [(self.now_ms, effect) for effect in effects]

    def moment(self, later_ms=0):
        """What is seen and heard, now or when nobody has done anything for a while."""
        state, _ = advance(self.state, self.now_ms + later_ms)
        return moment_at(state, self.now_ms + later_ms)

    def alerts(self, since_ms):
        """The alerts so far: seconds since an instant, and level."""
        return [((at_ms - since_ms) // 1000, one.level) for at_ms, one in self.effects if isinstance(one, Alert)]


@pytest.fixture
def session():
    """A session with nothing chosen."""
    return Session()


@pytest.fixture
def playing(session):
    """A session one minute into an infusion of forty."""
    session.do(Chose(SCRIPT, INFUSION_MS))
    session.do(Began(unready=True))
    session.do(Infused("started"), 5000)
    session.wait(MINUTE_MS)
    return session
