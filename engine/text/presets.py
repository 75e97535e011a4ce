"""The presets: untrained nets of known structure, each with its own recipe."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from engine.arrays import Shape
from engine.errors import EngineError, check_text
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.text.build import build
from engine.text.source import suggestion
from guarding import in_a_line


@dataclass(frozen=True)
class _Preset:
    """A title, an architecture (its grammar: `engine.text`) and how it is trained."""

    title: str
    text: str
    recipe: Recipe


def _cnn_recipe(epochs: int) -> Recipe:
    return Recipe("cross-entropy", "adam", lr=2e-3, batch=64, epochs=epochs, schedule="cosine")


def _vit_recipe() -> Recipe:
    return Recipe(
        "cross-entropy", "adamw", lr=1e-3, batch=64, epochs=20, schedule="cosine", warmup=0.05, l2=0.05
    )


_KNOWN = {
    "mlp": _Preset(
        "Multilayer perceptron",
        "input 28x28 | dense 512 relu | dropout 0.2 | dense 256 relu | dropout 0.2"
        "| dense 128 relu | dropout 0.2 | dense 10 log-softmax",
        Recipe("nll", "adam", lr=1e-3, batch=128, epochs=10),
    ),
    "mlp-sigmoid": _Preset(
        "Sigmoid perceptron",
        "input 28x28 | dense 128 init normal sigmoid | dense 64 init normal sigmoid"
        "| dense 10 init normal sigmoid",
        Recipe("squared-error", "sgd", lr=0.25, batch=32, epochs=30),
    ),
    "cnn-fast": _Preset(
        "Fast convolutional network",
        "input 28x28 | conv 4 3x3 relu | pool 2 | dense 10 init he softmax",
        _cnn_recipe(epochs=12),
    ),
    "cnn-balanced": _Preset(
        "Balanced convolutional network",
        "input 28x28 | conv 8 5x5 relu | pool 2 | dense 10 init he softmax",
        _cnn_recipe(epochs=12),
    ),
    "cnn-accuracy": _Preset(
        "Accurate convolutional network",
        "input 28x28 | conv 16 5x5 relu | pool 2 | conv 32 5x5 relu | pool 2 | dense 10 init he softmax",
        _cnn_recipe(epochs=12),
    ),
    "cnn-draw": _Preset(
        "Convolutional network",
        "input 28x28 | conv 20 5x5 relu | pool 2 | dropout 0.2 | conv 40 5x5 relu | pool 2 | dropout 0.2"
        "| dense 256 init he relu | dense 10 init he softmax",
        _cnn_recipe(epochs=15),
    ),
    "cnn-crop": _Preset(
        "Convolutional network on crops",
        "input 24x24 | conv 8 5x5 pad 2 relu | pool 2 | conv 16 5x5 pad 2 relu | pool 3"
        "| dense 10 init he softmax",
        _cnn_recipe(epochs=15),
    ),
    "vit-tiny": _Preset(
        "Tiny vision transformer",
        "input 28x28 | patches 7 64" + 2 * "| transformer 4 heads mlp 128" + "| head 10 softmax",
        _vit_recipe(),
    ),
    "vit-small": _Preset(
        "Small vision transformer",
        "input 28x28 | patches 7 128" + 4 * "| transformer 4 heads mlp 256" + "| head 10 softmax",
        _vit_recipe(),
    ),
}


def presets() -> tuple[str, ...]:
    """Names of all presets."""
    return tuple(_KNOWN)


def preset(
    name: str, rng: np.random.Generator, shape: Shape | None = None, classes: int | None = None
) -> Net:
    """The untrained net of that name with fresh float32 parameters; EngineError lists the known ones.

    shape, classes: of an input and an output of other sizes, where it is to read something else than digits.
    ArchitectureError where no such net can be made.
    """
    if check_text(name, "a preset's name", "mlp") not in _KNOWN:
        raise EngineError(
            f"unknown preset {in_a_line(name)}: {suggestion(name, _KNOWN)}known are {', '.join(_KNOWN)}"
        )
    known = _KNOWN[name]
    text = known.text
    if shape is not None:
        if not isinstance(shape, tuple | list):
            raise EngineError(f"a shape is the sizes of an input, such as (28, 28), got {in_a_line(shape)}")
        sides = shape[:2] if len(shape) == 3 and shape[2] == 1 else shape
        text = re.sub(r"^input \S+", f"input {'x'.join(map(str, sides))}", text)
    if classes is not None:
        text = re.sub(r"(dense|head) 10(?=[^|]*$)", rf"\g<1> {classes}", text)
    return build(text, rng, name=name, title=known.title, recipe=known.recipe)
