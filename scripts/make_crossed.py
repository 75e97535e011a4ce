"""Train the small network that tells what is crossed out: `data/photo/shapes/crossed.npz`.

    python scripts/make_crossed.py

Its examples are MNIST's training digits, which VIZ3D_DATA names, in other hands and pens: plain ones, some
with a bar, a slash, an underline, a frame's side or a dot, and such with lines through them, an X, a zigzag
or scribble. What is written as a digit is too is left out. Tested on digits that none was made of.
"""

from collections.abc import Sequence

import numpy as np
from make_odds import disturbed, enlarged, tight
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from small_nets import Bytes, Examples, Floats, Rng, half_rough, options, other_hands, save, tell, train

from data.photo.canvas import stroke_width
from data.photo.shapes.crossed import CROSSED, PAGE, PLAIN, WEIGHTS, seen_square

Points = list[tuple[float, float]]

TEXT = (
    f"input {PAGE}x{PAGE} | conv 16 5x5 relu | pool 2 | conv 32 3x3 relu | pool 2 | dense 48 relu"
    " | dense 2 log-softmax"
)
COUNTS = {PLAIN: 100_000, CROSSED: 60_000}
STRUCK = ("one", "one", "two", "two", "x", "zigzag", "scribble")
LEVEL, STEEP = 14, 30  # degrees: flatter is a seven's bar, steeper up through a seven is none


def one(pool: Bytes, labels: Bytes, rng: Rng) -> tuple[Floats, int]:
    """One digit, 16 to 90 pixels high, some of them wide, narrow or in black and white, and which it is."""
    place = rng.integers(len(pool))
    wide = rng.uniform(-0.5, 0.4) if rng.random() < 0.3 else rng.uniform(-0.15, 0.15)
    ink = enlarged(pool[place], int(rng.integers(16, 91)), np.exp(wide))
    if (chance := rng.random()) < 0.15:
        ink = np.asarray(ink > 0.5, np.float32)
    elif chance < 0.2:
        ink = squared(ink)
    return ink, int(labels[place])


def squared(ink: Floats) -> Floats:
    """Ink as it is read of a tight crop that was stretched to 16x16 in black and white."""
    small = np.asarray(Image.fromarray(ink).resize((16, 16), Image.Resampling.BOX)) > 0.5
    fine = Image.fromarray(np.float32(small).repeat(4, 0).repeat(4, 1))
    return np.asarray(fine.resize((45, 64), Image.Resampling.BOX)) if small.any() else ink


def plain(pool: Bytes, labels: Bytes, rng: Rng) -> Floats:
    """A digit that nobody crossed out: barred sevens, slashed noughts, fours with long bars among them."""
    ink, label = one(pool, labels, rng)
    chance = rng.random()
    if label == 7 and chance < 0.3:
        ends = rng.uniform(-0.05, 0.3, 2)
        return over(ink, [line(rng, rng.uniform(-25, 15), rng.uniform(-0.1, 0.15), ends, 0.03)], rng)
    if label == 0 and chance < 0.25:
        ends = rng.uniform(-0.15, 0.12, 2)
        return over(ink, [line(rng, -rng.uniform(30, 70), 0.0, ends, 0.03)], rng)
    if label == 4 and chance < 0.2:
        ends = rng.uniform(-0.1, 0.25, 2)
        return over(ink, [line(rng, rng.uniform(-10, 5), rng.uniform(0.05, 0.25), ends, 0.02)], rng)
    if chance > 0.9:
        kept = disturbed(ink, rng, struck=False)
        return kept if kept.size else ink
    return ink


def line(rng: Rng, degrees: float, middle: float, ends: NDArray[np.float64], bend: float) -> Points:
    """A bent line through the box, in shares of its sides from its middle, past it by ends on both sides."""
    t, turned = np.linspace(-1, 1, 11), np.deg2rad(degrees)
    along, across = np.cos(turned), np.sin(turned)
    reach = (0.5 + np.where(t < 0, *ends)) / max(abs(along), abs(across))
    bent = rng.normal(0, bend) * (1 - t**2) + rng.normal(0, bend / 2) * np.sin(np.pi * t)
    x, y = t * reach * along - bent * across, t * reach * across + bent * along + middle
    return list(zip(x.tolist(), y.tolist(), strict=True))


