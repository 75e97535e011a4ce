"""A convolution with edited synapses as one step of a fast pass: its own loops, with other weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv
from engine.blocks.conv import SMALL
from engine.edits.overlay import Overlay
from engine.edits.synapses.bundle import Bundle
from engine.edits.synapses.products import Run, edit_of, runs_of
from engine.graph.layer import Layer
from engine.run.shortcuts.fused_attention import learnt
from engine.run.shortcuts.one_layer import OneLayer

Named = Mapping[str, Array]
FEW = 8
"""One of so many windows: if fewer are edited alike, they are looked at alone, see `bundle_boxes`."""
MOST = 3
"""Runs up to which they are less work than synapses one by one, however many these are."""
QUICKER = 8
"""By how many times a synapse is worked out sooner by the convolution's loops than for itself."""


@dataclass(frozen=True, eq=False)
class EditedConv(OneLayer):
    """A convolution whose weights differ by place, told as `runs`; sums: its `ConvSums`."""

    layer: Layer
    sums: Any
    runs: list[Run]

    def forward(self, inputs: Sequence[Array], own: Sequence[Named], out: Array) -> None:
        """Write the sums."""
        (x,), ((weight, bias),) = inputs, _of(own)
        for number, (run, sent, into) in enumerate(self._placed):
            own_bias = bias if run.sent is None else np.zeros_like(bias)
            fresh = np.empty_like(out) if number else out
            self.sums.forward(sent.of(x), weights(run, weight), own_bias, fresh)
            if run.sent is not None:
                into.add(out, fresh)
            elif number:
                # Of what these windows would be nothing is left, however large it is.
                into.put(out, fresh)

    @cached_property
    def _placed(self) -> list[tuple[Run, _Places, _Places]]:
        return [(run, _Places(run.sent), _Places(run.into)) for run in self.runs]

    @cached_property
    def _gains(self) -> Array | None:
        """The gain of the weights into each window, float32 (size,); None where it differs by channel."""
        gains = np.zeros(self.layer.shape, np.float32)
        for run in self.runs:
            if run.sent is None:
                if (run.gain != run.gain[0]).any():
                    return None
                gains += run.gain[0] * (1 if run.into is None else run.into[..., None])
        return gains.reshape(-1)

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        own: Sequence[Named],
        learn: Sequence[Named | None],
        back: Sequence[Array | None],
        adding: bool,
    ) -> None:
        """From the gradient by the sums write those of the parameters and by x, where asked."""
        del adding
        (x,), (dx,), ((weight, bias),) = inputs, back, _of(own)
        ((by_weight, by_bias),) = _of([learnt(own[0], learn[0])])
        placed, done = self._placed, 0
        if dx is None and self._gains is not None:
            # All cells are sent to all windows: they learn at once, each window as much as it counts.
            felt = grad.reshape(len(grad), -1) * self._gains
            self.sums.backward(felt.reshape(grad.shape), x, weight, by_weight, np.empty_like(bias), None)
            by_bias[...] = _by_map(grad)
            placed, done = [each for each in placed if each[0].sent is not None], 1
        for number, (run, sent, into) in enumerate(placed, done):
            fresh, its_bias, mine = by_weight, by_bias, dx
            if number:
                fresh, its_bias = np.empty_like(weight), np.empty_like(bias)
                mine = None if dx is None else np.empty_like(x)
            if dx is None and not run.gain.any():
                fresh[...] = 0
                its_bias[...] = _by_map(into.of(grad)) if run.sent is None else 0
            else:
                self.sums.backward(into.of(grad), sent.of(x), weights(run, weight), fresh, its_bias, mine)
                fresh *= run.gain.astype(weight.dtype)
            if number:
                by_weight += fresh
                if run.sent is None:
                    by_bias += its_bias
                if dx is not None and mine is not None:
                    sent.add(dx, mine)


def _by_map(grad: Array) -> Array:
    """The sum of (n, h, w, maps) for each map, (maps,): over images first, row by row."""
    total: Array = grad.reshape(len(grad), -1).sum(axis=0).reshape(-1, grad.shape[-1]).sum(axis=0)
    return total


def weights(run: Run, weight: Array) -> Array:
    """The weights of a run (height, width, channels, maps), of a convolution's own."""
    changed: Array = weight * run.gain.astype(weight.dtype)
    changed += run.offset.astype(weight.dtype)
    return changed


