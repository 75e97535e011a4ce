"""How fast a digit is traced, its strongest synapses found, a neuron read, and a net edited and studied.

    python benchmarks/reading.py            # every table; --only trace strongest edit read study for some

Tracing is measured against PyTorch's forward pass with a hook on every module that keeps its output, in turns
within one run, both on one thread. Everything else is measured against viz3d's own plain way.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"))

PRESETS = ("mlp", "cnn-crop", "cnn-accuracy", "cnn-draw", "vit-tiny", "vit-small")
Call = Callable[[], Any]


def in_turns(rounds: int, *calls: Call) -> list[list[float]]:
    """Seconds of each call in each round, one after the other; the first round only warms up."""
    taken: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds + 1):
        for call, seconds in zip(calls, taken, strict=True):
            begun = time.perf_counter()
            call()
            if turn:
                seconds.append(time.perf_counter() - begun)
    return taken


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


def keep_outputs(module: Any, kept: list[Any]) -> None:
    """Hook every part of a PyTorch module so that its output is kept, as a trace keeps every layer."""
    for part in module.modules():
        if not list(part.children()):
            part.register_forward_hook(lambda _module, _inputs, output: kept.append(output))


def tracing(rounds: int) -> None:
    import torch
    from twins import twin

    torch.set_num_threads(1)
    print("| preset | trace ms | PyTorch forward with hooks ms | x |\n|---|---|---|---|")
    for preset in PRESETS:
        net, image = net_of(preset), four()
        module, shape = twin(preset)
        module.eval()
        kept: list[Any] = []
        keep_outputs(module, kept)
        side = image if shape[0] == 28 else image[2:26, 2:26]
        x = torch.from_numpy(side.astype("float32") / 255)[None, None]
        if preset == "mlp":
            x = x.reshape(1, -1)

        def forward(module: Any = module, x: Any = x, kept: Any = kept) -> None:
            kept.clear()
            with torch.no_grad():
                module(x)

        def trace(net: Any = net, image: Any = image) -> None:
            net.trace(image)

        ours, theirs = in_turns(rounds, trace, forward)
        print(f"| {preset} | {ms(ours):.2f} | {ms(theirs):.2f} | {ratio(ours, theirs):.2f} |", flush=True)


def strongest(rounds: int) -> None:
    import engine

    print("| preset | synapses | weighted | 5,000 strongest ms | ns a synapse |\n|---|---|---|---|---|")
    for preset in PRESETS:
        net = net_of(preset)
        trace = net.trace(four())
        (taken,) = in_turns(rounds, lambda trace=trace: engine.strongest(trace, 5000))
        learned = net.edge_counts[engine.Kind.LEARNED]
        each = 1e6 * ms(taken) / net.edge_count
        print(f"| {preset} | {net.edge_count:,} | {learned:,} | {ms(taken):.1f} | {each:.1f} |", flush=True)


EDITS = {
    "mlp": ("ablate hidden1:17", "ablate hidden3:5", "cut input:14,14 -> hidden1:3"),
    "cnn-draw": ("ablate conv1:3,4,5", "ablate hidden1:5", "cut input:14,14 -> conv1:12,12,5"),
    "vit-small": ("ablate block1.scores:1,2,3", "ablate block4.hidden:3,4"),
}


def edit(rounds: int) -> None:
    print("| preset | edit | plain trace ms | edit and new trace ms | x plain |\n|---|---|---|---|---|")
    for preset, texts in EDITS.items():
        net, image = net_of(preset), four()
        base = net.trace(image)
        for text in texts:

            def edited(net: Any = net, text: str = text, image: Any = image, base: Any = base) -> None:
                net.mutate(text).trace(image, base=base)

            plain, ours = in_turns(rounds, lambda net=net, image=image: net.trace(image), edited)
            cost = 1 / ratio(ours, plain)
            print(f"| {preset} | `{text}` | {ms(plain):.2f} | {ms(ours):.2f} | {cost:.2f} |", flush=True)


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


TABLES = {"trace": tracing, "strongest": strongest, "edit": edit, "read": read, "study": study}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", choices=list(TABLES), default=list(TABLES))
    parser.add_argument("--rounds", type=int, default=41, help="turns of each side (default 41)")
    chosen = parser.parse_args()
    for name in chosen.only:
        TABLES[name](chosen.rounds)
        print()


if __name__ == "__main__":
    main()
