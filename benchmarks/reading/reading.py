"""How many digits are read right in pictures as people have them: per cent by kind.

    python benchmarks/reading/reading.py --count 300 --presets cnn-draw mlp

Test digits become pictures of `field_pictures`, `field_more` and `field_classroom`, seeded, and are read as
any picture is: `data.digit_from_image`, then the net. "refused" counts pictures of which no digit, or
several, were seen. Then pictures of several digits and of none, of `field_pages`, `field_classroom` and
`field_things`: counted right, answered as if they held one digit, and of the digits in those counted right,
read right with their pick by the first net. Last digits that were crossed out, of `field_crossed`: told as
such, answered without a word.
"""

from __future__ import annotations

import argparse
import time
import zlib
from pathlib import Path

import numpy as np
from field_classroom import ONE, ROWS
from field_crossed import CROSSED
from field_more import MORE
from field_pages import NOTHING, SEVERAL
from field_pictures import KINDS as FIRST
from field_things import SHAPES, UNSEEN
from numpy.typing import NDArray
from PIL import Image, ImageOps
from threadpoolctl import threadpool_limits

import data
import engine

Bytes = NDArray[np.uint8]
KINDS = FIRST | MORE | ONE
WRITTEN = SEVERAL | ROWS
NONE = NOTHING | SHAPES | UNSEEN


def seen(picture: Bytes, pick: int | None = None) -> Bytes | None:
    """What a network is given of a picture: uint8 (28, 28); None where that is refused."""
    try:
        return data.digit_from_image(picture, pick)
    except data.DataError:
        return None


def pictures(kind: str, images: Bytes, seed: int) -> list[Bytes]:
    """One picture of a kind for each image."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    return [KINDS[kind](image.astype(np.float32) / 255, rng) for image in images]


def read(net: engine.Net, digits: list[Bytes | None]) -> NDArray[np.int64]:
    """The net's answers, -1 where nothing was to be read."""
    given = np.stack([np.zeros((28, 28), np.uint8) if digit is None else digit for digit in digits])
    answers = np.asarray(net.predict(given)).argmax(-1)
    return np.where([digit is None for digit in digits], -1, answers)


def told(picture: Bytes) -> int:
    """How many digits a picture is told to hold: 1 where it is answered, 0 where no digit is seen."""
    try:
        data.digit_from_image(picture)
    except data.SeveralDigitsError as error:
        return error.count
    except data.DataError:
        return 0
    return 1


def of_several(kind: str, digits: data.Dataset, options: argparse.Namespace, net: engine.Net) -> str:
    """Row of the table: pictures of several digits of a kind."""
    rng = np.random.default_rng([options.seed, zlib.crc32(kind.encode())])
    make, counts = WRITTEN[kind]
    seen_each, right = list[tuple[int, int]](), list[bool]()
    for number in range(options.count):
        chosen = rng.integers(0, len(digits.labels), rng.choice(counts))
        picture = make([digits.images[k].astype(np.float32) / 255 for k in chosen], rng)
        seen_each.append((told(picture), len(chosen)))
        if seen_each[-1][0] == len(chosen):
            picks = [seen(picture, pick) for pick in range(1, len(chosen) + 1)]
            right += (read(net, picks) == digits.labels[chosen]).tolist()
        elif options.wrong is not None:
            Image.fromarray(picture).save(options.wrong / f"{kind}-{number}-{seen_each[-1][0]}.png")
    counted, one = np.mean([a == b for a, b in seen_each]), np.mean([a == 1 for a, _ in seen_each])
    return f"| {kind} | {counted:.1%} | {one:.1%} | {np.mean(right or [0]):.1%} |"


def of_nothing(kind: str, options: argparse.Namespace) -> str:
    """Row of the table: pictures with no digit, of a kind."""
    rng = np.random.default_rng([options.seed, zlib.crc32(kind.encode())])
    counts = []
    for number in range(options.count):
        counts.append(told(picture := NONE[kind](rng)))
        if counts[-1] and options.wrong is not None:
            Image.fromarray(picture).save(options.wrong / f"{kind}-{number}-{counts[-1]}.png")
    none, one = np.mean([each == 0 for each in counts]), np.mean([each == 1 for each in counts])
    return f"| {kind} | {none:.1%} | {one:.1%} | |"


