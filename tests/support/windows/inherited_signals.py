"""Signals as a terminal sets them, whatever runs the tests.

nohup, and a shell for what it starts in the background, ignore some, and a new process inherits that.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def inherited(ignored: tuple[int, ...] = ()) -> Iterator[None]:
    """What starts in the block ignores these signals, and no other one that ends a process."""
    ending = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # A new program gets the default effect of what is handled here; what is ignored it goes on ignoring.
    handlers = {
        number: signal.signal(number, signal.SIG_IGN if number in ignored else signal.default_int_handler)
        for number in ending
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
