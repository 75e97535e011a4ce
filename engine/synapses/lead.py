"""The lead of an answer over the others, and its slope at every neuron: one pass back from a trace.

lead = score of a class - mean of the scores of all others, a score being a pre-activation of the output. What
all scores share, a softmax cannot see; the lead has no part in it. Against one rival it is the difference of
the two scores.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping
from functools import partial
from threading import Lock

import numpy as np

from engine.arrays import Array, ArrayMap, read_only
from engine.blocks.activations import activation
from engine.errors import EngineError, check_class
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.micro_batch import MicroBatch
from engine.run.trace import Trace, check_trace


def lead(trace: Trace, of: int | None = None, against: int | None = None) -> float:
    """By how much the score of a class exceeds the mean of the others, or the score of a rival.

    Of a net that gives numbers: the number (before its function), or its difference to another. of: a
    class, the prediction by default; against: a rival, by default the mean of all others. EngineError as
    for `lead_gradient`.
    """
    chosen, rival = contest(trace, of, against)
    scores = trace.pre[trace.net.layers[-1].name].reshape(-1).astype(np.float64)
    return float(scores @ _seed(trace.net, chosen, rival))


def lead_gradient(trace: Trace, of: int | None = None, against: int | None = None) -> ArrayMap:
    """Slope of the lead by every neuron's pre-activation: layer name -> read-only array of its shape.

    of, against: as for `lead`. By the net as it is edited: 0 for an ablated or clamped neuron. One pass back
    from what the trace holds (Rumelhart, Hinton and Williams 1986), none forward, and kept with the trace:
    asked again, it costs nothing. Of the input it is the slope by each pixel, worked out when it is first
    asked for: no synapse needs it. EngineError for a class that there is not, a rival that is the class
    itself, and a net whose output is no row of scores.
    """
    chosen, rival = contest(trace, of, against)
    if (chosen, rival) not in trace.lead_gradients:
        trace.lead_gradients[chosen, rival] = slopes_from(trace, chosen, rival)
    return trace.lead_gradients[chosen, rival]


def contest(trace: Trace, of: int | None, against: int | None) -> tuple[int, int | None]:
    """The class, and the rival or None for all others; EngineError says what cannot be."""
    check_trace(trace)
    last = trace.net.layers[-1]
    if last.size < 2 or max(last.shape) < last.size:
        raise EngineError(
            f"{trace.net.name} has an output of shape {last.shape}: a lead needs a row of 2 or more scores, "
            "such as a dense output of 10 neurons"
        )
    chosen = trace.prediction if of is None else check_class(of, last.size)
    rival = None if against is None else check_class(against, last.size)
    if rival == chosen:
        raise EngineError(f"class {chosen} cannot be its own rival: set it against another class, or none")
    return chosen, rival


def _seed(net: Net, chosen: int, rival: int | None) -> Array:
    """The slope of the lead by the score of each class."""
    classes = net.layers[-1].size
    alone = rival is not None or net.gives_numbers
    seed = np.full(classes, 0.0 if alone else -1 / (classes - 1))
    if rival is not None:
        seed[rival] = -1
    seed[chosen] = 1
    return seed


class Slopes(ArrayMap):
    """The answer of `lead_gradient`: as any map of arrays, but that of the input is made on demand."""

    def __init__(self, arrays: Mapping[str, Array], first: str, pixels: Callable[[], Array]):
        super().__init__(arrays)
        self._first, self._pixels, self._lock = first, pixels, Lock()

    def __getitem__(self, name: str) -> Array:
        return self._all[name] if name == self._first else self._arrays[name]

    def __contains__(self, name: object) -> bool:
        return name == self._first or name in self._arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def items(self) -> ItemsView[str, Array]:
        """Names and arrays."""
        return self._all.items()

    def updated(self, fresh: Mapping[str, Array]) -> ArrayMap:
        """A copy with these arrays in place of those of the same names; new names come last."""
        return ArrayMap(self._all).updated(fresh)

    def __repr__(self) -> str:
        return repr(ArrayMap(self._all))

    def __reduce__(self) -> tuple[type[ArrayMap], tuple[dict[str, Array]]]:
        return ArrayMap, (self._all,)

    @property
    def _all(self) -> dict[str, Array]:
        with self._lock:
            if self._first not in self._arrays:
                self._arrays = {self._first: self._pixels(), **self._arrays}
        return self._arrays


def activation_slopes(trace: Trace, of: int | None = None, against: int | None = None) -> dict[str, Array]:
    """Slope of the lead by every hidden neuron's activation: layer name -> array of its shape.

    Activation x slope is what the lead loses without the neuron, to first order. of, against, errors: as for
    `lead_gradient`; also of a neuron that an edit holds, whose activation counts like any other's.
    """
    chosen, rival = contest(trace, of, against)
    slopes, _ = _back(trace, chosen, rival, keep=True)
    return {
        layer.name: _checked(trace.net, layer.name, slopes[layer.name]) for layer in trace.net.layers[1:-1]
    }


def slopes_from(trace: Trace, chosen: int, rival: int | None) -> ArrayMap:
    """The answer of `lead_gradient`, worked out."""
    net = trace.net
    first, last = net.layers[0], net.layers[-1]
    slopes, grad = _back(trace, chosen, rival, keep=False)
    slopes[last.name] = grad
    found = {layer.name: _checked(net, layer.name, slopes[layer.name]) for layer in net.layers[1:]}
    # Not the trace, which keeps the answer: what holds itself is freed late.
    pixels = partial(_by_pixels, net, trace.pre, trace.activation, found)
    return Slopes(found, first.name, pixels)


def _back(trace: Trace, chosen: int, rival: int | None, keep: bool) -> tuple[dict[str, Array], Array]:
    """Slopes (1, *shape) of hidden layers, by pre-activations, or with keep by activations; the output's."""
    net, last = trace.net, trace.net.layers[-1]
    part, pre, act = _recalled(net, trace.pre, trace.activation)
    # A layer that leads nowhere keeps its zeros.
    slopes = {layer.name: np.zeros((1, *layer.shape), net.dtype) for layer in net.layers[1:-1]}
    grad = _seed(net, chosen, rival).astype(net.dtype).reshape(1, *last.shape)
    with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
        part.recall(pre, act)
        part.backward(grad, pre, act, slopes, keep=keep)
    return slopes, grad


