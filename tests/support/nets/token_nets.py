"""What the tests of token blocks share: small transformers, and blocks for Hypothesis to choose from."""

import numpy as np
from hypothesis import strategies as st

from engine import (
    Add,
    Attention,
    AttentionScores,
    Block,
    Layer,
    LayerNorm,
    Net,
    PatchEmbedding,
    Recipe,
    TokenDense,
    TokenHead,
)
from engine.graph.rules import parameter_shapes
from engine.run import Machine

TWO_BLOCKS = "input 28x28 | patches 7 64" + 2 * "| transformer 2 heads mlp 64" + "| head 10 softmax"
"""So wide that both blocks are done in compiled loops where vectors have eight numbers or more."""


def transformer(side=4, patch=2, width=4, heads=2, hidden="gelu-tanh", seed=0, **embedding) -> Net:
    """A float64 net of one transformer block that has every kind of token layer, three classes."""
    layers = [Layer("input", "", (side, side, 1))]

    def add(name: str, block: Block, *sources: str, activation: str = "identity") -> str:
        shapes = {layer.name: layer.shape for layer in layers}
        shape = block.shape([shapes[source] for source in sources])
        layers.append(Layer(name, name, shape, block, sources, activation))
        return name

    stream = add("tokens", PatchEmbedding(patch, width, **embedding), "input")
    norm = add("block1.norm1", LayerNorm(), stream)
    query, key, value = (add(f"block1.{n}", TokenDense(width), norm) for n in ("query", "key", "value"))
    scores = add("block1.scores", AttentionScores(heads), query, key, activation="softmax")
    mixed = add("block1.attention", Attention(), scores, value)
    stream = add("block1.residual1", TokenDense(width), mixed, stream)
    norm = add("block1.norm2", LayerNorm(), stream)
    wide = add("block1.hidden", TokenDense(2 * width), norm, activation=hidden)
    narrow = add("block1.out", TokenDense(width), wide)
    stream = add("block1.residual2", Add(), narrow, stream)
    add("output", TokenHead(3), stream, activation="softmax")
    rng = np.random.default_rng(seed)
    parameters = {name: rng.standard_normal(shape) for name, shape in parameter_shapes(layers).items()}
    return Net.of("test", "Test", tuple(layers), parameters, Recipe("cross-entropy", batch=5))


def image(net: Net, seed: int = 1) -> np.ndarray:
    """One image of numbers around 0."""
    return np.random.default_rng(seed).standard_normal(net.layers[0].shape)


@st.composite
def blocks(draw):  # noqa: PLR0911
    """A token block and shapes of sources that it accepts."""
    n, m, heads = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    width, units = heads * draw(st.integers(1, 4)), draw(st.integers(1, 5))
    kind = draw(st.sampled_from(["patch", "norm", "dense", "scores", "attention", "head", "add"]))
    if kind == "patch":
        size, channels = draw(st.integers(1, 3)), draw(st.integers(1, 2))
        block = PatchEmbedding(size, units, draw(st.booleans()), draw(st.booleans()))
        return block, [(size * min(n, 3), size * min(m, 3), channels)]
    if kind == "norm":
        shape = draw(st.sampled_from([(width + 1,), (n, width + 1), (n, m, width + 1)]))
        return LayerNorm(draw(st.sampled_from([1e-5, 0.1]))), [shape]
    if kind == "dense":
        return TokenDense(units), [(n, width), *[(n, units)] * draw(st.integers(0, 2))]
    if kind == "scores":
        return AttentionScores(heads), [(n, width), (m, width)]
    if kind == "attention":
        return Attention(), [(heads, n, m), (m, width)]
    if kind == "head":
        return TokenHead(units, draw(st.integers(0, n - 1))), [(n, width)]
    return Add(), [draw(st.sampled_from([(n,), (n, m)]))] * draw(st.integers(1, 3))


def with_layers(net: Net, *changed: Layer) -> Net:
    """The net with some layers replaced, by name."""
    named = {layer.name: layer for layer in changed}
    layers = tuple(named.get(layer.name, layer) for layer in net.layers)
    return Net.of("test", "Test", layers, dict(net.parameters), net.recipe)


def lean_machine(net: Net) -> tuple[Machine, dict[str, np.ndarray]]:
    """A machine for 40 images that leaves out what it can, and where its gradients go: NaN as yet."""
    gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
    fast = net.dtype == np.float32
    runs = Machine(
        net.layers, net.parameters, 40, gradients=gradients, fast=fast, lean=True, overlay=net.overlay
    )
    return runs, gradients
