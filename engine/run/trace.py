"""A trace: every neuron's value for one image."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, ArrayMap, Shape, read_only
from engine.errors import EngineError, UnknownNameError, check_class, check_kind
from engine.graph.repr import after_changes
from engine.kernels.threads import one_blas_thread
from engine.net import Net
from engine.run.follow import follow
from engine.run.inputs import as_inputs, as_numbers, furthest, probabilities
from engine.run.machine import Machine
from engine.run.micro_batch import MicroBatch
from engine.run.sizes import one_buffer
from guarding import in_a_line

ImageKey = tuple[np.dtype[Any], Shape, bytes]
_LARGE = 1 << 16
"""Bytes of an image from which on it is no gain to know it again."""
_TOLD = 8  # of several numbers, those that a trace tells of itself
_NOTHING = ArrayMap({})


class NoGradientsError(UnknownNameError):
    """A gradient is asked of a trace that has none: a KeyError too, as `get` of a mapping needs it."""

    def __str__(self) -> str:
        return (
            f"no gradient of {in_a_line(self.args[0])}: this trace has none; "
            "net.trace(image, gradients_of=3) makes one with those of the score of 3"
        )


class _NoGradients(ArrayMap):
    """The gradients of a trace that was made without: whoever asks for one is told how to get it."""

    def __init__(self) -> None:
        super().__init__({})

    def __getitem__(self, name: str) -> Array:
        raise NoGradientsError(name, ())

    def __reduce__(self) -> tuple[type[ArrayMap], tuple[()]]:  # type: ignore[override]
        return _NoGradients, ()


_NO_GRADIENTS = _NoGradients()


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """What every neuron of a net did with one image.

    pre, activation: layer name -> array of the layer's shape; the input's pre-activations are its
    activations. probabilities (classes,): a softmax layer's activation; exp of a log-softmax layer's;
    otherwise the output's activations (negative ones as 0) divided by their sum; of a net that gives numbers
    its activations, see `Net.gives_numbers`. gradient: layer name -> derivative of one class's
    pre-activation (its score) with respect to each activation; empty where it was not asked for.
    unedited: the pre-activations of layers whose sums are edited, as they were before that. shown: the
    image as it was given, to know it again.
    """

    net: Net
    pre: ArrayMap
    activation: ArrayMap
    probabilities: Array
    gradient: ArrayMap = field(default_factory=lambda: _NO_GRADIENTS)
    unedited: ArrayMap = field(default_factory=lambda: _NOTHING)
    shown: ImageKey | None = None

    def __repr__(self) -> str:
        net, gradients = self.net, ", with gradients" if self.gradient else ""
        read = f"reads {self.prediction} with probability {self.confidence:.4f}"
        if net.gives_numbers:
            read = "gives " + ", ".join(f"{value:.4g}" for value in self.probabilities[:_TOLD].tolist())
            read += ", ..." if len(self.probabilities) > _TOLD else ""
        return (
            f"<Trace of {net.name}: {read}; "
            f"{net.neuron_count:,} neurons in {len(net.layers)} layers"
            f"{after_changes(net.history)}{gradients}>"
        )

    @property
    def prediction(self) -> int:
        """The most likely class; of several numbers the one furthest from 0."""
        return furthest(self.net, self.probabilities)

    @property
    def confidence(self) -> float:
        """The prediction's probability, 0..1; the number itself of a net that gives one."""
        return float(self.probabilities[self.prediction])

    @cached_property
    def neurons(self) -> npt.NDArray[np.float32]:
        """All activations (N,) float32 in the order of neuron ids."""
        parts = [self.activation[layer.name].reshape(-1) for layer in self.net.layers]
        return read_only(np.concatenate(parts).astype(np.float32))

    @cached_property
    def lead_gradients(self) -> dict[tuple[int, int | None], ArrayMap]:
        """The answers of `engine.lead_gradient` so far, by class and rival."""
        return {}

    def display(self, name: str) -> npt.NDArray[np.float32]:
        """What a picture shows of a layer, (size,) float32: activations, the output's probabilities."""
        layer = self.net.layer(name)
        values = self.probabilities if layer is self.net.layers[-1] else self.activation[name]
        return values.reshape(-1).astype(np.float32)


def check_trace(given: object) -> None:
    """EngineError where something else is given than a trace, such as a net or an image."""
    check_kind(given, Trace, "a trace", "net.trace(image)")


