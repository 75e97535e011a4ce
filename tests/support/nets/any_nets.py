"""What tests of any net share: graphs of all blocks, with branches and skip connections, for Hypothesis."""

import dataclasses

import numpy as np
from hypothesis import strategies as st
from image_nets import convs, images, pools

from engine import (
    Add,
    Dense,
    Layer,
    LayerNorm,
    LocalNorm,
    Maxout,
    Net,
    PatchEmbedding,
    Recipe,
    TokenDense,
    TokenHead,
)
from engine.blocks.activations import activations
from engine.graph.rules import parameter_shapes


@st.composite
def graphs(draw):
    """Layers with windows, normalisation, maxout, names of their own and branches."""
    shape = draw(images())
    layers = [Layer("input", "Input", shape)]
    numbers = st.floats(0.01, 3)
    for i in range(draw(st.integers(1, 5))):
        source = draw(st.sampled_from([layers[-1], layers[-1], *layers]))
        blocks = [st.builds(Dense, st.integers(1, 9), st.sampled_from(["uniform", "normal", "he"]))]
        blocks.append(st.builds(LocalNorm, st.integers(1, 5), numbers, numbers, numbers))
        if len(source.shape) == 3:
            blocks += [convs(source.shape), pools(source.shape)]
        if source.shape[-1] % 2 == 0:
            blocks.append(st.just(Maxout(2)))
        if len(source.shape) == 2:
            blocks += [st.builds(TokenDense, st.integers(1, 5)), st.builds(TokenHead, st.integers(1, 5))]
            blocks.append(st.builds(LayerNorm, st.floats(1e-6, 0.9)))
        elif len(source.shape) == 3 and source.shape[0] == source.shape[1]:
            patches = st.builds(PatchEmbedding, st.just(1), st.integers(1, 4), st.booleans(), st.booleans())
            blocks.append(patches)
        block = draw(st.one_of(blocks))
        sources = [source.name]
        alike = [layer.name for layer in layers if layer.shape == source.shape and layer is not source]
        if alike and draw(st.booleans()):
            block, sources = Add(), [*sources, *alike]
        name = draw(st.sampled_from([f"a{i}", f"my-layer_{i}", f"hidden{i}", f"pool{i}", f"block.{i}"]))
        layers.append(
            Layer(
                name,
                "",
                block.shape([source.shape] * len(sources)),
                block,
                tuple(sources),
                draw(st.sampled_from(activations())),
                draw(st.sampled_from([0.0, 0.25, 0.1])),
            )
        )
    layers[-1] = dataclasses.replace(layers[-1], name="output", dropout=0.0)
    return tuple(layers)


@st.composite
def nets(draw):
    """A float64 net with such a graph, of few enough parameters for finite differences."""
    layers = draw(graphs().filter(lambda layers: 0 < count(layers) <= 300))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    parameters = {n: rng.standard_normal(shape) * 0.7 for n, shape in parameter_shapes(layers).items()}
    return Net.of("test", "Test", layers, parameters, Recipe("squared-error"))


def count(layers) -> int:
    return sum(int(np.prod(shape)) for shape in parameter_shapes(layers).values())
