"""A ConvNetJS network (`net.toJSON()`) becomes a net that gives the same answers.

A Vol's numbers lie row by row, then column by column, then map by map, which is this engine's order too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from engine.arrays import Array
from engine.blocks import Conv, Dense, LocalNorm, Maxout, MaxPool
from engine.errors import EngineError
from engine.foreign.build import GraphBuilder, Imported
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.json_text import values_of
from engine.foreign.look_alikes import OTHER_JSON
from engine.foreign.one_output import of_one_output
from engine.graph.recipe import Recipe

_ACTIVATIONS = ("relu", "sigmoid", "tanh")
# Of the loss layers: the activation at the end, and the loss to go on training with.
_ENDS = {
    "softmax": ("softmax", "cross-entropy"),
    "svm": ("identity", "hinge"),
    "regression": ("identity", "squared-error"),
}
_KNOWN = ("input", "fc", "conv", "pool", *_ACTIVATIONS, "maxout", "dropout", "lrn", *_ENDS)
_LARGEST = 4096


def _read(file: ForeignFile) -> Imported:
    value = values_of(file.content)
    items = value.get("layers") if isinstance(value, dict) else None
    if not isinstance(items, list) or len(items) < 3 or not all(isinstance(item, dict) for item in items):
        raise EngineError(
            'it has no list of "layers": of JSON known are the networks of ConvNetJS, TensorFlow.js and '
            "Nielsen's book; save lists of weights, such as an MLPClassifier's coefs_ and intercepts_, with "
            "numpy.savez('net.npz', *coefs, *intercepts), and tell --activation"
        )
    reader = _Reader(items[0])
    for place, item in enumerate(items[1:], 1):
        reader.where = f"layer {place} ({item.get('layer_type')!r:.20})"
        reader.read(item, last=place == len(items) - 1)
    return reader.imported(items)


class _Reader:
    """Goes through the layers; `scale` is what dropout multiplies the next layer's inputs by."""

    def __init__(self, first: Mapping[str, Any]):
        self.where = "layer 0"
        if first.get("layer_type") != "input":
            raise EngineError(f"its first layer is {first.get('layer_type')!r:.20}, not the input")
        self.graph = GraphBuilder(_square(self._out(first)), self.where)
        self.scale = 1.0
        self.dropped = False
        self.activated = True
        self.loss = ""

    def read(self, item: Mapping[str, Any], last: bool) -> None:
        kind = item.get("layer_type")
        if kind not in _KNOWN:
            raise EngineError(f"{self.where} is not known: known are {', '.join(_KNOWN)}")
        if last != (kind in _ENDS):
            raise EngineError(f"{self.where}: the last layer, and only it, is one of {', '.join(_ENDS)}")
        if kind in _ACTIVATIONS:
            self._activate(kind)
        elif kind in _ENDS:
            self._end(kind)
        else:
            steps = {
                "fc": self._dense,
                "conv": self._conv,
                "pool": self._pool,
                "maxout": self._maxout,
                "lrn": self._lrn,
                "dropout": self._dropout,
            }
            steps[kind](item)
        if self._out(item) != self._shape_or_flat():
            self._refuse(f"says its shape is {self._out(item)}, but it makes {self.graph.layer().shape}")

    def _dense(self, item: Mapping[str, Any]) -> None:
        n_in = self.graph.layer().size
        filters = self._filters(item, (1, 1, n_in))
        weight = filters.reshape(len(filters), n_in).T
        self._learned(Dense(len(filters), "he"), weight, item)

    def _conv(self, item: Mapping[str, Any]) -> None:
        height, width = self._int(item, "sy"), self._int(item, "sx")
        shape = self.graph.layer().shape
        if len(shape) != 3:
            self._refuse("comes after a layer without maps")
        filters = self._filters(item, (height, width, shape[2]))
        block = Conv(len(filters), height, width, self._int(item, "stride"), self._padding(item))
        self._learned(block, filters.transpose(1, 2, 3, 0), item)

    def _learned(self, block: Dense | Conv, weight: Array, item: Mapping[str, Any]) -> None:
        bias = self._vol(item.get("biases"), weight.shape[-1])
        self.graph.add(self.where, block, parameters={"weight": weight * self.scale, "bias": bias})
        self.scale, self.activated, self.dropped = 1.0, False, False

    def _pool(self, item: Mapping[str, Any]) -> None:
        size = self._int(item, "sx")
        if self._int(item, "sy") != size:
            self._refuse("has a window that is not square")
        stride = self._int(item, "stride")
        block = MaxPool(size, None if stride == size else stride, self._padding(item))
        self.graph.add(self.where, block)
        self.activated = self.dropped = False

    def _maxout(self, item: Mapping[str, Any]) -> None:
        self.graph.add(self.where, Maxout(self._int(item, "group_size", 2)))
        self.activated = self.dropped = False

    def _lrn(self, item: Mapping[str, Any]) -> None:
        n = self._int(item, "n")
        k, alpha, beta = (self._number(item, name) for name in ("k", "alpha", "beta"))
        if self.scale != 1:
            self._refuse("follows a dropout, whose scaling it does not pass on")
        # ConvNetJS sums over n // 2 maps on either side, which for an even n are n + 1, but divides by n.
        wide = n // 2 * 2 + 1
        self.graph.add(self.where, LocalNorm(wide, alpha * wide / n, beta, k))
        self.activated = self.dropped = False

    def _activate(self, kind: str) -> None:
        if self.activated or self.dropped:
            self._refuse("follows the input, an activation or a dropout: there is no layer to put it in")
        if self.scale != 1 and kind != "relu":
            self._refuse("follows a dropout, whose scaling it does not pass on")
        self.graph.change(self.graph.newest, activation=kind)
        self.activated = True

    def _dropout(self, item: Mapping[str, Any]) -> None:
        rate = self._number(item, "drop_prob")
        if not 0 < rate < 1:
            self._refuse(f"has a drop_prob of {rate:g}: it must be between 0 and 1")
        if self.dropped or self.graph.layer().block is None:
            self._refuse("follows the input or another dropout")
        self.graph.change(self.graph.newest, dropout=rate)
        # ConvNetJS multiplies by drop_prob when it answers, where 1 - drop_prob would be right. The answers
        # are to be the same, and so the next weights take the factor.
        self.scale *= rate
        self.dropped = True

    def _end(self, kind: str) -> None:
        if not isinstance(self.graph.layer().block, Dense) or self.activated or self.dropped:
            self._refuse("does not follow an fc layer")
        activation, self.loss = _ENDS[kind]
        self.graph.change(self.graph.newest, activation=activation)

    def imported(self, items: list[Any]) -> Imported:
        kinds = " ".join(item["layer_type"] for item in items)
        net = self.graph.net("imported", "Imported network", Recipe(self.loss, lr=1e-3, batch=64))
        notes = ["pixels are taken as 0..1, as ConvNetJS's MNIST demo has them: the file does not say"]
        if any(item["layer_type"] == "dropout" for item in items):
            notes.append("the factor by which ConvNetJS scales after dropout is in the next layer's weights")
        of_numbers = {"cross-entropy": "", "hinge": None}.get(self.loss, "it ends in a regression")
        kind = f"a ConvNetJS network ({kinds})"
        return of_one_output(Imported(net, kind, tuple(notes), of_numbers=of_numbers))

    def _filters(self, item: Mapping[str, Any], shape: tuple[int, int, int]) -> Array:
        """The filters as (filters, *shape) float64."""
        filters = item.get("filters")
        if not isinstance(filters, list) or not filters or len(filters) != item.get("out_depth"):
            self._refuse("has no list of as many filters as its out_depth")
        height, width, depth = shape
        for vol in filters:
            told = [vol.get(name) for name in ("sy", "sx", "depth")] if isinstance(vol, dict) else None
            if told != [height, width, depth]:
                self._refuse(f"has a filter (sy, sx, depth) {told!r:.40}, needed is {[height, width, depth]}")
        return np.stack([self._vol(vol, math.prod(shape)) for vol in filters]).reshape(-1, *shape)

    def _vol(self, vol: object, count: int) -> Array:
        """A Vol's numbers (count,) float64, from an array or from an object keyed "0", "1" and so on."""
        numbers = vol.get("w") if isinstance(vol, dict) else None
        if isinstance(numbers, dict):
            numbers = [numbers.get(str(i)) for i in range(len(numbers))]
        if not isinstance(numbers, list) or len(numbers) != count:
            length = len(numbers) if isinstance(numbers, list) else "none"
            self._refuse(f"has a Vol of {length} numbers, needed are {count:,}")
        if not all(type(n) in (int, float) and math.isfinite(n) for n in numbers):
            self._refuse("has a Vol that holds something other than finite numbers")
        return np.array(numbers, np.float64)

    def _out(self, item: Mapping[str, Any]) -> tuple[int, int, int]:
        return self._int(item, "out_sy"), self._int(item, "out_sx"), self._int(item, "out_depth")

    def _shape_or_flat(self) -> tuple[int, ...]:
        shape = self.graph.layer().shape
        return shape if len(shape) == 3 else (1, 1, *shape)

    def _padding(self, item: Mapping[str, Any]) -> int | str:
        return self._int(item, "pad", 0) if item.get("pad") else "valid"

    def _int(self, item: Mapping[str, Any], name: str, least: int = 1) -> int:
        number = item.get(name)
        if type(number) is not int or not least <= number <= _LARGEST:
            self._refuse(f"has {name!r} {number!r:.20}: it must be a whole number, {least} to {_LARGEST}")
        return int(number)

    def _number(self, item: Mapping[str, Any], name: str) -> float:
        number = item.get(name)
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            self._refuse(f"has {name!r} {number!r:.20}: it must be a number")
        return float(number)

    def _refuse(self, problem: str) -> NoReturn:
        raise EngineError(f"{self.where} {problem}")


def _square(shape: tuple[int, int, int]) -> tuple[int, int, int]:
    """The image that a row of numbers is, where they are as many as a square has."""
    side = math.isqrt(shape[2])
    return (side, side, 1) if shape[:2] == (1, 1) and side > 3 and side * side == shape[2] else shape


def _recognises(file: ForeignFile) -> bool:
    return file.content[:1000].lstrip()[:1] == b"{" and not any(each.recognises(file) for each in OTHER_JSON)


CONVNETJS = Format(
    name="a ConvNetJS network",
    system="ConvNetJS",
    endings=(".json",),
    recognises=_recognises,
    read=_read,
)