def trace(net: Net, image: Array, gradients_of: int | None = None, base: Trace | None = None) -> Trace:
    """Run one image through the net and keep everything; see Net.trace."""
    image = as_numbers(net, image)
    if base is not None:
        check_trace(base)
    shown = (image.dtype, image.shape, image.tobytes()) if image.nbytes < _LARGE else None
    with np.errstate(over="ignore", invalid="ignore"), one_blas_thread():
        known = None if base is None or base.shown != shown else _known_input(net, base)
        x = read_only(as_inputs(net, image[None], one=True)) if known is None else known
        gradient = _NO_GRADIENTS if gradients_of is None else _gradient(net, x, gradients_of)
        if base is None or (known is None and not _may_follow(net, x, base)):
            traced = _anew(net, x, gradient, shown)
        else:
            traced = _after(net, base, gradient, shown)
    # An edited net is looked at wherever it is new: a sigmoid may hide what has overflown.
    fresh = traced.pre.beyond(_NOTHING if base is None else base.pre) if net.edits else ()
    if not all(map(_finite, (traced.probabilities, *fresh))):
        where = next((n for n, values in traced.pre.items() if not np.isfinite(values).all()), "output")
        raise EngineError(
            f"{net.name}: the sums of {where} grow beyond {net.dtype}: its edits or weights are too large"
        )
    return traced


def _finite(values: Array) -> bool:
    flat = values if values.ndim == 1 else values.reshape(-1)
    # One pass where all is well: a sum of squares hides nothing, but may itself overflow.
    return math.isfinite(flat.dot(flat)) or bool(np.isfinite(flat).all())


def _known_input(net: Net, base: Trace) -> Array | None:
    """The input (1, *shape) that the image of another trace is to this net too; None where it may differ."""
    before = base.net
    alike = net.weights is before.weights and net.task is before.task and net.framing == before.framing
    return base.pre[net.layers[0].name][None] if alike and base.shown is not None else None


def _may_follow(net: Net, x: Array, base: Trace) -> bool:
    """Whether another trace is one of the same input x (1, *shape) in a net of the same layers."""
    before = base.net
    if net.weights is not before.weights and (net.layers != before.layers or net.dtype != before.dtype):
        return False
    known = base.pre[net.layers[0].name]
    return x.base is known or x.tobytes() == known.tobytes()


def _anew(net: Net, x: Array, gradient: ArrayMap, shown: ImageKey | None) -> Trace:
    """The trace of an input (1, *shape), all of it worked out."""
    first, layers = net.layers[0].name, net.layers[1:]
    pre, act = {first: x}, {first: net.overlay.enter(first, x)}
    for layer in layers:
        sums = pre[layer.name] = np.empty((1, *layer.shape), net.dtype)
        act[layer.name] = sums if one_buffer(layer, net.overlay) else np.empty_like(sums)
    part = MicroBatch(layers, net.weights.by_layer, None, False, net.overlay)
    unedited = part.forward(pre, act, None, layers, {})
    answer = _answer(net, act["output"])
    return Trace(net, _one(pre), _one(act), answer, gradient, _one(unedited), shown)


def _after(net: Net, base: Trace, gradient: ArrayMap, shown: ImageKey | None) -> Trace:
    """The trace of the same input, what a change does not reach taken over from the one before."""
    pre, act, unedited = follow(net, base.net, base.pre, base.activation, base.unedited)
    return Trace(
        net,
        base.pre.settled(pre),
        base.activation.settled(act),
        _answer(net, act["output"][None]) if "output" in act else base.probabilities,
        gradient,
        _NOTHING.settled(unedited),
        shown,
    )


def _one(batch: dict[str, Array]) -> ArrayMap:
    """Arrays (1, *shape) that nobody else holds as read-only ones (*shape)."""
    for array in batch.values():
        array.flags.writeable = False
    return ArrayMap({name: array[0] for name, array in batch.items()})


def _answer(net: Net, output: Array) -> Array:
    answer = probabilities(net, output)
    answer.setflags(write=False)
    row: Array = answer[0]
    return row


def _gradient(net: Net, x: Array, label: int) -> ArrayMap:
    """The derivative of a class's score by every activation."""
    label = check_class(label, net.layers[-1].size)
    machine = Machine(net.layers, net.parameters, 1, overlay=net.overlay)
    machine.forward(x)
    return ArrayMap({name: array[0] for name, array in machine.score_gradients(label).items()})
