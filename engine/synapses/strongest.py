"""The strongest synapses of a trace, by what a synapse does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from numbers import Integral

import numpy as np
import numpy.typing as npt

from engine.arrays import ArrayMap
from engine.blocks import Kind
from engine.errors import EngineError
from engine.graph.synapses import Synapses, joined
from engine.kernels.threads import one_blas_thread
from engine.run.trace import Trace, check_trace
from engine.synapses import edited
from engine.synapses.measured import View, slopes_by
from engine.synapses.views import kind_of
from engine.topk import kth_largest
from guarding import in_a_line

Found = tuple[Synapses, npt.NDArray[np.float32]]
"""Synapses, strongest first, and what each comes to."""
_EVERY = tuple(Kind)
_MEASURED = {"gradient": (Kind.LEARNED,), "weight": (Kind.LEARNED, Kind.FIXED)}


@one_blas_thread()
def strongest(
    trace: Trace,
    k: int,
    source_layer: str | None = None,
    target_layer: str | None = None,
    kinds: Collection[Kind] = _EVERY,
    *,
    by: str = "contribution",
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    """The k synapses with the largest |value|, strongest first, and those values.

    Of one connection, or of the whole net when no layers are named; of these kinds only.

    by: what a value is. "contribution": weight x source activation. "signal": the same into neurons that fire
        (see FIRES) and into the output, and nothing into others. "evidence": this x the slope of the lead
        at the target, for class `of` (the prediction by default) against one rival or the mean of all others,
        see `engine.synapses.evidence`. "gradient": source activation x that slope, which is the slope of the
        lead by the weight; learned weights alone have one. "weight": the weight, where it is not worked out
        from the input, as a normalisation's and attention's are.
    sign: 1 for values above 0 alone, -1 for those below.

    Exact: ties go to the synapse that comes first in edge order. Synapses whose value is 0 are left out, so
    there may be fewer than k.
    """
    check_trace(trace)
    if not isinstance(k, Integral) or k < 0:
        raise EngineError(f"k = {in_a_line(k)}: ask for 0 or more synapses")
    slopes = slopes_by(trace, by, of, against)
    return _of_sign(sign, k, partial(_strongest, trace, source_layer, target_layer, kinds, by, slopes))


@one_blas_thread()
def strongest_of_each(
    trace: Trace,
    most: Sequence[int],
    *,
    by: str = "contribution",
    of: int | None = None,
    against: int | None = None,
    sign: int = 0,
) -> list[tuple[Synapses, npt.NDArray[np.float32]]]:
    """For each connection of the net, in order, its strongest synapses, at most so many: see `strongest`."""
    slopes, kinds = slopes_by(trace, by, of, against), _MEASURED.get(by)
    none = (joined([]), np.empty(0, np.float32))
    return [
        _of_sign(sign, k, View(trace, *pair, by, slopes).sorted)
        if kinds is None or kind_of(trace.net, *pair) in kinds
        else none
        for pair, k in zip(trace.net.connections, most, strict=True)
    ]


@one_blas_thread()
def strongest_around(
    trace: Trace, layer: str, neurons: npt.NDArray[np.integer], k: int, *, by: str = "contribution"
) -> tuple[Found, Found]:
    """The k strongest synapses into some neurons of a layer, and the k strongest out of them.

    neurons: (n,) flat indices in that layer. by: "contribution" or "weight", see `strongest`.
    """
    net, kinds = trace.net, _MEASURED.get(by, _EVERY)
    mine = np.zeros(net.layer(layer).size, np.float32)
    mine[neurons] = 1.0
    parts: tuple[list[Found], list[Found]] = [], []
    for pair in net.connections:
        if layer not in pair or kind_of(net, *pair) not in kinds:
            continue
        view = View(trace, *pair, by, None)
        if pair[1] == layer:
            view.slope = mine
        else:
            view.activation = view.activation * mine
        parts[pair[0] == layer].append(view.sorted(k))
    into, out = (_best(part, k) for part in parts)
    return into, out


def _best(parts: Sequence[Found], k: int) -> Found:
    """The k strongest of several, strongest first, without those that come to nothing."""
    values = np.concatenate([np.empty(0, np.float32), *(values for _, values in parts)])
    order = np.argsort(-np.abs(values), kind="stable")[:k]
    order = order[values[order] != 0]
    return edited.take(joined([synapses for synapses, _ in parts]), order), values[order]


def _of_sign(
    sign: int, k: int, search: Callable[[int], tuple[Synapses, npt.NDArray[np.float32]]]
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    """The k strongest of one sign, 0 for both; search: finds so many of both, strongest first."""
    if sign == 0:
        return search(k)
    most = k
    while True:
        # Those of one sign stand among the strongest of both, only farther down.
        found, values = search(most)
        mine = np.flatnonzero(values * sign > 0)[:k]
        if len(mine) == k or len(values) < most:
            return edited.take(found, mine), values[mine]
        most *= 2


def _strongest(
    trace: Trace,
    source_layer: str | None,
    target_layer: str | None,
    kinds: Collection[Kind],
    by: str,
    slopes: ArrayMap | None,
    k: int,
) -> tuple[Synapses, npt.NDArray[np.float32]]:
    kinds = set(kinds).intersection(_MEASURED.get(by, _EVERY))
    every = len(kinds) == len(_EVERY)
    if (source_layer is None) != (target_layer is None):
        raise EngineError("name both layers of a connection, or neither for the whole net")
    pairs = trace.net.connections
    if source_layer is not None and target_layer is not None:
        pairs = ((source_layer, target_layer),)
    chosen = [View(trace, *pair, by, slopes) for pair in pairs if every or kind_of(trace.net, *pair) in kinds]
    if len(chosen) == 1:
        return chosen[0].sorted(k)
    # With every connection's peaks known, weak connections need hardly be looked at.
    peaks = [view.peaks() for view in chosen] if not trace.net.edits else []
    floor = kth_largest(np.concatenate(peaks), k) if peaks else 0.0
    parts, values = [], np.empty(0, np.float32)
    for view in chosen:
        part, more = view.top(k, floor)
        parts.append(part)
        values = np.concatenate([values, more])
        if not trace.net.edits and view is not chosen[-1]:
            floor = max(floor, kth_largest(np.abs(values), k))
    # A stable sort keeps edge order among equals.
    order = np.argsort(-np.abs(values), kind="stable")[:k]
    return edited.take(joined(parts), order), values[order]
