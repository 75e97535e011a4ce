"""Operations on constants alone, such as the sizes that exporters work out: done once, by NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.arrays import Array
from engine.foreign.graph.program import Op
from engine.foreign.graph.shapes import MOST_MADE, integers, shape_of
from engine.foreign.graph.translation import Translation, Value
from engine.foreign.refused import way_round

# ONNX's numbers for element types (onnx.proto, TensorProto.DataType).
_TYPES = {
    1: "f4",
    2: "u1",
    3: "i1",
    5: "i2",
    6: "i4",
    7: "i8",
    9: "?",
    10: "f2",
    11: "f8",
    12: "u4",
    13: "u8",
}

_PLAIN: Mapping[str, Callable[..., Array]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Pow": np.power,
    "Sqrt": np.sqrt,
    "Neg": np.negative,
    "Reciprocal": lambda a: 1 / a,
    "Exp": np.exp,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Mod": np.mod,
    "Less": np.less,
    "Greater": np.greater,
    "Or": np.logical_or,
    "Equal": np.equal,
    "Where": np.where,
    "Min": np.minimum,
    "Max": np.maximum,
    "And": np.logical_and,
    "Not": np.logical_not,
}
FOLDED = (*_PLAIN, "Div", "Range", "ReduceProd", "DequantizeLinear")
"""What is known for constants."""


def folded(t: Translation, op: Op, values: Sequence[Array]) -> Array | None:
    """What an operation makes of constants; None for one that is not known for them."""
    if op.kind in _PLAIN:
        t.limited(np.broadcast_shapes(*(value.shape for value in values)), MOST_MADE)
        return np.asarray(_PLAIN[op.kind](*values))
    if op.kind == "Div":
        t.limited(np.broadcast_shapes(*(value.shape for value in values)), MOST_MADE)
        whole = all(value.dtype.kind in "iu" for value in values)
        return np.asarray(values[0] // values[1] if whole else values[0] / values[1])
    if op.kind == "Range":
        first, end, step = (np.asarray(value).reshape(-1)[0] for value in values)
        t.limited((max(0, int((end - first) / step)),), MOST_MADE)
        return np.arange(first, end, step)
    if op.kind == "DequantizeLinear":
        return _real(t, op, values)
    if op.kind == "ReduceProd":
        return np.asarray(np.prod(values[0], keepdims=bool(op.settings.get("keepdims", 1))))
    return None


def _real(t: Translation, op: Op, values: Sequence[Array]) -> Array:
    """The numbers (q - zero) scale that whole ones q stand for, with one scale or one along an axis."""
    whole, scale = values[:2]
    zero = values[2] if len(values) > 2 else np.zeros((), np.int32)
    if scale.ndim > 1 or op.settings.get("block_size", 0):
        t.refuse(f"has scales of blocks: {way_round(op.kind)}")
    if scale.size > 1:
        along = [1] * whole.ndim
        along[op.settings.get("axis", 1)] = scale.size
        scale, zero = scale.reshape(along), zero.reshape(along) if zero.size > 1 else zero
    if np.broadcast_shapes(whole.shape, scale.shape, zero.shape) != whole.shape:
        t.refuse(f"has {scale.size:,} scales for numbers of shape {whole.shape}: one along an axis is known")
    return np.asarray((whole.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32))


def shape(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Shape, of a batch of 1."""
    whole = shape_of(t, values[0])
    return np.array(whole[op.settings.get("start", 0) : op.settings.get("end")], np.int64)


def constant_of_shape(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """ConstantOfShape: one number everywhere."""
    wanted = integers(t, values[0]) or []
    t.limited(wanted, MOST_MADE)
    value = np.asarray(op.settings.get("value", np.zeros(1, np.float32))).reshape(-1)
    return np.full(wanted, value[0])


def constant(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Constant, in any of its forms."""
    del values
    for key in ("value", "value_float", "value_floats", "value_int", "value_ints"):
        if key in op.settings:
            return np.asarray(op.settings[key])
    return t.refuse("has no number, but a text or something sparse")


def cast(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Cast: constants change their type, tensors are of real numbers before and after."""
    to = op.settings.get("to", 1)
    if isinstance(values[0], np.ndarray):
        return values[0].astype(_TYPES.get(to, "f4"))
    if to not in (1, 10, 11, 16):
        t.refuse("turns what it reads into whole numbers")
    return values[0]


def cast_like(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """CastLike: constants take the type of another value, which is of real numbers where it is a tensor."""
    del t, op
    first, like = values[:2]
    if not isinstance(first, np.ndarray):
        return first
    return first.astype(like.dtype if isinstance(like, np.ndarray) else np.float32)


CONSTANTS = {
    "Shape": shape,
    "ConstantOfShape": constant_of_shape,
    "Constant": constant,
    "Cast": cast,
    "CastLike": cast_like,
}
