#!/usr/bin/env python
"""Switch off the neuron that is named first: what becomes of the answer, and how well evidence foresaw it.

For each network, test images of MNIST on which it hesitates: the neuron of the last hidden layer that adds
most to the lead, and the first that `engine.deciders` names; and the processor time that finding it takes.

    python benchmarks/editing/deciding.py [--preset NAME ...] [--images N]
"""

import argparse
import time

import numpy as np

import data
import engine
from viz3d.command.choice.digits import Digit
from viz3d.findings.answer import AnswerFacts
from viz3d.session.traced_digit import TracedDigit

SURE = 0.9  # who is surer does not hesitate


def main() -> None:
    """Measure, and print a row for each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", nargs="+", default=list(engine.presets()))
    parser.add_argument("--images", type=int, default=100)
    asked = parser.parse_args()
    images = data.load("mnist", "test").images[:5000]
    print("network       n  probability   last layer's first    first decider       as foreseen  ms")
    for preset in asked.preset:
        net = engine.load(data.model_path(preset))
        some = np.flatnonzero(net.predict(images).max(axis=1) < SURE)
        np.random.default_rng(0).shuffle(some)
        print(row(preset, [facts(net, images[i]) for i in some[: asked.images]]), flush=True)


def facts(net: engine.Net, image: np.ndarray) -> tuple[float, ...]:
    """Probability; of both neurons what is left of it and whether the answer turns; evidence, loss; ms."""
    traced = TracedDigit.of(net, Digit(image, None, ""))
    answer = AnswerFacts(traced)
    began = time.process_time()
    found = answer.deciders
    spent = 1000 * (time.process_time() - began)
    assert found is not None
    first = found.neurons[0]
    old = traced.mutated(f"ablate {answer.makers[0].where}").trace
    return (
        traced.trace.confidence,
        float(old.probabilities[found.ahead]),
        old.prediction != found.ahead,
        float(first.probabilities[found.ahead]),
        first.answer != found.ahead,
        abs(first.evidence - first.lost) / first.lost,
        spent,
    )


def row(preset: str, found: list[tuple[float, ...]]) -> str:
    """Medians, and how many answers turn."""
    all_told = np.array(found, float)
    sure, old, _, new, _, missed, spent = np.median(all_told, axis=0)
    turned = all_told.sum(axis=0).astype(int)
    before = f"{old:>7.1%}, {turned[2]:>3} turn"
    after = f"{new:>6.1%}, {turned[4]:>3} turn"
    start = f"{preset:<12} {len(found):>3}  {sure:>10.1%}"
    return f"{start}   {before}    {after}   off by {missed:>4.0%}  {spent:.1f}"


if __name__ == "__main__":
    main()
