"""Memory that is free but still counted as ours, given back to the system."""

import ctypes
import sys

_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


def give_back() -> None:
    """Give freed memory back, in 1 to 2 ms, where the C library can (glibc); elsewhere nothing.

    Scenes come and go in arrays of some hundred kilobytes. Left to itself glibc keeps their holes: eleven scenes one
    after the other made the stage grow from 122 to 143 MB, and with this they end at 116. Its own setting that gives
    back every such array at once (MALLOC_MMAP_THRESHOLD_) more than doubles the work of a picture.
    """
    if trim := getattr(_libc, "malloc_trim", None):
        trim(0)
