"""The convolution block: each neuron looks at a small window of every map, all with the same weights.

The windows are laid out as the rows of a matrix (im2col) a few images at a time, so that they stay in the
processor's cache, and BLAS multiplies it by the image_kernels.
"""

# The protocol's methods are documented once, in base.py.
# ruff: noqa: D102, PLC0415

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import window
from engine.blocks.base import Block, Edges, Kind, Scratch, Wiring
from engine.blocks.window import Axis
from engine.errors import EngineError
from engine.topk import Products

# The share of non-zeros below which leaving out zeros beats BLAS (measured), for windows of more than SMALL
# numbers and for smaller ones.
SPARSE, SPARSE_SMALL, SMALL = 0.18, 0.6, 64


@dataclass(frozen=True)
class Conv(Block):
    """Maps (h, w, maps) from (h, w, channels): W (height, width, channels, maps) + b over each window.

    The image's axes are not flipped (cross-correlation, as torch.nn.Conv2d). stride: a number, or one down
    and one across; padding: "valid", "same", or such numbers, see `window.axis`. Fresh weights are from
    N(0, 2 / n_in) and b is zero (He et al. 2015, section 2.2).

    An edge's number counts window place and tap down, place and tap across, channel, map; taps outside the
    image are no edges.
    """

    kind: ClassVar[str] = "conv"
    maps: int
    height: int
    width: int
    stride: int | tuple[int, int] = 1
    padding: int | str | tuple[int, int] = "valid"

    def __post_init__(self) -> None:
        if self.maps < 1:
            raise EngineError(f"a convolution has 1 or more maps, got {self.maps}")
        checked = window.checked(self.height, self.width, self.stride, self.padding)
        object.__setattr__(self, "padding", checked)
        object.__setattr__(self, "stride", window.shortest(self.stride))

    def axes(self, source: Shape) -> tuple[Axis, Axis]:
        """The windows down and across an image of shape (h, w, ...)."""
        sides = self.height, self.width
        return window.axes(source[0], source[1], sides, self.stride, self.padding)

    def shape(self, sources: Sequence[Shape]) -> Shape:
        down, across = self.axes(window.image_shape(sources, "convolution"))
        return (down.places, across.places, self.maps)

    def parameter_shapes(self, sources: Sequence[Shape]) -> dict[str, Shape]:
        channels = window.image_shape(sources, "convolution")[2]
        return {"weight": (self.height, self.width, channels, self.maps), "bias": (self.maps,)}

    def initial(self, sources: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        shape = self.parameter_shapes(sources)["weight"]
        scale = np.sqrt(2 / np.prod(shape[:3]))
        weight = (rng.standard_normal(shape) * scale).astype(np.float32)
        return {"weight": weight, "bias": np.zeros(self.maps, np.float32)}

    def forward(
        self, inputs: Sequence[Array], parameters: Mapping[str, Array], out: Array, scratch: Scratch
    ) -> None:
        if (sums := scratch.kept.get("sums")) is not None:
            scratch.kept["sparse"] = False
            sums.forward(inputs[0], parameters["weight"], parameters["bias"], out)
            return
        down, across = self.axes(inputs[0].shape[1:])
        sparse = scratch.kept["sparse"] = scratch.fast and self._sparse_input(inputs[0])
        if sparse:
            from engine.kernels.maps import conv as conv_kernels

            place = (down.before, across.before)
            conv_kernels.forward(inputs[0], parameters["weight"], parameters["bias"], out, *place)
            return
        weight = parameters["weight"].reshape(-1, self.maps)
        for part, patches in window.patches(inputs[0], self.axes(inputs[0].shape[1:]), scratch):
            np.dot(patches, weight, out=out[part].reshape(-1, self.maps))
        if scratch.fast:
            from engine.kernels.maps import images as image_kernels

            image_kernels.add_bias(out, parameters["bias"])
        else:
            out += parameters["bias"]

    def backward(
        self,
        grad: Array,
        inputs: Sequence[Array],
        parameters: Mapping[str, Array],
        scratch: Scratch,
        gradients: Mapping[str, Array] | None,
        input_gradients: Sequence[Array | None],
    ) -> None:
        x, back = inputs[0], input_gradients[0]
        if (sums := scratch.kept.get("sums")) is not None and gradients is not None:
            sums.backward(grad, x, parameters["weight"], gradients["weight"], gradients["bias"], back)
            return
        down, across = self.axes(x.shape[1:])
        place = (down.before, across.before)
        # The loops for few gradients that are not 0 take one stride.
        sparse = scratch.fast and isinstance(self.stride, int) and _density(grad) < SPARSE
        if gradients is not None:
            self._weight_gradient(x, grad, gradients["weight"], scratch, sparse)
            ones = scratch.array("ones", grad.size // self.maps, grad.dtype)
            ones[:] = 1
            # NumPy's own sum over an axis with few numbers in a row is ten times as slow.
            np.dot(ones, grad.reshape(-1, self.maps), out=gradients["bias"])
        if back is None:
            return
        if sparse:
            from engine.kernels.maps import conv as conv_kernels

            conv_kernels.back(grad, parameters["weight"], back, down.stride, *place)
            return
        weight = parameters["weight"].reshape(-1, self.maps)
        for part, patches in window.rooms(x, (down, across), scratch):
            np.dot(grad[part].reshape(-1, self.maps), weight.T, out=patches)
            window.gather(patches, back[part], (down, across), scratch.fast)

    def reach(self, x: Array) -> Array:
        """The sum of what each neuron reads, (n, h, w, 1) since all maps read the same, of an input."""
        sums: Array = np.dot(x, np.ones(x.shape[3], x.dtype))
        for number, axis in enumerate(self.axes(x.shape[1:]), 1):
            ahead, read = (slice(None),) * number, sums
            sums = np.zeros((*read.shape[:number], axis.places, *read.shape[number + 1 :]), x.dtype)
            for places, cells in map(axis.reach, range(axis.taps)):
                sums[(*ahead, places)] += read[(*ahead, cells)]
        return sums[..., None]

    def reach_back(self, grad: Array, shape: Shape) -> Array:
        """The sum of what each neuron of an input of this shape (n, ...) feels, for grad (n, h, w, maps)."""
        delta: Array = np.dot(grad, np.ones(self.maps, grad.dtype))
        for number, axis in enumerate(self.axes(shape[1:]), 1):
            ahead, given = (slice(None),) * number, delta
            delta = np.zeros((*given.shape[:number], axis.size, *given.shape[number + 1 :]), grad.dtype)
            for places, cells in map(axis.reach, range(axis.taps)):
                delta[(*ahead, cells)] += given[(*ahead, places)]
        return np.broadcast_to(delta[..., None], shape)

    def _weight_gradient(self, x: Array, grad: Array, out: Array, scratch: Scratch, sparse: bool) -> None:
        down, across = self.axes(x.shape[1:])
        place = (down.before, across.before)
        if scratch.kept["sparse"] or sparse:
            from engine.kernels.maps import conv as conv_kernels

            if scratch.kept["sparse"]:
                conv_kernels.gradient_by_input(x, grad, out, *place)
            else:
                conv_kernels.gradient_by_gradient(x, grad, out, down.stride, *place)
            return
        total = out.reshape(-1, self.maps)
        total[:] = 0
        some = scratch.array("some", total.size, total.dtype).reshape(total.shape)
        for part, patches in window.patches(x, (down, across), scratch):
            total += np.dot(patches.T, grad[part].reshape(-1, self.maps), out=some)

    def _sparse_input(self, x: Array) -> bool:
        """Whether leaving out the zeros of x beats BLAS, which is slow where a window holds few numbers."""
        limit = SPARSE if self.height * self.width * x.shape[3] > SMALL else SPARSE_SMALL
        return self.stride == 1 and _density(x) < limit

    def edge_count(self, wiring: Wiring, slot: int) -> int:
        down, across = self.axes(wiring.sources[slot])
        return down.count * across.count * wiring.sources[slot][2] * self.maps

    def edges(self, wiring: Wiring, slot: int, ids: Array) -> Edges:
        rows, to = np.divmod(np.asarray(ids, np.int64), self.maps)
        source, place, weight = self._rows(wiring, slot, rows)
        parameter = weight * self.maps + to
        return Edges(
            source,
            place * self.maps + to,
            wiring.parameters["weight"].reshape(-1)[parameter],
            parameter,
            Kind.LEARNED,
        )

    def _rows(self, wiring: Wiring, slot: int, rows: Array) -> tuple[Array, Array, Array]:
        """Source neuron, window place and row of the kernels' matrix; a row of edges has one for each map."""
        _, wide, channels = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        rest, channel = np.divmod(rows, channels)
        y, x = np.divmod(rest, across.count)
        (place_y, tap_y, cell_y), (place_x, tap_x, cell_x) = down.pairs, across.pairs
        source = (cell_y[y] * wide + cell_x[x]) * channels + channel
        weight = (tap_y[y] * self.width + tap_x[x]) * channels + channel
        return source, place_y[y] * across.places + place_x[x], weight

    def _ids(self, wiring: Wiring, slot: int, y: Array, x: Array, channel: Array, to: Array) -> Array:
        _, across = self.axes(wiring.sources[slot])
        channels = wiring.sources[slot][2]
        pairs = (y[:, None] * across.count + x).reshape(-1, 1)
        rows = (pairs * channels + channel).reshape(-1, 1)
        return (rows * self.maps + to).reshape(-1)

    def edges_into(self, wiring: Wiring, slot: int, target: int) -> Array:
        down, across = self.axes(wiring.sources[slot])
        place, to = divmod(target, self.maps)
        y, x = divmod(place, across.places)
        channels = np.arange(wiring.sources[slot][2])
        return self._ids(wiring, slot, down.of_place(y), across.of_place(x), channels, np.array([to]))

    def edges_between(self, wiring: Wiring, slot: int, source: int, target: int) -> Array:
        _, wide, channels = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        (place, to), (cell, channel) = divmod(target, self.maps), divmod(source, channels)
        (row, column), (y, x) = divmod(place, across.places), divmod(cell, wide)
        pairs = down.between(row, y), across.between(column, x)
        return self._ids(wiring, slot, *pairs, np.array([channel]), np.array([to]))

    def edges_out_of(self, wiring: Wiring, slot: int, source: int) -> Array:
        _, wide, channels = wiring.sources[slot]
        down, across = self.axes(wiring.sources[slot])
        cell, channel = divmod(source, channels)
        y, x = divmod(cell, wide)
        every = np.arange(self.maps)
        return self._ids(wiring, slot, down.of_cell(y), across.of_cell(x), np.array([channel]), every)

    def fan_out(self, wiring: Wiring, slot: int) -> Array | None:
        high, wide, channels = wiring.sources[slot]
        down, across = self.axes((high, wide))
        windows = [np.bincount(a.pairs[2], minlength=a.size) for a in (down, across)]
        return np.repeat(np.multiply.outer(*windows).reshape(-1) * self.maps, channels)

    def biases(self, wiring: Wiring) -> Array | None:
        return np.tile(wiring.parameters["bias"], wiring.target[0] * wiring.target[1])

    def product_rows(self, wiring: Wiring, slot: int, activation: Array, slope: Array | None) -> Products:
        """Every row's source value and row of the kernels, in the edges' order; and the kernels."""
        down, across = self.axes(wiring.sources[slot])
        channels = wiring.sources[slot][2]
        image = activation.reshape(wiring.sources[slot])
        value = image[down.pairs[2][:, None], across.pairs[2]]
        taps = (down.pairs[1][:, None] * self.width + across.pairs[1])[..., None] * channels
        rows = (taps + np.arange(channels)).reshape(-1)
        table = wiring.parameters["weight"].reshape(-1, self.maps)
        if slope is None:
            return Products(value.reshape(-1), rows, table)
        places = down.pairs[0][:, None] * across.places + across.pairs[0]
        place = np.repeat(places, channels)
        return Products(value.reshape(-1), rows, table, None, slope.reshape(-1, self.maps), place)


def _density(x: Array) -> float:
    return float(np.count_nonzero(x)) / max(x.size, 1)
