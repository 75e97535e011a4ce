"""How many digits are read right in pictures as people have them: per cent by kind.

    python benchmarks/reading.py --count 300 --presets cnn-draw mlp

Test digits become pictures of `field_pictures.KINDS`, seeded, and are read as any picture is:
`data.digit_from_image`, then the net. "refused" counts pictures of which no digit, or several, were seen.
"""

from __future__ import annotations

import argparse
import time
import zlib
from pathlib import Path

import numpy as np
from field_pictures import KINDS
from numpy.typing import NDArray
from PIL import Image, ImageOps
from threadpoolctl import threadpool_limits

import data
import engine

Bytes = NDArray[np.uint8]


def seen(picture: Bytes) -> Bytes | None:
    """What a network is given of a picture: uint8 (28, 28); None where that is refused."""
    try:
        return data.digit_from_image(picture)
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
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--wrong", type=Path, help="folder for a sheet of each kind's misread pictures")
    options = parser.parse_args()
    digits = data.load(options.data, "test", download=False)
    chosen = np.random.default_rng(options.seed).permutation(len(digits.labels))[: options.count]
    images, labels = digits.images[chosen], digits.labels[chosen]
    known = data.bundled_models()
    nets = [engine.load(data.model_path(name) if name in known else Path(name)) for name in options.presets]
    print(f"| {options.count} each | {' | '.join(options.presets)} | refused | ms each |")
    print("|---" * (len(nets) + 3) + "|")
    for kind in options.kinds:
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
