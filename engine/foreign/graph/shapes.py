"""Operations that only move numbers about: what they do to an array, they do to a tensor's neurons too."""

# One protocol for all: some operations have no settings.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.arrays import Array, size_of
from engine.foreign.graph.curves import Curve
from engine.foreign.graph.draft import View
from engine.foreign.graph.program import Op
from engine.foreign.graph.translation import Translation, Value
from engine.foreign.pickles import shown

MOST_MADE = 1 << 24
"""Numbers of an array that an operation makes out of fewer."""


def integers(t: Translation, value: Value | None) -> list[int] | None:
    """A small constant of whole numbers as a list; None where it is left out."""
    if value is None:
        return None
    if not isinstance(value, np.ndarray) or value.size > 4096:
        t.refuse("takes sizes from what it reads, which must be constants")
    return [int(number) for number in value.reshape(-1).tolist()]


def moved(t: Translation, value: Value, change: Callable[[Array], Array]) -> Value:
    """A tensor or constant after a change that moves its numbers."""
    if isinstance(value, np.ndarray):
        return change(value)
    return t.view(value).turned(change)


def shape_of(t: Translation, value: Value) -> tuple[int, ...]:
    """The shape of a tensor or constant, with a batch of 1."""
    if isinstance(value, Curve):
        return value.base.index.shape
    return value.shape if isinstance(value, np.ndarray) else t.view(value).index.shape


def _told(t: Translation, op: Op, values: Sequence[Value | None], name: str, place: int) -> list[int] | None:
    """Whole numbers that are an attribute in old files and an input in new ones."""
    if name in op.settings:
        found = op.settings[name]
        return [int(n) for n in (found if isinstance(found, list | tuple) else [found])]
    return integers(t, values[place] if len(values) > place else None)


