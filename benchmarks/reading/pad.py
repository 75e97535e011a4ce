"""A drawing becomes 28x28: processor milliseconds a call of `data.digit_from_image`, on one thread.

    python benchmarks/reading/pad.py

A pad's four, antialiased, in white on black and in black on white; the same on noisy grey paper, as a photo
has it, whose paper has to be looked for; and each move of a pen that draws a two.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import suppress
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from threadpoolctl import threadpool_limits

import data

Bytes = NDArray[np.uint8]
Line = list[tuple[float, float]]

FOUR: list[Line] = [[(0.32, 0.18), (0.25, 0.54), (0.68, 0.54)], [(0.61, 0.21), (0.57, 0.86)]]
PEN = 0.08  # of the pad's side
SOFT = 4  # drawn so many times as large, so that edges are soft


def pad(strokes: list[Line], side: int) -> Bytes:
    """White strokes with round ends on black: uint8 (side, side); points are shares of the side."""
    image = Image.new("L", (SOFT * side, SOFT * side), 0)
    draw = ImageDraw.Draw(image)
    reach = PEN * SOFT * side / 2
    for stroke in strokes:
        points = [(x * SOFT * side, y * SOFT * side) for x, y in stroke]
        draw.line(points, fill=255, width=round(2 * reach), joint="curve")
        for x, y in points:
            draw.ellipse([x - reach, y - reach, x + reach, y + reach], fill=255)
    return np.asarray(image.reduce(SOFT))


def on_noisy_paper(drawn: Bytes) -> Bytes:
    """Dark on light grey, with a photo's noise."""
    noise = np.random.default_rng(0).normal(0, 8, drawn.shape)
    return np.clip(230 - 0.7 * drawn + noise, 0, 255).astype(np.uint8)


def moves(side: int) -> list[Bytes]:
    """The pad after each of 60 moves of a pen that draws a two, from its first dab on."""
    turns = np.linspace(3.4, 6.9, 30)
    arc = np.stack([0.5 + 0.2 * np.cos(turns), 0.38 + 0.2 * np.sin(turns)], 1)
    corners = np.array([arc[-1], (0.28, 0.82), (0.74, 0.82)])
    legs = [np.linspace(a, b, 16)[1:] for a, b in pairwise(corners)]
    points: Line = [(float(x), float(y)) for x, y in np.concatenate([arc, *legs])]
    return [pad([points[: n + 1]], side) for n in range(len(points))]


def milliseconds(pictures: list[Bytes], rounds: int) -> list[float]:
    """Processor milliseconds of each picture: the median over rounds."""
    took: list[list[float]] = [[] for _ in pictures]
    for _ in range(rounds):
        for times, picture in zip(took, pictures, strict=True):
            begun = time.process_time()
            with suppress(data.DataError):  # a pen's first dab is a dot
                data.digit_from_image(picture)
            times.append((time.process_time() - begun) * 1e3)
    return [statistics.median(times) for times in took]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100, help="calls of each picture (default 100)")
    parser.add_argument("--side", type=int, nargs="*", default=[200, 280], help="pixels (default 200 280)")
    options = parser.parse_args()
    print("| side | white on black | black on white | noisy paper | each move: middle | slowest |")
    print("|---|---|---|---|---|---|")
    for side in options.side:
        drawn = pad(FOUR, side)
        pictures = (drawn, 255 - drawn, on_noisy_paper(drawn))
        kinds = [milliseconds([picture], options.rounds)[0] for picture in pictures]
        each = milliseconds(moves(side), max(1, options.rounds // 10))
        row = " | ".join(f"{value:.1f}" for value in (*kinds, statistics.median(each), max(each)))
        print(f"| {side} | {row} |", flush=True)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
