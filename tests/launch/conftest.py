"""Real processes to be watched over."""

from tests.session.conftest import desk, display, play  # noqa: F401
