"""The one error of this room: something that the person at the keyboard can mend."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ARGUMENTS = {"for": "of", "camera": "way", "no-text": "text=False", "no-loop": "loop=False"}
"""What Python calls options, where that is not the option's own name."""


class UserError(Exception):
    """What is wrong, the value and the fix, in one line. The command line shows it and ends with status 2."""


@contextmanager
def in_words_of_python() -> Iterator[None]:
    """In the block, a UserError names arguments, as whoever calls from Python gives them, and not options.

    Where one stops it, a notebook shows the cell's own line alone.
    """
    try:
        yield
    except UserError as error:
        parts = str(error).split("`")  # every second one is a command, whose options are its own
        parts[::2] = [re.sub(r"--([a-z][a-z-]*)", _argument, part) for part in parts[::2]]
        raise UserError("`".join(parts)) from error.__cause__
    except KeyboardInterrupt as stop:
        if (notebook := sys.modules.get("viz3d.command.tracebacks")) is None:
            raise
        raise notebook.Interrupted().with_traceback(stop.__traceback__) from None


def _argument(option: re.Match[str]) -> str:
    return _ARGUMENTS.get(option[1], option[1].replace("-", "_"))
