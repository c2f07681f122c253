"""`python -m guideplayer.pager.sending`: tell one service by Apprise, in a process of its own that can be ended.

It says that it is ready. On its input comes {url, title, body}; it exits with 0 when the service has taken it, else
with 1 and says why not.
"""

import logging
import sys

import apprise
import msgspec

from guideplayer.pager.letter import Letter


class _Words(logging.Handler):
    """The last thing that Apprise had to say; its other words hold addresses and secrets."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.last = record.getMessage()


def main() -> None:
    """Say that all is read, wait, and send what comes on the input."""
    print("ready", flush=True)
    letter = msgspec.json.decode(sys.stdin.buffer.read(), type=Letter)
    words = _Words()
    logging.getLogger("apprise").addHandler(words)
    service = apprise.Apprise()
    if not service.add(letter.url):
        print("Apprise does not know a service of that address.")
        sys.exit(1)
    if not service.notify(title=letter.title, body=letter.body):
        print(words.last or "The service has not taken it.")
        sys.exit(1)


if __name__ == "__main__":
    main()
