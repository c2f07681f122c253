"""Settings for all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# What takes longest begins first, so that nobody waits for it alone at the end.
LONGEST = (
    "tests/soak/",
    "test_readme.py",
    "verify/test_scenes.py",
    "launch/test_watching.py",
    "test_voice_command.py",
    "browser/test_recording.py",
    "browser/test_desk_page.py",
    "test_new.py",
    "test_watch.py",
    "rehearsal/test_line_starts.py",
    "verify/test_visuals.py",
    "rehearsal/test_preview_command.py",
    "session/test_openapi.py",
)

# Quick by default and in CI, the same examples each time, so that a change is judged by what it changed;
# HYPOTHESIS_PROFILE=long looks elsewhere each time.
settings.register_profile("quick", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=3_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# Nobody's own clips or settings may decide a test.
os.environ["GUIDEPLAYER_MEDIA"] = str(Path(__file__).parent / "no-media")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; with several workers each file goes to the first that is free."""
    items.sort(key=lambda item: next((n for n, path in enumerate(LONGEST) if path in item.nodeid), len(LONGEST)))
