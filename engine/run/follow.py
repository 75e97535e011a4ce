"""What follows from a change: a trace's numbers from those of a trace before it, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.arrays import Array
from engine.blocks import Scratch
from engine.edits.grammar import Edit
from engine.edits.overlay import Overlay
from engine.graph.graph import Step
from engine.net import Net

Named = Mapping[str, Array]
UNFELT = ("freeze", "hold")
"""Edits that only training feels: they change no number."""


@dataclass(frozen=True)
class Known:
    """What a trace holds, see `Trace`: its net, and pre, activation and unedited by layer (*shape)."""

    net: Net
    pre: Named
    act: Named
    unedited: Named


@dataclass(frozen=True)
class Followed:
    """The layers that are not as they were: pre-activations, activations, and sums before any edit (*shape).

    Nobody else holds the arrays but those that were there before. An activation may be its layer's
    pre-activation.
    """

    pre: dict[str, Array] = field(default_factory=dict)
    act: dict[str, Array] = field(default_factory=dict)
    unedited: dict[str, Array] = field(default_factory=dict)


def follow(net: Net, before: Known) -> Followed:
    """What differs in a net of the same layers, shown the same input.

    What a layer's block comes to is taken over where it reads what it read; and where an edit has no effect,
    as on a neuron that is silent anyway, what lies behind is not asked.
    """
    overlay, weights, found = net.overlay, net.weights, Followed()
    own, learned = _differing(net, before.net)
    first, last = net.layers[0].name, net.layers[-1].name
    moved: set[str] = set()
    if first in own:
        pixels = before.pre[first][None]
        found.act[first] = overlay.enter(first, pixels)[0]
        if found.act[first].tobytes() != before.act[first].tobytes():
            moved.add(first)
    for step in weights.steps:
        name = step.name
        fed = not moved.isdisjoint(step.sources)
        if not fed and name not in own and moved.isdisjoint(overlay.sources(name)):
            continue
        block = None if fed or name in learned else before.unedited.get(name, before.pre[name])
        _work_out(step, overlay, before.act, block, found)
        if name != last and found.act[name].tobytes() != before.act[name].tobytes():
            moved.add(name)
    return found


def _work_out(step: Step, overlay: Overlay, acts: Named, block: Array | None, found: Followed) -> None:
    """Work out one layer; block: what its block comes to, where that is known."""
    name, fresh = step.name, found.act
    edited = overlay.sums(name)
    if block is None:
        sums = step.room()
        inputs = [(fresh[s] if s in fresh else acts[s])[None] for s in step.sources]
        step.block.forward(inputs, step.parameters, sums[None], Scratch())
        if edited:
            found.unedited[name] = sums.copy()
    elif edited:
        found.unedited[name], sums = block, block.copy()
    else:
        sums = block
    if edited:
        read = {s: (fresh[s] if s in fresh else acts[s])[None] for s in overlay.reads(name, step.sources)}
        overlay.add_up(name, sums[None], read, step.parameters)
    found.pre[name] = sums
    if step.passes and not overlay.touches(name):
        fresh[name] = sums
        return
    act = fresh[name] = step.room()
    step.fire(sums, act)
    cells = overlay.cells.get(name)
    if cells is not None and cells.acts:
        cells.act(sums.reshape(1, -1), act.reshape(1, -1))


def _differing(net: Net, before: Net) -> tuple[set[str], set[str]]:
    """Layers that differ themselves, by an edit or by what they have learned; and the latter alone."""
    same = _common(net.edits, before.edits)
    own = {e.layer for e in (*net.edits[same:], *before.edits[same:]) if e.verb not in UNFELT}
    learned: set[str] = set()
    if net.weights is not before.weights:
        old = before.parameters
        learned = {n.rpartition(".")[0] for n, a in net.parameters.items() if a is not old[n]}
        own |= learned
    return own, learned


def _common(one: tuple[Edit, ...], other: tuple[Edit, ...]) -> int:
    """With how many edits both begin."""
    for number, (mine, theirs) in enumerate(zip(one, other, strict=False)):
        if mine is not theirs and mine != theirs:
            return number
    return min(len(one), len(other))
