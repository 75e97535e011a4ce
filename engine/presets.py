"""The presets: untrained nets of known structure, each with its own recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import (
    Attention,
    AttentionScores,
    Block,
    Conv,
    Dense,
    LayerNorm,
    MaxPool,
    PatchEmbedding,
    TokenDense,
    TokenHead,
)
from engine.errors import EngineError
from engine.graph import Net
from engine.layer import Layer
from engine.recipe import Recipe

INPUT = Layer("input", "Input", (28, 28, 1))


def _dense_stack(sizes: Sequence[int], hidden: str, head: str, dropout: float, init: str) -> list[Layer]:
    layers = [INPUT]
    for i, size in enumerate(sizes, 1):
        last = i == len(sizes)
        name, title = ("output", "Output") if last else (f"hidden{i}", f"Hidden {i}")
        block = Dense(size, init)
        source = layers[-1].name
        layers.append(
            Layer(name, title, (size,), block, (source,), head if last else hidden, 0.0 if last else dropout)
        )
    return layers


def _mlp() -> tuple[str, list[Layer], Recipe]:
    layers = _dense_stack((512, 256, 128, 10), "relu", "log-softmax", 0.2, "uniform")
    return "Multilayer perceptron", layers, Recipe("nll", "adam", lr=1e-3, batch=128, epochs=10)


def _mlp_sigmoid() -> tuple[str, list[Layer], Recipe]:
    layers = _dense_stack((128, 64, 10), "sigmoid", "sigmoid", 0.0, "normal")
    return "Sigmoid perceptron", layers, Recipe("squared-error", "sgd", lr=0.25, batch=32, epochs=30)


def _conv_stack(blocks: Sequence[Block], dropout: float = 0.0, side: int = 28) -> list[Layer]:
    """Convolutions and hidden layers with ReLU, dropout after each pooling, a softmax at the end."""
    layers = [Layer("input", "Input", (side, side, 1))]
    counts = dict.fromkeys(_NAMES, 0)
    for block in blocks:
        name, title = _NAMES[block.kind]
        counts[block.kind] += 1
        number, last = counts[block.kind], block is blocks[-1]
        pooling = isinstance(block, MaxPool)
        layers.append(
            Layer(
                "output" if last else f"{name}{number}",
                "Output" if last else f"{title} {number}",
                block.shape([layers[-1].shape]),
                block,
                (layers[-1].name,),
                "softmax" if last else "identity" if pooling else "relu",
                dropout if pooling else 0.0,
            )
        )
    return layers


_NAMES = {
    Conv.kind: ("conv", "Convolution"),
    MaxPool.kind: ("pool", "Max-pool"),
    Dense.kind: ("hidden", "Hidden"),
}


def _head() -> Dense:
    return Dense(10, "he")


def _cnn_fast() -> tuple[str, list[Layer], Recipe]:
    layers = _conv_stack([Conv(4, 3, 3), MaxPool(2), _head()])
    return "Fast convolutional network", layers, _cnn_recipe(epochs=12)


def _cnn_balanced() -> tuple[str, list[Layer], Recipe]:
    layers = _conv_stack([Conv(8, 5, 5), MaxPool(2), _head()])
    return "Balanced convolutional network", layers, _cnn_recipe(epochs=12)


def _cnn_accuracy() -> tuple[str, list[Layer], Recipe]:
    layers = _conv_stack([Conv(16, 5, 5), MaxPool(2), Conv(32, 5, 5), MaxPool(2), _head()])
    return "Accurate convolutional network", layers, _cnn_recipe(epochs=12)


def _cnn_draw() -> tuple[str, list[Layer], Recipe]:
    blocks = [Conv(20, 5, 5), MaxPool(2), Conv(40, 5, 5), MaxPool(2), Dense(256, "he"), _head()]
    return "Convolutional network", _conv_stack(blocks, dropout=0.2), _cnn_recipe(epochs=15)


def _cnn_crop() -> tuple[str, list[Layer], Recipe]:
    blocks = [Conv(8, 5, 5, padding=2), MaxPool(2), Conv(16, 5, 5, padding=2), MaxPool(3), _head()]
    return "Convolutional network on crops", _conv_stack(blocks, side=24), _cnn_recipe(epochs=15)


def _cnn_recipe(epochs: int) -> Recipe:
    return Recipe("cross-entropy", "adam", lr=2e-3, batch=64, epochs=epochs, schedule="cosine")


def _transformer(width: int, heads: int, depth: int) -> list[Layer]:
    """A vision transformer that normalises ahead of each step; the class token's end is read out."""
    layers = [INPUT]
    shapes = {INPUT.name: INPUT.shape}

    def add(name: str, title: str, block: Block, *sources: str, activation: str = "identity") -> str:
        shape = shapes[name] = block.shape([shapes[source] for source in sources])
        layers.append(Layer(name, title, shape, block, sources, activation))
        return name

    stream = add("tokens", "Tokens", PatchEmbedding(7, width), INPUT.name)
    for i in range(1, depth + 1):
        n = f"block{i}"
        norm = add(f"{n}.norm1", f"Norm {i}.1", LayerNorm(), stream)
        query, key, value = (
            add(f"{n}.{name.lower()}", f"{name} {i}", TokenDense(width), norm)
            for name in ("Query", "Key", "Value")
        )
        scores = add(f"{n}.scores", f"Scores {i}", AttentionScores(heads), query, key, activation="softmax")
        mixed = add(f"{n}.attention", f"Attention {i}", Attention(), scores, value)
        stream = add(f"{n}.residual1", f"Residual {i}.1", TokenDense(width), mixed, stream)
        norm = add(f"{n}.norm2", f"Norm {i}.2", LayerNorm(), stream)
        hidden = add(f"{n}.hidden", f"Hidden {i}", TokenDense(2 * width), norm, activation="gelu-tanh")
        stream = add(f"{n}.residual2", f"Residual {i}.2", TokenDense(width), hidden, stream)
    add("output", "Output", TokenHead(10), stream, activation="softmax")
    return layers


