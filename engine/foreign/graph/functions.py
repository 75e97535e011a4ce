"""Functions of single numbers, whole ones and the pieces that exporters make of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation
from engine.blocks.curves import SELU_ALPHA, SELU_SCALE
from engine.foreign.graph.curves import Curve, curve_of, same_base
from engine.foreign.graph.draft import View
from engine.foreign.graph.elementwise import add
from engine.foreign.graph.normalisation import norm_root
from engine.foreign.graph.norming import Norming
from engine.foreign.graph.program import Op
from engine.foreign.graph.translation import Translation, Value


def _known(name: str) -> Callable[[Array, Op], Array]:
    def of(x: Array, op: Op) -> Array:
        del op
        out = np.empty_like(x)
        activation(name).forward(x, out)
        return out

    return of


def _alpha(op: Op) -> float:
    return float(op.settings.get("alpha", 1)) or 1.0


def _gelu(x: Array, op: Op) -> Array:
    return _known("gelu-tanh" if op.settings.get("approximate") == "tanh" else "gelu")(x, op)


# Of most of these errors alone can tell; some are steps of functions that are known.
_OTHERS: Mapping[str, Callable[[Array], Array]] = {
    "Neg": np.negative,
    "Abs": np.abs,
    "Exp": lambda x: np.exp(np.minimum(x, 300)),
    "Sqrt": np.sqrt,
    "Reciprocal": lambda x: 1 / x,
    "Softplus": lambda x: np.logaddexp(x, 0),
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "Mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "Erf": np.vectorize(math.erf, otypes=[np.float64]),
}


def _plain(of: Callable[[Array], Array]) -> Callable[[Array, Op], Array]:
    """A function that has no settings."""
    return lambda x, _: of(x)


FUNCTIONS: Mapping[str, Callable[[Array, Op], Array]] = {
    "Relu": _known("relu"),
    "LeakyRelu": lambda x, op: np.where(x < 0, float(op.settings.get("alpha", 0.01)) * x, x),
    "Sigmoid": _known("sigmoid"),
    "Tanh": _known("tanh"),
    "Gelu": _gelu,
    "Elu": lambda x, op: np.where(x < 0, float(op.settings.get("alpha", 1)) * np.expm1(np.minimum(x, 0)), x),
    "Celu": lambda x, op: np.where(x < 0, _alpha(op) * np.expm1(np.minimum(x / _alpha(op), 0)), x),
    "Selu": lambda x, op: (
        float(op.settings.get("gamma", SELU_SCALE))
        * np.where(x < 0, float(op.settings.get("alpha", SELU_ALPHA)) * np.expm1(np.minimum(x, 0)), x)
    ),
    "HardSigmoid": lambda x, op: np.clip(
        x * float(op.settings.get("alpha", 0.2)) + float(op.settings.get("beta", 0.5)), 0, 1
    ),
    "Swish": lambda x, op: x / (1 + np.exp(-float(op.settings.get("alpha", 1)) * x)),
    **{name: _plain(of) for name, of in _OTHERS.items()},
}


def function(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """A function of each number."""
    if isinstance(values[0], Norming):
        return norm_root(t, op, values[0])
    curve = t.curve(values[0])
    detail = f" with alpha {op.settings['alpha']:g}" if "alpha" in op.settings else ""
    with np.errstate(all="ignore"):
        made = Curve(curve.base, FUNCTIONS[op.kind](curve.values, op), (*curve.words, t.where + detail))
    # Where nobody else needs the sums, the function is done; else it may be a piece of a longer one.
    owners = t.whole(curve.base)
    if op.kind in ("Relu", "LeakyRelu", "Sigmoid", "Tanh", "Gelu") and owners and all(map(t.open, owners)):
        return t.activated(made)
    return made


def clip(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Clip, of which a ReLU is one kind."""
    ends = [op.settings.get("min", -np.inf), op.settings.get("max", np.inf)]
    for place, value in enumerate(values[1:3]):
        if isinstance(value, np.ndarray) and value.size:
            ends[place] = float(value.reshape(-1)[0])
    curve = t.curve(values[0])
    word = f"{t.where} to {ends[0]:g}..{ends[1]:g}"
    # Beyond all places that are compared, an end is none: such as the largest number of half precision.
    return Curve(curve.base, np.clip(curve.values, *ends), (*curve.words, word))


def prelu(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """PRelu: a leaky ReLU whose slope is learned, one for all or one for each map."""
    slope = values[1]
    if not isinstance(slope, np.ndarray) or not slope.size:
        t.refuse("has slopes that are worked out, not learned")
    if np.ptp(slope) > 0:
        return _prelu_by_map(t, t.view(values[0]), slope.astype(np.float64))
    alike = Op("LeakyRelu", op.name, op.inputs[:1], op.outputs, {"alpha": float(slope.reshape(-1)[0])})
    return function(t, alike, values)


def _prelu_by_map(t: Translation, view: View, slope: Array) -> Value:
    """A leaky ReLU with slopes s of its own, as s z + relu((1 - s) z): of slopes up to 1."""
    if slope.max() > 1:
        t.refuse(f"has a slope of {slope.max():.3g} below zero: known are slopes up to 1")
    sums = t.exact(view)
    slopes = np.broadcast_to(slope, sums.index.shape)
    above = t.copied(sums.affine(1 - slopes, 0))
    for node in t.draft.owners(above.index):
        node.activation = "relu"
    t.note(f"{t.where} has slopes of its own: s z + relu((1 - s) z), three layers, stands for it")
    return add(t, t.copied(sums.affine(slopes, 0)), above)


def chosen(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Where, Greater, Less and their like: pieces of a function of each number."""
    curves, given = list[Curve](), []
    several = sum(not isinstance(value, np.ndarray) for value in values) > 1
    for value in values:
        if not isinstance(value, np.ndarray):
            curves.append(_beside_others(t, value) if several else t.curve(value))
            given.append(curves[-1].values)
        elif not value.size or np.ptp(value.astype(np.float64)) > 0:
            t.refuse("compares with numbers of their own for each neuron, which no layer here does")
        else:
            given.append(value.reshape(-1)[0])
    if not all(same_base(curves[0], each) for each in curves):
        t.refuse("compares two results of the network, which no layer here does")
    words = tuple(dict.fromkeys(word for each in curves for word in each.words))
    with np.errstate(all="ignore"):
        made = np.asarray(_CHOOSING[op.kind](*given), np.float64)
    return Curve(curves[0].base, made, (*words, t.where))


def _beside_others(t: Translation, value: Value) -> Curve:
    """A tensor as the function of a layer that it is so far.

    The other values may be of the same layer, and so nothing of this one goes into its weights.
    """
    made = value if isinstance(value, Curve) else curve_of(t.view(value))
    return (
        t.refuse("compares what is scaled neuron by neuron, which no layer here does")
        if made is None
        else made
    )


def _where(told: Array, then: Array, other: Array) -> Array:
    return np.where(np.asarray(told) != 0, then, other)


_CHOOSING: Mapping[str, Callable[..., Array]] = {
    "Where": _where,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
}
CHOOSING = tuple(_CHOOSING)
