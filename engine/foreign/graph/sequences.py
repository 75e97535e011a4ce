"""Windows along sequences (1, channels, n), as windows over images that are one cell wide.

Of a sequence that is the image itself, each of whose rows or columns is a step, a window is as wide as it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.foreign.graph import images
from engine.foreign.graph.draft import View
from engine.foreign.graph.norming import Norming
from engine.foreign.graph.program import Op
from engine.foreign.graph.translation import Translation, Value

Step = Callable[[Translation, Op, Sequence[Any]], Value]


@dataclass(frozen=True)
class Laid:
    """A sequence as maps (1, maps, h, w). wide: it is one map, and its channels are the cells across a step.

    down: whether its steps are rows.
    """

    view: View
    wide: bool
    down: bool

    def both(self, along: Any, other: Any) -> list[Any]:
        """A number of the steps' axis and one of the other, down and across."""
        return [along, other] if self.down else [other, along]

    def back(self, made: View) -> View:
        """Maps that were made of it as a sequence again."""
        if self.wide:
            return made.turned(lambda a: a[:, 0].transpose(0, 2, 1) if self.down else a[:, 0])
        return made.turned(lambda a: a[..., 0] if self.down else a[:, :, 0])


def laid(t: Translation, view: View) -> Laid:
    """A sequence (1, channels, n) as maps."""
    owners = t.draft.owners(view.index)
    if not owners:
        t.refuse("reads constants alone")
    node = owners[0]
    if len(owners) == 1 and len(node.shape) == 3 and node.shape[2] == 1 and view.index.shape[1] > 1:
        rows = node.numbers[..., 0]
        if np.array_equal(view.index[0], rows.T):
            return Laid(view.turned(lambda a: a.transpose(0, 2, 1)[:, None]), wide=True, down=True)
        if np.array_equal(view.index[0], rows):
            return Laid(view.turned(lambda a: a[:, None]), wide=True, down=False)
    down = not (len(node.shape) == 3 and node.shape[0] == 1 < node.shape[1])
    return Laid(view.turned(lambda a: a[..., None] if down else a[:, :, None]), wide=False, down=down)


def _is_one(value: Any) -> bool:
    return isinstance(value, View) and value.index.ndim == 3 and value.index.shape[0] == 1


def _flat(t: Translation, op: Op, own: Laid, taps: int, steps: int) -> dict[str, Any]:
    """An operation's settings for windows over images; taps: of a window with its dilation."""
    told = {key: op.settings.get(key) or usual for key, usual in (("strides", [1]), ("pads", [0, 0]))}
    if len(told["strides"]) != 1 or len(told["pads"]) != 2:
        t.refuse(f"has strides {told['strides']} and pads {told['pads']} for a sequence")
    begin, end = told["pads"]
    settings = {
        **op.settings,
        "strides": own.both(told["strides"][0], 1),
        "pads": [*own.both(begin, 0), *own.both(end, 0)],
    }
    made = dataclasses.replace(op, settings={**settings, "ceil_mode": 0})
    windows = images.windows_of(t, made, own.both(taps, 1), own.both(steps, 1))
    return {**settings, "auto_pad": "NOTSET", "pads": [*windows.before, *windows.after]}


def convolution(t: Translation, op: Op, values: Sequence[Value | None]) -> Value:
    """Conv of images, or of sequences."""
    view, weight = t.view(values[0]), values[1]  # type: ignore[arg-type]
    if not _is_one(view) or not isinstance(weight, np.ndarray) or weight.ndim != 3:
        return images.convolution(t, op, [view, *values[1:]])
    own, step = laid(t, view), int((op.settings.get("dilations") or [1])[0])
    if own.wide and int(op.settings.get("group", 1)) != 1:
        t.refuse("reads the image's columns in groups: train it without")
    settings = _flat(t, op, own, (weight.shape[2] - 1) * step + 1, view.index.shape[2])
    op = dataclasses.replace(op, settings={**settings, "dilations": own.both(step, 1)})
    if own.wide:
        kernels = (weight.transpose(0, 2, 1) if own.down else weight)[:, None]
    else:
        kernels = weight[..., None] if own.down else weight[:, :, None]
    made = images.convolution(t, op, [own.view, kernels, *values[2:]])
    return t.view(made).turned(lambda a: a[..., 0] if own.down else a[:, :, 0])


def pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """MaxPool and AveragePool of images, or of sequences."""
    view, taps = t.view(values[0]), list(op.settings.get("kernel_shape") or ())
    if not _is_one(view) or len(taps) != 1:
        return images.pooling(t, op, [view, *values[1:]])
    own, step = laid(t, view), int((op.settings.get("dilations") or [1])[0])
    settings = _flat(t, op, own, taps[0], view.index.shape[2])
    settings |= {"kernel_shape": own.both(taps[0], 1), "dilations": own.both(step, 1)}
    made = images.pooling(t, dataclasses.replace(op, settings=settings), [own.view])
    return own.back(t.view(made))


