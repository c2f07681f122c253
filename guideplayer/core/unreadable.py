"""What reading raises where content is damaged, torn or not ours: one name, so that nobody thinks of half of it."""

import msgspec

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError)
"""From msgspec, which does not count text that is not UTF-8 among its own errors."""
