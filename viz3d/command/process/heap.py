"""Heap: what was freed goes back to the system, where the C library would keep it.

A stage that is built anew frees tens of megabytes in small parts. glibc keeps them for later, in pieces that
later fits seldom: a window that is used for an hour grew to three times its size. And it keeps them for each
thread apart, in up to eight heaps for a processor.
"""

import ctypes
import sys
from collections.abc import Callable
from functools import cache

# Numbers of the C library's: see mallopt(3).
_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads that begin from now on share two heaps, where the C library has such a setting."""
    mallopt = _found("mallopt")
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Hand freed memory back; nothing where the C library has no such call."""
    trim = _found("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _found(name: str) -> Callable[..., int] | None:
    """A function of the C library; None where it has none of the name."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        found: Callable[..., int] = getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # musl has neither
        return None
    return found
