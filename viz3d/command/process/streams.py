"""The standard streams, where a process was started without some, or they cannot show all that is said."""

import codecs
import io
import os
import sys

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
_DRAWN = str.maketrans(
    "┌┐└┘├┤┬┴┼╭╮╰╯─━│┃░▒▓█▉▊▋▌▍▎▏▀▁▂▃▄▅▆▇×·→≡±…–−",
    "+++++++++++++--||.:*######||'_.-=+*%x.>=~.--",
)
"""What stands for the marks of drawings and tables where a stream has ASCII alone: one letter each."""


def complete_streams() -> None:
    """Put nothing in the place of what is closed, and have all told by the letters that there are.

    Drawings and tables are then of plain marks, and of a name what is lacking is told as escapes.

    A file that is opened later would else get the number of what is closed: what a library then writes to
    stderr would stand in a film.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            place = number if _filled(number) else os.devnull
            setattr(sys, name, open(place, mode, closefd=place != number))  # noqa: SIM115
    codecs.register_error("viz3d", _by_few_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "backslashreplace"):
            stream.reconfigure(errors="viz3d")


def _by_few_letters(error: UnicodeError) -> tuple[str | bytes, int]:
    """What is told in the place of letters that a stream lacks; see `codecs.register_error`."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    plain = error.object[error.start : error.end].translate(_DRAWN)
    return plain.encode("ascii", "backslashreplace").decode("ascii"), error.end


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
