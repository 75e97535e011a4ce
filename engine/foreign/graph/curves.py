"""A function of one number in the making, such as the five operations that exporters write for GELU.

It is known by its values on a grid of places, whatever operations it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import Array
from engine.blocks.activations import activation, activations, leak_of
from engine.errors import EngineError
from engine.foreign.graph.draft import View

_NEAR = np.geomspace(1 / 4096, 1 / 64, 7)
_FAR = np.geomspace(12, 12_000, 31)[1:]
_RIGHT = np.concatenate([_NEAR, np.linspace(0, 12, 385)[1:], _FAR])
GRID = np.concatenate([-_RIGHT[::-1], [0.0], _RIGHT])
"""Where functions are compared: 0 in the middle, close to it, and so far that a lid on a ReLU is met."""
_CLOSE = 1e-4
"""Of a function's value, or of 1 where that is smaller: constants may be of half precision."""
_ROUNDING = 1e-12
"""Of the largest value: what fitting a scale and a shift rounds off each."""
_MOST_TOLD = 8  # operations of which a function is made, in a message


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of each number of a tensor alone. values: on GRID; words: the operations, for messages."""

    base: View
    values: Array
    words: tuple[str, ...]


def curve_of(view: View) -> Curve | None:
    """The tensor itself as a curve; None where its numbers have scales or offsets of their own."""
    scale, offset = view.full()
    if (view.index < 0).any() or not view.index.size:
        return None
    if np.ptp(scale) > 0 or np.ptp(offset) > 0:
        return None
    first = (0,) * scale.ndim
    return Curve(View(view.index), scale[first] * GRID + offset[first], ())


def same_base(a: Curve, b: Curve) -> bool:
    """Whether two curves are functions of the same numbers."""
    return a.base.index.shape == b.base.index.shape and bool((a.base.index == b.base.index).all())


def named(curve: Curve) -> tuple[str, float, float]:
    """The activation function that a curve is, times the first number plus the second.

    EngineError, with the operations, where there is none.
    """
    if np.isfinite(curve.values).all():
        room = _CLOSE * np.maximum(np.abs(curve.values), 1) + _ROUNDING * np.abs(curve.values).max()
        for name in (*activations(), *_leaks(curve.values)):
            known = activation(name)
            if known.rowwise:
                continue
            out = np.empty_like(GRID)
            known.forward(GRID, out)
            table = np.stack([out, np.ones_like(GRID)], axis=1)
            (times, plus), *_ = np.linalg.lstsq(table, curve.values, rcond=None)
            if (np.abs(table @ [times, plus] - curve.values) < room).all() and abs(times) > _CLOSE:
                return name, _clean(times), _clean(plus)
    known_names = ", ".join(name for name in activations() if not activation(name).rowwise)
    words = curve.words[::-1]
    if len(words) > _MOST_TOLD:
        words = (*words[: _MOST_TOLD - 1], f"{len(words) - _MOST_TOLD + 1:,} more operations")
    what = " of ".join(words) or "a constant"
    raise EngineError(
        f"{what} is no activation function that is known ({known_names}, leaky-relu-0.2 and the like): train "
        "with one of these"
    )


def _leaks(values: Array) -> tuple[str, ...]:
    """The leaky ReLU that has a curve's slopes below and above 0, where there is one."""
    middle = len(GRID) // 2
    below, above = values[middle] - values[middle - 1], values[middle + 1] - values[middle]
    name = f"leaky-relu-{below / above:.8f}".rstrip("0") if abs(below) < abs(above) else ""
    return (name,) if leak_of(name) is not None else ()


def behind_relu(curve: Curve) -> Curve:
    """The same function of the sums from which a ReLU made the curve's numbers."""
    middle = len(GRID) // 2
    values = np.where(GRID < 0, curve.values[middle], curve.values)
    return Curve(curve.base, values, curve.words)


def _clean(value: float) -> float:
    """0 and 1 where rounding alone keeps a number from them."""
    near = round(value)
    return float(near if abs(value - near) < 1e-6 else value)