def crossed(pool: Bytes, labels: Bytes, rng: Rng, kinds: Sequence[str] = STRUCK) -> Floats:
    """A digit with strokes over it that no digit has."""
    ink, label = one(pool, labels, rng)
    kind = rng.choice(kinds)
    ends = rng.uniform(0.1, 0.45, 2)
    middle = rng.uniform(-0.18, 0.18)
    if kind == "one":
        degrees = _slope(label, rng)
        return over(ink, [line(rng, degrees, middle, ends, 0.04)], rng)
    if kind == "two":
        degrees, apart = rng.uniform(-55, 25), rng.uniform(0.1, 0.35)
        places = middle / 2 + np.array([-0.5, 0.5]) * apart
        pair = [
            line(rng, degrees + rng.normal(0, 4), place, rng.uniform(0.05, 0.4, 2), 0.04) for place in places
        ]
        return over(ink, pair, rng)
    if kind == "x":
        pair = [
            line(rng, sign * rng.uniform(25, 65), rng.uniform(-0.12, 0.12), rng.uniform(0, 0.4, 2), 0.05)
            for sign in (-1, 1)
        ]
        return over(ink, pair, rng)
    if kind == "zigzag":
        count, wide = int(rng.integers(4, 11)), rng.uniform(0.4, 0.8, 2)
        x = np.linspace(-wide[0], wide[1], count) + rng.normal(0, 0.03, count)
        y = np.where(np.arange(count) % 2, 1, -1) * rng.uniform(0.2, 0.6) + rng.normal(0, 0.06, count)
        lean = rng.uniform(-0.6, 0.6)
        return over(ink, [list(zip(x.tolist(), (y + lean * x).tolist(), strict=True))], rng)
    t = np.linspace(0, 1, 120)
    angle, wide, high = 2 * np.pi * rng.uniform(3, 12) * t, rng.uniform(0.15, 0.6), rng.uniform(0.25, 0.6)
    x = wide * np.cos(angle) + (t - 0.5) * rng.uniform(0.2, 1.2) + rng.normal(0, 0.02, t.size)
    y = high * np.sin(angle + rng.uniform(0, 3)) * rng.uniform(0.7, 1, t.size)
    return over(ink, [list(zip(x.tolist(), y.tolist(), strict=True))], rng)


def _slope(label: int, rng: Rng) -> float:
    """Degrees clockwise of a single line that makes no other digit of it, nor the same in another hand."""
    if label == 0:  # up to the right is a slash
        return float(rng.choice([rng.uniform(-12, 12), rng.uniform(25, 55)]))
    if label in (1, 4, 7):
        return float(rng.choice([-1, 1], p=[0.7, 0.3]) * rng.uniform(STEEP, 50))
    steep = rng.uniform(-55, -10) if rng.random() < 0.75 else rng.uniform(10, 45)
    return float(rng.uniform(-LEVEL, LEVEL) if rng.random() < 0.4 else steep)


def over(ink: Floats, strokes: list[Points], rng: Rng) -> Floats:
    """Ink with a pen's strokes over it, in shares of its box from its middle; cut out tightly."""
    height, width = ink.shape
    pen = stroke_width(ink) * rng.uniform(0.5, 1.4)
    margin = height
    page = Image.new("L", (2 * (width + 2 * margin), 2 * (height + 2 * margin)))
    draw = ImageDraw.Draw(page)
    wide, middle = max(width, 0.5 * height), (margin + width / 2, margin + height / 2)
    for stroke in strokes:
        at = [(2 * (middle[0] + x * wide), 2 * (middle[1] + y * height)) for x, y in stroke]
        draw.line(at, fill=255, width=max(2, round(2 * pen)), joint="curve")
    drawn = np.asarray(page.reduce(2), np.float32) / 255
    there = drawn[margin : margin + height, margin : margin + width]
    np.maximum(there, ink, out=there)
    return tight(drawn)


def examples(pool: tuple[Bytes, Bytes], counts: dict[int, int], rng: Rng) -> Examples:
    """So many of each answer: (n, PAGE, PAGE) and (n,); half of them with rough ink."""
    inputs, answers = [], []
    for answer, make in ((PLAIN, plain), (CROSSED, crossed)):
        for _ in range(counts[answer]):
            ink = make(*pool, rng)
            inputs.append(seen_square(half_rough(ink, rng)).astype(np.float16))
            answers.append(answer)
    return np.stack(inputs).astype(np.float32), np.array(answers)


def main() -> None:
    """Make the examples, train, tell what a threshold catches, and write the weights."""
    told, rng = options(__doc__, 5, WEIGHTS), np.random.default_rng(0)
    pools = other_hands((slice(0, 40_000), slice(50_000, 60_000)), rng)
    learned = examples(pools[0], COUNTS, rng)
    tests = examples(pools[1], {answer: count // 4 for answer, count in COUNTS.items()}, rng)
    net = train(TEXT, learned, rng, epochs=told.epochs, schedule="cosine", average=0.999)
    tell(net, tests, (CROSSED, "crossed out"), (PLAIN, "plain"))
    save(net, told.out)


if __name__ == "__main__":
    main()
