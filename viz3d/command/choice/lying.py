"""Whether a set's digits lie on their side, are mirrored or inverted: told by a net that reads digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import data
import engine

Images = NDArray[np.uint8]

WAYS: dict[str, Callable[[Images], Images]] = {
    "with rows and columns exchanged": lambda images: images.swapaxes(1, 2),
    "mirrored": lambda images: images[:, :, ::-1],
    "upside down": lambda images: images[:, ::-1],
    "turned by a half": lambda images: images[:, ::-1, ::-1],
    "turned by a quarter to the right": lambda images: np.rot90(images, -1, (1, 2)),
    "turned by a quarter to the left": lambda images: np.rot90(images, 1, (1, 2)),
    "with light and dark exchanged": lambda images: 255 - images,
}
PRESET = "cnn-fast"
SIDE = 28  # pixels: what it reads
COUNT = 200  # images are read; fewer than a quarter of them tell nothing
FEWEST = 5  # classes: of fewer, another way may read more by chance
BETTER = 0.25  # of the images, at least, are read right then alone
MOST = 0.7  # of them, at least, are read right then


def lying(images: data.Dataset) -> str | None:
    """What would have more of a set's digits read as such, in a sentence; None where nothing would.

    Only grey pictures whose classes are all digits can be asked so.
    """
    digits = [data.DIGITS.index(name) if name in data.DIGITS else -1 for name in images.classes]
    if images.images.ndim != 3 or len(digits) < FEWEST or min(digits) < 0 or len(images) < COUNT // 4:
        return None
    some = images.images[:COUNT]
    pixels = some if some.shape[1:] == (SIDE, SIDE) else _resized(some)
    labels = np.array(digits)[images.labels[:COUNT]]
    net = engine.load(data.model_path(PRESET))

    def right(given: Images) -> float:
        answers = np.asarray(net.predict(np.ascontiguousarray(given))).argmax(1)
        return float((answers == labels).mean())

    as_is = right(pixels)
    if as_is > 1 - BETTER:
        return None
    way, most = max(((way, right(made(pixels))) for way, made in WAYS.items()), key=lambda each: each[1])
    if most < max(MOST, as_is + BETTER):
        return None
    return (
        f"its digits may lie wrong: {PRESET} reads {most:.0%} of {len(some)} {way}, {as_is:.0%} as they are; "
        "bring them to that first, or a network learns them so"
    )


def _resized(images: Images) -> Images:
    return np.stack([data.resized(image, (SIDE, SIDE)) for image in images])
