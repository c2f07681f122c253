"""Sessions without waiting: rehearsed on a virtual clock, previewed as a page, or exported as a film."""

import os

# A command's output is its own.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