def of_crossed(kind: str, digits: data.Dataset, options: argparse.Namespace) -> str:
    """Row of the table: digits that were crossed out in one way."""
    rng = np.random.default_rng([options.seed, zlib.crc32(kind.encode())])
    make, left_out = CROSSED[kind]
    told_so = silent = 0
    for place in rng.permutation(np.flatnonzero(~np.isin(digits.labels, left_out)))[: options.count]:
        picture = make(digits.images[place].astype(np.float32) / 255, rng)
        try:
            data.digit_from_image(picture)
            silent += 1
        except data.CrossedOutError:
            told_so += 1
        except data.DataError:
            continue
    return f"| {kind} | {told_so / options.count:.1%} | {silent / options.count:.1%} |"


def sheet(rows: list[tuple[Bytes, Bytes | None]], path: Path) -> None:
    """Save pictures and what was seen of them, pair by pair."""
    across, side = 8, 120
    page = Image.new("RGB", (across * 2 * side, -(-len(rows) // across) * side), "grey")
    for number, (picture, digit) in enumerate(rows):
        x, y = number % across * 2 * side, number // across * side
        page.paste(
            ImageOps.contain(
                Image.fromarray(picture).convert("RGB"), (side - 4, side - 4), Image.Resampling.NEAREST
            ),
            (x, y),
        )
        if digit is not None:
            page.paste(
                Image.fromarray(digit)
                .resize((side - 10, side - 10), Image.Resampling.NEAREST)
                .convert("RGB"),
                (x + side, y),
            )
    page.save(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300, help="digits of each kind (default 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", default="mnist", help="mnist or digits: whose test digits (default mnist)")
    parser.add_argument("--presets", nargs="*", default=["cnn-draw"], help="nets, by preset or file")
    every = [*KINDS, *WRITTEN, *NONE, *CROSSED]
    parser.add_argument("--kinds", nargs="*", default=every, choices=every)
    parser.add_argument("--wrong", type=Path, help="folder for a sheet of each kind's misread pictures")
    options = parser.parse_args()
    if options.wrong is not None:
        options.wrong.mkdir(parents=True, exist_ok=True)
    digits = data.load(options.data, "test", download=False)
    chosen = np.random.default_rng(options.seed).permutation(len(digits.labels))[: options.count]
    images, labels = digits.images[chosen], digits.labels[chosen]
    known = data.bundled_models()
    nets = [engine.load(data.model_path(name) if name in known else Path(name)) for name in options.presets]
    if any(kind in KINDS for kind in options.kinds):
        read_kinds(options, nets, images, labels)
    if any(kind in (*WRITTEN, *NONE) for kind in options.kinds):
        print("\n| | counted right | answered for one | read right with picks |\n|---|---|---|---|")
    for kind in options.kinds:
        if kind in WRITTEN:
            print(of_several(kind, digits, options, nets[0]), flush=True)
        elif kind in NONE:
            print(of_nothing(kind, options), flush=True)
    if any(kind in CROSSED for kind in options.kinds):
        print("\n| crossed out | told so | answered without a word |\n|---|---|---|")
    for kind in [kind for kind in options.kinds if kind in CROSSED]:
        print(of_crossed(kind, digits, options), flush=True)


def read_kinds(options: argparse.Namespace, nets: list[engine.Net], images: Bytes, labels: Bytes) -> None:
    """Print the table of pictures of one digit."""
    print(f"| {options.count} each | {' | '.join(options.presets)} | refused | ms each |")
    print("|---" * (len(nets) + 3) + "|")
    for kind in [kind for kind in options.kinds if kind in KINDS]:
        made = pictures(kind, images, options.seed)
        begun = time.process_time()
        found = [seen(picture) for picture in made]
        took = (time.process_time() - begun) * 1e3 / len(made)
        answers = [read(net, found) for net in nets]
        rates = " | ".join(f"{(each == labels).mean():.1%}" for each in answers)
        refused = np.mean([each is None for each in found])
        print(f"| {kind} | {rates} | {refused:.1%} | {took:.0f} |", flush=True)
        if options.wrong is not None:
            wrong = np.flatnonzero(answers[0] != labels)
            print("   ", " ".join(f"{k}:{labels[k]}>{answers[0][k]}" for k in wrong[:64]))
            if wrong.size:
                sheet([(made[k], found[k]) for k in wrong[:64]], options.wrong / f"{kind}.png")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
