"""Train the small network that tells what is no digit: `data/photo/shapes/unlike.npz`.

    python scripts/make_unlike.py

Its examples are MNIST's training digits, which VIZ3D_DATA names, in other hands and pens, some rough, barred,
struck at their side or worn, the forms that it has seldom, the embedded digits, stretched too, and those of
`drawn_digits.py`; and what is drawn by `no_digits.py`, `no_digit_signs.py` and `no_digit_pens.py`, and digits
under scribble. All are placed as what is read is placed, some read from pictures. Tested on digits that none
was made of.

It makes the same file, to the bit, on however many processors: each part of the examples has its own seed,
and training sums in one thread. What reads pictures takes part: who changes the reader makes it anew. BLAS
for other processors rounds otherwise: OPENBLAS_CORETYPE was Haswell, NumPy 2.4.6 and Pillow 13.0.0.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

import numpy as np
from drawn_digits import lit, written
from make_crossed import crossed, one, plain
from make_odds import enlarged, tight
from no_digit_pens import PENS
from no_digit_signs import SIGNS, softened
from no_digits import KINDS
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from small_nets import Bytes, Floats, Rng, half_rough, options, other_hands, save, tell, train
from threadpoolctl import threadpool_limits

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
SLENDER = 0.22  # what is more slender than that is a one to the eye
SCRIBBLED = ("scribble", "scribble", "zigzag", "x")
Pool = tuple[Bytes, Bytes]
Maker = Callable[[Rng], Floats]
Kinds = Sequence[Maker]


def worse(pool: Pool, rng: Rng) -> Floats:
    """A digit's ink, some barred or disturbed; of one in three fine strokes broke and loops closed."""
    ink = plain(*pool, rng) if rng.random() < 0.7 else one(*pool, rng)[0]
    if rng.random() < 0.3:
        size = [max(6, round(side * rng.uniform(0.3, 1))) for side in ink.shape[::-1]]
        small = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
        worn = np.float32(small > rng.uniform(0.3, 0.8))
        ink = tight(worn) if np.count_nonzero(worn) > 8 else ink
    return ink


def no_digit(rng: Rng, rooms: Sequence[Kinds]) -> Floats:
    """Ink of what is none, of kinds of one of these rooms; a line, or what is all filled, has other rules."""
    while True:
        kinds = rooms[rng.integers(len(rooms))]
        ink = kinds[rng.integers(len(kinds))](rng)
        if kinds is not KINDS and rng.random() < 0.3:
            ink = softened(ink, rng)
        if np.count_nonzero(ink > 0.5) < 20:
            continue
        ink = tight(ink, 0.5)
        if kinds is not KINDS and rng.random() < 0.3:
            ink = resized(ink, np.exp(rng.uniform(-0.4, 0.4)))
        if kinds is not KINDS and slender(ink) < SLENDER:
            continue
        if 0.25 < ink.shape[1] / len(ink) < 2.2 and min(ink.shape) > 8 and (ink > 0.5).mean() < 0.95:
            return ink


def struck(pool: Pool, rng: Rng) -> Floats:
    """A digit under scribble, a zigzag or an X."""
    return crossed(*pool, rng, SCRIBBLED)


def mixed(rng: Rng) -> Floats:
    """What is much like a digit and none: by a pen alone, or over one."""
    return struck(pools()[0], rng) if rng.random() < 0.3 else no_digit(rng, (PENS,))


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
    """Ink on paper, 20 to 70 pixels high, some of it out of focus, with grain, or light on dark."""
    scale = rng.uniform(20, 70) / max(ink.shape)
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


@cache
def pools() -> tuple[Pool, Pool, Pool]:
    """What digits are taken from: MNIST's in other hands, the forms that it has seldom, the embedded ones."""
    (hand,) = other_hands((slice(0, 50_000),), np.random.default_rng(0))
    return hand, seldom(slice(0, 50_000)), embedded()


PARTS: dict[str, tuple[int, int, bool, Maker]] = {  # answer, how many, whether read from pictures, of what
    "plain": (DIGIT, 60_000, False, lambda rng: one(*pools()[0], rng)[0]),
    "worse": (DIGIT, 12_000, False, lambda rng: worse(pools()[0], rng)),
    "seldom": (DIGIT, 10_000, False, lambda rng: one(*pools()[1], rng)[0]),
    "embedded": (DIGIT, 10_000, False, lambda rng: stretched(pools()[2], rng)),
    "drawn": (DIGIT, 12_000, False, drawn),
    "any read": (DIGIT, 5_000, True, lambda rng: any_digit(pools(), rng)),
    "things": (NONE, 40_000, False, lambda rng: no_digit(rng, (KINDS,))),
    "signs": (NONE, 20_000, False, lambda rng: no_digit(rng, (SIGNS,))),
    "pens": (NONE, 20_000, False, lambda rng: no_digit(rng, (PENS,))),
    "struck": (NONE, 8_000, False, lambda rng: struck(pools()[0], rng)),
    "some read": (NONE, 4_500, True, lambda rng: no_digit(rng, (KINDS, SIGNS, SIGNS))),
    "more read": (NONE, 5_000, True, mixed),
}


def part(name: str) -> Bytes:
    """One part of the examples, by a seed of its own: alike in whatever order and process they are made."""
    _, count, is_read, make = PARTS[name]
    rng = np.random.default_rng([20, *name.encode()])
    with threadpool_limits(1):
        return (read if is_read else placed)((make(rng) for _ in range(count)), rng)


def parts() -> tuple[list[Bytes], list[Bytes]]:
    """Digits and things to learn from, made by as many processes as there are processors."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers:
        made = dict(zip(PARTS, workers.map(part, PARTS), strict=True))
    digits, things = ([made[name] for name in PARTS if PARTS[name][0] == answer] for answer in (DIGIT, NONE))
    return digits, things


def tests() -> tuple[Bytes, NDArray[np.int64]]:
    """Digits that none was made of, and things."""
    rng = np.random.default_rng(6)
    (pool,) = other_hands((slice(50_000, 60_000),), rng)
    digits = placed((worse(pool, rng) for _ in range(6_000)), rng)
    things = placed((no_digit(rng, (KINDS, SIGNS, PENS)) for _ in range(4_000)), rng)
    return np.concatenate([digits, things]), np.repeat([DIGIT, NONE], [len(digits), len(things)])


def learned(digits: list[Bytes], things: list[Bytes], epochs: int) -> engine.Net:
    """The network that tells them apart."""
    answers = np.repeat([DIGIT, NONE], [sum(map(len, digits)), sum(map(len, things))])
    rng = np.random.default_rng(5)
    examples = np.concatenate([*digits, *things]), answers
    return train(TEXT, examples, rng, epochs=epochs, schedule="cosine", average=0.999)


def main() -> None:
    """Make the examples, train, tell what a threshold catches, and write the weights."""
    told, examples = options(__doc__, 5, WEIGHTS), parts()
    with threadpool_limits(1):  # sums in one order, however many processors there are
        net = learned(*examples, told.epochs)
        tell(net, tests(), (NONE, "things"), (DIGIT, "digits"))
    save(net, told.out)


if __name__ == "__main__":
    main()