def adaptive_pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """AdaptivePool of images, or of sequences."""
    view, sizes = t.view(values[0]), op.settings["sizes"]
    if not _is_one(view) or len(sizes) != 1:
        return images.adaptive_pooling(t, op, [view, *values[1:]])
    own = laid(t, view)
    settings = {**op.settings, "sizes": own.both(sizes[0], own.view.index.shape[3 if own.down else 2])}
    made = images.adaptive_pooling(t, dataclasses.replace(op, settings=settings), [own.view])
    return own.back(t.view(made))


def global_pooling(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """GlobalAveragePool and GlobalMaxPool of images, or of sequences.

    Of tokens (1, n, d) and their squares it is how tf2onnx writes the means of a layer normalisation.
    """
    if op.kind == "GlobalAveragePool" and (isinstance(values[0], Norming) or _within_tokens(t, values[0])):
        return images.mean(t, dataclasses.replace(op, kind="ReduceMean", settings={"axes": [2]}), values)
    view = t.view(values[0])
    if not _is_one(view):
        return images.global_pooling(t, op, [view])
    own = laid(t, view)
    if own.wide:
        t.refuse("takes a mean or maximum of the image's own columns: put a layer ahead of it")
    return t.view(images.global_pooling(t, op, [own.view])).turned(lambda a: a[..., 0])


def _within_tokens(t: Translation, value: Value) -> bool:
    """Whether the last axis of a tensor (1, n, d) runs along each token's numbers, not along tokens."""
    if not _is_one(value) or not isinstance(value, View) or value.index.shape[2] < 2:
        return False
    whole = all(node.shape[-1] == value.index.shape[2] for node in t.draft.owners(value.index))
    return whole and bool((np.diff(value.index, axis=2) == 1).all())


def mean(t: Translation, op: Op, values: Sequence[Value]) -> Value:
    """ReduceMean and ReduceMax, of sequences over their steps; else see `images.mean`."""
    axes = images.axes_of(t, op, values)
    value = values[0]
    if axes is None or len(axes) != 1 or not _is_one(value) or not isinstance(value, View):
        return images.mean(t, op, values)
    axis = axes[0] % 3
    if axis == 0 or not _steps_along(t, value, axis):
        return images.mean(t, op, values)
    own = laid(t, value if axis == 2 else value.turned(lambda a: a.transpose(0, 2, 1)))
    kind = "GlobalAveragePool" if op.kind == "ReduceMean" else "GlobalMaxPool"
    made = t.view(images.global_pooling(t, dataclasses.replace(op, kind=kind), [own.view]))
    made = made.turned(lambda a: a.reshape(1, -1))
    return made.turned(lambda a: np.expand_dims(a, axis)) if op.settings.get("keepdims", 1) else made


def _steps_along(t: Translation, view: View, axis: int) -> bool:
    """Whether a tensor is maps one cell wide, whose cells follow each other along this axis."""
    maps = view.index[0, :, 0] if axis == 2 else view.index[0, 0]
    narrow = all(len(n.shape) == 3 and 1 in n.shape[:2] for n in t.draft.owners(view.index))
    return narrow and bool((view.index >= 0).all()) and bool((np.diff(maps) == 1).all())


def dense(t: Translation, view: View, weight: Array, bias: Array | None) -> View | None:
    """X W + b of each row or column of the image, as windows of one; None for anything else.

    The rows may stand without the axis of one image: TensorFlow's Tensordot lays them so.
    """
    if view.index.ndim == 2:
        lines = dense(t, view.turned(lambda a: a[None]), weight, bias)
        return lines if lines is None else lines.turned(lambda a: a[0])
    if view.index.ndim == 3 and view.index.shape[1] == 1 < view.index.shape[0]:
        # Steps come first, as PyTorch's recurrent layers and transformers have them unless told otherwise.
        first = dense(t, view.turned(lambda a: a.transpose(1, 0, 2)), weight, bias)
        return first if first is None else first.turned(lambda a: a.transpose(1, 0, 2))
    if not _is_one(view) or view.index.shape[1] < 2 or weight.ndim != 2:
        return None
    turned = view.turned(lambda a: a.transpose(0, 2, 1))
    owners = t.draft.owners(view.index)
    if len(owners) != 1 or owners[0] is not t.draft.image or not laid(t, turned).wide:
        return None
    made = convolution(t, Op("Conv", t.where, (), ()), [turned, weight.T[:, :, None], bias])
    return t.view(made).turned(lambda a: a.transpose(0, 2, 1))
