"""Layer normalisation: as one operation, and step by step as older exporters write it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.blocks import LayerNorm
from engine.foreign.graph.draft import Node, View
from engine.foreign.graph.norming import Norming
from engine.foreign.graph.program import Op
from engine.foreign.graph.tokens import is_tokens, tokens
from engine.foreign.graph.translation import Translation, Value


def layer_norm(t: Translation, op: Op, values: Sequence[Value | None]) -> Value:
    """LayerNormalization over the last axis."""
    view = t.view(values[0])  # type: ignore[arg-type]
    axis = int(op.settings.get("axis", -1)) % view.index.ndim
    if axis != view.index.ndim - 1:
        t.refuse("normalises over several axes: known is the last axis alone")
    width = view.index.shape[-1]
    scale, shift = (
        np.broadcast_to(value.reshape(-1), width) if isinstance(value, np.ndarray) else np.full(width, usual)
        for value, usual in zip((*values[1:3], None, None), (1.0, 0.0), strict=False)
    )
    return normalised(t, view, scale, shift, float(op.settings.get("epsilon", 1e-5)))


def normalised(t: Translation, view: View, scale: Array, shift: Array, eps: float) -> View:
    """A layer normalisation over the last axis of a tensor."""
    if is_tokens(view):
        node = tokens(t, view)
        order = node.numbers.reshape(view.index.shape) - node.base
    else:
        view = t.exact(view)
        node = _with_token(t, view) or t.owner(view)
        order = view.index - node.base
    eps = float(np.format_float_positional(np.float32(eps), unique=True, trim="-"))
    made = t.draft.add(t.where, LayerNorm(eps), [node], {"scale": scale, "shift": shift})
    return View(made.base + order)


def _with_token(t: Translation, view: View) -> Node | None:
    """The layer of tokens of which a row is one token whole: to normalise it, all are; None for others."""
    owners = t.draft.owners(view.index)
    if len(owners) != 1 or len(owners[0].shape) != 2 or view.index.size != owners[0].shape[1]:
        return None
    token = (view.index.reshape(-1) == owners[0].numbers).all(axis=1)
    return owners[0] if token.any() else None


def reduce_mean(t: Translation, op: Op, values: Sequence[Value], axes: Sequence[int]) -> Norming | None:
    """The mean over the last axis of tokens, which begins a layer normalisation; else None."""
    value = values[0]
    if isinstance(value, Norming):
        if value.stage != "squared":
            t.refuse("takes a mean of what is no tensor")
        return Norming(value.base, "variance")
    view = t.view(value)
    keeps = int(op.settings.get("keepdims", 1))
    if [axis % view.index.ndim for axis in axes] != [view.index.ndim - 1] or not keeps:
        return None
    return Norming(view, "mean")


def norm_step(t: Translation, op: Op, a: Value, b: Value) -> Value:
    """One more step of a layer normalisation in its longer form."""
    made = _factored(t, op, a, b) or (_factored(t, op, b, a) if op.kind in ("Mul", "Add") else None)
    if made is not None:
        return made
    stages = tuple(value.stage if isinstance(value, Norming) else "" for value in (a, b))
    numbers = [float(v.reshape(-1)[0]) for v in (a, b) if isinstance(v, np.ndarray) and v.size == 1]
    number = numbers[0] if numbers else None
    base = next(value.base for value in (a, b) if isinstance(value, Norming))
    eps = max(value.eps for value in (a, b) if isinstance(value, Norming))
    stage = ""
    match op.kind, *stages:
        case "Sub", "", "mean" if not isinstance(a, np.ndarray) and _alike(t.view(a), base):
            stage = "centred"
        case ("Pow", "centred", "") | ("Mul", "centred", "centred") if number in (2, None):
            stage = "squared"
        case ("Add", "variance", "") | ("Add", "", "variance") if number is not None:
            stage, eps = "variance", number
        case ("Div", "", "sigma") if number == 1:
            stage = "inverse"
        case ("Pow", "variance", "") if number in (0.5, -0.5):
            stage = "sigma" if number == 0.5 else "inverse"
        case ("Div", "centred", "sigma") | ("Mul", "centred", "inverse") | ("Mul", "inverse", "centred"):
            width = base.index.shape[-1]
            return normalised(t, base, np.ones(width), np.zeros(width), eps)
        case _:
            t.refuse("takes a mean or variance of tokens further than a layer normalisation does")
    return Norming(base, stage, eps)


def _factored(t: Translation, op: Op, a: Value, b: Value) -> Value | None:
    """A step of TensorFlow's form, x f + (shift - mean f) with f = scale / sigma; None for any other.

    Of what may stand either way round, `a` is what is further.
    """
    if not isinstance(a, Norming):
        return None
    width = a.base.index.shape[-1]
    fits = isinstance(b, np.ndarray) and b.shape[-1:] == (width,) and b.size == width
    vector = b.reshape(width) if isinstance(b, np.ndarray) and fits else None
    made: Value | None = None
    if (op.kind, a.stage) == ("Mul", "inverse") and vector is None:
        # Without a scale of its own the inverse is the factor.
        a = dataclasses.replace(a, stage="factor", scale=np.ones(width))
    match op.kind, a.stage:
        case "Mul", "inverse" if vector is not None:
            made = dataclasses.replace(a, stage="factor", scale=vector)
        case "Mul", "factor" if isinstance(b, Norming) and b.stage == "away" and _alike(a.base, b.base):
            made = dataclasses.replace(a, stage="moved")
        case "Mul", "factor" if isinstance(b, View) and _same(b, a.base):
            made = dataclasses.replace(a, stage="grown")
        case "Add", "moved" if vector is not None:
            made = dataclasses.replace(a, shift=a.shift + vector)
        case "Add", "grown" if isinstance(b, Norming) and b.stage == "moved" and _alike(a.base, b.base):
            assert a.scale is not None
            assert b.scale is not None
            if np.array_equal(a.scale, b.scale) and a.eps == b.eps:
                made = normalised(t, a.base, a.scale, np.broadcast_to(b.shift, width), a.eps)
    return made


def _same(a: View, b: View) -> bool:
    return _alike(a, b) and all(np.array_equal(*pair) for pair in zip(a.full(), b.full(), strict=True))


def _alike(a: View, b: View) -> bool:
    return np.array_equal(a.index, b.index)


def norm_root(t: Translation, op: Op, value: Norming) -> Norming:
    """The root of a variance, or one over it; or a mean below zero."""
    if op.kind == "Neg" and value.stage == "mean":
        return Norming(value.base, "away")
    if op.kind == "Sqrt" and value.stage == "variance":
        return Norming(value.base, "sigma", value.eps)
    if op.kind == "Reciprocal" and value.stage == "sigma":
        return Norming(value.base, "inverse", value.eps)
    return t.refuse("takes a mean or variance of tokens further than a layer normalisation does")
