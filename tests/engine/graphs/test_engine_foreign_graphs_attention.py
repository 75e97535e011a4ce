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
