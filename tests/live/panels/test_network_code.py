"""A network as text that people keep: what is written reads back, runs in PyTorch and computes the same."""

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from any_nets import nets
from hypothesis import given, settings
from run_viz3d import viz3d_here
from token_nets import transformer

import engine
from engine.text.lines import text_lines
from engine.text.torch_module import torch_module, written_layers
from engine.text.torch_weights import torch_weights
from viz3d.findings.code import NetworkCode


def fresh():
    return np.random.default_rng(0)


def preset(name):
    return engine.preset(name, fresh())


def text_of(lines):
    return "\n".join(line.text for line in lines)


def counting_torch():
    """What a module's text asks of PyTorch to be made, each part as its count of numbers."""

    def conv(maps_in, maps, size, **_more):
        high, wide = size if isinstance(size, tuple) else (size, size)
        return maps * (maps_in * high * wide + 1)

    nn = SimpleNamespace(
        Module=object,
        Linear=lambda n_in, n_out: (n_in + 1) * n_out,
        Conv2d=conv,
        LayerNorm=lambda width, eps=0: 2 * width,
        Parameter=int,
        Dropout=lambda share: 0,
    )
    # 0.02 * randn(...) is a number that int() rounds down to the count.
    return {"nn": nn, "torch": SimpleNamespace(randn=lambda *shape: 50.000001 * math.prod(shape))}


def made(net, **names):
    """The module of a net's text, as Python makes it with these names for PyTorch's."""
    code = text_of(line for line in torch_module(net.layers, net.name) if "import" not in line.text)
    scope = dict(names)
    exec(compile(code, "module.py", "exec"), scope)
    return next(value for value in scope.values() if isinstance(value, type))()


@pytest.mark.parametrize("name", engine.presets())
def test_a_modules_text_is_python_and_has_as_many_parameters_as_the_network(name):
    net = preset(name)
    assert sum(vars(made(net, **counting_torch())).values()) == net.parameter_count
    assert sum(array.size for array in torch_weights(net).values()) == net.parameter_count


@given(net=nets())
@settings(max_examples=40, deadline=None)
def test_any_networks_module_is_python_with_as_many_parameters(net):
    assert sum(vars(made(net, **counting_torch())).values()) == net.parameter_count


def outputs_in_torch(net, images):
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("torch.nn.functional")
    module = made(net, torch=torch, nn=torch.nn, F=functional).double().eval()
    weights = {name: torch.tensor(array) for name, array in torch_weights(net).items()}
    module.load_state_dict(weights)
    images = images.transpose(0, 3, 1, 2) if images.ndim == 4 else images
    found = module(torch.tensor(np.ascontiguousarray(images, np.float64))).detach().numpy()
    return found.transpose(0, 2, 3, 1) if written_layers(net.layers)[-1].part.image else found


def assert_alike(net, images):
    found = outputs_in_torch(net, images)
    assert np.allclose(found, expected(net, images).reshape(found.shape), rtol=1e-6, atol=1e-9)


def expected(net, images):
    """The output's activations as the engine has them, image by image."""
    return np.stack([net.trace(image).activation["output"] for image in images])


@pytest.mark.parametrize("name", engine.presets())
def test_in_pytorch_a_preset_computes_what_the_engine_does(name):
    net = preset(name).astype(np.float64)
    rng = np.random.default_rng(1)
    moved = {n: a + 0.1 * rng.standard_normal(a.shape) for n, a in net.parameters.items()}
    assert_alike(net.replace(moved), rng.random((3, *net.layers[0].shape)))


@given(net=nets())
@settings(max_examples=150, deadline=None)
def test_in_pytorch_any_network_computes_what_the_engine_does(net):
    assert_alike(net, np.random.default_rng(1).standard_normal((2, *net.layers[0].shape)))


def test_in_pytorch_a_transformer_of_odd_sizes_computes_what_the_engine_does():
    for more in ({}, {"class_token": False}, {"positions": False}, {"hidden": "gelu"}):
        net = transformer(side=6, patch=2, width=6, heads=3, **more)
        assert_alike(net, np.random.default_rng(1).standard_normal((2, 6, 6, 1)))


@pytest.mark.parametrize("name", engine.presets())
def test_the_text_reads_back_as_the_same_layers(name):
    net = preset(name)
    lines = text_lines(net.layers)
    again = engine.build(text_of(lines), np.random.default_rng(0))
    assert again.layers == net.layers


def test_one_long_line_leaves_the_remarks_of_the_others_near_them():
    """A sum of sixty layers is a line of 500 letters: as far out stood what is told of each other layer."""
    names = " ".join(f"hidden{place}" for place in range(1, 60))
    text = "input 4 | " + "dense 5 relu from input | " * 60 + f"add {names} | dense 3 softmax"
    lines = [line.text for line in text_lines(engine.build(text, np.random.default_rng(0)).layers)]
    assert max(line.index("#") for line in lines if not line.startswith("add")) <= 82


