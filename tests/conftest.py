"""Settings for all tests."""

import os
from pathlib import Path

from hypothesis import settings

# Quick by default and in CI, the same examples each time, so that a change is judged by what it changed;
# HYPOTHESIS_PROFILE=long looks elsewhere each time.
settings.register_profile("quick", max_examples=200, deadline=None, derandomize=True)
settings.register_profile("long", max_examples=3_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
# Nobody's own clips or settings may decide a test.
os.environ["GUIDEPLAYER_MEDIA"] = str(Path(__file__).parent / "no-media")
