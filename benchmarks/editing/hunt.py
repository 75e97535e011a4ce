"""Edits by chance: how much longer a step of training takes with them, and with which it is the slowest.

    python benchmarks/editing/hunt.py                        # --preset mlp --edits 60 --seed 0 --worst 5
    python benchmarks/editing/hunt.py --chain 8              # up to eight, one behind another, some undone
    python benchmarks/editing/hunt.py --text "function conv1 tanh" --preset cnn-fast

A step is a whole one, optimizer included, of the trained net, with learning rate 0: every step has the same
numbers. It is timed beside one of the net without edits, on one thread, in turns within one run.
"""

# Imports come where they are needed: threads are set before NumPy starts them.
# ruff: noqa: PLC0415

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from edit import NEURONS, SYNAPSES, Call, net_of, one_thread, parser_of, possible

PRESETS = (
    "mlp",
    "mlp-sigmoid",
    "cnn-fast",
    "cnn-balanced",
    "cnn-crop",
    "cnn-draw",
    "cnn-accuracy",
    "vit-tiny",
    "vit-small",
)
FUNCTIONS = ("tanh", "sigmoid", "identity", "relu", "leaky-relu-0.2", "gelu", "gelu-tanh", "elu", "silu")
GOAL = 3.0
"""How many times an unedited step an edited one may take."""


def place(rng: Any, layer: Any) -> str:
    """Neurons of a layer, by chance: all of them, or of each axis all, one, or a range."""
    if rng.random() < 0.25:
        return str(layer.name)
    parts = []
    for length in layer.shape[: 2 if layer.shape[2:] == (1,) else 3]:
        low, high = sorted(rng.integers(length, size=2).tolist())
        parts.append(str(rng.choice(["*", f"{low}", f"{low}-{high}", f"{low}-{high}"])))
    return f"{layer.name}:{','.join(parts)}"


def one(rng: Any, net: Any) -> str:
    """An edit of neurons or of synapses by chance; it may name none, or be refused."""
    if rng.random() < 0.5:
        source, target = net.connections[rng.integers(len(net.connections))]
        where = f"{place(rng, net.layer(source))} -> {place(rng, net.layer(target))}"
        return str(rng.choice(SYNAPSES)).format(where)
    layer = net.layers[rng.integers(len(net.layers))]
    where = place(rng, layer)
    kinds = [kind for kind in NEURONS if possible(net, layer, where, kind.split()[0])]
    return str(rng.choice(kinds)).format(where).replace("tanh", str(rng.choice(FUNCTIONS))) if kinds else ""


def edited(rng: Any, net: Any) -> tuple[str, Any]:
    """One to three edits by chance, and the net with them."""
    from engine import EngineError

    while True:
        text = "; ".join(one(rng, net) for _ in range(rng.integers(1, 4)))
        try:
            return text, net.mutate(text)
        except EngineError:
            continue


def chained(rng: Any, net: Any, most: int) -> tuple[str, Any]:
    """Edits by chance one behind another, up to so many, each on the net before; some are undone again."""
    from engine import EngineError

    nets, texts = [net], list[str]()
    for _ in range(rng.integers(2, most + 1)):
        if texts and rng.random() < 0.2:
            nets.pop()
            texts.pop()
        text = one(rng, net) if rng.random() < 0.9 else added(rng, net)
        try:
            nets.append(nets[-1].mutate(text))
        except EngineError:
            continue
        texts.append(text)
    return "; ".join(texts), nets[-1]


def added(rng: Any, net: Any) -> str:
    """A synapse that is added by chance, past the layers in between."""
    layer = net.layers[rng.integers(len(net.layers) - 2)]
    cell = ",".join(
        str(rng.integers(length)) for length in layer.shape[: 2 if layer.shape[2:] == (1,) else 3]
    )
    return f"add {layer.name}:{cell} -> output:{rng.integers(net.layers[-1].size)} 0.5"


def stepper(net: Any, batch: int) -> Call:
    """A step of training with digits."""
    import numpy as np

    import data
    from engine.run import as_inputs
    from engine.training import Trainer

    some = np.random.default_rng(0).permutation(len(data.load("digits").images))[:batch]
    digits, rng = data.load("digits"), np.random.default_rng(0)
    trainer = Trainer(net, replace(net.recipe, batch=batch))
    x, labels = as_inputs(net, digits.images[some]), digits.labels[some]

    def step() -> None:
        trainer.update(x, labels, 0.0, rng)

    return step


def times(plain: Call, slow: Call, rounds: int) -> tuple[float, float]:
    """Least milliseconds of processor of both, in turns, after one of each that warms up."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 1):
        for call, seconds in zip((plain, slow), taken, strict=True):
            for _ in range(2):
                # Each finds the caches as it has left them: the second of two counts.
                begun = time.process_time()
                call()
                last = time.process_time() - begun
            if turn:
                seconds.append(1000 * last)
    return min(taken[0]), min(taken[1])


def main() -> None:
    parser = parser_of(__doc__, 4)
    parser.add_argument("--preset", nargs="*", default=PRESETS, help="networks (default: all nine)")
    parser.add_argument("--edits", type=int, default=40, help="edited nets of each (default 40)")
    parser.add_argument("--text", nargs="*", help="these edits, in place of some by chance")
    parser.add_argument("--chain", type=int, default=0, help="up to so many edits in each, in place of three")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--worst", type=int, default=3, help="edits that are shown of each net (default 3)")
    asked = parser.parse_args()
    one_thread()
    import numpy as np

    print("| preset | plain step ms | median | over 3 x | the slowest |\n|---|---|---|---|---|")
    for preset in asked.preset:
        net, rng = net_of(preset), np.random.default_rng(asked.seed)
        plain, found = stepper(net, asked.batch), []
        texts = [(text, net.mutate(text)) for text in asked.text or ()]
        made = (
            chained(rng, net, asked.chain) if asked.chain else edited(rng, net) for _ in range(asked.edits)
        )
        for text, other in texts or made:
            base, slow = times(plain, stepper(other, asked.batch), asked.rounds)
            found.append((slow / base, text, base))
        found.sort(reverse=True)
        ratios = [ratio for ratio, _, _ in found]
        told = ", ".join(f"`{text}` {ratio:.1f}" for ratio, text, _ in found[: asked.worst])
        missed = f"{sum(ratio > GOAL for ratio in ratios)} of {len(ratios)}"
        base = min(base for _, _, base in found)
        print(f"| {preset} | {base:.2f} | {np.median(ratios):.2f} | {missed} | {told} |", flush=True)


if __name__ == "__main__":
    main()
