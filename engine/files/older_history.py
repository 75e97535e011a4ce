"""The history of nets whose older files keep none, worked out of their provenance and their edits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.edits.grammar import Edit, parse, statements
from engine.errors import EngineError

_RESIZING = ("remove", "grow")


def told_before(provenance: Mapping[str, Any], edits: Sequence[Edit]) -> tuple[str, ...]:
    """Every mutation that such a file tells of, one statement each, the first one first.

    Its provenance and that of the net that it was made from ("base") may hold a text "mutated". An edit that
    no text tells of was made ahead of the told edit that follows it in `edits`, or last. Where neurons were
    taken out or put in, edits have other addresses than they were told with: then they are taken as told.
    """
    texts: list[str] = []
    told: Any = provenance
    while isinstance(told, Mapping):
        base = told.get("base")
        # What was trained further ("init") told the text of its base once more.
        again = "init" in told and isinstance(base, Mapping) and base.get("mutated") == told.get("mutated")
        if isinstance(told.get("mutated"), str) and not again:
            texts.append(told["mutated"])
        told = base
    mutations = [_spelled(each) for text in reversed(texts) for each in statements(text)]
    if any(each.startswith(_RESIZING) for each in mutations):
        return tuple(mutations)
    return _with_untold(mutations, edits)


def _with_untold(mutations: list[str], edits: Sequence[Edit]) -> tuple[str, ...]:
    """The mutations, and among them the edits that they do not hold, in the order of `edits`."""
    history, place = list(mutations), len(mutations)
    for edit in reversed(edits):
        words = str(edit)
        if words in mutations:
            place = min(place, history.index(words))
        elif edit.verb == "hold":
            pruned = f"prune {edit.where} "
            place = next((at for at, each in enumerate(history[:place]) if each.startswith(pruned)), place)
        else:
            history.insert(place, words)
    return tuple(history)


def _spelled(statement: str) -> str:
    """A statement as a net spells its edits; as it is, where it is surgery."""
    try:
        return str(parse(statement)[0])
    except EngineError:
        return statement
