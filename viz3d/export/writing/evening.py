"""Pictures to see through, their colours made even where little of them is seen: less for a codec to keep."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Kind = TypeVar("_Kind", bound=np.generic)

_HALVINGS = 5  # how often a picture is halved, so colours spread over 32 pixels
_SEEN = 8.0  # mean cover of 255 from which a block's colour is its own
_LAID = 127.5  # half a level of 255, times 255
_NEVER_ZERO = np.float32(1e-6)
# By a cover of 0..255: how far a colour may move that, laid on any ground, moves by half a level at most.
_ROOM = np.concatenate([[255], _LAID // np.arange(1, 256)]).astype(np.uint8)


def evened(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture that looks the same on every ground, with colours that change little from pixel to pixel.

    A pixel that hardly covers has a colour of chance, and one that does not cover has none: noise, of which
    the eye sees nothing and a codec keeps all. They take the mean colour of what covers around them.

    Args:
        frame: uint8 (height, width, 4), straight RGBA, both sides even.

    Returns:
        The same, uint8 (height, width, 4); the covers as they were.
    """
    cover = np.ascontiguousarray(frame[..., 3])
    around = _around(frame, cover)
    room, result = _ROOM[cover], np.empty_like(frame)
    for channel in range(3):  # arrays whose last axis is short are slow
        own = frame[..., channel]
        least, most = own - np.minimum(own, room), own + np.minimum(255 - own, room)
        result[..., channel] = np.clip(around[channel], least, most)
    result[..., 3] = cover
    return result


def _around(frame: NDArray[np.uint8], cover: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mean colour of what covers around each 2 x 2 pixels, uint8 (3, height, width)."""
    height, width = cover.shape
    planes = [np.multiply(frame[..., channel], cover, dtype=np.uint16) for channel in range(3)]
    finest = np.stack([_halved(plane) for plane in (*planes, cover)])
    step = 1 << (_HALVINGS - 1)
    blocks = [np.pad(finest, ((0, 0), (0, -(height // 2) % step), (0, -(width // 2) % step)))]
    while len(blocks) < _HALVINGS:
        blocks.append(_halved(blocks[-1]))
    colour = _colour(blocks.pop())
    while blocks:
        finer = blocks.pop()
        colour = _doubled(colour)
        colour += (_colour(finer) - colour) * np.minimum(finer[3] / np.float32(_SEEN), 1)
    whole = np.rint(colour[:, : height // 2, : width // 2]).astype(np.uint8)
    return _doubled(whole)


def _colour(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean colour of blocks, float32 (3, rows, columns); black where nothing covers."""
    colour: NDArray[np.float32] = block[:3] / np.maximum(block[3], _NEVER_ZERO)
    return colour


def _halved(plane: NDArray[Any]) -> NDArray[np.float32]:
    """The means of 2 x 2 of the last two axes."""
    wide = np.add(plane[..., ::2, :], plane[..., 1::2, :], dtype=np.float32)
    means: NDArray[np.float32] = (wide[..., ::2] + wide[..., 1::2]) * np.float32(0.25)
    return means


def _doubled(plane: NDArray[_Kind]) -> NDArray[_Kind]:
    """Each value as 2 x 2 of the last two axes."""
    return plane.repeat(2, axis=-2).repeat(2, axis=-1)
