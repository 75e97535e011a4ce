"""Edits of a normalisation's or of attention's synapses that overlap, in training: bundles that are added up.

Their weights follow from the input, and so there is no compiled loop that takes them one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.blocks import LayerNorm
from engine.blocks.kinds import Gated
from engine.edits.overlay import Overlay
from engine.edits.synapses.products import added_bundles
from engine.graph.layer import Layer

FEW = 256
"""Synapses for each bundle up to which they are worked out one by one."""


def rows_added(layers: Sequence[Layer], overlay: Overlay) -> Overlay:
    """The edits, with those of layers of which that is less work as bundles that are added up."""
    named = {layer.name: layer for layer in layers}
    for layer in layers[1:]:
        told = overlay.history.get(layer.name)
        if not isinstance(layer.block, LayerNorm | Gated) or not told or overlay.weights is None:
            continue
        source = named[layer.sources[layer.block.carried if isinstance(layer.block, Gated) else 0]]
        links = [each for each in overlay.links_apart.get(layer.name, ()) if each.source == source.name]
        count = sum(len(each.start) for each in links)
        if count < FEW:
            continue
        found = added_bundles(told, overlay.weights, source, layer)
        if found is not None and len(found) * FEW <= count:
            overlay = overlay.without(layer.name, source.name)
            overlay = replace(overlay, added={**overlay.added, layer.name: tuple(found)})
    return overlay