def test_every_layer_has_its_lines():
    for name in engine.presets():
        net = preset(name)
        for lines in (text_lines(net.layers), torch_module(net.layers, name)):
            told = {layer for line in lines for layer in line.layers}
            assert told >= {layer.name for layer in net.layers[1:]}


def test_each_line_of_the_module_that_makes_or_computes_has_a_comment_and_the_counts_add_up():
    net = preset("cnn-draw")
    lines = [line.text for line in torch_module(net.layers, "cnn-draw")]
    for before, line in pairwise(lines):
        if line.lstrip().startswith(("self.", "x = ")):
            assert "#" in line or before.lstrip().startswith("#"), line
    assert "        self.conv1 = nn.Conv2d(1, 20, 5)  # 20 kernels of 5x5 over 1 map, 520 parameters" in lines
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("name", engine.presets())
def test_no_line_is_longer_than_the_windows_page(name):
    # Lost otherwise: of a transformer's attention only the half could be read without scrolling aside.
    lines = NetworkCode(preset(name), 76).module
    assert max(len(line.text) for line in lines) <= 81


def test_a_line_too_long_is_two_and_its_comment_too():
    net = engine.build(
        "input 28x28 | conv 16 5x5 relu | dense 9 gelu-tanh as long_is_its_name | dense 2", fresh()
    )
    lines = [line.text.strip() for line in torch_module(net.layers, "long", width=60)]
    at = lines.index("# each kernel slides over the maps")
    assert lines[at + 1 : at + 3] == ["# negative sums become 0: 16 x 24 x 24", "x = F.relu(self.conv1(x))"]
    at = lines.index("x = self.long_is_its_name(torch.flatten(x, 1))")
    assert lines[at + 1 : at + 3] == [
        "# GELU lets large sums through: 9",
        'x = F.gelu(x, approximate="tanh")',
    ]


ODD = (
    "input 6x6 | dense 4 as class | dense 4 as eval | dense 4 as 2nd | dense 4 as a-b | dense 4 as a_b"
    " | dense 4 as torch | dense 3 softmax"
)


def test_names_that_python_or_pytorch_would_not_take_are_others():
    net = engine.build(ODD, np.random.default_rng(0))
    parts = vars(made(net, **counting_torch()))
    assert sum(parts.values()) == net.parameter_count
    assert len(parts) == len(net.layers) - 1
    assert all(name.isidentifier() and name not in ("class", "eval", "torch") for name in parts)


def test_in_pytorch_such_names_work():
    net = engine.build(ODD, np.random.default_rng(0)).astype(np.float64)
    assert_alike(net, np.random.default_rng(1).random((2, 6, 6, 1)))


def test_edits_that_no_module_can_have_are_told_in_it():
    net = preset("mlp").mutate("ablate hidden1:17")
    assert any("not in it: ablate hidden1:17" in line.text for line in NetworkCode(net).module)
    made(net, **counting_torch())


def test_a_function_that_a_whole_layer_was_given_is_in_the_code():
    # Lost otherwise: the state_dict that has all edits computes something else in the module that is printed.
    net = preset("mlp").mutate("function hidden1 tanh; function hidden2:3 tanh; function hidden3:0 gelu")
    net = net.mutate("function hidden3 sigmoid")
    code = NetworkCode(net).printed()
    functions = {"hidden1": "torch.tanh", "hidden2": "F.relu", "hidden3": "torch.sigmoid"}
    assert all(f"{call}(self.{layer}(" in code for layer, call in functions.items())
    assert "# dense 512 tanh" in code
    assert "not in it: function hidden2:3 tanh\n" in code
    assert "Take functions of single neurons back" in code, "no file of weights holds one"


def test_presets_prints_a_networks_code_as_a_file_of_python(tmp_path):
    asked = viz3d_here("viz3d", "presets", "--code", "vit-tiny", folder=tmp_path)
    assert asked.returncode == 0
    assert asked.stdout.startswith("# input 28x28 ")
    compile(asked.stdout, "vit_tiny.py", "exec")
    engine.save(preset("cnn-fast"), tmp_path / "mine.npz")
    assert (
        "class CnnFast(nn.Module):"
        in viz3d_here("viz3d", "presets", "--code", "mine.npz", folder=tmp_path).stdout
    )


def test_a_network_that_nobody_knows_is_told_in_one_line(tmp_path):
    asked = viz3d_here("viz3d", "presets", "--code", "mpl", folder=tmp_path)
    assert asked.returncode == 2
    assert "unknown preset 'mpl'" in asked.stderr
