"""How an error shows what it was given."""

import os
import re

_LONGEST, _LONGEST_PART = 4096, 255
"""Bytes of a path, and of a name in it, on Linux: nowhere may they have more."""


def in_a_line(value: object) -> str:
    """A value as an error shows it: in one line, and cut where it is long."""
    return " ".join(repr(value).split())[:60]


def no_path(name: str) -> str:
    """Why a name can be that of no file or folder, whatever is there; "" where it may be one."""
    if not name:  # which Path makes the folder that one is in
        return "give its name"
    if "\0" in name:
        return "no name holds a NUL"
    if _length(name) > _LONGEST or max(map(_length, re.split(r"[/\\]", name))) > _LONGEST_PART:
        return f"its {len(name):,} letters are more than a name has room for: give a shorter one"
    return ""


def _length(name: str) -> int:
    return len(name) if os.name == "nt" else len(os.fsencode(name))  # which Windows counts by letters
