"""The patch embedding: an image cut into square patches, each made into a token by the same weights.

A class token, which sees no pixel, stands first; every token has a trainable position of its own
(Dosovitskiy et al. 2021, "An image is worth 16x16 words", section 3.1).
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: ARG002, D102

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.in_registers import FEW
from engine.blocks.init import xavier
from engine.errors import EngineError
from engine.topk import Products


@dataclass(frozen=True)
class PatchEmbedding(Block):
    """Tokens (n, units) from an image (h, w, channels): W (size, size, channels, units) + b over each patch.

    Patches of size x size pixels lie side by side, row by row. class_token: one more token ahead of them, a
    parameter. positions: a parameter (n, units) is added to the tokens. Fresh W: `init.xavier`, b is zero,
    class token and positions are from N(0, 0.02^2).

    An edge's number counts pixel (row, column, channel) and unit: each pixel is in one patch only.
    """

    kind: ClassVar[str] = "patch-embedding"
    size: int
    units: int
    class_token: bool = True
    positions: bool = True

    def __post_init__(self) -> None:
        if self.size < 1 or self.units < 1:
            raise EngineError(f"patches of {self.size} pixels and {self.units} units: both must be 1 or more")

    def shape(self, sources: Sequence[Shape]) -> Shape:
        if len(sources) != 1 or len(sources[0]) != 3:
            raise EngineError(
                f"a patch embedding has one source of shape (h, w, channels), got {list(sources)}"
            )
        h, w, _ = sources[0]
        if h % self.size or w % self.size:
            raise EngineError(f"patches of {self.size}x{self.size} pixels do not tile an image of {h}x{w}")
        return (self.class_token + h // self.size * (w // self.size), self.units)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        shapes: dict[str, Shape] = {
            "weight": (self.size, self.size, sources[0][2], self.units),
            "bias": (self.units,),
        }
        if self.class_token:
            shapes["class"] = (self.units,)
        if self.positions:
            shapes["position"] = self.shape(sources)
        return shapes

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        shapes = self.parameter_shapes(sources)
        parameters = {
            "weight": xavier(rng, shapes["weight"]),
            "bias": np.zeros(self.units, np.float32),
        }
        for name in ("class", "position"):
            if name in shapes:
                parameters[name] = (rng.standard_normal(shapes[name]) * 0.02).astype(np.float32)
        return parameters

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        if (step := self._step(inputs[0], out, scratch)) is not None:
            constants = parameters["bias"], parameters.get("class"), parameters.get("position")
            step.forward(inputs[0], parameters["weight"], constants, out)
            scratch.replays = True
            return
        patches = self._patches(inputs[0], scratch)
        weight = parameters["weight"].reshape(-1, self.units)
        # One product for each image's patches, so that it can be written around the class tokens.
        np.matmul(patches, weight, out=out[:, self.class_token :])
        out[:, : self.class_token] = 0
        out += self._constants(parameters, out.shape[1:])

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        step = self._step(inputs[0], grad, scratch)
        if gradients is not None and step is not None:
            position = gradients.get("position")
            if position is None:
                position = scratch.array("position", size_of(grad.shape[1:]), grad.dtype)
            position = position.reshape(grad.shape[1:])
            step.backward(inputs[0], grad, gradients["weight"])
            step.sums(grad, position, gradients["bias"], gradients.get("class"))
            scratch.replays = input_gradients[0] is None
        elif gradients is not None:
            self._learn(grad, inputs[0], gradients, scratch)
        back = input_gradients[0]
        if back is not None:
            delta = np.ascontiguousarray(grad[:, self.class_token :]).reshape(-1, self.units)
            patches = np.dot(delta, parameters["weight"].reshape(-1, self.units).T)
            self._tiles(back)[...] = patches.reshape(self._tiles(back).shape)

    def _learn(self, grad: Array, x: Array, gradients: Mapping[str, Array], scratch: Scratch) -> None:
        """Write the gradients by the parameters."""
        delta = np.ascontiguousarray(grad[:, self.class_token :]).reshape(-1, self.units)
        patches = self._patches(x, scratch).reshape(len(delta), -1)
        np.dot(patches.T, delta, out=gradients["weight"].reshape(-1, self.units))
        position = grad.sum(axis=0)
        np.sum(position[self.class_token :], axis=0, out=gradients["bias"])
        if self.class_token:
            gradients["class"][...] = position[0]
        if self.positions:
            gradients["position"][...] = position

    def _step(self, x: Array, y: Array, scratch: Scratch) -> Any:
        """The compiled step from images x to tokens y, where there is one and it pays, else None."""
        contiguous = x.flags.c_contiguous and y.flags.c_contiguous
        if not scratch.fast or not contiguous or y.size * self.size * self.size * x.shape[3] < FEW:
            return None
        if "step" not in scratch.kept:
            # Numba takes a second to import: only training and long evaluations pay it.
            from engine.kernels.tokens.patches import Grid, PatchStep  # noqa: PLC0415

            down, across, depth = x.shape[1] // self.size, x.shape[2] // self.size, self.size * x.shape[3]
            grid = Grid(down, across, self.size, depth, self.units, int(self.class_token))
            scratch.kept["step"] = PatchStep(grid)
        return scratch.kept["step"] if scratch.kept["step"].fits else None

    def _tiles(self, x: Array) -> Array:
        """A view of images as (n, patches down, patches across, size, size, channels)."""
        n, h, w, channels = x.shape
        s = self.size
        tiles = x.reshape(n, h // s, s, w // s, s, channels)
        # Splitting axes of a contiguous array makes a view, so writing to it writes to x.
        return tiles.transpose(0, 1, 3, 2, 4, 5)

    def _patches(self, x: Array, scratch: Scratch) -> Array:
        tiles = self._tiles(x)
        buffer = scratch.array("patches", x.size, x.dtype)[: x.size].reshape(tiles.shape)
        np.copyto(buffer, tiles)
        return buffer.reshape(len(x), tiles.shape[1] * tiles.shape[2], -1)

    def _constants(self, parameters: Mapping[str, Array], shape: Shape) -> Array:
        """What is added to each token: bias or class token, and position."""
        total = np.tile(parameters["bias"], (shape[0], 1))
        if self.class_token:
            total[0] = parameters["class"]
        if self.positions:
            total += parameters["position"]
        return total

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        h, w, channels = wiring.sources[slot]
        return h * w * channels * self.units

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        source, unit = np.divmod(np.asarray(ids, np.int64), self.units)
        token, tap = self._place(wiring, slot, source)
        parameter = tap * self.units + unit
        weight = wiring.parameters["weight"].reshape(-1)[parameter]
        return Edges(source, token * self.units + unit, weight, parameter, Kind.LEARNED)

    def _place(self, wiring: Wiring, slot: int, source: Array) -> tuple[Array, Array]:
        """Token and row of the weights of each pixel."""
        _, wide, channels = wiring.sources[slot]
        cell, channel = np.divmod(source, channels)
        y, x = np.divmod(cell, wide)
        (down, y), (across, x) = np.divmod(y, self.size), np.divmod(x, self.size)
        token = self.class_token + down * (wide // self.size) + across
        return token, (y * self.size + x) * channels + channel

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        token, unit = divmod(target, self.units)
        if token < self.class_token:
            return np.empty(0, np.int64)
        _, wide, channels = wiring.sources[slot]
        down, across = divmod(token - self.class_token, wide // self.size)
        y = (down * self.size + np.arange(self.size)).reshape(-1, 1, 1)
        x = (across * self.size + np.arange(self.size)).reshape(-1, 1)
        pixels = (y * wide + x) * channels + np.arange(channels)
        return pixels.reshape(-1) * self.units + unit

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        return np.arange(source * self.units, (source + 1) * self.units)

    def biases(self, wiring: Wiring) -> Array | None:
        return self._constants(wiring.parameters, wiring.target).reshape(-1)

    def product_rows(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None) -> Products:
        token, tap = self._place(wiring, slot, np.arange(len(activation)))
        slopes = None if slope is None else slope.reshape(-1, self.units)
        table = wiring.parameters["weight"].reshape(-1, self.units)
        return Products(activation, tap, table, None, slopes, token)
