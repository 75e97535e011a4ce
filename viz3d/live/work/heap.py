"""Heap: what was freed goes back to the system, where the C library would keep it.

A stage that is built anew frees tens of megabytes in small parts. glibc keeps them for later, in pieces that
later fits seldom: a window that is used for an hour grew to three times its size.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Hand freed memory back; nothing where the C library has no such wish."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # musl has none
        return None
    return found
