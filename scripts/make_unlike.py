"""Train the small network that tells what is no digit: `data/photo/shapes/unlike.npz`.

    python scripts/make_unlike.py

Its examples are MNIST's training digits, which VIZ3D_DATA names, in other hands and pens, some rough, barred,
struck at their side or worn, and the embedded digits; and the drawings of `no_digits.py`. All are placed as
what is read is placed. Tested on digits that none was made of.
"""

from collections.abc import Iterable

import numpy as np
from make_crossed import one, plain
from make_odds import enlarged, tight
from no_digits import KINDS
from numpy.typing import NDArray
from PIL import Image
from small_nets import Bytes, Floats, Rng, half_rough, options, other_hands, save, tell, train

import data
import engine
from data.photo.canvas import SIDE, place
from data.photo.shapes.unlike import DIGIT, NONE, WEIGHTS

TEXT = (
    f"input {SIDE}x{SIDE} | conv 16 5x5 relu | pool 2 | conv 32 3x3 relu | pool 2 | dense 64 relu"
    " | dense 2 log-softmax"
)
PLAIN, WORSE, THINGS = 60_000, 12_000, 48_000
Pool = tuple[Bytes, Bytes]


def worse(pool: Pool, rng: Rng) -> Floats:
    """A digit's ink, some barred or disturbed; of one in three fine strokes broke and loops closed."""
    ink = plain(*pool, rng) if rng.random() < 0.7 else one(*pool, rng)[0]
    if rng.random() < 0.3:
        size = [max(6, round(side * rng.uniform(0.3, 1))) for side in ink.shape[::-1]]
        small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
        worn = np.float32(small > rng.uniform(0.3, 0.8))
        ink = tight(worn) if np.count_nonzero(worn) > 8 else ink
    return ink


def no_digit(rng: Rng) -> Floats:
    """Ink of what is none; what is a line or filled all over is told by other rules."""
    while True:
        ink = KINDS[rng.integers(len(KINDS))](rng)
        if np.count_nonzero(ink > 0.5) < 20:
            continue
        ink = tight(ink, 0.5)
        if 0.25 < ink.shape[1] / len(ink) < 2.2 and min(ink.shape) > 8 and (ink > 0.5).mean() < 0.95:
            return ink


def embedded(rng: Rng) -> list[Floats]:
    """The embedded digits for training, each twice, 20 to 90 pixels high."""
    images = np.repeat(data.load("digits", "train").images, 2, 0)
    return [enlarged(each, int(rng.integers(20, 91)), np.exp(rng.uniform(-0.2, 0.2))) for each in images]


def read(inks: Iterable[Floats], rng: Rng) -> Bytes:
    """Inks as they are read, uint8 (n, SIDE, SIDE); half of them rough, blank ones left out."""
    rough = (half_rough(ink, rng) for ink in inks)
    return np.stack([place(ink) for ink in rough if ink.max() > 0.5])


def parts() -> tuple[list[Bytes], list[Bytes]]:
    """Digits and things to learn from, each part by a seed of its own."""
    rng = np.random.default_rng(0)
    (pool,) = other_hands((slice(0, 50_000),), rng)
    digits = [read((one(*pool, rng)[0] for _ in range(PLAIN)), rng)]
    for part in range(2):
        rng = np.random.default_rng([3, part])
        digits.append(read((worse(pool, rng) for _ in range(WORSE // 2)), rng))
    digits.append(read(embedded(rng := np.random.default_rng(4)), rng))
    things = []
    for part in range(4):
        rng = np.random.default_rng([2, part])
        things.append(read((no_digit(rng) for _ in range(THINGS // 4)), rng))
    return digits, things


def tests() -> tuple[Bytes, NDArray[np.int64]]:
    """Digits that none was made of, and things."""
    rng = np.random.default_rng(6)
    (pool,) = other_hands((slice(50_000, 60_000),), rng)
    digits = read((worse(pool, rng) for _ in range(8_000)), rng)
    things = read((no_digit(rng) for _ in range(6_000)), rng)
    return np.concatenate([digits, things]), np.repeat([DIGIT, NONE], [len(digits), len(things)])


def learned(digits: list[Bytes], things: list[Bytes], epochs: int) -> engine.Net:
    """The network that tells them apart."""
    answers = np.repeat([DIGIT, NONE], [sum(map(len, digits)), sum(map(len, things))])
    rng = np.random.default_rng(5)
    examples = np.concatenate([*digits, *things]), answers
    return train(TEXT, examples, rng, epochs=epochs, schedule="cosine", average=0.999)


def main() -> None:
    """Make the examples, train, tell what a threshold catches, and write the weights."""
    told = options(__doc__, 5, WEIGHTS)
    net = learned(*parts(), told.epochs)
    tell(net, tests(), (NONE, "things"), (DIGIT, "digits"))
    save(net, told.out)


if __name__ == "__main__":
    main()
