"""Attention in graphs whose factors stand elsewhere than in PyTorch's own: exact, or refused by name."""

import numpy as np
import pytest
from onnx_models import largest_difference, model_of, node

from engine import EngineError, import_net
from engine.foreign.graph.program import Chain
from engine.foreign.readers.pytorch.graphs.aten import Aten
from engine.foreign.readers.pytorch.graphs.operators import OPERATORS

RNG = np.random.default_rng(3)


def attention(tmp_path, query, key, factor, last):
    """A model of attention on rows of the image: query by key times a factor; last: values, what is added."""
    arrays = {
        "grid": np.array([1, 8, 8], np.int64),
        "all": np.array([1, 48], np.int64),
        "w": RNG.normal(0, 0.4, (8, 6)).astype(np.float32),
        "u": RNG.normal(0, 0.4, (8, 6)).astype(np.float32),
        "half": np.float32(0.5),
        "factor": np.float32(factor),
        "m": RNG.normal(0, 0.4, (8, 6)).astype(np.float32),
        "o": RNG.normal(0, 0.4, (48, 4)).astype(np.float32),
    }
    nodes = [
        node("Reshape", ["x", "grid"], "t"),
        node("MatMul", ["t", "w"], "q"),
        node("MatMul", ["t", "u"], "k"),
        node("MatMul", ["t", "m"], "n"),
        node("Mul", ["q", "half"], "h"),
        node("Transpose", [key], "kt", perm=[0, 2, 1]),
        node("MatMul", [query, "kt"], "raw"),
        node("Mul", ["raw", "factor"], "scores"),
        node("Softmax", ["scores"], "shares", axis=-1),
        node("MatMul", ["shares", last[0]], "seen"),
        *([node("Add", [last[1], "seen"], "both")] if last[1:] else [node("Identity", ["seen"], "both")]),
        node("Reshape", ["both", "all"], "r"),
        node("MatMul", ["r", "o"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    return model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)


@pytest.mark.parametrize(
    ("query", "key", "factor", "last"),
    [
        ("h", "q", 2 / 6**0.5, ("n",)),  # queries are the keys, halved
        ("q", "k", 0.7, ("k",)),  # a factor that the keys cannot take, as they are the values
        ("q", "k", 0.7, ("n", "q")),  # nor the queries, as they go on beside (Set Transformer)
    ],
)
def test_what_scales_scores_scales_nothing_else(tmp_path, query, key, factor, last):
    """A scale went into weights that others read too, silently."""
    assert largest_difference(attention(tmp_path, query, key, factor, last)) < 1e-5


@pytest.mark.parametrize("odd", ["", "mean", "scale", "plain", "bare"])
def test_what_tf2onnx_makes_of_a_norm_and_of_a_dense_layer_on_rows_is_read(tmp_path, odd):
    """Rows without the image's axis, means as pools, and a norm whose scale comes first: refused before.

    plain: a norm without a scale; bare: without a shift either, as LayerNormalization(scale=False) makes it.
    """
    factor, other = ("inverse", "inverse") if odd in ("plain", "bare") else ("factor", "factor2")
    offset = "moved" if odd == "bare" else "offset"
    scale = RNG.uniform(0.5, 2, (1, 1, 6)).astype(np.float32)
    arrays = {
        "rows": np.array([8, 8], np.int64),
        "grid": np.array([1, 8, 6], np.int64),
        "all": np.array([1, 48], np.int64),
        "w": RNG.normal(0, 1, (8, 6)).astype(np.float32),
        "eps": np.float32(1e-3),
        "scale": scale,
        "other": scale + np.float32(odd == "scale"),
        "shift": RNG.normal(0, 1, (6,)).astype(np.float32),
        "o": RNG.normal(0, 0.4, (48, 4)).astype(np.float32),
    }
    nodes = [
        node("Reshape", ["x", "rows"], "lines"),
        node("MatMul", ["lines", "w"], "dense"),
        node("Reshape", ["dense", "grid"], "t"),
        node("GlobalAveragePool", ["t"], "mean"),
        node("Sub", ["t", "mean"], "centred"),
        node("Mul", ["centred", "centred"], "squared"),
        node("GlobalAveragePool", ["squared"], "variance"),
        node("Add", ["variance", "eps"], "raised"),
        node("Sqrt", ["raised"], "sigma"),
        node("Reciprocal", ["sigma"], "inverse"),
        node("Mul", ["inverse", "scale"], "factor"),
        node("Mul", ["inverse", "other"], "factor2"),
        node("Neg", ["variance" if odd == "mean" else "mean"], "away"),
        node("Mul", ["away", other], "moved"),
        node("Add", ["moved", "shift"], "offset"),
        node("Mul", ["t", factor], "grown"),
        node("Add", ["grown", offset], "normed"),
        node("Reshape", ["normed", "all"], "r"),
        node("MatMul", ["r", "o"], "c"),
        node("Tanh", ["c"], "y"),
    ]
    path = model_of(nodes, arrays, [1, 1, 8, 8], tmp_path)
    if odd in ("mean", "scale"):
        with pytest.raises(EngineError, match="further than a layer normalisation does"):
            import_net(path)
        return
    assert largest_difference(path) < 1e-5
    assert "conv 6 1x8 | patches 1 6 no-class no-positions | norm eps 0.001" in import_net(path).net.text


def test_scores_whose_scale_no_weights_can_take_are_refused(tmp_path):
    with pytest.raises(EngineError, match="scales its scores in a way that no weights can take"):
        import_net(attention(tmp_path, "q", "k", 0.7, ("k", "q")))


@pytest.mark.parametrize(("way", "width"), [("trunc", 8), ("floor", 8)])
def test_a_traced_attention_tells_the_width_of_a_head_by_a_rounded_quotient(way, width):
    """As nn.TransformerEncoder has it, whose heads' number lies in the file as a tensor of one number."""
    aten = Aten(Chain((1, 8, 8), None), OPERATORS)
    made = aten.call("div", (np.int64(34), np.array([4])), {"rounding_mode": way})
    assert made == width
    assert int(aten.call("mul", (1, np.array([4])), {})) == 4


def of_a_batch(batch, tmp_path):
    """A model of tokens, a class token ahead of them and two heads, as exported with so many images."""
    rng = np.random.default_rng(3)
    lengths = {
        "cut": (batch, 1, 2, 4, 2, 4),
        "rows": (batch, 4, 16),
        "heads": (5, batch * 2, 3),
        "flat": (5 * batch, 6),
        "back": (5, batch, 6),
        "all": (batch, 30),
    }
    shapes = {"w": (16, 6), "places": (1, 5, 6), "out": (30, 4)} | dict.fromkeys(("a", "b", "c", "d"), (6, 6))
    arrays = {name: np.array(each, np.int64) for name, each in lengths.items()}
    arrays |= {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}
    arrays["class"] = np.repeat(rng.normal(0, 1, (1, 1, 6)).astype(np.float32), batch, axis=0)
    arrays["root"] = np.float32(3**-0.5)
    nodes = [
        node("Reshape", ["x", "cut"], "x1"),
        node("Transpose", ["x1"], "x2", perm=[0, 2, 4, 1, 3, 5]),
        node("Reshape", ["x2", "rows"], "x3"),
        node("MatMul", ["x3", "w"], "x4"),
        node("Concat", ["class", "x4"], "x5", axis=1),
        node("Add", ["x5", "places"], "t"),
        node("Transpose", ["t"], "t1", perm=[1, 0, 2]),
    ]
    for weight in "abc":  # queries, keys, values: (heads of all images, 5, 3)
        nodes += [
            node("MatMul", ["t1", weight], f"{weight}1"),
            node("Reshape", [f"{weight}1", "heads"], f"{weight}2"),
            node("Transpose", [f"{weight}2"], f"{weight}3", perm=[1, 0, 2]),
        ]
    nodes += [
        node("Transpose", ["b3"], "k", perm=[0, 2, 1]),
        node("MatMul", ["a3", "k"], "s"),
        node("Mul", ["s", "root"], "s1"),
        node("Softmax", ["s1"], "s2", axis=-1),
        node("MatMul", ["s2", "c3"], "o"),
        node("Transpose", ["o"], "o1", perm=[1, 0, 2]),
        node("Reshape", ["o1", "flat"], "o2"),
        node("MatMul", ["o2", "d"], "o3"),
        node("Reshape", ["o3", "back"], "o4"),
        node("Transpose", ["o4"], "o5", perm=[1, 0, 2]),
        node("Add", ["o5", "t"], "o6"),
        node("Reshape", ["o6", "all"], "r"),
        node("MatMul", ["r", "out"], "r1"),
        node("Tanh", ["r1"], "y"),
    ]
    return model_of(nodes, arrays, [batch, 1, 8, 8], tmp_path)


@pytest.mark.parametrize("batch", [2, 3])
def test_a_transformer_exported_with_several_images_is_that_of_one(tmp_path, batch):
    """torchvision's, as PyTorch's own attention is exported: refused, though one image alone was read."""
    alone = of_a_batch(1, tmp_path)
    assert largest_difference(alone) < 1e-6
    one = import_net(alone).net
    several = import_net(of_a_batch(batch, tmp_path)).net
    assert several.text == one.text
    for name, array in one.parameters.items():
        np.testing.assert_array_equal(several.parameters[name], array)
