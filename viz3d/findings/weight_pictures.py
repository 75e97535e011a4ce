"""What a neuron's synapses weigh, and what they bring, as pictures: laid out as the layer they come from."""

import math

import numpy as np
from numpy.typing import NDArray

from engine import Reading
from viz3d.session.traced_digit import TracedDigit

_FEW = 4  # synapses that make no picture
Values = NDArray[np.float64]


def weight_pictures(traced: TracedDigit, reading: Reading) -> tuple[Values, Values] | None:
    """Weights and weight x activation, (h, w) each, NaN where no synapse comes from.

    Maps stand side by side as far as it hears them, a row of neurons is folded. Of several layers that
    it hears it is the one that most synapses come from. None where it learns no weights.
    """
    net, source = traced.net, reading.incoming.source
    if "weight" not in net.own_parameters(reading.layer) or len(source) < _FEW:
        return None
    starts = np.array([net.offset(layer.name) for layer in net.layers])
    owners = np.searchsorted(starts, source, side="right") - 1
    owner = int(np.bincount(owners).argmax())
    mine, layer = owners == owner, net.layers[owner]
    cells = source[mine] - starts[owner]

    def picture(values: NDArray[np.floating]) -> Values:
        flat = np.full(layer.size, np.nan)
        flat[cells] = 0.0
        np.add.at(flat, cells, values[mine])
        return _laid_out(flat.reshape(layer.shape))

    return picture(reading.incoming.weight), picture(reading.incoming_contributions)


def _laid_out(values: Values) -> Values:
    """Values of a layer's shape, NaN where there is none, as one picture of what is there."""
    if values.ndim == 3:
        maps = np.moveaxis(values, 2, 0)
        heard = ~np.isnan(maps)
        rows, columns = (np.flatnonzero(heard.any(axis=axes)) for axes in ((0, 2), (0, 1)))
        window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return _side_by_side(maps[heard.any(axis=(1, 2))][(slice(None), *window)])
    lines = np.atleast_2d(values)
    lines = lines[~np.isnan(lines).all(axis=1)]
    return _side_by_side(lines.reshape(-1, 1, 1), gap=0) if len(lines) == 1 else lines


def _side_by_side(maps: Values, gap: int = 1) -> Values:
    """Maps (n, h, w) in a square of them, row by row."""
    count, high, wide = maps.shape
    across = math.ceil(math.sqrt(count))
    down = math.ceil(count / across)
    tiles = np.full((down * across, high + gap, wide + gap), np.nan)
    tiles[:count, :high, :wide] = maps
    sheet = tiles.reshape(down, across, high + gap, wide + gap).swapaxes(1, 2)
    whole = sheet.reshape(down * (high + gap), across * (wide + gap))
    return whole[: whole.shape[0] - gap, : whole.shape[1] - gap]
