"""The way back through edited synapses: what an overlay does to gradients, layer by layer.

A layer's block goes back as if nothing were edited. Ahead of it the gradients that it must not see are taken
out (`take_ends`, `take_windows`); behind it what edited synapses carry is sent on to their sources and
parameters, and what was taken out is put back.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.arrays import Array
from engine.edits.overlay import Overlay
from engine.edits.synapses import bundle_sums, bundle_windows, bundles_added, link_sums
from engine.edits.synapses.link_sums import Gathered
from engine.edits.synapses.links import Arrays, flat_of

Taken = tuple[Array | None, Array | None]
"""Gradients of edited windows: those taken one by one (n, w), and those of a bundle, see `take_windows`."""


def back_up(
    overlay: Overlay,
    layer: str,
    grad: Array,
    activations: Arrays,
    parameters: Arrays,
    gathered: Gathered,
    learn: Arrays | None,
    fast: bool,
) -> None:
    """Add the gradients through edited synapses to those of their sources and of their parameters.

    grad (n, *shape): by the layer's sums. gathered(name): the array where the gradient by a layer's
    activations is gathered, None where nobody asks. learn: the layer's parameter gradients.
    """
    delta = grad.reshape(len(grad), -1)
    for links in overlay.links_apart.get(layer, ()):
        link_sums.back_up(links, delta, activations, parameters, gathered, learn, fast)


def back_bundle(
    overlay: Overlay,
    layer: str,
    grad: Array,
    activations: Arrays,
    parameters: Arrays,
    sent: Sequence[Array | None],
    learn: Arrays | None,
    fast: bool,
    fed: bool,
) -> None:
    """Edit what a layer's block has sent back, for a bundle of its synapses; see `back_up`.

    sent: the gradients by its sources' activations, by this layer alone. fed: as in `Overlay.add_up`.
    """
    bundle = overlay.bundles.get(layer)
    if bundle is not None:
        bundle_sums.back_up(bundle, grad, activations, parameters, sent, learn, fast, fed)
    for more in overlay.added.get(layer, ()):
        bundles_added.back_up(more, grad, activations, parameters, sent, learn, fast)


def take_ends(overlay: Overlay, layer: str, grad: Array) -> Array | None:
    """What `put_ends_back` needs, where grad now holds what edited synapses carry of it; else None."""
    bundle = overlay.bundles.get(layer)
    return None if bundle is None else bundle_sums.take_ends(bundle, grad)


def put_ends_back(
    overlay: Overlay,
    layer: str,
    taken: Array | None,
    grad: Array,
    learn: Arrays | None,
    others: Sequence[Array | None],
) -> None:
    """Undo `take_ends`, once the block has gone back; others: the gradients by all but its first source."""
    if taken is not None:
        bundle_sums.put_ends_back(overlay.bundles[layer], taken, grad, learn, others)


def take_windows(overlay: Overlay, layer: str, grad: Array) -> Taken | None:
    """The gradients of edited windows, taken out of grad so that their block does not see them."""
    windows, bundle = overlay.windows_apart.get(layer), overlay.bundles.get(layer)
    if windows is None and (bundle is None or not bundle.taking):
        return None
    flat, taken = grad.reshape(len(grad), -1), None
    if windows is not None:
        taken = flat[:, windows.target]
        flat[:, windows.target] = 0
    return taken, None if bundle is None else bundle_windows.take_windows(bundle, grad)


def put_windows_back(overlay: Overlay, layer: str, taken: Taken, grad: Array) -> None:
    """Undo `take_windows`: the gradients of edited windows are in grad again."""
    single, bundled = taken
    if bundled is not None:
        bundle_windows.put_windows_back(overlay.bundles[layer], bundled, grad)
    if single is not None:
        grad.reshape(len(grad), -1)[:, overlay.windows_apart[layer].target] = single


def back_windows(
    overlay: Overlay, layer: str, taken: Taken, activations: Arrays, gathered: Gathered, fast: bool
) -> None:
    """Send the gradients of edited windows to the edge that won each."""
    single, bundled = taken
    bundle = overlay.bundles.get(layer)
    if bundle is not None and bundled is not None and bundle.scaled is None:
        source = bundle.source.name
        bundle_windows.back_windows(bundle, bundled, activations[source], gathered(source), fast)
    if single is not None:
        windows = overlay.windows_apart[layer]
        back = gathered(windows.source)
        if back is not None:
            windows.back_up(single, flat_of(activations, windows.source), back.reshape(len(back), -1))
