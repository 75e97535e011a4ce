"""What has changed between two nets of one graph, so that one trace can build on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.arrays import Array
from engine.edits.grammar import Edit
from engine.graph.layer import Layer

if TYPE_CHECKING:
    from engine.net import Net
    from engine.run.trace import Trace


@dataclass(frozen=True)
class Changes:
    """The layers that may differ from those of another trace, in order.

    own: names of those among them that differ themselves, by an edit or by what they have learned; the others
    follow. known: what the blocks of some come to (*shape), before any edit, because they read the same.
    """

    layers: list[Layer]
    own: set[str]
    known: dict[str, Array]


def changed_since(net: Net, x: Array, base: Trace) -> Changes | None:
    """What differs from another trace of the input x (1, *shape).

    None where there is nothing to build on: another image, another graph, or an edited pixel.
    """
    before = base.net
    first = net.layers[0].name
    if net.layers != before.layers or not (x[0] == base.pre[first]).all():
        return None
    same = _common(net.edits, before.edits)
    stale = {edit.layer for edit in (*net.edits[same:], *before.edits[same:])}
    if first in stale:
        return None
    learned: set[str] = set()
    if net.parameters is not before.parameters:
        learned = {n.rpartition(".")[0] for n, a in net.parameters.items() if a is not before.parameters[n]}
        stale |= learned
    own, found, known = set(stale), [], {}
    for layer in net.layers[1:]:
        name = layer.name
        same_inputs = stale.isdisjoint(layer.sources)
        if name not in stale and same_inputs and stale.isdisjoint(net.overlay.sources(name)):
            continue
        if same_inputs and name not in learned:
            known[name] = base.unedited.get(name, base.pre[name])
        stale.add(name)
        found.append(layer)
    return Changes(found, own, known)


def _common(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> int:
    """With how many edits both begin."""
    for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine != theirs:
            return number
    return min(len(one), len(other))
