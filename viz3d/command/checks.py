"""Checks of what was typed."""

import math
from collections.abc import Collection

from viz3d.command.errors import UserError


def within(name: str, value: float | None, low: float, high: float, unit: str = "") -> None:
    """Raise UserError where `value` is given and is not a number from `low` to `high`."""
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        given, least, most = (_plain(number) for number in (value, low, high))
        raise UserError(f"{name} {given} is out of range: give {least} to {most} {unit}".rstrip())


def _plain(number: float) -> str:
    """A number as it is typed: whole ones to the last digit."""
    return str(number) if isinstance(number, int) else f"{number:g}"


def among(name: str, value: str, known: Collection[str]) -> None:
    """Raise UserError where `value` is none of the `known` words."""
    if value not in known:
        raise UserError(f"{name} {value} is not known: give one of {', '.join(known)}")
