"""The history of nets that were saved before files told it: their provenance and their edits tell it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.edits.grammar import Edit, parse, statements
from engine.errors import EngineError

_RESIZING = ("remove", "grow")


def told_before(provenance: Mapping[str, Any], edits: tuple[Edit, ...]) -> tuple[str, ...]:
    """Every mutation that such a file tells of, one statement each, the first one first.

    Its provenance and that of the net that it was made from ("base") may hold a text "mutated"; an edit that
    no text tells of comes last. Where neurons were taken out or put in, edits have other addresses than they
    were told with: then they are taken as told.
    """
    texts: list[str] = []
    told: Any = provenance
    while isinstance(told, Mapping):
        if isinstance(told.get("mutated"), str):
            texts.append(told["mutated"])
        told = told.get("base")
    mutations = [_spelled(each) for text in reversed(texts) for each in statements(text)]
    if any(each.startswith(_RESIZING) for each in mutations):
        return tuple(mutations)
    return (*mutations, *(str(edit) for edit in edits if edit.verb != "hold" and str(edit) not in mutations))


def _spelled(statement: str) -> str:
    """A statement as a net spells its edits; as it is, where it is surgery."""
    try:
        return str(parse(statement)[0])
    except EngineError:
        return statement
