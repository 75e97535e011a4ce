"""Train the small network that tells what is no digit: `data/photo/shapes/unlike.npz`.

    python scripts/make_unlike.py

Its examples are MNIST's training digits, which VIZ3D_DATA names, in other hands and pens, some rough, barred,
struck at their side or worn, the forms that it has seldom, the embedded digits, stretched too, and those of
`drawn_digits.py`; and what is drawn by `no_digits.py` and `no_digit_signs.py`. All are placed as what is read
is placed, some read from pictures. Tested on digits that none was made of.
"""

from collections.abc import Iterable

import numpy as np
from drawn_digits import lit, written
from make_crossed import one, plain
from make_odds import enlarged, tight
from no_digit_signs import SIGNS, softened
from no_digits import KINDS
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from small_nets import Bytes, Floats, Rng, half_rough, options, other_hands, save, tell, train

import data
import engine
from data.augment.hands import hands
from data.augment.pens import penned
from data.augment.style import Style, restyled
from data.photo.canvas import SIDE, place
from data.photo.shapes.unlike import DIGIT, NONE, WEIGHTS

TEXT = (
    f"input {SIDE}x{SIDE} | conv 24 5x5 relu | pool 2 | conv 48 3x3 relu | pool 2 | dense 64 relu"
    " | dense 2 log-softmax"
)
PLAIN, WORSE, SELDOM, DRAWN, EMBEDDED, READ = 60_000, 12_000, 10_000, 12_000, 10_000, 6_000
THINGS, MARKS, SEEN = 48_000, 20_000, 8_000
SLENDER = 0.22  # what is more slender than that is a one to the eye
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


def no_digit(rng: Rng, signs: float = 0.0) -> Floats:
    """Ink of what is none; what is a line or filled all over is told by other rules. signs: their share."""
    while True:
        kinds = SIGNS if signs and rng.random() < signs else KINDS
        ink = kinds[rng.integers(len(kinds))](rng)
        if signs and rng.random() < 0.3:
            ink = softened(ink, rng)
        if np.count_nonzero(ink > 0.5) < 20:
            continue
        ink = tight(ink, 0.5)
        if signs and rng.random() < 0.3:
            ink = resized(ink, np.exp(rng.uniform(-0.4, 0.4)))
        if signs and slender(ink) < SLENDER:
            continue
        if 0.25 < ink.shape[1] / len(ink) < 2.2 and min(ink.shape) > 8 and (ink > 0.5).mean() < 0.95:
            return ink


def slender(ink: Floats) -> float:
    """How broad ink is to its length, by its mass: a stroke, a one, has next to nothing."""
    spread = np.cov(np.array(np.nonzero(ink > 0.1)), aweights=ink[ink > 0.1])
    least, most = np.linalg.eigvalsh(spread)
    return float(np.sqrt(max(least, 0) / max(most, 1e-6)))


def resized(ink: Floats, wide: float, high: float = 1.0) -> Floats:
    """Ink so many times as wide and as high."""
    size = [max(2, round(side * by)) for side, by in zip(ink.shape[::-1], (wide, high), strict=True)]
    return np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR))


def seldom(part: slice) -> Pool:
    """Flagged ones, footed and barred sevens, closed fours, drawn onto a part of MNIST's training digits."""
    mnist, rng = data.load("mnist", "train", download=False), np.random.default_rng([8, part.start])
    images, labels = hands(mnist.images[part], mnist.labels[part], rng)
    new = slice(part.stop - part.start, None)
    return images[new], labels[new]


def embedded() -> Pool:
    """The embedded digits for training, as they are and in other pens."""
    digits, rng = data.load("digits", "train"), np.random.default_rng(4)
    images, labels = penned(digits.images, digits.labels, rng, 1.2)
    other = restyled(images, rng, Style(share=0.8, aspect=0.25, lean=0.3))
    return np.concatenate([images, other]), np.concatenate([labels, labels])


def stretched(pool: Pool, rng: Rng) -> Floats:
    """A digit's ink, 20 to 90 pixels high, far wider or narrower than it was."""
    image = pool[0][rng.integers(len(pool[0]))]
    return enlarged(image, int(rng.integers(20, 91)), np.exp(rng.uniform(-0.6, 0.5)))


