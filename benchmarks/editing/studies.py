"""How long studies of a data set take, on one processor and on two, in turns within one run.

python benchmarks/editing/studies.py            # 10,000 test images, 3 rounds; --images, --rounds for others
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from edit import in_turns, ms, net_of, on_processors, parser_of, ratio

Study = Callable[[Any, Any], Iterator[Any]]


def studies() -> dict[tuple[str, str], Study]:
    """By preset and name: from a net and images a study's steps."""
    import numpy as np

    import data
    import engine

    train = data.load("mnist", "train")
    train_set = train.images[:5000], train.labels[:5000]

    def ablate(layer: str, each: str, net: Any, digits: Any) -> Iterator[Any]:
        return engine.ablate_each(net, layer, digits.images, digits.labels, each=each)

    def lesion(net: Any, digits: Any) -> Iterator[Any]:
        return engine.lesion(net, "hidden3", digits.images, digits.labels, np.random.default_rng(0))

    def prune(net: Any, digits: Any) -> Iterator[Any]:
        return engine.prune_until(net, digits.images, digits.labels)

    def evolve(net: Any, digits: Any) -> Iterator[Any]:
        test, rng = (digits.images, digits.labels), np.random.default_rng(0)
        return engine.evolve(net, train_set, test, rng, layers=["hidden3", "output"], generations=5)

    return {
        ("mlp", "ablate, 512 neurons of hidden1"): functools.partial(ablate, "hidden1", "neuron"),
        ("mlp", "ablate, 128 neurons of hidden3"): functools.partial(ablate, "hidden3", "neuron"),
        ("mlp", "lesion, hidden3"): lesion,
        ("mlp", "prune, all layers"): prune,
        ("mlp", "evolve, 5 generations of hidden3 and output"): evolve,
        ("cnn-draw", "ablate, 40 maps of conv2"): functools.partial(ablate, "conv2", "map"),
    }


def main() -> None:
    parser = parser_of(__doc__, 3)
    parser.add_argument("--images", type=int, default=10_000, help="test images (default 10000)")
    chosen = parser.parse_args()
    from dataclasses import replace

    import data

    digits = data.load("mnist", "test")
    digits = replace(digits, images=digits.images[: chosen.images], labels=digits.labels[: chosen.images])

    def run(processors: int, study: Study, net: Any) -> None:
        on_processors(processors)
        for _ in study(net, digits):
            pass

    print(f"{len(digits.labels):,} images")
    print("| preset | study | 1 processor s | 2 processors s | x |\n|---|---|---|---|---|")
    for (preset, name), study in studies().items():
        net = net_of(preset)
        one, two = in_turns(chosen.rounds, *(functools.partial(run, n, study, net) for n in (1, 2)))
        times = f"{ms(one) / 1000:.2f} | {ms(two) / 1000:.2f} | {ratio(two, one):.2f}"
        print(f"| {preset} | {name} | {times} |", flush=True)


if __name__ == "__main__":
    main()
