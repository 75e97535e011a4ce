"""Faces of attention: what the class token attends to, drawn on the digit, head by head."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import AttentionScores, Layer, Net
from scenes.space.panel import Panel, Vector
from scenes.space.raster import Raster
from scenes.space.tokens.patches import Patches

_GAP = 0.1  # of a digit's side, from head to head


@dataclass(frozen=True, eq=False)
class Face:
    """The digit once for each head of one layer of attention scores, each pixel with its patch's score.

    It is the truth of one row of each head: that of the class token, but for what it keeps for itself.

    Attributes:
        panel: its plane; a cell is a pixel in a head.
        score: int32 (heads * pixels,), global id of the attention score that each cell shows.
        pixel: int32 (heads * pixels,), global id of the input's neuron that each cell shows.
    """

    panel: Panel
    score: NDArray[np.int32]
    pixel: NDArray[np.int32]


def has_face(cut: Patches, layer: Layer) -> bool:
    """Whether a layer's neurons are shares of attention, one of them a class token's for each patch."""
    tokens = cut.ahead + cut.rows * cut.cols
    scores = isinstance(layer.block, AttentionScores) and layer.activation == "softmax"
    return scores and cut.ahead == 1 and layer.shape[1:] == (tokens, tokens)


def face(
    net: Net,
    cut: Patches,
    layer: Layer,
    scores: Raster,
    side: float,
    centre: Vector,
    right: Vector,
    up: Vector,
) -> Face:
    """The face of a layer that `has_face`, at most so large a side, in a plane.

    scores: how the layer itself is drawn; each head's digit stands where its map does.
    """
    heads, queries, keys = layer.shape
    high, wide = net.layers[0].shape[:2]
    (below, lines), (aside, columns) = (
        _ranks(scores.maps[:, side], gap) for side, gap in ((0, high), (2, wide))
    )
    head, y, x = np.meshgrid(np.arange(heads), np.arange(high), np.arange(wide), indexing="ij")
    pitch = min(side / lines, side / columns)
    maps = np.stack([below, below + high - 1, aside, aside + wide - 1], axis=1).astype(np.int32)
    row, col = ((first[head] + each).ravel().astype(np.int32) for first, each in ((below, y), (aside, x)))
    cells = Raster("tiles", lines, columns, row, col, (pitch, pitch), maps)
    key = cut.ahead + y // cut.size * cut.cols + x // cut.size
    # The class token is the first query.
    score = net.offset(layer.name) + head * queries * keys + key
    panel = Panel(layer.name, net.offset(layer.name), cells, centre, right, up)
    pixel = net.offset(net.layers[0].name) + y * wide + x
    return Face(panel, score.ravel().astype(np.int32), pixel.ravel().astype(np.int32))


def _ranks(starts: NDArray[np.int32], length: int) -> tuple[NDArray[np.int64], int]:
    """Where pictures of so many cells start that stand in the order of these, and how many cells all take."""
    rank = np.unique(starts, return_inverse=True)[1].reshape(-1)
    gap = round(length * _GAP)
    return rank * (length + gap), (int(rank.max()) + 1) * (length + gap) - gap
