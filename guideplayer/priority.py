"""A process that steps back before others: what is made in a quiet hour must not take the processor from a session."""

import os
import sys


def step_back(steps: int) -> None:
    """Let others go before this process, by so many steps of niceness; where there is no such thing, by one class."""
    if sys.platform == "win32":
        # Where it is not needed it costs each process that begins some time.
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(steps)
