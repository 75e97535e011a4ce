"""How large what comes from anywhere may be: checked before anything is made of it.

A file or a text of a stranger may ask for anything. What is meant stays far below these bounds.
"""

from __future__ import annotations

from engine.errors import EngineError
from guarding import in_a_line

LAYERS = 1_000
"""Layers of a net."""
NEURONS = 1 << 24
"""Neurons of a net; each has at least an activation and a place in every trace."""
PARAMETERS = 1 << 28
"""Parameters of a net: 1 GiB as float32."""
CHARACTERS = 100_000
"""Characters of an architecture's text."""
STATEMENTS = 10_000
"""Statements of a mutation, and edits of a net's file."""
STATEMENT = 5_000
"""Characters of one statement."""
WORK = 1 << 28
"""Parameters that the statements of a mutation make anew, all of them together: seconds of it."""


def check_count(count: int, most: int, what: str) -> None:
    """EngineError where there are more than `most` of what is told."""
    if count > most:
        raise EngineError(f"it has {count:,} {what}, at most {most:,} are taken: make it smaller")


def whole_number(text: str) -> int | None:
    """The number that plain digits name, None of any other text; more digits than 18 name a large number."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) < 19 else 10**18


def check_statement(text: str) -> None:
    """EngineError where one statement is longer than any that is meant."""
    if len(text) > STATEMENT:
        shown = in_a_line(text[:40])
        raise EngineError(f"a statement of {len(text):,} characters, {shown}: at most {STATEMENT:,} are read")