def _vit_tiny() -> tuple[str, list[Layer], Recipe]:
    return "Tiny vision transformer", _transformer(64, 4, 2), _vit_recipe()


def _vit_small() -> tuple[str, list[Layer], Recipe]:
    return "Small vision transformer", _transformer(128, 4, 4), _vit_recipe()


def _vit_recipe() -> Recipe:
    return Recipe(
        "cross-entropy", "adamw", lr=1e-3, batch=64, epochs=20, schedule="cosine", warmup=0.05, l2=0.05
    )


_KNOWN: dict[str, Callable[[], tuple[str, list[Layer], Recipe]]] = {
    "mlp": _mlp,
    "mlp-sigmoid": _mlp_sigmoid,
    "cnn-fast": _cnn_fast,
    "cnn-balanced": _cnn_balanced,
    "cnn-accuracy": _cnn_accuracy,
    "cnn-draw": _cnn_draw,
    "cnn-crop": _cnn_crop,
    "vit-tiny": _vit_tiny,
    "vit-small": _vit_small,
}


def presets() -> tuple[str, ...]:
    """Names of all presets."""
    return tuple(_KNOWN)


def preset(name: str, rng: np.random.Generator) -> Net:
    """The untrained net of that name with fresh float32 parameters; EngineError lists the known ones."""
    if name not in _KNOWN:
        raise EngineError(f"unknown preset {name!r}: known are {', '.join(_KNOWN)}")
    title, layers, recipe = _KNOWN[name]()
    return Net(name, title, tuple(layers), initial_parameters(layers, rng), recipe)


def initial_parameters(layers: Sequence[Layer], rng: np.random.Generator) -> dict[str, Array]:
    """Fresh parameters of every block, drawn in layer order."""
    shapes: dict[str, Shape] = {layer.name: layer.shape for layer in layers}
    parameters: dict[str, Array] = {}
    for layer in layers:
        if layer.block is not None:
            fresh = layer.block.initial([shapes[source] for source in layer.sources], rng)
            parameters.update({f"{layer.name}.{name}": array for name, array in fresh.items()})
    return parameters
