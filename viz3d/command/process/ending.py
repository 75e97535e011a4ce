"""How a process ends beside threads that are still at work."""

import os
import sys
import threading

_UNSAID = 120  # what Python reports where what was printed last could not be written


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
        try:
            stream.flush()
        except OSError:  # the disk is full, or whoever read it has gone
            status = status or _UNSAID
        except (ValueError, AttributeError):
            pass  # it is closed, or there is none, as without a console
    os._exit(status)
