"""How fast a net is edited and traced anew, a neuron read, and every neuron of a layer silenced in turn.

    python benchmarks/editing/edit.py            # every table; --only edit every read study for some

Each is measured on one thread beside viz3d's own plain way, in turns within one run.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import functools
import os
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

Call = Callable[[], Any]


def in_turns(rounds: int, *calls: Call, clock: Callable[[], float] = time.perf_counter) -> list[list[float]]:
    """Seconds of each call in each round, one after the other; the first round only warms up."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 1):
        for call, seconds in zip(calls, taken, strict=True):
            begun = clock()
            call()
            if turn:
                seconds.append(clock() - begun)
    return taken


@functools.cache
def all_processors() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def on_processors(count: int) -> None:
    """Let this process run on so many processors alone: studies take a thread for each."""
    os.sched_setaffinity(0, all_processors()[:count])


def one_thread() -> None:
    """One processor, and one thread of each library; before NumPy starts them."""
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))
    on_processors(1)


def parser_of(told: str | None, rounds: int) -> argparse.ArgumentParser:
    """The options of a benchmark that tells this: how many turns each side has."""
    parser = argparse.ArgumentParser(description=(told or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=rounds, help=f"turns of each side (default {rounds})")
    return parser


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Median of the rounds' own ratios theirs / ours: above 1 we are the faster."""
    return statistics.median(b / a for a, b in zip(ours, theirs, strict=True))


def ms(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def net_of(preset: str) -> Any:
    """The trained net, or an untrained one where none comes with viz3d."""
    import numpy as np

    import data
    import engine

    if preset in data.bundled_models():
        return engine.load(data.model_path(preset))
    return engine.preset(preset, np.random.default_rng(0))


def four() -> Any:
    import data

    return data.load("digits").images[4]


PLACES = {
    "mlp": ("hidden1", "hidden3", "input -> hidden1", "hidden3 -> output"),
    "cnn-draw": ("conv1", "hidden1", "input -> conv1", "pool1 -> conv2"),
    "vit-small": ("block1.scores", "block4.hidden", "block1.norm1 -> block1.query"),
}
ALIKE = 20
"""Edits at random places in a turn, or repetitions of one: a single call is too short to be timed well."""


def felt_most(trace: Any, place: str) -> str:
    """The edit that takes away the brightest neuron of a layer, or the strongest synapse between two."""
    import engine
    from engine.graph import address

    net = trace.net
    if "->" in place:
        found, _ = engine.strongest(trace, 1, *place.split(" -> "))
        ends = (address.write(net.graph, int(each[0])) for each in (found.source, found.target))
        return f"cut {' -> '.join(ends)}"
    return f"ablate {address.write(net.graph, net.offset(place) + int(trace.activation[place].argmax()))}"


def anywhere(net: Any, place: str, count: int) -> list[str]:
    """The same for neurons or synapses drawn at random."""
    import numpy as np

    from engine.graph import address

    rng = np.random.default_rng(0)
    if "->" in place:
        view = net.synapses(*place.split(" -> "))
        some = rng.integers(len(view), size=count)
        ends = zip(view.source[some].tolist(), view.target[some].tolist(), strict=True)
        return [f"cut {' -> '.join(address.write(net.graph, end) for end in pair)}" for pair in ends]
    numbers = net.offset(place) + rng.integers(net.layer(place).size, size=count)
    return [f"ablate {address.write(net.graph, int(number))}" for number in numbers]


def of_new_texts(
    rounds: int, net: Any, image: Any, base: Any, some: Callable[[], Iterable[str]]
) -> tuple[float, float]:
    """`against_plain` of the texts that `some` gives, others in each turn."""

    def edited() -> None:
        for text in some():
            net.mutate(text).trace(image, base=base)

    def whole() -> None:
        for _ in range(ALIKE):
            net.trace(image)

    plain, ours = in_turns(rounds, whole, edited, clock=time.process_time)
    return tuple(1000 * sorted(each)[len(each) // 10] / ALIKE for each in (plain, ours))


def against_plain(rounds: int, net: Any, image: Any, base: Any, texts: list[str]) -> tuple[float, float]:
    """Milliseconds of processor of a plain trace, and of an edit and its new trace.

    Of the quickest tenth of turns: a machine that has other work to do is slower at times, and never faster.
    """
    return of_new_texts(rounds, net, image, base, lambda: texts)


def edit(rounds: int) -> None:
    print("| preset | edit | plain trace ms | edit and new trace ms | x plain |\n|---|---|---|---|---|")
    for preset, places in PLACES.items():
        net, image = net_of(preset), four()
        base = net.trace(image)
        for place in places:
            most = felt_most(base, place)
            for name, texts in ((f"`{most}`", [most] * ALIKE), ("at random", anywhere(net, place, ALIKE))):
                plain, ours = against_plain(rounds, net, image, base, texts)
                figures = f"{plain:.2f} | {ours:.2f} | {ours / plain:.2f}"
                print(f"| {preset} | {name}, {place} | {figures} |", flush=True)


NEURONS = ("ablate {}", "clamp {} 0.5", "scale {} 2", "shift {} 0.5", "function {} tanh", "freeze {}")
SYNAPSES = ("cut {}", "set {} 0.2", "scale {} 2", "nudge {} 0.1")
EVERY = ("mlp", "cnn-draw")


def kinds(net: Any, base: Any) -> list[tuple[str, str]]:
    """Every kind of edit at every place: a place, and what is written of it.

    Of a layer its brightest neuron, one of its maps, and all of it; of two layers the strongest synapse,
    those into one neuron, and all.
    """
    found = []
    for layer in net.layers:
        brightest = felt_most(base, layer.name).partition(" ")[2]
        maps = [f"{layer.name}:map{layer.shape[2] // 2}"] if len(layer.shape) == 3 and layer.block else []
        for where in (brightest, *maps, layer.name):
            found += [(where, kind) for kind in NEURONS if possible(net, layer, where, kind.split()[0])]
    for source, target in net.connections:
        strongest = felt_most(base, f"{source} -> {target}").partition(" ")[2]
        for where in (strongest, f"{source} -> {strongest.partition(' -> ')[2]}", f"{source} -> {target}"):
            found += [(where, kind) for kind in SYNAPSES]
    for layer in net.layers[:-2]:
        where = f"{felt_most(base, layer.name).partition(' ')[2]} -> {net.layers[-1].name}:3"
        found.append((where, "add {} 0.5"))
    return found


def possible(net: Any, layer: Any, where: str, verb: str) -> bool:
    """Whether a verb makes sense of neurons of a layer; what neurons share is frozen for all of them."""
    if layer.block is None:
        return verb in ("ablate", "clamp", "scale")
    shared = len(layer.shape) == 3 and "," in where
    if verb == "freeze" and (shared or not net.own_parameters(layer.name)):
        return False
    return layer is not net.layers[-1] or verb in ("shift", "freeze")


def every(rounds: int) -> None:
    verbs = list(dict.fromkeys(kind.split()[0] for kind in (*NEURONS, *SYNAPSES, "add")))
    print("Processor time of an edit and its new trace over that of a plain trace:\n")
    print(f"| preset | place | {' | '.join(verbs)} |\n|---|---|{'---|' * len(verbs)}")
    for preset in EVERY:
        net, image = net_of(preset), four()
        base = net.trace(image)
        rows: dict[str, dict[str, str]] = {}
        for where, kind in kinds(net, base):
            plain, ours = against_plain(rounds, net, image, base, [kind.format(where)] * ALIKE)
            rows.setdefault(where, {})[kind.split()[0]] = f"{ours / plain:.2f}"
        for where, row in rows.items():
            print(f"| {preset} | `{where}` | {' | '.join(row.get(verb, '') for verb in verbs)} |", flush=True)


READ = {
    "mlp": ("hidden1:17", "hidden3:5"),
    "cnn-draw": ("conv1:12,12,5", "conv2:3,4,5", "hidden1:5"),
    "vit-small": ("block1.hidden:3,4", "block3.scores:1,2,3"),
}


def read(rounds: int) -> None:
    print("| preset | neuron | reading ms |\n|---|---|---|")
    for preset, places in READ.items():
        net = net_of(preset)
        trace = net.trace(four())
        for place in places:
            neuron = net.neuron(place)
            (taken,) = in_turns(rounds, lambda neuron=neuron, trace=trace: neuron.read(trace))
            print(f"| {preset} | `{place}` | {ms(taken):.1f} |", flush=True)


def study(rounds: int) -> None:
    import data
    import engine

    net, digits = net_of("mlp"), data.load("mnist", "test")

    def each() -> None:
        for _ in engine.ablate_each(net, "hidden3", digits.images, digits.labels):
            pass

    def whole() -> None:
        engine.evaluate(net, digits.images, digits.labels)

    ours, one = in_turns(min(rounds, 5), each, whole)
    print(f"All 128 neurons of hidden3 over {len(digits.labels):,} images of {digits.name}:")
    print(f"{ms(ours) / 1000:.2f} s; one evaluation {ms(one):.0f} ms; {128 * ratio(ours, one):.1f} x faster")


TABLES = {"edit": edit, "every": every, "read": read, "study": study}


def main() -> None:
    parser = parser_of(__doc__, 41)
    parser.add_argument("--only", nargs="*", choices=list(TABLES), default=list(TABLES))
    chosen = parser.parse_args()
    one_thread()
    for name in chosen.only:
        TABLES[name](chosen.rounds)
        print()


if __name__ == "__main__":
    main()
