"""What `make_odds.py`, `make_crossed.py` and `make_unlike.py` share: other hands, rough ink, training."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import data
import engine
from data.augment.hands import hands
from data.augment.pens import penned
from data.augment.style import Style, restyled

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator
Examples = tuple[Floats, NDArray[np.int64]]


def options(told: str, epochs: int, out: Path) -> argparse.Namespace:
    """The command's: how many epochs, and the file that is written."""
    parser = argparse.ArgumentParser(description=told.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--out", type=Path, default=out)
    return parser.parse_args()


def other_hands(parts: tuple[slice, slice], rng: Rng) -> list[tuple[Bytes, Bytes]]:
    """Images and labels of two parts of MNIST's training digits, in other hands and pens."""
    mnist, pools = data.load("mnist", "train", download=False), []
    for part in parts:
        images, labels = hands(mnist.images[part], mnist.labels[part], rng, 0.4)
        images, labels = penned(images, labels, rng, 1.2)
        pools.append((restyled(images, rng, Style(share=0.6, aspect=0.25, lean=0.3)), labels))
    return pools


def half_rough(ink: Floats, rng: Rng) -> Floats:
    """Ink 0..1, of every second one rough."""
    if rng.random() < 0.5:
        ink = np.clip(ink + rng.normal(0, 0.15, ink.shape) * (ink > 0.1), 0, 1)
    return np.asarray(ink, np.float32)


def train(text: str, examples: Examples, rng: Rng, **recipe: Any) -> engine.Net:
    """The net of an architecture that has learned these inputs and answers."""
    training = engine.fit(engine.build(text, rng), *examples, rng=rng, batch=100, lr=2e-3, **recipe)
    for step in training:
        if step.step % 200 == 0:
            print(f"step {step.step:,}: loss {step.loss:.3f}", flush=True)
    return training.snapshot()


def tell(net: engine.Net, tests: Examples, told: tuple[int, str], plain: tuple[int, str]) -> None:
    """Print how many of one answer a threshold catches that few of another pass; each with its name."""
    sure = np.log(np.maximum(net.predict(tests[0]), 1e-30))
    likelier = sure[:, told[0]] - sure[:, plain[0]]
    for falsely in (0.01, 0.003, 0.001, 0.0003):
        level = float(np.quantile(likelier[tests[1] == plain[0]], 1 - falsely))
        caught = float((likelier[tests[1] == told[0]] > level).mean())
        print(f"{caught:.1%} of {told[1]} are told above {level:.2f}, and {falsely:.2%} of {plain[1]}")


def save(net: engine.Net, out: Path) -> None:
    """Write a net's weights as the reader takes them."""
    np.savez_compressed(out, **{name: array.astype(np.float16) for name, array in net.parameters.items()})
