"""What the tests of image blocks share: small nets of windows, and shapes for Hypothesis to choose from."""

import numpy as np
from hypothesis import strategies as st

from engine import AveragePool, Block, Conv, Dense, Layer, MaxPool, Net, Recipe, interpret
from engine.graph.rules import parameter_shapes


def stack(shape, blocks: list[Block], activation="identity", dropout=0.0, seed=0, head="softmax") -> Net:
    """A float64 net of these blocks one behind another, with a softmax layer of three classes at the end."""
    layers = [Layer("input", "", shape)]
    for i, block in enumerate([*blocks, Dense(3)]):
        last = i == len(blocks)
        name = "output" if last else f"{block.kind}{i}"
        out = block.shape([layers[-1].shape])
        act = head if last else activation if block.parameter_shapes([layers[-1].shape]) else "identity"
        layers.append(Layer(name, "", out, block, (layers[-1].name,), act, 0.0 if last else dropout))
    rng = np.random.default_rng(seed)
    parameters = {name: rng.standard_normal(shape) for name, shape in parameter_shapes(layers).items()}
    return Net.of("test", "Test", tuple(layers), parameters, Recipe("cross-entropy", batch=5))


@st.composite
def images(draw, side=7, maps=3):
    """A small image's shape."""
    return (draw(st.integers(1, side)), draw(st.integers(1, side)), draw(st.integers(1, maps)))


@st.composite
def convs(draw, shape):
    """A convolution that fits an image of this shape."""
    height, width = (draw(st.integers(1, min(4, side))) for side in shape[:2])
    stride = draw(st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3))))
    return Conv(draw(st.integers(1, 4)), height, width, stride, draw(paddings(height, width)))


@st.composite
def pools(draw, shape):
    """A pooling, maximum or mean, overlapping or with gaps, that fits an image of this shape."""
    kind = draw(st.sampled_from([MaxPool, AveragePool]))
    sides = draw(st.integers(1, min(3, shape[0]))), draw(st.integers(1, min(3, shape[1])))
    size = draw(st.sampled_from([sides, min(sides)]))
    steps = st.integers(1, 4)
    stride = draw(st.one_of(st.none(), steps, st.tuples(steps, steps)))
    return kind(size, stride, draw(paddings(*(sides if size is sides else (size, size)))))


def paddings(height, width):
    """Every padding that a window of this size may have."""
    each = st.tuples(st.integers(0, height - 1), st.integers(0, width - 1))
    return st.one_of(st.sampled_from(["valid", "same"]), st.integers(0, min(height, width) - 1), each)


@st.composite
def nets(draw):
    """A net with a convolution, a pooling and a second convolution."""
    blocks, shape = [], draw(images())
    first = shape
    for kind in (convs, pools, convs):
        blocks.append(draw(kind(shape)))
        shape = blocks[-1].shape([shape])
    return stack(
        first, blocks, seed=draw(st.integers(0, 99)), activation=draw(st.sampled_from(["relu", "tanh"]))
    )


def assert_interpreted(net: Net) -> None:
    """The interpreter comes to the sums of a trace, and as many synapses are listed as are counted."""
    x = np.random.default_rng(5).standard_normal(net.layers[0].shape)
    firing, trace = interpret(net, x), net.trace(x)
    pre = np.concatenate([trace.pre[layer.name].reshape(-1) for layer in net.layers])
    assert np.allclose(firing.pre, pre, rtol=1e-9, atol=1e-11)
    assert sum(len(part) for part in net.iter_synapses(chunk=7)) == net.edge_count
