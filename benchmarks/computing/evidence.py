"""Evidence: what its one pass back and its exact search cost, and what share of it the strongest carry.

    python benchmarks/computing/evidence.py
    python benchmarks/computing/evidence.py --cut 100      # needs MNIST

All on one thread, with trained presets. "whole net" are the 5,000 strongest of all synapses, "each" about
5,000 by connection, as a picture draws them: to each the fourth root of its synapses. "slopes" is the pass
back that all evidence for a class needs, once for a trace; "totals" the sums over every synapse of the net.
Shares are those of "each", means over digits: of all |evidence| together, and of the poorest connection.
--cut takes away, from so many test digits that are read right with a probability of 0.9 or more, the largest
of each connection: the contributions by size, those above 0 only, and the evidence above 0.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from look import milliseconds
from threadpoolctl import threadpool_limits

import data
import engine
from engine.graph import address
from engine.synapses import lead


def quotas(net: engine.Net, total: int) -> list[int]:
    """How many of each connection, about `total` in all."""
    edges = np.array([net.synapse_count(*pair) for pair in net.connections], np.float64)
    share = edges**0.25
    return np.minimum(np.round(total * share / share.sum()), edges).astype(int).tolist()


def each(trace: engine.Trace, counts: list[int], by: str) -> list[engine.Synapses]:
    """The strongest of each connection."""
    pairs = zip(counts, trace.net.connections, strict=True)
    return [engine.strongest(trace, k, *pair, by=by)[0] for k, pair in pairs]


def shares(trace: engine.Trace, counts: list[int], by: str) -> tuple[float, float, float]:
    """What the strongest carry of all evidence: the mean of the connections, the least, of all together."""
    found = [share for part in each(trace, counts, by) for share in engine.shares(trace, part)]
    some = [share.share for share in found if share.total]
    together = sum(share.carried for share in found) / sum(share.total for share in found)
    return float(np.mean(some)), min(some), together


def sides(net: engine.Net, image: np.ndarray, counts: list[int]) -> dict[str, Callable[[], Any]]:
    """What is timed."""
    trace = net.trace(image)
    engine.lead_gradient(trace)
    return {
        "trace": lambda: net.trace(image),
        # The answer itself is kept with the trace: this works it out anew.
        "slopes": lambda: lead.slopes_from(trace, trace.prediction, None),
        "whole contribution": lambda: engine.strongest(trace, 5000),
        "whole evidence": lambda: engine.strongest(trace, 5000, by="evidence"),
        "each contribution": lambda: each(trace, counts, "contribution"),
        "each evidence": lambda: each(trace, counts, "evidence"),
        "totals": lambda: [engine.evidence_total(trace, *pair) for pair in net.connections],
    }


CUT = {"mlp": (400, 300, 200, 100), "cnn-draw": (400, 300, 300, 100, 200, 100)}
"""How many synapses each connection loses."""


def without(trace: engine.Trace, counts: tuple[int, ...], by: str, *, above: bool) -> engine.Trace:
    """The trace after cutting the largest of each connection; above: those above 0 only."""
    net, edits = trace.net, []
    for pair, count in zip(net.connections, counts, strict=True):
        found, values = engine.strongest(trace, 10 * count, *pair, by=by)
        gone = np.flatnonzero((values > 0) | (not above))[:count]
        for ends in zip(found.source[gone].tolist(), found.target[gone].tolist(), strict=True):
            source, target = (address.write(net.graph, number) for number in ends)
            edits.append(engine.Edit("cut", f"{source} -> {target}"))
    return net.with_edits(tuple(edits)).trace(trace.activation["input"], base=trace)


def cutting(preset: str, count: int) -> None:
    """Print how many of the digits keep their answer, and how much of its lead is left."""
    net, mnist = engine.load(data.model_path(preset)), data.load("mnist", "test")
    sure: list[engine.Trace] = []
    for number in np.random.default_rng(0).permutation(len(mnist.images)).tolist():
        trace = net.trace(mnist.images[number])
        if trace.prediction == mnist.labels[number] and trace.confidence >= 0.9 and len(sure) < count:
            sure.append(trace)
    kinds = ("contribution", False), ("contribution", True), ("evidence", True)
    for by, above in kinds:
        after = [without(trace, CUT[preset], by, above=above) for trace in sure]
        both = list(zip(sure, after, strict=True))
        kept = np.mean([old.prediction == new.prediction for old, new in both])
        left = np.mean([engine.lead(new, old.prediction) / engine.lead(old) for old, new in both])
        what = f"largest {by}s" + (" above 0" if above else "")
        print(f"| {preset} | {what} | {100 * kept:.0f} % | {left:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50, help="turns of each side (default 50)")
    parser.add_argument("--digits", type=int, default=20, help="digits for the shares (default 20)")
    parser.add_argument("--preset", nargs="*", default=["mlp", "cnn-draw", "vit-tiny", "vit-small"])
    parser.add_argument("--cut", type=int, metavar="N", help="cut the strongest instead, of N digits")
    options = parser.parse_args()
    if options.cut:
        print("| preset | cut | same answer | lead left |\n|---|---|---|---|")
        for preset in CUT:
            cutting(preset, options.cut)
        return
    images = data.load("digits").images
    print("milliseconds, medians over turns; contribution / evidence\n")
    print("| preset | trace | slopes | whole net | each | totals |\n|---|---|---|---|---|---|")
    for preset in options.preset:
        net = engine.load(data.model_path(preset))
        with threadpool_limits(1):
            took = milliseconds(sides(net, images[7], quotas(net, 5000)), options.rounds)
        print(
            f"| {preset} | {took['trace']:.2f} | {took['slopes']:.2f} | {took['whole contribution']:.1f} / "
            f"{took['whole evidence']:.1f} | {took['each contribution']:.1f} / {took['each evidence']:.1f} | "
            f"{took['totals']:.1f} |",
            flush=True,
        )
    print("\nshare of all |evidence|: mean of the connections, least, together\n")
    print("| preset | strongest by contribution | strongest by evidence |\n|---|---|---|")
    for preset in options.preset:
        net = engine.load(data.model_path(preset))
        counts, cells = quotas(net, 5000), []
        for by in ("contribution", "evidence"):
            found = np.mean([shares(net.trace(x), counts, by) for x in images[: options.digits]], axis=0)
            cells.append(" ".join(f"{100 * value:.0f} %" for value in found))
        print(f"| {preset} | {cells[0]} | {cells[1]} |", flush=True)


if __name__ == "__main__":
    main()