def reshape(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Reshape, where a 0 keeps a length and a -1 is worked out."""
    wanted = _told(t, op, values, "shape", 1) or []
    before = shape_of(t, values[0])
    if not op.settings.get("allowzero", 0):
        wanted = [before[i] if n == 0 and i < len(before) else n for i, n in enumerate(wanted)]
    wanted = _for_one_image(before, wanted, op.settings.get("batch", 1))
    total = size_of(before)
    known = size_of(tuple(n for n in wanted if n != -1))
    if any(n < -1 for n in wanted) or wanted.count(-1) > 1 or known < 1 or total % known:
        t.refuse(f"reshapes {before} to {tuple(wanted)}")
    return moved(t, values[0], lambda a: a.reshape(wanted))


def _for_one_image(before: Sequence[int], wanted: list[int], batch: int) -> list[int]:
    """The lengths that a reshape of the file's whole batch comes to for one image of it.

    batch: 0 where the file does not tell, so that only the count of numbers can. Where the batch does not
    come first it is what has a length of 1 here: of (17, 1, 64) to (17, 8, 16) a batch of 2 has four heads.
    """
    total, asked = size_of(tuple(before)), size_of(tuple(wanted))
    if batch > 1 and wanted[:1] == [batch] and (-1 in wanted[1:] or asked == batch * total):
        return [1, *wanted[1:]]
    times = asked // max(total, 1)
    if -1 in wanted or times < 2 or asked != times * total or batch not in (0, times):
        return wanted
    inner = [size_of(tuple(before[i + 1 :])) for i, n in enumerate(before) if n == 1]
    place = next((p for each in inner if (p := _place_of(wanted, each, times)) is not None), None)
    if place is None:
        place = wanted.index(times) if times in wanted else _place_of(wanted, total, times)
    return wanted if place is None else [n // times if i == place else n for i, n in enumerate(wanted)]


def _place_of(lengths: Sequence[int], inner: int, times: int) -> int | None:
    """The axis in which all of so many repeats of so many numbers lie; None where there is none."""
    for place, length in enumerate(lengths):
        stride = size_of(tuple(lengths[place + 1 :]))
        if stride <= inner and inner * times <= stride * length and not length % times:
            return place
    return None


def flatten(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Flatten to two axes; turned: with the second axis behind the others, as Keras may have it."""
    before = shape_of(t, values[0])
    if op.settings.get("turned"):
        return moved(t, values[0], lambda a: np.moveaxis(a, 1, -1).reshape(len(a), -1))
    axis = int(op.settings.get("axis", 1))
    axis += len(before) if axis < 0 else 0
    return moved(t, values[0], lambda a: a.reshape(size_of(before[:axis]), -1))


def transpose(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Transpose."""
    order = op.settings.get("perm")
    return moved(t, values[0], lambda a: a.transpose(order))


def swap(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """SwapAxes: a Transpose of two axes, as PyTorch tells it."""
    first, second = op.settings["axes"]
    return moved(t, values[0], lambda a: np.swapaxes(a, first, second))


def squeeze(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Squeeze."""
    axes = _told(t, op, values, "axes", 1)
    return moved(t, values[0], lambda a: a.squeeze(None if axes is None else tuple(axes)))


def unsqueeze(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Unsqueeze."""
    axes = _told(t, op, values, "axes", 1) or []
    return moved(t, values[0], lambda a: np.expand_dims(a, tuple(axes)))


def cut(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Slice."""
    starts = _told(t, op, values, "starts", 1) or []
    ends = _told(t, op, values, "ends", 2) or []
    axes = _told(t, op, values, "axes", 3) or list(range(len(starts)))
    steps = _told(t, op, values, "steps", 4) or [1] * len(starts)
    rank = len(shape_of(t, values[0]))
    parts = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        # Backwards to the very beginning is written as an end far below zero.
        far = step < 0 and end < -shape_of(t, values[0])[axis]
        parts[axis] = slice(start, None if far else end, step)
    return moved(t, values[0], lambda a: a[tuple(parts)])


def split(t: Translation, op: Op, values: Sequence[Value]) -> list[Value]:
    """Split along an axis, into the parts that are told or into equal ones."""
    axis = int(op.settings.get("axis", 0))
    sizes = _told(t, op, values, "split", 1)
    length = shape_of(t, values[0])[axis]
    if sizes is None:
        each = -(-length // len(op.outputs))
        sizes = [min(each, length - i * each) for i in range(len(op.outputs))]
    if sum(sizes) != length or min(sizes) < 1:
        t.refuse(f"splits {length} into {sizes}")
    ends = np.cumsum(sizes).tolist()
    return [
        moved(t, values[0], lambda a, e=end, s=size: np.take(a, np.arange(e - s, e), axis))  # type: ignore[misc]
        for end, size in zip(ends, sizes, strict=True)
    ]


def gather(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Gather: some of an axis, by their numbers."""
    axis = int(op.settings.get("axis", 0))
    places = values[1]
    if not isinstance(places, np.ndarray) or places.dtype.kind not in "iu":
        t.refuse("gathers by numbers that are no constants")
    t.limited((places.size, size_of(shape_of(t, values[0]))), MOST_MADE * 4)
    return moved(t, values[0], lambda a: np.take(a, places, axis))


def concat(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Concat: constants, tensors, or both."""
    axis = int(op.settings.get("axis", 0))
    if all(isinstance(value, np.ndarray) for value in values):
        constants = [np.asarray(value) for value in values]
        t.limited((sum(each.size for each in constants),), MOST_MADE)
        return np.concatenate(constants, axis)
    views = [_constant(value) if isinstance(value, np.ndarray) else t.view(value) for value in values]
    if any(len(view.index) == 1 for view in views) and axis % views[0].index.ndim:
        views = [_of_one_image(view) for view in views]
    t.moving((sum(view.index.size for view in views),))
    index = np.concatenate([view.index for view in views], axis)
    if all(view.scale is None and view.offset is None for view in views):
        return View(index)
    parts = [view.full() for view in views]
    scale, offset = (np.concatenate([part[i] for part in parts], axis) for i in range(2))
    return View(index, scale, offset)


def _of_one_image(view: View) -> View:
    """What is there alike for each image of the file's batch, such as a class token, for one of them."""
    parts = (view.index, view.scale, view.offset)
    alike = all(part is None or bool((part == part[:1]).all()) for part in parts)
    return view.turned(lambda a: a[:1]) if alike and len(view.index) > 1 else view


def _constant(array: Array) -> View:
    return View(np.full(array.shape, -1), None, array.astype(np.float64))


def expand(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Expand: repeated along axes of length 1."""
    wanted = integers(t, values[1]) or []
    if wanted and wanted[0] == op.settings.get("batch", 1):
        wanted[0] = 1
    before = shape_of(t, values[0])
    t.limited([max(n, 1) for n in (*wanted, *before)][: len(wanted)] or [1], MOST_MADE)
    shape = np.broadcast_shapes(before, tuple(wanted))
    t.moving(shape)
    return moved(t, values[0], lambda a: np.broadcast_to(a, shape))


def tile(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Tile: the whole repeated along each axis."""
    times = integers(t, values[1]) or []
    t.moving([a * b for a, b in zip(shape_of(t, values[0]), times, strict=True)])
    return moved(t, values[0], lambda a: np.tile(a, times))


def pad(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Pad with zeros."""
    widths = _told(t, op, values, "pads", 1) or []
    mode = op.settings.get("mode", "constant")
    fill = values[2] if len(values) > 2 else None
    value = (
        float(np.asarray(fill).reshape(-1)[0])
        if isinstance(fill, np.ndarray) and fill.size
        else float(op.settings.get("value", 0.0))
    )
    before = shape_of(t, values[0])
    rank = len(before)
    if len(values) > 3:
        axes = integers(t, values[3]) or []
        full = [0] * (2 * rank)
        for i, axis in enumerate(axes):
            full[axis % rank], full[rank + axis % rank] = widths[i], widths[len(axes) + i]
        widths = full
    if len(widths) != 2 * rank or min(widths, default=0) < 0 or mode != "constant" or value:
        t.refuse(f"pads by {widths} ({mode}, {value:g}): known is padding with zeros")
    pairs = list(zip(widths[:rank], widths[rank:], strict=True))
    t.moving([n + a + b for n, (a, b) in zip(before, pairs, strict=True)])
    if isinstance(values[0], np.ndarray):
        return np.pad(values[0], pairs)
    view = t.view(values[0])
    scale, offset = view.full()
    return View(
        np.pad(view.index, pairs, constant_values=-1),
        None if view.scale is None else np.pad(scale, pairs, constant_values=1),
        None if view.offset is None else np.pad(offset, pairs),
    )


def fit(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """Fit: bring an image to a size, as Keras tells it; middle: by taking its middle."""
    axes, wanted = op.settings["axes"], op.settings["sizes"]
    shape = shape_of(t, values[0])
    sides = [shape[axis] for axis in axes]
    starts = [(side - n) // 2 for side, n in zip(sides, wanted, strict=True)]
    if sides != wanted and (not op.settings["middle"] or min(starts) < 0):
        t.where = shown(op.name)
        t.refuse(
            f"makes {wanted[0]}x{wanted[1]} of {sides[0]}x{sides[1]}, and nothing here changes the scale: "
            "bring images to that size before, and leave it out"
        )
    parts = [slice(None)] * len(shape)
    for axis, start, n in zip(axes, starts, wanted, strict=True):
        parts[axis] = slice(start, start + n)
    return moved(t, values[0], lambda a: a[tuple(parts)])


MOVES = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Transpose": transpose,
    "SwapAxes": swap,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Slice": cut,
    "Split": split,
    "Gather": gather,
    "Concat": concat,
    "Expand": expand,
    "Tile": tile,
    "Pad": pad,
    "Fit": fit,
}