def _of(named: Sequence[Named]) -> list[tuple[Array, Array]]:
    return [(arrays["weight"], arrays["bias"]) for arrays in named]


class _Places:
    """Places of an image, told as rectangles, in which NumPy copies whole rows; mask None for all of it."""

    def __init__(self, mask: Array | None):
        self._all = mask is None
        self._in, self._out = ([], []) if mask is None else map(_rectangles, (mask, ~mask))

    def of(self, values: Array) -> Array:
        """Values (n, h, w, maps) at these places, 0 elsewhere."""
        if self._all:
            return values
        if len(self._out) <= len(self._in):
            made = values.copy()
            for each in self._out:
                made[each] = 0
        else:
            made = np.zeros_like(values)
            for each in self._in:
                made[each] = values[each]
        return made

    def add(self, values: Array, more: Array) -> None:
        """Add to values (n, h, w, maps) at these places, in place."""
        if self._all:
            values += more
        for each in self._in:
            values[each] += more[each]

    def put(self, values: Array, fresh: Array) -> None:
        """Write over values (n, h, w, maps) at these places."""
        if self._all:
            values[...] = fresh
        for each in self._in:
            values[each] = fresh[each]


def _rectangles(mask: Array) -> list[tuple[slice, slice, slice]]:
    """The places of a mask (h, w) bool as few rectangles, as indices of (n, h, w, maps)."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows = [np.flatnonzero(row).tolist() for row in edges]
    found: list[tuple[slice, slice, slice]] = []
    first = 0
    for y in range(1, len(rows) + 1):
        if y == len(rows) or rows[y] != rows[first]:
            runs = zip(rows[first][::2], rows[first][1::2], strict=True)
            found += [(slice(None), slice(first, y), slice(*run)) for run in runs]
            first = y
    return found


def edited_conv(
    overlay: Overlay, layer: Layer, source: Layer, sums: Any
) -> tuple[EditedConv, Overlay] | None:
    """A convolution's step with what is edited of its synapses, and all other edits; None for another way."""
    bundle, runs = overlay.bundles.get(layer.name), _all(overlay, layer, source)
    if runs is not None:
        return EditedConv(layer, sums, runs), overlay.without(layer.name, source.name)
    runs = None if bundle is None else _bundled(bundle)
    if runs is None:
        return None
    return EditedConv(layer, sums, runs), overlay.without(layer.name)


def folded(overlay: Overlay, layer: Layer) -> Run | None:
    """The weights of a convolution's step where edits make the same of them at all places; else None."""
    bundle = overlay.bundles.get(layer.name)
    if bundle is None or layer.name in overlay.links_apart or bundle.feeds:
        return None
    runs = runs_of(edit_of(bundle), bundle.source, bundle.target)
    return runs[0] if runs is not None and len(runs) == 1 else None


def _all(overlay: Overlay, layer: Layer, source: Layer) -> list[Run] | None:
    """The runs of all edited synapses from the source, where they are less work than each for itself."""
    told, apart = overlay.history.get(layer.name), overlay.links_apart.get(layer.name, ())
    count = sum(len(links.start) for links in apart if links.source == source.name)
    if not told or not count:
        return None
    runs = runs_of(told, source, layer)
    block = layer.block
    assert isinstance(block, Conv)
    every = layer.size * block.height * block.width * source.shape[2]
    if runs is None or len(runs) > MOST:
        return None
    return runs if count * QUICKER >= (len(runs) - 1) * every else None


def _bundled(bundle: Bundle) -> list[Run] | None:
    """The runs of a bundle, but for what it has apart, where another way is not less work."""
    block = bundle.target.block
    assert isinstance(block, Conv)
    if bundle.feeds and not bundle.offset:
        return None
    runs = runs_of(edit_of(bundle), bundle.source, bundle.target)
    if runs is None or len(runs) == 1:
        return runs
    large = block.height * block.width * bundle.source.shape[2] > SMALL
    if large and (bundle.starts is None or bundle.feeds or bundle.gain == 1):
        # No weight need be looked at, which costs less where windows are large, see `bundle_sums`.
        return None
    count = bundle.target.size if bundle.ends is None else len(bundle.ends)
    # Where all that they read counts, the sum of it is wanted too.
    summed = bundle.starts is None and bundle.offset != 0 and count > FEW
    return runs if summed or count * FEW >= bundle.target.size else None
