"""How a network was mutated, in words: surgery leaves no edits behind, but a saved network tells its text."""

from collections.abc import Mapping
from typing import Any

from engine import EngineError, Net
from engine.edits import parse, statements, write

SHORT = 50
"""Characters of a mutation that a heading has room for."""


def history(net: Net) -> str:
    """The mutations of a network as its file tells them, the first one first; empty where it tells none."""
    told: Any = net.provenance
    found = []
    while isinstance(told, Mapping):
        found.append(told.get("mutated"))
        told = told.get("base")
    return joined(*(text for text in reversed(found) if isinstance(text, str)))


def without_edits(net: Net) -> str:
    """The mutations of a network as its file tells them, less those that are edits still."""
    edits = {str(edit) for edit in net.edits}
    return joined(*(part for part in statements(history(net)) if spelled(part) not in edits))


def joined(*texts: str) -> str:
    """Mutations one after another as one text."""
    return "; ".join(text for text in texts if text)


def spelled(text: str) -> str:
    """A mutation as a network spells its edits; as it is, where it is more than edits."""
    try:
        return write(parse(text))
    except EngineError:
        return text


def called(net: Net, most: int | None = None, changes: str | None = None) -> str:
    """A network ahead of a verb: "mlp", "mlp with 2 edits", or "mlp, mutated: prune hidden2 80%,".

    most: characters of the mutation that are told. changes: its mutations, those its file tells unless given.
    """
    text = history(net) if changes is None else changes
    if text:
        short = text if most is None or len(text) <= most else text[: most - 1].rstrip(" ;,") + "…"
        return f"{net.name}, mutated: {short},"
    count = sum(edit.verb != "hold" for edit in net.edits)
    return f"{net.name} with {count} edit{'s' * (count != 1)}" if count else net.name
