"""Checks of what was typed."""

import math
import re
from collections.abc import Collection
from numbers import Integral, Real
from pathlib import Path

from viz3d.command.errors import UserError

_ADDRESS = re.compile("(https?|ftp|file):/+(.*)", re.IGNORECASE)


def within(name: str, value: float | None, low: float, high: float, unit: str = "") -> None:
    """Raise UserError where `value` is given and is not a number from `low` to `high`."""
    if value is not None and (not isinstance(value, Real) or isinstance(value, bool)):
        raise UserError(f"{name} {' '.join(str(value).split())[:60]}: give a number")
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        given, least, most = (_plain(number) for number in (value, low, high))
        raise UserError(f"{name} {given} is out of range: give {least} to {most} {unit}".rstrip())


def _plain(number: float) -> str:
    """A number as it is typed: whole ones to the last digit."""
    return str(number) if isinstance(number, int) else f"{number:g}"


def check_whole(name: str, value: object) -> None:
    """Raise UserError where `value` is given, as from Python, and is no whole number."""
    if value is not None and (not isinstance(value, Integral) or isinstance(value, bool)):
        from guarding import in_a_line  # noqa: PLC0415 -- no help waits for the engine

        raise UserError(f"{name} {in_a_line(value)}: give a whole number")


def check_finite(name: str, value: float | None) -> None:
    """Raise UserError where `value` is given and is nan or infinite."""
    if value is not None and not math.isfinite(value):
        raise UserError(f"{name} {value}: give a number")


def no_address(name: str, file: str | Path) -> None:
    """Raise UserError where an address of the web is given in place of a file."""
    if address := _ADDRESS.match(str(file)):  # a Path of it has but one slash
        told = f"{address[1]}://{address[2]}"
        raise UserError(f"{name} {told}: nothing is fetched from the net: save it and give the file".lstrip())


def among(name: str, value: str, known: Collection[str]) -> None:
    """Raise UserError where `value` is none of the `known` words."""
    if value not in known:
        raise UserError(f"{name} {value} is not known: give one of {', '.join(known)}")
