"""What follows from a change: a trace's numbers from those of a trace before it, layer by layer."""

from __future__ import annotations

import numpy as np

from engine.arrays import Array, ArrayMap
from engine.blocks import Scratch
from engine.chain import Chain
from engine.edits.overlay import Overlay
from engine.graph.graph import Step
from engine.net import Net

_AT_ONCE, _PARTS = 1 << 13, 12
"""Bytes up to which two arrays are compared at once, and the number of parts of larger ones."""
UNFELT = ("freeze", "hold")
"""Edits that only training feels: they change no number."""

Found = tuple[dict[str, Array], dict[str, Array], dict[str, Array]]


def follow(net: Net, before: Net, pre: ArrayMap, act: ArrayMap, unedited: ArrayMap) -> Found:
    """In what the trace of a net differs from that of another net of the same layers, for the same input.

    before: the other net; pre, act, unedited (*shape): what its trace holds, see `Trace`. The answer has, by
    layer, the pre-activations and activations of those that were worked out anew, and all sums as they were
    ahead of an edit. An array is either one of the trace before or new and held by nobody else; an activation
    may be the same array as its layer's pre-activation.

    A layer's sums are taken over where its block reads the same numbers as before. Where an edit has no
    effect, as on a neuron that is silent anyway, the layers behind it are not worked out.
    """
    overlay = net.overlay
    sums: dict[str, Array] = {}
    fresh: dict[str, Array] = {}
    blocks = {name: array for name, array in unedited.items() if overlay.sums(name)}
    own, learned = _differing(net, before)
    scratch, touched = Scratch(), overlay.touched
    moved: set[str] = set()
    first = net.weights.graph.layers[0].name
    if first in own:
        fresh[first] = overlay.enter(first, pre[first][None])[0]
        if fresh[first].tobytes() != act[first].tobytes():
            moved.add(first)
    for step in net.weights.steps:
        name = step.name
        fed = not moved.isdisjoint(step.sources)
        if not fed and name not in own and moved.isdisjoint(overlay.sources(name)):
            continue
        known = None if fed or name in learned else unedited[name] if name in unedited else pre[name]
        if known is None:
            known = np.empty(step.shape, step.dtype)
            inputs = [(fresh[s] if s in fresh else act[s])[None] for s in step.sources]
            step.block.forward(inputs, step.parameters, known[None], scratch)
        if name in touched:
            _edit(step, overlay, known, act, (sums, fresh, blocks))
        else:
            sums[name] = fresh[name] = known
            if not step.passes:
                values = fresh[name] = np.empty(step.shape, step.dtype)
                step.fire(known, values)
        if not _same(fresh[name], act[name]):
            moved.add(name)
    return sums, fresh, blocks


def _same(one: Array, other: Array) -> bool:
    """Whether two arrays of a shape have the same bits; those that differ are rarely looked at whole."""
    if one.nbytes <= _AT_ONCE:
        return one.tobytes() == other.tobytes()
    part = -(-len(one) // _PARTS)
    starts = range(0, len(one), part)
    return all(one[at : at + part].tobytes() == other[at : at + part].tobytes() for at in starts)


def _edit(step: Step, overlay: Overlay, known: Array, act: ArrayMap, found: Found) -> None:
    """Work out an edited layer, from act (*shape) of those that are as before; known: its block's sums."""
    pre, fresh, blocks = found
    name, sums = step.name, known
    if overlay.sums(name):
        sums, blocks[name] = known.copy(), known
        read = {s: (fresh[s] if s in fresh else act[s])[None] for s in overlay.reads(name, step.sources)}
        overlay.add_up(name, sums[None], read, step.parameters)
    pre[name] = sums
    values = fresh[name] = np.empty(step.shape, step.dtype)
    step.fire(sums, values)
    cells = overlay.cells.get(name)
    if cells is not None and cells.acts:
        cells.act(sums.reshape(1, -1), values.reshape(1, -1))


def _differing(net: Net, before: Net) -> tuple[set[str], set[str]]:
    """Layers that differ themselves, by an edit or by what they have learned; and the latter alone."""
    mine, theirs = Chain.of(net.edits).apart(Chain.of(before.edits))
    own = {e.layer for e in (*mine, *theirs) if e.verb not in UNFELT}
    learned: set[str] = set()
    if net.weights is not before.weights:
        old = before.parameters
        learned = {n.rpartition(".")[0] for n, a in net.parameters.items() if a is not old[n]}
        own |= learned
    return own, learned
