"""The signals that end a command: Ctrl-C, `kill`, a closed terminal.

One that whoever started us has ignored stays ignored, in us and in all that we start: `nohup` has a closed
terminal ignored, and a script's shell Ctrl-C for what it starts in the background. `kill` ends those.
"""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _heeded() -> list[int]:
    """The ending signals that are not ignored."""
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


def end_in_order() -> None:
    """Turn the signals that would kill the process at once into an exit that cleans up."""

    def leave(number: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + number)

    for number in _heeded():
        # Of Ctrl-C Python makes a KeyboardInterrupt, unless it was to end the process while that began.
        if number != signal.SIGINT:
            signal.signal(number, leave)
        elif signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def end_at_once() -> None:
    """Let the signals that end a process do so, now that nothing is left to be put in order."""
    for number in _heeded():
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let the ending signals end the process in the block: for imports, while nothing is to be put in order.

    VTK crashes where its import is interrupted by an exception.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python sets handlers in the main thread only
        return
    handlers = {number: signal.signal(number, signal.SIG_DFL) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put the ending signals off to the end of the block, and start processes that Ctrl-C does not reach.

    A process that starts just when we are told to end would else be lost to us. The terminal sends
    Ctrl-C to all; ours end when we end them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python delivers signals to the main thread only
        return
    came: list[int] = []
    # The mask alone, which a new process inherits, would not do: a signal then finds another thread of ours.
    handlers = {
        number: signal.signal(number, lambda number, _frame: came.append(number)) for number in _heeded()
    }
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "SIGHUP") else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            with suppress(TypeError):  # one that was not set from Python cannot be set back
                signal.signal(number, handler)
        for number in dict.fromkeys(came):
            signal.raise_signal(number)


@contextmanager
def deferred_signals() -> Iterator[Callable[[], int]]:
    """In the block, let work end in its own time: yield what tells the ending signal that came, 0 for none.

    A second one ends at once, as it would have without the block.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: 0  # Python delivers signals to the main thread only
        return
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            before = handlers[number]
            if callable(before):
                before(number, frame)

    handlers = {number: signal.getsignal(number) for number in _heeded()}
    for number in handlers:
        signal.signal(number, note)
    try:
        yield lambda: came[0] if came else 0
    finally:
        for number, handler in handlers.items():
            with suppress(TypeError):  # one that was not set from Python cannot be set back
                signal.signal(number, handler)
