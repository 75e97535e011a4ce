"""How a process ends beside threads that are still at work."""

import os
import sys
import threading
from contextlib import suppress


def end_beside_threads(status: int) -> None:
    """End the process now, with a status, where daemon threads live; else return, and Python may end it.

    Call when nothing is left to be put in order. A thread that compiles, trains or downloads is not waited
    for. C libraries are taken down as a process exits, though: OpenBLAS then frees the memory of a product
    that a thread is at, which is a SIGSEGV, or waits for that thread for ever.
    """
    us = threading.current_thread()
    if not any(each.daemon for each in threading.enumerate() if each is not us):
        return
    for stream in (sys.stdout, sys.stderr):
        # Whoever read it may have gone, and where there is no console there is no stream.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(status)
