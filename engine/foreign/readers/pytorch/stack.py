"""Layers with weights one behind another, as files of weights have them, and what operations they make."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.blocks.activations import leak_of
from engine.foreign.graph.program import Chain, Program
from engine.foreign.readers.pytorch.branches import Shortcuts
from engine.foreign.readers.pytorch.layouts import Layout
from engine.foreign.readers.pytorch.modules import Module
from engine.foreign.readers.pytorch.norms import Norm

_OPS = {
    "relu": "Relu",
    "gelu": "Gelu",
    "gelu-tanh": "Gelu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "elu": "Elu",
    "selu": "Selu",
    "silu": "Swish",
    "mish": "Mish",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "hard-swish": "HardSwish",
}
_CLIPPED = {"relu6": {"min": 0.0, "max": 6.0}, "hard-tanh": {"min": -1.0, "max": 1.0}}
_MOST_ALIKE = 32
"""Numbers of a network that reads and gives as many, and yet tells classes."""
_COLOURED = tuple(3 * side * side for side in (28, 32, 64))


@dataclass(frozen=True)
class Habits:
    """What a system does that no weight tells: the eps of its batch norms, whether rows are cell by cell."""

    system: str
    eps: float
    last: bool = False


TORCH = Habits("PyTorch", 1e-5)
KERAS = Habits("Keras", 1e-3, last=True)


_TITLES = {"relu": "ReLU", "gelu": "GELU"}


@dataclass(frozen=True)
class Functions:
    """The functions behind layers that nothing tells of: of the first of them, and of the last."""

    first: str
    last: str

    @classmethod
    def of(cls, name: str) -> Functions:
        """One function behind all of them."""
        return cls(name, name)


@dataclass(frozen=True, eq=False)
class Stack:
    """Layers in their order, the batch norms after each by its name, and those of the image itself.

    slopes: of PReLUs, by the layer that each follows. turned: whether norms that could stand before or behind
    the function of their layer are taken behind it. around: shortcuts that are taken to be there.
    """

    layers: Sequence[Module]
    after: Mapping[str, Sequence[Norm]]
    ahead: Sequence[Module]
    habits: Habits
    slopes: Mapping[str, Module] = field(default_factory=dict)
    turned: bool = False
    around: Shortcuts = field(default_factory=Shortcuts)

    @property
    def end(self) -> str:
        """The operation that it most likely ends in, "" for none: one sum, an image again, or classes."""
        units, reads = self.layers[-1].width, self.layers[0].weight.shape[1]
        if units == 1:
            return ""
        return "Sigmoid" if units == reads and units > _MOST_ALIKE else "LogSoftmax"

    @property
    def _parted(self) -> int:
        """From which layer on the last function holds: behind the convolutions, else the last hidden one."""
        convs = sum(layer.kind == "conv" for layer in self.layers)
        hidden = len(self.layers) - 1
        if convs:
            return convs if convs < hidden + 1 else hidden + 1
        return hidden - 1 if hidden > 1 else hidden + 1

    @property
    def keeps(self) -> bool:
        """Whether one of its norms keeps means."""
        norms = [norm.module for own in self.after.values() for norm in own]
        return any(each.kind == "batch-norm" for each in (*norms, *self.ahead))

    def bends(self, layout: Layout | None) -> bool:
        """Whether a function that nothing tells stands behind one of the layers."""
        hidden = any(layer.name not in self.slopes for layer in self.layers[:-1])
        return hidden or (layout is not None and layout.bent)

    def takes(self, layout: Layout | None) -> bool:
        """Whether what its shortcuts go around keeps the size of its maps, but for a pool behind the sum."""
        places = [
            (place, place == end) for begin, end in self.around.spans for place in range(begin, end + 1)
        ]
        return layout is None or all(
            (layout.same[place] or self.layers[place].weight.shape[2:] == (1, 1))
            and layout.strides[place] == 1
            and (ends or not layout.pools[place])
            for place, ends in places
        )

    def beside(self, functions: Functions) -> str:
        """What parts functions from others: their name where all layers have one."""
        alike = functions.first == functions.last
        return _TITLES.get(functions.first, functions.first) if alike else self.told(functions)

    def told(self, functions: Functions) -> str:
        """Which function stands where, in words."""
        if all(layer.name in self.slopes for layer in self.layers[:-1]):
            return "its PReLU after each layer"
        first, last = (_TITLES.get(name, name) for name in (functions.first, functions.last))
        some = " that has no PReLU of its own" if self.slopes else ""
        if functions.first == functions.last:
            return f"{first} after each layer{some}"
        if self.layers[0].kind == "conv":
            return f"{first} after each convolution, {last} after each dense layer{some}"
        return f"{first} after each layer, {last} after the last hidden one{some}"

    def near(self, functions: Functions, alike: Sequence[str], parted: Sequence[str]) -> list[Functions]:
        """Others in their place: alike behind all layers, or parted behind the first or the last alone."""
        made = [Functions.of(name) for name in alike]
        if self._parted < len(self.layers) - 1:
            made += [dataclasses.replace(functions, first=name) for name in parted]
            made += [dataclasses.replace(functions, last=name) for name in parted]
        return [each for each in dict.fromkeys(made) if each != functions]

    def late(self) -> Stack | None:
        """The same with its norms behind the functions; None where there are none, or names tell it."""
        if self.turned:
            return None
        ends = self.layers[-1].name
        own = {name: norms for name, norms in self.after.items() if name != ends}
        if not own or not all(norm.open for norms in own.values() for norm in norms):
            return None
        behind = {name: [dataclasses.replace(norm, late=True) for norm in own[name]] for name in own}
        return dataclasses.replace(self, after={**self.after, **behind}, turned=True)

    def early(self) -> Stack | None:
        """The norms that were taken behind the functions ahead of them again."""
        if not self.turned:
            return None
        ahead = {
            name: [dataclasses.replace(norm, late=norm.late and not norm.open) for norm in norms]
            for name, norms in self.after.items()
        }
        return dataclasses.replace(self, after=ahead, turned=False)

    def program(self, layout: Layout | None, functions: Functions) -> Program:
        """The layers as operations: weights, batch norm, activation, pool; a row of maps; how it ends."""
        chain = self._image(layout)
        self._norm(chain, self.ahead)
        begins: dict[int, str] = {}
        for place, layer in enumerate(self.layers):
            begins |= {end: chain.last for begin, end in self.around.spans if begin == place}
            last = place == len(self.layers) - 1
            if layer.kind == "conv" and layout is not None:
                before = self.layers[place - 1] if place else None
                self._convolve(chain, layer, before, layout.same[place], layout.strides[place])
            else:
                chain.add("Gemm", layer.name, layer.weight, layer.arrays.get("bias"), transB=1)
            norms = self.after.get(layer.name, ())
            self._norm(chain, [norm.module for norm in norms if not norm.late])
            if place in begins and self.around.function != "ahead":
                chain.join("Add", f"{layer.name}'s sum", (begins[place], chain.last))
            if layer.name in self.slopes:
                own = self.slopes[layer.name]
                chain.add("PRelu", own.name, own.weight.reshape(-1, *(1,) * (layer.weight.ndim - 2)))
            elif self.around.function or place not in begins:
                self._bend(chain, place, layout, functions)
            self._norm(chain, [norm.module for norm in norms if norm.late])
            if place in begins and self.around.function == "ahead":
                chain.join("Add", f"{layer.name}'s sum", (begins[place], chain.last))
            if layer.kind == "conv" and layout is not None:
                self._pool(chain, layer, layout, place)
                if last or self.layers[place + 1].kind == "dense":
                    _row(chain, layer, layout.whole, self.habits.last)
        if self.end:
            chain.add(self.end, "the end")
        return chain.program()

    def _bend(self, chain: Chain, place: int, layout: Layout | None, functions: Functions) -> None:
        """The function behind a layer, if it is a hidden one's."""
        name = functions.first if place < self._parted else functions.last
        last = place == len(self.layers) - 1
        if (not last or (layout is not None and layout.bent)) and name != "identity":
            _activate(chain, name, f"{self.layers[place].name}'s {name}")

    def _image(self, layout: Layout | None) -> Chain:
        first = self.layers[0]
        if layout is not None:
            return Chain((1, first.weight.shape[1], layout.side, layout.side), 1)
        reads = first.weight.shape[1]
        if reads not in _COLOURED or self.habits.last:
            return Chain((1, reads), None)
        # PyTorch lays out an image colour by colour, and so it is no row here.
        side = math.isqrt(reads // 3)
        chain = Chain((1, 3, side, side), 1)
        chain.add("Flatten", first.name)
        return chain

    def _convolve(self, chain: Chain, layer: Module, before: Module | None, same: bool, stride: int) -> None:
        channels = layer.weight.shape[1]
        h, w = layer.weight.shape[2:]
        # Where the sides are even, the odd cell of padding comes at the end, as in PyTorch's padding="same".
        pads = [(h - 1) // 2, (w - 1) // 2, h // 2, w // 2] if same else [0, 0, 0, 0]
        group = before.width // channels if before is not None else 1
        settings = {**self._padded(pads), "strides": [stride, stride], "group": group}
        chain.add("Conv", layer.name, layer.weight, layer.arrays.get("bias"), **settings)

    def _pool(self, chain: Chain, layer: Module, layout: Layout, place: int) -> None:
        if layout.pools[place]:
            kind = "AveragePool" if layout.means else "MaxPool"
            side, step, pad = layout.pool
            settings = {"kernel_shape": [side] * 2, "strides": [step] * 2, **self._padded([pad] * 4)}
            chain.add(kind, f"{layer.name}'s pool", **settings)

    def _padded(self, pads: list[int]) -> dict[str, Any]:
        """Padding by so many cells: Keras pads as much as the strides need, the odd cell at the end."""
        return {"auto_pad": "SAME_UPPER"} if self.habits.last and any(pads) else {"pads": pads}

    def _norm(self, chain: Chain, norms: Sequence[Module]) -> None:
        for norm in norms:
            if norm.kind == "norm":
                settings = {"axis": -1, "epsilon": self.habits.eps}
                chain.add("LayerNormalization", norm.name, norm.weight, norm.arrays["bias"], **settings)
                continue
            scale = norm.arrays.get("weight", np.ones(norm.width, np.float32))
            shift = norm.arrays.get("bias", np.zeros(norm.width, np.float32))
            mean, variance = norm.arrays["running_mean"], norm.arrays["running_var"]
            chain.add("BatchNormalization", norm.name, scale, shift, mean, variance, epsilon=self.habits.eps)


def _activate(chain: Chain, name: str, label: str) -> None:
    slope = leak_of(name)
    if slope is not None:
        chain.add("LeakyRelu", label, alpha=slope)
    elif name in _CLIPPED:
        chain.add("Clip", label, **_CLIPPED[name])
    elif name == "hard-sigmoid":
        chain.add("HardSigmoid", label, alpha=1 / 6, beta=0.5)
    else:
        chain.add(_OPS[name], label, **({"approximate": "tanh"} if name == "gelu-tanh" else {}))


def _row(chain: Chain, layer: Module, whole: bool, last: bool) -> None:
    if whole:
        chain.add("GlobalAveragePool", f"{layer.name}'s mean")
    # Keras's rows are cell by cell, though its maps are handed on here with their channels first.
    chain.add("Flatten", f"{layer.name}'s row", turned=last)
