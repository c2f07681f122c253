"""A session's page on standard output: for the room, a process of little memory, which leaves the writing to another.

python -m guideplayer.report JOURNAL SESSION. Exit 0: written; 1: there is no such session; 2: it cannot be read.
"""

import sys
from pathlib import Path

from guideplayer.journal.archive import Archive
from guideplayer.journal.journal import JournalError
from guideplayer.report.html import render_page
from guideplayer.report.past import told_session


def main() -> int:
    """Write the page."""
    try:
        with Archive(Path(sys.argv[1])) as archive:
            summary = told_session(archive, int(sys.argv[2]))
    except JournalError as error:
        print(error, file=sys.stderr)
        return 2
    if summary is None:
        return 1
    sys.stdout.buffer.write(render_page(summary).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
