"""Child processes: they must not outlive this one, however it ends."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded here: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with(parent: int) -> None:
    """Have the kernel end this process as soon as the one that started it, of that number, has gone.

    Only Linux can; elsewhere a process ends when it next writes to a parent that is no more.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before we could ask
        os._exit(1)


def ending_with_us() -> Callable[[], None] | None:
    """What a process that we start has to do ahead of its program, for `subprocess`; None where nothing."""
    if _LIBC is None:
        return None
    us = os.getpid()
    return lambda: end_with(us)
