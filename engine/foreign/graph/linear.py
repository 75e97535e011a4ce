"""Weights: convolutions, dense layers and batch normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product as every

import numpy as np

from engine.arrays import Array
from engine.blocks import Add, Conv, Dense, TokenHead
from engine.blocks.window import Axis, Padding, along, axis
from engine.errors import EngineError
from engine.foreign.graph.draft import MOST_NUMBERS, Node, View
from engine.foreign.graph.tokens import token_dense
from engine.foreign.graph.translation import Translation


@dataclass(frozen=True)
class Windows:
    """How windows move over an image. before, after: padding of either axis; ceil: whether a part counts."""

    taps: tuple[int, int]
    strides: tuple[int, int] = (1, 1)
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    ceil: bool = False

    @property
    def turned(self) -> Windows:
        """The same windows over an image whose rows are this one's columns."""
        pairs = (self.taps, self.strides, self.before, self.after)
        taps, strides, before, after = ((across, down) for down, across in pairs)
        return Windows(taps, strides, before, after, self.ceil)

    def axes(self, sides: tuple[int, int]) -> list[Axis]:
        """The windows along each axis; EngineError where none fits in."""
        made = []
        for side, taps, stride, a, b in zip(
            sides, self.taps, self.strides, self.before, self.after, strict=True
        ):
            room = side + a + b - taps
            places = (-(-room // stride) if self.ceil else room // stride) + 1
            # A last window that begins behind the image does not count.
            places -= self.ceil and (places - 1) * stride >= side + a
            if places < 1:
                raise EngineError(f"a window of {taps} does not fit into {side} cells")
            made.append(Axis(side, taps, stride, a, places))
        return made

    def padding(self, sides: tuple[int, int]) -> Padding | None:
        """The padding in this engine's words that gives the same windows, None where there is none."""
        wanted = self.axes(sides)
        choices: tuple[Padding, ...] = ("valid", "same", *range(1, min(self.taps)), self.before)
        for known in choices:
            if isinstance(known, tuple) and any(a >= n for a, n in zip(known, self.taps, strict=True)):
                continue
            try:
                own = [axis(a.size, a.taps, a.stride, along(known, i)) for i, a in enumerate(wanted)]
            except EngineError:
                continue
            if own == wanted:
                return known
        return None


def rows(t: Translation, view: View, weight: Array, bias: Array) -> View:
    """X W + b of a tensor (1, ..., n) whose other axes have a length of 1: a row."""
    index = view.index.reshape(-1)
    scale, offset = (part.reshape(-1) for part in view.full())
    bias = bias + offset @ weight
    weight = weight * scale[:, None]
    parts: list[Node] = []
    for node in t.draft.owners(index):
        own = np.flatnonzero((index >= node.base) & (index < node.base + node.size))
        parts.append(_row(t, node, index[own] - node.base, weight[own], bias if not parts else 0 * bias))
    if not parts:
        t.refuse("reads constants alone")
    return t.lay(parts[0] if len(parts) == 1 else t.draft.add(f"{t.where}, its sum", Add(), parts))


def _row(t: Translation, node: Node, places: Array, weight: Array, bias: Array) -> Node:
    """A dense layer that reads these places of a layer."""
    units = weight.shape[1]
    if len(node.shape) == 2 and len(places) == node.shape[1]:
        token = int(places[0]) // node.shape[1]
        inside = places - token * node.shape[1]
        if np.array_equal(np.sort(inside), np.arange(node.shape[1])):
            turned = np.zeros_like(weight)
            turned[inside] = weight
            return t.draft.add(t.where, TokenHead(units, token), [node], {"weight": turned, "bias": bias})
    t.limited((node.size, units), MOST_NUMBERS)
    full = np.zeros((node.size, units))
    np.add.at(full, places, weight)
    return t.draft.add(t.where, Dense(units), [node], {"weight": full, "bias": bias})


def dense(t: Translation, view: View, weight: Array, bias: Array | None) -> View:
    """X W + b over the last axis of a tensor, weight (n, units)."""
    if weight.ndim != 2 or not view.index.ndim or view.index.shape[-1] != weight.shape[0]:
        t.refuse(f"multiplies {view.index.shape} by {weight.shape}: known are rows, tokens and maps")
    weight = weight.astype(np.float64)
    whole_bias = (
        np.zeros(weight.shape[1])
        if bias is None
        else np.broadcast_to(bias.reshape(-1).astype(np.float64), weight.shape[1:])
    )
    before = view.index.shape[:-1]
    if view.index.size == weight.shape[0]:
        made = rows(t, view, weight, whole_bias)
        return made.turned(lambda a: a.reshape(*before, weight.shape[1]))
    long = [n for n in before if n > 1]
    if len(long) == 1:
        made = token_dense(t, view, weight, whole_bias)
        return made.turned(lambda a: a.reshape(*before, weight.shape[1]))
    if len(long) == 2:
        first = view.turned(lambda a: a.reshape(1, *long, -1).transpose(0, 3, 1, 2))
        made = conv(t, first, weight.T[:, :, None, None], whole_bias, Windows((1, 1)))
        return made.turned(lambda a: a.transpose(0, 2, 3, 1).reshape(*before, weight.shape[1]))
    return t.refuse(f"multiplies {view.index.shape} by {weight.shape}: known are rows, tokens and maps")


def image_parts(t: Translation, view: View) -> list[tuple[Node, Array, Array]]:
    """The layers of maps that a tensor (1, channels, h, w) is made of.

    Of each: the layer, the tensor's channels that are of it, and which of its maps these are.
    """
    if view.index.ndim != 4 or view.index.shape[0] != 1:
        t.refuse(f"needs maps (1, channels, h, w), got {view.index.shape}")
    index = view.index[0]
    if (index < 0).any():
        t.refuse("reads padding or constants, which are known ahead of a convolution alone")
    parts, corner = [], index[:, 0, 0]
    for node in t.draft.owners(index):
        own = np.flatnonzero((corner >= node.base) & (corner < node.base + node.size))
        maps = corner[own] - node.base
        if (
            len(node.shape) != 3
            or node.shape[:2] != index.shape[1:]
            or not len(own)
            or maps.max() >= node.shape[2]
        ):
            t.refuse(
                f"reads {node.shape} of {node.name} as maps of {index.shape[1]}x{index.shape[2]}: no "
                "layer here reads a part of maps (a crop), or maps laid out anew"
            )
        if not np.array_equal(index[own], node.numbers.transpose(2, 0, 1)[maps]):
            t.refuse(f"reads the maps of {node.name} in another order than they stand in")
        parts.append((node, own, maps))
    return parts


def lies_turned(view: View) -> bool:
    """Whether a tensor (1, channels, h, w) has columns of maps for its rows, as a transposed image has."""
    if view.index.ndim != 4 or min(view.index.shape) < 1 or min(view.index.shape[2:]) < 2:
        return False
    first, across, down = (int(view.index[0, 0, i, j]) for i, j in ((0, 0), (0, 1), (1, 0)))
    return first < down < across


def turned(view: View) -> View:
    """A tensor (1, channels, h, w) with rows for columns."""
    return view.turned(lambda a: a.swapaxes(2, 3))


def conv(t: Translation, view: View, weight: Array, bias: Array | None, windows: Windows) -> View:
    """A convolution of a tensor (1, channels, h, w) with kernels (maps, channels, height, width)."""
    view, windows = unpadded(t, view, windows)
    if lies_turned(view):
        return turned(conv(t, turned(view), weight.swapaxes(2, 3), bias, windows.turned))
    weight = weight.astype(np.float64)
    maps = len(weight)
    full_bias = np.zeros(maps) if bias is None else bias.reshape(-1).astype(np.float64)
    if view.index.ndim != 4 or weight.shape[1] != view.index.shape[1] or full_bias.shape != (maps,):
        t.refuse(f"has kernels {weight.shape} for {view.index.shape}")
    padded = any((*windows.before, *windows.after))
    scale, offset = (part[0].reshape(weight.shape[1], -1) for part in view.full())
    if np.ptp(scale, axis=1).max() > 1e-9 or np.ptp(offset, axis=1).max() > 1e-9 or (padded and offset.any()):
        view = t.exact(view)
    else:
        full_bias = full_bias + np.einsum("mcyx,c->m", weight, offset[:, 0])
        weight = weight * scale[:, 0][:, None, None]
    made: list[Node] = []
    for node, channels, own in image_parts(t, view):
        kernels, padding = _fitted(t, weight[:, channels], windows, node.shape[:2])
        t.limited((*kernels.shape[2:], node.shape[2], maps), MOST_NUMBERS)
        full = np.zeros((*kernels.shape[2:], node.shape[2], maps))
        for place, channel in enumerate(own):
            full[:, :, channel] += kernels[:, place].transpose(1, 2, 0)
        block = Conv(maps, kernels.shape[2], kernels.shape[3], windows.strides, padding)
        own_bias = full_bias if not made else 0 * full_bias
        made.append(t.draft.add(t.where, block, [node], {"weight": full, "bias": own_bias}))
    node = made[0] if len(made) == 1 else t.draft.add(f"{t.where}, its sum", Add(), made)
    return t.lay(node).turned(lambda a: a.transpose(0, 3, 1, 2))


def unpadded(t: Translation, view: View, windows: Windows) -> tuple[View, Windows]:
    """The tensor without cells of zeros around it, which become padding of the windows."""
    if view.index.ndim != 4 or not (view.index < 0).any():
        return view, windows
    _, offset = view.full()
    inside = ((view.index >= 0) | (offset != 0)).any(axis=(0, 1))
    down, across = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(down) or not len(across):
        t.refuse("reads zeros alone")
    first, last = (int(down[0]), int(across[0])), (int(down[-1]) + 1, int(across[-1]) + 1)
    after = tuple(n - end for n, end in zip(view.index.shape[2:], last, strict=True))
    before = tuple(a + b for a, b in zip(windows.before, first, strict=True))
    after = tuple(a + b for a, b in zip(windows.after, after, strict=True))
    cut = view.turned(lambda a: a[:, :, first[0] : last[0], first[1] : last[1]])
    return cut, Windows(windows.taps, windows.strides, before[:2], after[:2])  # type: ignore[arg-type]


def _fitted(
    t: Translation, kernels: Array, windows: Windows, sides: tuple[int, ...]
) -> tuple[Array, Padding]:
    """The kernels and the padding in this engine's words; taps of zeros make up for uneven padding."""
    try:
        padding = windows.padding((sides[0], sides[1]))
    except EngineError as error:
        t.refuse(f"does not fit: {error}")
    if padding is not None:
        return kernels, padding
    most = [max(both) for both in zip(windows.before, windows.after, strict=True)]
    widths = [(n - a, n - b) for n, a, b in zip(most, windows.before, windows.after, strict=True)]
    t.note(f"{t.where} has uneven padding: taps of zero around its kernels stand for that")
    return np.pad(kernels, ((0, 0), (0, 0), *widths)), (most[0], most[1])


def ungrouped(t: Translation, weight: Array, groups: int, channels: int) -> Array:
    """Kernels (maps, channels / groups, ...) of a grouped convolution as those of a full one, with zeros."""
    if groups == 1:
        return weight
    maps, own = len(weight), weight.shape[1]
    if groups < 1 or maps % groups or own * groups != channels:
        t.refuse(f"has {groups} groups of {own} channels for {channels} channels and {maps} maps")
    t.limited((maps, channels, *weight.shape[2:]), MOST_NUMBERS)
    full = np.zeros((maps, channels, *weight.shape[2:]))
    for m, c in every(range(maps), range(own)):
        full[m, m // (maps // groups) * own + c] = weight[m, c]
    t.note(f"{t.where} reads its maps in {groups} groups: weights of zero stand between them")
    return full