def _by_pixels(net: Net, sums: ArrayMap, activations: ArrayMap, slopes: Mapping[str, Array]) -> Array:
    """The slope by each pixel, from those by the pre-activations of the layers that read them."""
    first = net.layers[0]
    part, pre, act = _recalled(net, sums, activations)
    grad = np.zeros((1, *first.shape), net.dtype)
    with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
        part.recall(pre, act)
        part.backward_into(first.name, grad, slopes, act)
        _through_pixels(net, grad, pre[first.name], act[first.name])
    return _checked(net, first.name, grad)


def _recalled(
    net: Net, sums: ArrayMap, activations: ArrayMap
) -> tuple[MicroBatch, dict[str, Array], dict[str, Array]]:
    """What goes back from a trace, and the pre-activations and activations (1, *shape) of its layers."""
    pre = {name: array[None] for name, array in sums.items()}
    # Sending a gradient through edited neurons writes to their activations for a moment.
    act = {n: a[None].copy() if n in net.overlay.cells else a[None] for n, a in activations.items()}
    return MicroBatch(net.layers, net.weights.by_layer, None, False, net.overlay), pre, act


def _checked(net: Net, name: str, slopes: Array) -> Array:
    """A layer's slopes (1, *shape) as (*shape), read-only; EngineError where they are not finite."""
    if not np.isfinite(slopes).all():
        raise EngineError(
            f"{net.name}: slopes of {name} grow beyond {net.dtype}: its edits or weights are too large"
        )
    slopes.flags.writeable = False
    return read_only(slopes[0])


def _through_pixels(net: Net, grad: Array, pre: Array, act: Array) -> None:
    """From the slope by the input's activations to that by its pixels: they differ where one is edited."""
    name = net.layers[0].name
    if name in net.overlay.cells:
        through = activation("identity").backward
        before = pre.reshape(1, -1)[:, net.overlay.cells[name].chosen]
        net.overlay.back_fire(name, grad, pre, act, before, lambda g, z, a: through(g, z, a, g))
