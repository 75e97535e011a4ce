"""The standard streams, where a process was started without some, or they cannot show all that is said."""

import io
import os
import sys

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def complete_streams() -> None:
    """Put nothing in the place of what is closed, and have names of any letters told, as escapes.

    A file that is opened later would else get the number of what is closed: what a library then writes to
    stderr would stand in a film.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            place = number if _filled(number) else os.devnull
            setattr(sys, name, open(place, mode, closefd=place != number))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _filled(number: int) -> bool:
    """Open nothing as the file of a number; False where that is taken by now."""
    try:
        os.fstat(number)
    except OSError:
        pass
    else:
        return False
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    # What is started from here has it too.
    os.set_inheritable(number, True)
    return True
