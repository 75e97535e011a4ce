"""The synapses view of a net with edits: changed weights, cut synapses gone, added ones there."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.arrays import Array
from engine.blocks import Kind
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.links import Links
from engine.edits.synapses.windows import Windows
from engine.graph.layer import Layer
from engine.graph.synapses import Synapses
from engine.net import Net
from engine.run.trace import Trace


def bundle_of(net: Net, source: str, target: str) -> Bundle | None:
    """The synapses between two layers that were edited together."""
    bundle = net.overlay.bundles.get(target)
    return bundle if bundle is not None and bundle.source.name == source else None


def links_of(net: Net, source: str, target: str) -> Links | None:
    """The synapses between two layers that were edited one by one, but those of windows that take a maximum.

    Beside a bundle only what was added and what was cut is told by them.
    """
    apart = net.overlay.told_apart.get(target, ())
    return next((links for links in apart if links.source == source), None)


def windows_of(net: Net, source: str, target: str) -> Windows | None:
    """The edited windows between two layers."""
    overlay = net.overlay
    windows = (overlay.windows if target in overlay.bundles else overlay.windows_apart).get(target)
    return windows if windows is not None and windows.source == source else None


def changes(net: Net, source: str, target: str) -> bool:
    """Whether edits have changed, cut or added synapses between two layers."""
    windows = net.overlay.windows_apart.get(target)
    return (
        bundle_of(net, source, target) is not None
        or links_of(net, source, target) is not None
        or (windows is not None and windows.source == source)
    )


def touched(net: Net, source: str, target: str) -> Array:
    """Numbers int64 (n,), ascending, of the edges whose weight is not what the target's block says."""
    bundle = bundle_of(net, source, target)
    if bundle is not None and not bundle.taking:
        return bundle.edges
    links, windows = links_of(net, source, target), windows_of(net, source, target)
    parts = [np.empty(0, np.int64)]
    if links is not None:
        parts.append(links.edge[links.edge >= 0])
    if windows is not None:
        parts += [windows.gone, *windows.edges]
    return np.unique(np.concatenate(parts))


def change_of_count(net: Net, source: str, target: str) -> int:
    """How many synapses edits have added between two layers, less those that they have cut."""
    bundle = bundle_of(net, source, target)
    if bundle is not None:
        return bundle.change_of_count
    links, windows = links_of(net, source, target), windows_of(net, source, target)
    change = 0 if windows is None else -len(windows.gone)
    if links is not None:
        change += int(((links.edge < 0) & ~links.cut).sum()) - int(((links.edge >= 0) & links.cut).sum())
    return change


def edited(
    net: Net, layer: Layer, slot: int, ids: Array, synapses: Synapses, trace: Trace | None
) -> Synapses:
    """Decoded synapses as the net's edits leave them: synapses[i] is edge ids[i].

    A weight that was set follows neither a parameter nor a gate any more.
    """
    source = layer.sources[slot]
    if not changes(net, source, layer.name):
        return synapses
    bundle = bundle_of(net, source, layer.name)
    if bundle is not None and not bundle.taking:
        return _bundled(net, bundle, ids, synapses)
    links, windows = links_of(net, source, layer.name), windows_of(net, source, layer.name)
    weight, keep = synapses.weight.copy(), np.ones(len(ids), bool)
    parameter, gate = synapses.parameter.copy(), synapses.gate.copy()
    if links is not None:
        place, there = _match(links.edge, ids)
        mine = place[there]
        weight[there] = links.gain[mine] * weight[there] + links.offset[mine]
        for follows in (parameter, gate):
            follows[there] = np.where(links.gain[mine] == 0, -1, follows[there])
        keep[there] &= ~links.cut[mine]
    if windows is not None:
        keep &= ~np.isin(ids, windows.gone)
        # Of the windows that the synapses end in, which may be one of thousands.
        ends = np.isin(windows.target, synapses.target - net.offset(layer.name))
        for number in np.flatnonzero(ends).tolist():
            edges, cells, weights = (each[number] for each in (windows.edges, windows.cells, windows.weights))
            place, there = _match(edges, ids)
            shares = weights
            if trace is not None and len(cells):
                x = trace.activation[source].reshape(-1)[cells] * weights
                shares = np.where(np.arange(len(x)) == x.argmax(), weights, 0)
            weight[there] = shares[place[there]]
    changed = dataclasses.replace(synapses, weight=weight, parameter=parameter, gate=gate)
    return take(changed, keep)


def _bundled(net: Net, bundle: Bundle, ids: Array, synapses: Synapses) -> Synapses:
    """`edited` of synapses of which many are edited together, and some apart from these."""
    ends = (
        synapses.source - net.offset(bundle.source.name),
        synapses.target - net.offset(bundle.target.name),
    )
    gain, offset, cut = bundle.numbers(ids, *ends)
    weight = (gain * synapses.weight + offset).astype(synapses.weight.dtype)
    parameter, gate = (np.where(gain == 0, -1, follows) for follows in (synapses.parameter, synapses.gate))
    return take(dataclasses.replace(synapses, weight=weight, parameter=parameter, gate=gate), ~cut)


def take(synapses: Synapses, chosen: Array) -> Synapses:
    """Some of the synapses: chosen are indices (n,) or a mask (len(synapses),)."""
    fields = dataclasses.fields(synapses)
    return dataclasses.replace(synapses, **{f.name: getattr(synapses, f.name)[chosen] for f in fields})


def added(
    net: Net, source: str, target: str, *, start: int | None = None, end: int | None = None
) -> list[Array]:
    """The columns, see Synapses, of the synapses that edits have added between two layers.

    start, end: of those alone that begin or end in this neuron, a flat index in its layer.
    """
    links = links_of(net, source, target)
    if links is None:
        none = np.empty(0, np.int32)
        return [none, none, np.empty(0, net.dtype), none.astype(np.int64), none.astype(np.int8), none]
    fresh = (links.edge < 0) & ~links.cut
    if start is not None:
        fresh &= links.start == start
    if end is not None:
        fresh &= links.end == end
    return [
        (links.start[fresh] + net.offset(source)).astype(np.int32),
        (links.end[fresh] + net.offset(target)).astype(np.int32),
        links.offset[fresh].astype(net.dtype),
        np.full(int(fresh.sum()), -1, np.int64),
        np.full(int(fresh.sum()), Kind.FIXED, np.int8),
        np.full(int(fresh.sum()), -1, np.int32),
    ]


def _match(edges: Array, ids: Array) -> tuple[Array, Array]:
    """For each of ids its place among edges (any order), and whether it is there at all."""
    if not len(edges):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), bool)
    order = np.argsort(edges)
    place = np.minimum(np.searchsorted(edges, ids, sorter=order), len(edges) - 1)
    place = order[place]
    return place, edges[place] == ids