def drawn(rng: Rng) -> Floats:
    """A digit of strokes, or of a display's bars or dots, some of them wide, narrow or out of focus."""
    ink = tight(written(rng) if rng.random() < 0.65 else lit(rng))
    if rng.random() < 0.3:
        ink = resized(ink, np.exp(rng.uniform(-0.5, 0.4)))
    return tight(softened(resized(ink, 2, 2), rng)) if rng.random() < 0.15 else ink


def placed(inks: Iterable[Floats], rng: Rng) -> Bytes:
    """Inks as they are placed, uint8 (n, SIDE, SIDE); half of them rough, blank ones left out."""
    rough = (half_rough(ink, rng) for ink in inks)
    return np.stack([place(ink) for ink in rough if ink.max() > 0.5])


def read(inks: Iterable[Floats], rng: Rng) -> Bytes:
    """Inks as the reader places them in pictures, uint8 (n, SIDE, SIDE); but what other rules tell."""
    found = []
    for ink in inks:
        try:
            found.append(data.read_digit(picture(ink, rng), letters=True).image)
        except data.DataError:
            continue
    return np.stack(found)


def picture(ink: Floats, rng: Rng) -> Bytes:
    """Ink on paper, 30 to 150 pixels high, some of it out of focus, with grain, or light on dark."""
    scale = rng.uniform(20, 100) / max(ink.shape)
    ink = np.clip(resized(ink, scale, scale), 0, 1)
    page = np.pad(ink, [tuple(int(side) for side in rng.integers(5, 26, 2)) for _ in range(2)])
    if rng.random() < 0.3:
        blurred = Image.fromarray(np.uint8(255 * page)).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 2)))
        page = np.asarray(blurred, np.float32) / 255
    page = rng.uniform(0, 0.1) + page * rng.uniform(0.4, 0.9)
    if rng.random() < 0.4:
        page = page + rng.normal(0, rng.uniform(0.005, 0.05), page.shape)
    page = np.clip(page, 0, 1)
    return np.asarray(np.round(255 * (page if rng.random() < 0.3 else 1 - page)), np.uint8)


def any_digit(pools: tuple[Pool, Pool, Pool], rng: Rng) -> Floats:
    """A digit of any kind: of MNIST's, of the forms that it has seldom, embedded or drawn."""
    hand, forms, small = pools
    chance = rng.random()
    if chance < 0.5:
        return worse(hand, rng)
    if chance < 0.65:
        return one(*forms, rng)[0]
    return stretched(small if rng.random() < 0.7 else hand, rng) if chance < 0.85 else drawn(rng)


def parts() -> tuple[list[Bytes], list[Bytes]]:
    """Digits and things to learn from, each part by a seed of its own."""
    rng = np.random.default_rng(0)
    (pool,) = other_hands((slice(0, 50_000),), rng)
    digits = [placed((one(*pool, rng)[0] for _ in range(PLAIN)), rng)]
    for part in range(2):
        rng = np.random.default_rng([3, part])
        digits.append(placed((worse(pool, rng) for _ in range(WORSE // 2)), rng))
    forms, small = seldom(slice(0, 50_000)), embedded()
    rng = np.random.default_rng(9)
    digits.append(placed((one(*forms, rng)[0] for _ in range(SELDOM)), rng))
    rng = np.random.default_rng(10)
    digits.append(placed((stretched(small, rng) for _ in range(EMBEDDED)), rng))
    rng = np.random.default_rng(11)
    digits.append(placed((drawn(rng) for _ in range(DRAWN)), rng))
    rng = np.random.default_rng(12)
    digits.append(read((any_digit((pool, forms, small), rng) for _ in range(READ)), rng))
    things = []
    for part in range(4):
        rng = np.random.default_rng([2, part])
        things.append(placed((no_digit(rng) for _ in range(THINGS // 4)), rng))
    rng = np.random.default_rng(7)
    things.append(placed((no_digit(rng, 1) for _ in range(MARKS)), rng))
    rng = np.random.default_rng(13)
    things.append(read((no_digit(rng, 0.6) for _ in range(SEEN)), rng))
    return digits, things


def tests() -> tuple[Bytes, NDArray[np.int64]]:
    """Digits that none was made of, and things."""
    rng = np.random.default_rng(6)
    (pool,) = other_hands((slice(50_000, 60_000),), rng)
    digits = placed((worse(pool, rng) for _ in range(8_000)), rng)
    things = placed((no_digit(rng, 0.5) for _ in range(6_000)), rng)
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
