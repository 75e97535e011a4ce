"""An option of a command, declared by the field that it fills; see `viz3d.command.signature`.

    @dataclass(frozen=True)
    class Film:
        fps: int | None = option("1..120", "Frames a second.", "The film")

A field step_every is given as --step-every. Nothing here needs the library that reads command lines.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OPTION = "option"  # under which a field's metadata has its Option


@dataclass(frozen=True)
class Option:
    """An option in the help: what stands for its value, its words, and the panel where it is shown.

    metavar: None of a switch. short: such as "-q". shown: the default in the help, where it is not the
    field's. both: whether a switch has a --no-... too. bare: whether the value is given without a name.
    spelled: its name, where that is not the field's. completed: which words the shell completes it with, for
    what is typed so far, from none on; None: names of files.
    """

    metavar: str | None
    words: str
    panel: str | None
    short: str = ""
    shown: str = ""
    both: bool = False
    bare: bool = False
    spelled: str = ""
    completed: Callable[[str], list[str]] | None = None


def option(
    metavar: str,
    words: str,
    panel: str | None = None,
    *,
    default: Any = None,
    short: str = "",
    shown: str = "",
    spelled: str = "",
    completed: Callable[[str], list[str]] | None = None,
) -> Any:
    """A field that an option with a value fills, which must be given where default is MISSING; see Option."""
    made = Option(metavar, words, panel, short, shown, spelled=spelled, completed=completed)
    return field(default=default, metadata={OPTION: made})


def switch(
    words: str, panel: str | None = None, *, default: bool = False, short: str = "", both: bool = False
) -> Any:
    """A field that an option without a value fills; see Option."""
    made = Option(None, words, panel, short, both=both)
    return field(default=default, metadata={OPTION: made})


def argument(metavar: str, words: str) -> Any:
    """A field that a value without a name fills, which must be given; see Option."""
    return field(metadata={OPTION: Option(metavar, words, None, bare=True)})
