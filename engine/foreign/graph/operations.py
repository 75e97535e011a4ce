"""Each operation that is known, and a whole program gone through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.arrays import Shape
from engine.blocks import LocalNorm
from engine.errors import EngineError
from engine.foreign.graph import elementwise, functions, normalisation, sequences
from engine.foreign.graph.constants import CONSTANTS, FOLDED, folded
from engine.foreign.graph.draft import Draft, View
from engine.foreign.graph.linear import dense, image_parts
from engine.foreign.graph.program import Op, Program
from engine.foreign.graph.shapes import MOVES
from engine.foreign.graph.tokens import product
from engine.foreign.graph.translation import Translation, Value
from engine.foreign.pickles import shown
from engine.foreign.refused import way_round

_MOST_OPERATIONS = 10_000
SMALLEST = 4
"""Pixels of a side from which on a row of numbers that fills a square is taken for an image."""


def _gemm(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    weight, bias = values[1], values[2] if len(values) > 2 else None
    if isinstance(values[0], np.ndarray) and isinstance(bias, np.ndarray | None):
        return _turned_gemm(t, op, values[0], values[1], bias)
    if not isinstance(weight, np.ndarray) or weight.ndim != 2 or not isinstance(bias, np.ndarray | None):
        t.refuse("has weights that are worked out, not learned")
    weight = (weight.T if op.settings.get("transB", 0) else weight) * float(op.settings.get("alpha", 1.0))
    bias = None if bias is None else bias * float(op.settings.get("beta", 1.0))
    view = t.view(values[0])
    view = view.turned(lambda a: a.T) if op.settings.get("transA", 0) else view
    return t.settled(dense(t, view, weight, bias))


def _turned_gemm(t: Translation, op: Op, weight: Any, value: Value, bias: Any) -> Value:
    """A B + C with weights A, as (B' A' + C')': B holds images in its columns."""
    turned = {"transA": not op.settings.get("transB", 0), "transB": not op.settings.get("transA", 0)}
    alike = Op(op.kind, op.name, op.inputs, op.outputs, {**op.settings, **turned})
    view = t.view(value)
    if bias is not None:
        rows = weight.shape[1 if op.settings.get("transA", 0) else 0]
        bias = np.broadcast_to(bias, (rows, 1)).T
    return t.view(_gemm(t, alike, [view, weight, bias])).turned(lambda a: a.T)


def _matmul(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    del op
    if isinstance(values[1], np.ndarray):
        view = t.view(values[0])
        return sequences.dense(t, view, values[1], None) or dense(t, view, values[1], None)
    if isinstance(values[0], np.ndarray):
        view = t.view(values[1]).turned(lambda a: np.swapaxes(a, -1, -2))
        return dense(t, view, values[0].T, None).turned(lambda a: np.swapaxes(a, -1, -2))
    return product(t, t.view(values[0]), t.view(values[1]))


def _log(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    del op
    view = t.view(values[0])
    owners = t.whole(view)
    if owners is None or not view.plain or not all(t.open(node, view, "softmax") for node in owners):
        t.refuse("takes logarithms, which are known behind a softmax alone")
    for node in owners:
        node.activation = "log-softmax"
    return view


def _batch_norm(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    view = t.view(values[0])
    if len(values) < 5 or not all(isinstance(value, np.ndarray) for value in values[1:5]):
        t.refuse("has no four constants: scale, shift, mean and variance")
    if op.settings.get("training_mode", 0):
        t.refuse("is in training mode: export the network for inference, in PyTorch after net.eval()")
    scale, shift, mean, variance = (value.astype(np.float64).reshape(-1) for value in values[1:5])
    axis = int(op.settings.get("axis", 1)) % view.index.ndim
    if any(part.shape != (view.index.shape[axis],) for part in (scale, shift, mean, variance)):
        t.refuse(f"has {scale.shape} scales for {view.index.shape}")
    times = scale / np.sqrt(variance + float(op.settings.get("epsilon", 1e-5)))
    if not np.isfinite(times).all():
        t.refuse("has variances below zero")
    along = (-1, *(1,) * (view.index.ndim - 1 - axis))
    t.keep(view, mean.reshape(along), variance.reshape(along))
    return t.settled(view.affine(times.reshape(along), (shift - mean * times).reshape(along)))


def _scaler(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    """(x - offset) scale, a number of each for all or for each number of a row."""
    view = t.view(values[0])
    offset, scale = (
        np.asarray(op.settings.get(key) or [usual], np.float64)
        for key, usual in (("offset", 0), ("scale", 1))
    )
    width = view.index.shape[-1]
    if any(part.shape not in ((1,), (width,)) for part in (offset, scale)):
        t.refuse(f"has {scale.size} scales and {offset.size} offsets for {width} numbers")
    return t.settled(view.affine(scale, -offset * scale))


def _local_norm(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    view = t.exact(t.view(values[0]))
    if int(op.settings.get("size", 1)) % 2 == 0:
        t.refuse("spans an even number of maps: known are odd ones")
    block = LocalNorm(
        int(op.settings.get("size", 1)),
        # Of single precision in the file: the number that was meant is the shortest one.
        *(
            float(str(np.float32(op.settings.get(key, usual))))
            for key, usual in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0))
        ),
    )
    made = [(t.draft.add(t.where, block, [node]), node, own, maps)
            for node, own, maps in image_parts(t, view)]  # fmt: skip
    if len(made) != 1 or not np.array_equal(made[0][3], np.arange(made[0][1].shape[2])):
        t.refuse("reads maps of several layers, or in another order than they stand in")
    return t.lay(made[0][0]).turned(lambda a: a.transpose(0, 3, 1, 2))


def _sum(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    total = values[0]
    both = Op("Add", op.name, op.inputs, op.outputs, op.settings)
    for value in values[1:]:
        total = elementwise.arithmetic(t, both, [total, value])
    return total if isinstance(total, np.ndarray) or len(values) > 1 else t.view(total)


def _same(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    del op
    return values[0] if isinstance(values[0], np.ndarray) else t.view(values[0])


def _dropout(t: Translation, op: Op, values: Sequence[Any]) -> Value:
    share = float(op.settings.get("share", 0.0))
    view = t.view(values[0])
    owners = t.whole(view)
    if 0 < share < 1 and owners and all(node.block is not None and t.free(node) for node in owners):
        for node in owners:
            node.dropout = share
    return view


_KNOWN: Mapping[str, Callable[[Translation, Op, Sequence[Any]], Any]] = {
    **MOVES,
    **CONSTANTS,
    **dict.fromkeys(functions.FUNCTIONS, functions.function),
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Pow", "Min", "Max"), elementwise.arithmetic),
    **dict.fromkeys(("MaxPool", "AveragePool"), sequences.pooling),
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), sequences.global_pooling),
    "AdaptivePool": sequences.adaptive_pooling,
    **dict.fromkeys(("ReduceMean", "ReduceMax"), sequences.mean),
    **dict.fromkeys(("Softmax", "LogSoftmax"), elementwise.softmax),
    **dict.fromkeys(functions.CHOOSING, functions.chosen),
    "Clip": functions.clip,
    "PRelu": functions.prelu,
    "LayerNormalization": normalisation.layer_norm,
    "Conv": sequences.convolution,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "BatchNormalization": _batch_norm,
    "LRN": _local_norm,
    "Scaler": _scaler,
    "Log": _log,
    "Sum": _sum,
    "Identity": _same,
    "Dropout": _dropout,
}


def known_operations() -> tuple[str, ...]:
    """The kinds of operations that are known, those left out that only errors name."""
    pieces = ("Abs", "Exp", "Swish", "AdaptivePool", "SwapAxes", "Fit", *functions.CHOOSING)
    return tuple(sorted(kind for kind in _KNOWN if kind not in pieces))


def go_through(program: Program) -> tuple[Translation, View]:
    """All operations of a program, and the tensor that it ends in. EngineError names a wrong one."""
    if len(program.ops) > _MOST_OPERATIONS:
        raise EngineError(f"it has {len(program.ops):,} operations, the limit is {_MOST_OPERATIONS:,}")
    ops = _needed(program)
    uses = Counter(name for op in ops for name in op.inputs if name)
    uses[program.output] += 1
    layout, index = _input(program)
    t = Translation(Draft(layout), uses)
    t.where = "the image"
    t.values.update({name: array for name, array in program.constants.items() if uses[name]})
    t.values[program.image] = View(index)
    for op in ops:
        _step(t, op, program.batch)
    t.where = "the output"
    return t, t.view(t.take(program.output))


def _needed(program: Program) -> list[Op]:
    """The operations that the output depends on, in order."""
    wanted, found = {program.output}, list[Op]()
    for op in reversed(program.ops):
        if wanted.intersection(op.outputs):
            wanted.update(name for name in op.inputs if name)
            found.append(op)
    return found[::-1]


def _step(t: Translation, op: Op, batch: int) -> None:
    label = op.kind if op.name in ("", op.kind) else f"{op.kind} {shown(op.name)}"
    t.where, t.ended = label, []
    if op.kind not in _KNOWN and op.kind not in FOLDED:
        way = way_round(op.kind) or f"known are {', '.join(known_operations())}"
        t.refuse(f"is no operation that is known: {way}")
    values = [t.take(name) if name else None for name in op.inputs]
    t.at_hand, given = values, [value for value in values if value is not None]
    op = Op(op.kind, op.name, op.inputs, op.outputs, {"batch": batch, **op.settings})
    try:
        with np.errstate(all="ignore"):
            constant = all(isinstance(value, np.ndarray) for value in given) and bool(given)
            made = folded(t, op, [v for v in given if isinstance(v, np.ndarray)]) if constant else None
            if made is None and op.kind not in _KNOWN:
                t.refuse("works on what the network makes: it is known for constants alone")
            made = _KNOWN[op.kind](t, op, values) if made is None else made
    except EngineError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        t.refuse(f"cannot be made out ({(str(error).splitlines() or [type(error).__name__])[0]:.80})")
    results = made if isinstance(made, list) else [made]
    for name, value in zip(op.outputs, results, strict=False):
        if name and t.uses[name]:
            t.values[name] = np.asarray(value) if isinstance(value, np.generic) else value


def _input(program: Program) -> tuple[Shape, np.ndarray[Any, Any]]:
    """The input layer's shape, and which of its neurons each number of the foreign input is."""
    _, *shape = program.shape
    axis = program.channels
    if len(shape) == 3 and axis is not None:
        first = axis % 4 == 1
        h, w, c = (shape[1], shape[2], shape[0]) if first else shape
        index = np.arange(h * w * c).reshape(h, w, c)
        return (h, w, c), (index.transpose(2, 0, 1) if first else index)[None]
    if len(shape) == 2:
        return (shape[0], shape[1], 1), np.arange(shape[0] * shape[1]).reshape(1, *shape)
    size = int(np.prod(shape))
    side = int(np.sqrt(size))
    layout = (side, side, 1) if side * side == size and side >= SMALLEST else (size,)
    return layout, np.arange(size).reshape(1, *shape)
