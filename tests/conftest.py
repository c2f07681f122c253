"""Settings for all tests."""

import os

from hypothesis import settings

# Quick by default and in CI; HYPOTHESIS_PROFILE=long looks for days if you let it.
settings.register_profile("quick", max_examples=150, deadline=None, print_blob=True)
settings.register_profile("long", max_examples=3_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
