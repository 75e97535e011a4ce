"""Train the small network that tells one digit from several that touch: `data/photo/shapes/odds.npz`.

    python scripts/make_odds.py

Its examples are MNIST's training digits, which VIZ3D_DATA names, in other hands and pens: one alone, two to
four pushed together until their ink meets, and what a cut in the wrong place leaves. Some of those alone
have a line through them, under them or beside them, or a dot. Tested on digits that none was made of.
"""

import numpy as np
from PIL import Image, ImageDraw
from small_nets import Bytes, Examples, Floats, Rng, half_rough, options, other_hands, save, tell, train

from data.photo.shapes.odds import COLUMNS, ONE, PIECE, ROWS, SEVERAL, WEIGHTS, seen_small

HIGH = 40  # rows of a digit as it is put together
TEXT = (
    f"input {ROWS}x{COLUMNS} | conv 8 5x5 relu | pool 2 | conv 16 3x3 relu | pool 2 | dense 48 relu"
    " | dense 3 log-softmax"
)
COUNTS = {ONE: 26_000, SEVERAL: 22_000, PIECE: 6_000}
TOGETHER = (2, 2, 2, 2, 2, 2, 2, 3, 3, 4)


def tight(ink: Floats, least: float = 0.3) -> Floats:
    """The ink cut out tightly."""
    rows, columns = (np.flatnonzero((ink > least).any(axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def enlarged(image: Bytes, height: int, wide: float) -> Floats:
    """A digit (28, 28) as ink so many rows high, so many times as wide as it is."""
    ink = tight(np.pad(image.astype(np.float32) / 255, 1))
    width = max(2, round(height * ink.shape[1] / ink.shape[0] * wide))
    large = np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BICUBIC))
    return tight(np.clip((large - 0.45) * 2.2 + 0.5, 0, 1))


def joined(left: Floats, right: Floats, over: int, rng: Rng) -> tuple[Floats, float]:
    """Two inks side by side, and the column where they meet: over pixels further in than where they touch.

    Below 0 there is a gap of so many pixels, with a stroke over it.
    """
    height = max(len(left), len(right))
    tops = [int((height - len(each)) * rng.random()) for each in (left, right)]
    one, other = (
        np.pad(each, ((top, height - len(each) - top), (0, 0)))
        for each, top in zip((left, right), tops, strict=True)
    )
    there, beside = one > 0.5, other > 0.5
    ends = np.where(there.any(1), one.shape[1] - there[:, ::-1].argmax(1), -9999)
    starts = np.where(beside.any(1), beside.argmax(1), 9999)
    row = int((ends - starts).argmax())
    at = int((ends - starts).max()) - over
    off, at = max(0, -at), max(0, at)
    page = np.zeros((height, max(one.shape[1] + off, at + other.shape[1])), np.float32)
    page[:, off : off + one.shape[1]] = one
    page[:, at : at + other.shape[1]] = np.maximum(page[:, at : at + other.shape[1]], other)
    if over < 0:
        image = Image.fromarray(np.uint8(255 * page))
        x = off + int(ends[row])
        ImageDraw.Draw(image).line([x - 2, row, x - over + 2, row], fill=255, width=int(rng.integers(2, 5)))
        page = np.asarray(image, np.float32) / 255
    return page, (off + one.shape[1] + at) / 2


def several(pool: Bytes, count: int, rng: Rng) -> tuple[Floats, list[float]]:
    """So many digits that touch, and the columns where they meet."""

    def digit() -> Floats:
        image = pool[rng.integers(len(pool))]
        return enlarged(image, int(HIGH * rng.uniform(0.75, 1.1)), np.exp(rng.uniform(-0.25, 0.2)))

    page, meet = digit(), []
    for _ in range(count - 1):
        over = -rng.integers(1, 5) if rng.random() < 0.15 else rng.integers(0, 4)
        page, column = joined(page, digit(), int(over), rng)
        meet.append(column)
    return tight(page), meet


def one(pool: Bytes, rng: Rng) -> Floats:
    """One digit, some of them wide or narrow, some with a line or a dot that is none of theirs."""
    wide = rng.uniform(-0.5, 0.55) if rng.random() < 0.4 else rng.uniform(-0.15, 0.15)
    ink = enlarged(pool[rng.integers(len(pool))], HIGH, np.exp(wide))
    return disturbed(ink, rng) if rng.random() < 0.08 else ink


def disturbed(ink: Floats, rng: Rng, struck: bool = True) -> Floats:
    """A digit struck through, if it may be, underlined, with a frame's side beside it, or with a dot."""
    image = Image.fromarray(np.uint8(255 * np.pad(ink, 8)))
    draw, kind = ImageDraw.Draw(image), rng.uniform(0 if struck else 0.4, 1)
    pen = int(rng.integers(1, 4))
    width, height = image.size
    if kind < 0.4:
        ends = rng.uniform(0, 10), height - rng.uniform(4, 20), width - rng.uniform(0, 10), rng.uniform(4, 20)
        draw.line(ends, fill=255, width=pen)
    elif kind < 0.7:
        y = height - 8 - rng.uniform(0, 2)
        ends = rng.uniform(0, 12), y, width - rng.uniform(0, 12), y + rng.uniform(-2, 2)
        draw.line(ends, fill=255, width=pen)
    elif kind < 0.85:
        x = (8, width - 9)[rng.integers(2)]
        draw.line([x, rng.uniform(0, 14), x, height - rng.uniform(0, 14)], fill=255, width=pen)
    else:
        x, y, size = rng.uniform(6, width - 6), rng.uniform(6, height - 6), rng.uniform(1, 3)
        draw.ellipse([x - size, y - size, x + size, y + size], fill=255)
    return tight(np.asarray(image, np.float32) / 255)


def piece(pool: Bytes, rng: Rng) -> Floats:
    """One side of two digits that touch, cut far from where they meet."""
    page, (meet,) = several(pool, 2, rng)
    width = page.shape[1]
    for _ in range(9):
        at, lean = rng.uniform(0.12, 0.88) * width, rng.uniform(-0.25, 0.25)
        if abs(at - meet) > 0.16 * HIGH:
            off = np.arange(width)[None] - at - lean * (np.arange(len(page))[:, None] - len(page) / 2)
            side = np.where((off < 0) == (rng.random() < 0.5), page, 0)
            if np.count_nonzero(side > 0.5) >= 25:
                return tight(side)
    return piece(pool, rng)


def examples(pool: Bytes, counts: dict[int, int], rng: Rng) -> Examples:
    """So many of each answer: (n, ROWS, COLUMNS) and (n,); half of them with rough ink."""
    inputs, labels = [], []
    for answer, count in counts.items():
        for _ in range(count):
            if answer == SEVERAL:
                ink = several(pool, int(rng.choice(TOGETHER)), rng)[0]
            else:
                ink = one(pool, rng) if answer == ONE else piece(pool, rng)
            inputs.append(seen_small(half_rough(ink, rng)))
            labels.append(answer)
    return np.stack(inputs), np.array(labels)


def main() -> None:
    """Make the examples, train, tell what a threshold catches, and write the weights."""
    told, rng = options(__doc__, 3, WEIGHTS), np.random.default_rng(0)
    pools = [images for images, _ in other_hands((slice(0, 7000), slice(52_000, 54_000)), rng)]
    learned = examples(pools[0], COUNTS, rng)
    tests = examples(pools[1], {answer: count // 6 for answer, count in COUNTS.items()}, rng)
    net = train(TEXT, learned, rng, epochs=told.epochs)
    tell(net, tests, (SEVERAL, "several"), (ONE, "one"))
    save(net, told.out)


if __name__ == "__main__":
    main()
