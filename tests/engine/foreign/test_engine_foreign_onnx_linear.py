"""Linear models of scikit-learn as skl2onnx writes them: one operation, its coefficients in its settings."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engine import EngineError, import_net

RNG = np.random.default_rng
WEIGHT, BIAS = RNG(0).normal(0, 1, (3, 4)), RNG(1).normal(0, 1, 3)
X = RNG(2).normal(0, 1, (6, 4)).astype(np.float32)
SUMS = X @ WEIGHT.T + BIAS
SIGMOIDS = 1 / (1 + np.exp(-SUMS))


def written(path, kind, outputs, more=(), **settings):
    """A model of one linear operation and what follows it."""
    told = {"coefficients": WEIGHT.reshape(-1).tolist(), "intercepts": BIAS.tolist(), **settings}
    nodes = [helper.make_node(kind, ["X"], outputs, domain="ai.onnx.ml", **told), *more]
    ends = [
        helper.make_tensor_value_info(name, kind, None)
        for name, kind in (("label", TensorProto.INT64), (nodes[-1].output[0], TensorProto.FLOAT))
        if name in outputs or name == nodes[-1].output[0]
    ]
    image = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 4])
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("ai.onnx.ml", 1)]
    graph = helper.make_graph(nodes, "net", [image], ends)
    onnx.save(helper.make_model(graph, producer_name="skl2onnx", opset_imports=opsets), path)
    return path


def test_a_linear_regression_gives_its_numbers(tmp_path):
    """It was refused, as no operation that is known."""
    found = import_net(written(tmp_path / "net.onnx", "LinearRegressor", ["variable"], targets=3))
    assert found.net.text == "input 4 | dense 3"
    assert found.net.gives_numbers
    assert np.abs(found.net.predict(X) - SUMS).max() < 1e-5


@pytest.mark.parametrize(
    ("function", "shares"),
    [
        ("SOFTMAX", np.exp(SUMS) / np.exp(SUMS).sum(axis=1, keepdims=True)),
        ("LOGISTIC", SIGMOIDS / SIGMOIDS.sum(axis=1, keepdims=True)),
    ],
)
def test_a_logistic_regression_gives_the_shares_of_its_classes(tmp_path, function, shares):
    norm = helper.make_node("Normalizer", ["scores"], ["shares"], domain="ai.onnx.ml", norm="L1")
    cast = helper.make_node("Cast", ["label"], ["name"], to=TensorProto.INT64)
    found = import_net(
        written(
            *(tmp_path / "net.onnx", "LinearClassifier", ["label", "scores"], [cast, norm]),
            post_transform=function,
            classlabels_ints=[0, 1, 2],
        )
    )
    assert not found.net.gives_numbers
    assert np.abs(found.net.predict(X) - shares).max() < 1e-6


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"post_transform": "PROBIT"}, "ends in PROBIT: known are NONE, SOFTMAX, LOGISTIC"),
        ({"coefficients": [1.0] * 4}, "has 4 coefficients, which are not those of 3 sums"),
        ({"coefficients": None}, "has no coefficients"),
    ],
)
def test_a_linear_model_that_does_not_fit_is_refused_by_name(tmp_path, changed, why):
    file = written(tmp_path / "net.onnx", "LinearRegressor", ["variable"], **changed)
    with pytest.raises(EngineError, match=why):
        import_net(file)
