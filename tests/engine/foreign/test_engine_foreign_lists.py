"""Parameters that people of PyTorch keep in lists, as tutorials that write layers by hand do."""

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from safetensors.numpy import save_file

from engine import EngineError, import_net
from engine.foreign.pickles import Made
from engine.foreign.readers.pytorch.listed import in_lists
from engine.foreign.readers.pytorch.torch_file import _inside

RNG = np.random.default_rng(5)
WEIGHTS = [RNG.normal(0, 0.5, shape).astype(np.float32) for shape in ((6, 64), (6, 6), (3, 6))]
BIASES = [RNG.normal(0, 0.5, n).astype(np.float32) for n in (6, 6, 3)]
IMAGES = RNG.random((4, 1, 8, 8), np.float32)
PAIRS = [each for pair in zip(WEIGHTS, BIASES, strict=True) for each in pair]


def _expected():
    a = IMAGES.reshape(4, 64)
    for weight, bias in zip(WEIGHTS[:2], BIASES[:2], strict=True):
        a = np.maximum(a @ weight.T + bias, 0)
    return as_shares(a @ WEIGHTS[2].T + BIASES[2])


def _tensor(array):
    """A tensor as a pickle of PyTorch tells it, with the array in place of where its numbers lie."""
    return Made("torch._utils._rebuild_tensor_v2", (array,))


def _saved(value):
    """Arrays in lists as a pickle has them."""
    if isinstance(value, np.ndarray):
        return _tensor(value)
    if isinstance(value, dict):
        return {key: _saved(each) for key, each in value.items()}
    return type(value)(_saved(each) for each in value) if isinstance(value, list | tuple) else value


LISTS = {
    "one list": PAIRS,
    "a tuple": tuple(PAIRS),
    "weights as they are multiplied": [each.T for each in PAIRS],
    "pairs": [[w, b] for w, b in zip(WEIGHTS, BIASES, strict=True)],
    "weights, then biases": [WEIGHTS, BIASES],
    "biases, then weights": [BIASES, WEIGHTS],
    "columns of biases": {"sizes": [64, 6, 6, 3], "biases": [b[:, None] for b in BIASES], "weights": WEIGHTS},
    "beside the losses of each epoch": {"epoch": 2, "params": PAIRS, "losses": [0.5, 0.4]},
}


@pytest.mark.parametrize("kind", LISTS)
def test_lists_of_tensors_are_the_layers_that_they_are(tmp_path, kind):
    """They were refused: it holds no state_dict."""
    found = _inside(_saved(LISTS[kind]))
    arrays = {name: each.arguments[0] for name, each in found.items()}
    save_file({name: np.ascontiguousarray(each) for name, each in arrays.items()}, tmp_path / "n.safetensors")
    net = import_net(tmp_path / "n.safetensors").net
    assert net.text == "input 8x8 | dense 6 relu | dense 6 relu | dense 3 log-softmax"
    assert np.abs(np.exp(outputs(net, IMAGES)) - _expected()).max() < 1e-6


def test_a_parameter_list_of_kernels_and_rows_is_a_network(tmp_path):
    kernels, row = RNG.normal(0, 1, (2, 1, 3, 3)), RNG.normal(0, 1, (3, 1352))
    made = {"params.0": kernels, "params.1": np.ones(2), "params.2": row, "params.3": np.zeros(3)}
    save_file({name: each.astype(np.float32) for name, each in made.items()}, tmp_path / "net.safetensors")
    net = import_net(tmp_path / "net.safetensors").net
    assert net.text == "input 28x28 | conv 2 3x3 relu | dense 3 log-softmax"
    assert np.allclose(net.parameters["conv1.weight"], kernels.transpose(2, 3, 1, 0))


@pytest.mark.parametrize("turned", [False, True])
def test_one_layer_alone_is_read_either_way_round(tmp_path, turned):
    """W (3, 64) was taken as reading 3 numbers, and its bias refused as none of its own."""
    made = WEIGHTS[0][:3].T if turned else WEIGHTS[0][:3]
    np.savez(tmp_path / "net.npz", W=made, b=BIASES[2])
    net = import_net(tmp_path / "net.npz").net
    assert net.text == "input 8x8 | dense 3 log-softmax"
    assert np.array_equal(net.parameters["output.weight"].reshape(64, 3), WEIGHTS[0][:3].T)


@pytest.mark.parametrize(
    "value",
    [[], [1.0, 2.0], [[]], [_tensor(0), 3], {"a": [[[_tensor(0)]]]}, {"a": _tensor(0), "b": [_tensor(0)]}],
)
def test_what_is_no_list_of_tensors_is_none(value):
    assert in_lists(value, lambda each: isinstance(each, Made)) == {}
    if isinstance(value, list):
        with pytest.raises(EngineError, match="it holds no state_dict"):
            _inside(value)
