"""TorchScript and torch.export: the graph that the archive tells is the network; its code is never run."""

import json

import numpy as np
import pytest
from archive_texts import changed, replaced, rewritten
from foreign_nets import as_shares, graphs, outputs
from project import FOREIGN

from engine import EngineError, Told, import_net
from engine.foreign.graph.program import Chain
from engine.foreign.readers.pytorch import torch_archives
from engine.foreign.readers.pytorch.graphs.aten import Aten
from engine.foreign.readers.pytorch.graphs.operators import OPERATORS

KNOWN = graphs()


@pytest.mark.parametrize("file", ["branches-trace.pt", "branches-script.pt", "branches.pt2"])
def test_a_whole_model_with_branches_answers_as_in_pytorch(file):
    """Its activations, branches and scaling are told by the file, and nothing is guessed."""
    found = import_net(FOREIGN / file)
    assert np.abs(outputs(found.net, KNOWN["images"]) - as_shares(KNOWN["branches"])).max() < 1e-6
    assert "tanh" in found.net.text
    assert not any("the file does not say" in note for note in found.notes)


@pytest.mark.parametrize("file", ["script.pt", "script.pt2"])
def test_a_model_of_another_pytorch_answers_the_same(file):
    found = import_net(FOREIGN / file)
    assert found.net.text == "input 8x8 | conv 3 3x3 relu | pool 2 | dense 3 log-softmax"
    assert np.abs(outputs(found.net, KNOWN["images"]) - KNOWN["script"]).max() < 1e-6


def test_a_first_axis_that_is_no_batch_has_its_own_length(tmp_path):
    """Tokens first, as transformers of older habits have them."""
    before, after = b"return _6", (
        b"turned = torch.permute(_6, [1, 0])\n"
        b"    return torch.view(turned, [torch.size(_6, 0), torch.size(turned, 0)])"
    )  # fmt: skip
    net = import_net(replaced(tmp_path, "branches-script.pt", before, after)).net
    assert np.abs(outputs(net, KNOWN["images"]) - as_shares(KNOWN["branches"])).max() < 1e-6


SAME_CONV = b"(x, weight, bias, [1, 1], [2, 2], [1, 1], False, [0, 0], 1, False, False, True, True)"
CHECKED = b"""if torch.__contains__([1, 2], torch.dim(_6)):
      pass
    else:
      ops.prim.RaiseException("no")
    return _6"""


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (
            "branches-trace.pt",
            b"torch._convolution" + SAME_CONV,
            b'torch._convolution_mode(x, weight, bias, [1, 1], "same", [1, 1], 1)',
        ),
        ("branches-script.pt", b"return _6", CHECKED),
        ("branches-script.pt", b"cat([y1, row0], 1)", b"cat([torch.squeeze(y1), row0], 1)"),
        ("fused-script.pt", b"add(_1, places)", b"add(_1, torch.expand(places, [1, -1, -1]))"),
        ("fused-script.pt", b"add(_1, places)", b"add(_1, torch.expand_as(places, _1))"),
        ("fused-script.pt", b"add(_1, places)", b"add(_1, torch.repeat(places, [1, 1, 1]))"),
        ("fused-script.pt", b"add(_1, places)", b"add(torch.expand(_1, [1, -1, -1]), places)"),
        ("fused-script.pt", b"mean(x2, [1])", b"mean(torch.permute(x2, [1, 0, 2]), [0])"),
    ],
)
def test_other_words_for_the_same_network_answer_the_same(tmp_path, file, before, after):
    """As PyTorch writes "same" padding, dropout of maps, a class token for each image, tokens first."""
    net = import_net(replaced(tmp_path, file, before, after)).net
    if file.startswith("fused"):
        with np.load(FOREIGN / "fused.npz") as known:
            images, answers = known["images"], known["answers"]
    else:
        images, answers = KNOWN["images"], KNOWN["branches"]
    assert np.abs(outputs(net, images) - as_shares(answers)).max() < 1e-6


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        (b"torch.where(torch.gt(_5, 0), _5, torch.mul(_5, 0.1))", b"torch.leaky_relu(_5, 0.1)"),
        (b"torch.where(torch.le(_5, 0), torch.mul(_5, 0.1), _5)", b"torch.leaky_relu(_5, 0.1)"),
        (b"torch.maximum(_5, torch.zeros([1]))", b"torch.relu(_5)"),
        (b"torch.add(_5, torch.mul(_5, row.bias))", b"torch.mul(_5, torch.add(row.bias, 1))"),
        (b"torch.sub(torch.mul(_5, row.bias), _5)", b"torch.mul(_5, torch.sub(row.bias, 1))"),
        (
            b"torch.minimum(torch.maximum(_5, torch.zeros([1])), torch.mul(torch.ones([1]), 6))",
            b"torch.relu6(_5)",
        ),
    ],
)
def test_a_function_in_pieces_is_that_function(tmp_path, pieces, whole):
    """A number by which one piece is multiplied does not go into the layer that another reads."""
    ways = []
    for name, after in (("pieces", pieces), ("whole", whole)):
        (tmp_path / name).mkdir()
        net = import_net(replaced(tmp_path / name, "branches-script.pt", b"torch.gelu(_5)", after)).net
        ways.append((net.text, outputs(net, KNOWN["images"])))
    assert ways[0][0] == ways[1][0] or b"bias" in pieces  # what each neuron has of its own takes a layer more
    assert np.abs(ways[0][1] - ways[1][1]).max() < 1e-6


def test_one_token_is_normalised_as_it_is_among_all(tmp_path):
    """norm(tokens)[:, 0] and norm(tokens[:, 0]) are the same."""
    names = ("norms first", "norms last")
    selected = (b"torch.select((norm2).forward(x2, ), 1, 0)", b"(norm2).forward(torch.select(x2, 1, 0), )")
    answers = []
    for name, after in zip(names, selected, strict=True):
        net = rewritten(tmp_path / name, (b"torch.view(torch.mean(x2, [1]), [batch, -1])", after))
        answers.append(outputs(net, np.load(FOREIGN / "fused.npz")["images"]))
    assert np.abs(answers[0] - answers[1]).max() < 1e-6


def test_patches_that_are_cut_as_windows_are_patches(tmp_path):
    cut = b"torch.unfold(torch.unfold(x, 2, 4, 4), 3, 4, 4)"
    known = b"torch.permute(torch.reshape(x, [1, 1, 2, 4, 2, 4]), [0, 1, 2, 4, 3, 5])"
    ways = []
    for name, way in (("windows", cut), ("reshaped", known)):
        (tmp_path / name).mkdir()
        after = b"row0 = torch.gelu((row).forward(torch.flatten(%s, 1), ))" % way
        path = replaced(tmp_path / name, "branches-script.pt", b"row0 = torch.gelu(_5)", after)
        ways.append(outputs(import_net(path).net, KNOWN["images"]))
    assert np.abs(ways[0] - ways[1]).max() < 1e-6


@pytest.mark.parametrize(
    "made",
    [
        b"torch.zeros([99999, 99999])",
        b"torch.repeat(places, [9999, 9999, 9])",
        b"torch.expand(places, [99999999, -1, -1])",
        b"torch.ones([-1, 8])",
    ],
)
def test_a_constant_larger_than_any_networks_is_not_made(tmp_path, made):
    with pytest.raises(EngineError, match="it makes a constant of"):
        rewritten(tmp_path / "large", (b"add(_1, places)", b"add(_1, %s)" % made))


def test_the_size_that_a_script_leaves_open_is_said():
    (note, *_) = import_net(FOREIGN / "branches-trace.pt").notes
    told = "the file leaves its image's size open: taken as 8x8x1, which fits its layers; of another size"
    assert note == f"{told} give it as ONNX"


def test_what_is_told_of_a_whole_model_is_asked_of_its_weights():
    text = "input 8x8 | conv 3 3x3 tanh | pool 2 | dense 3 log-softmax"
    assert import_net(FOREIGN / "script.pt", Told(architecture=text)).net.text == text


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        ("branches.pt2", b"aten.tanh", b"aten.lgamma", "its operator lgamma is none that is known; tell how"),
        (
            "branches.pt2",
            b"torch.ops.aten.tanh",
            b"builtins.exec",
            r"operator builtins\.exec\.default is none",
        ),
        ("branches-trace.pt", b"torch.tanh", b"torch.lgamma", "its operator lgamma is none that is known"),
        ("branches-script.pt", b"torch.tanh(", b"__import__(", "its text calls __import__, which is not"),
        ("branches-script.pt", b"torch.tanh(", b"(lambda x: x)(", "its text has a Lambda"),
        ("branches-script.pt", b"torch.tanh(", b"[x for x in x](", "its text has a ListComp"),
        ("branches-script.pt", b"torch.tanh(", b"self.left.__class__(", "has no __class__ of __torch__"),
        ("branches-script.pt", b"torch.linear(input", b"torch.lgamma(input", "its operator lgamma is none"),
        (
            "branches-script.pt",
            b"torch.linear(input, weight, bias)",
            b"torch.mul(torch.mul(input, 2.), input)",
            "Mul mul 2 of row is no activation",
        ),
        (
            "branches-script.pt",
            b"torch.gelu(_5)",
            b"torch.mul(torch.mul(_5, 2.), _5)",
            "Mul mul 2 of Branches is no activation",
        ),
        ("branches-script.pt", b"def forward", b"def backward", "its text has no forward of"),
        ("branches-script.pt", b"class Branches", b"class class", "cannot be made out"),
    ],
)
def test_what_cannot_be_followed_is_named_and_not_run(tmp_path, file, before, after, message):
    with pytest.raises(EngineError, match=message) as caught:
        import_net(replaced(tmp_path, file, before, after))
    assert "\n" not in str(caught.value)


def test_a_class_token_for_each_image_of_a_files_batch_is_one():
    """A ViT that was exported with a batch of 6 could not be made out."""
    aten = Aten(Chain((1, 1, 8, 8), 1), OPERATORS, batch=6)
    assert aten.call("expand", [np.ones((1, 1, 4)), [6, -1, -1]], {}).shape == (1, 1, 4)
    assert aten.call("repeat", [np.ones((1, 1, 4)), [6, 1, 1]], {}).shape == (1, 1, 4)
    assert aten.call("expand", [np.ones((1, 4)), [6, -1]], {}).shape == (6, 4), "tokens, and no batch"


def test_a_script_that_never_ends_is_left(tmp_path):
    def endless(entry: str, content: bytes) -> bytes:
        if not entry.endswith("__torch__.py") and b"class Branches" not in content:
            return content
        head = content[: content.index(b"  def forward")]
        return head + b"  def forward(self, x: Tensor) -> Tensor:\n    return (self).forward(x, )\n"

    with pytest.raises(EngineError, match="lie too deep inside each other"):
        import_net(changed(tmp_path, "branches-script.pt", endless))


def test_a_script_without_an_end_of_doublings_is_left(tmp_path):
    """Each line twice as much as the one before: forty lines would take years."""
    twice = b"  def f%d(self, x: Tensor) -> Tensor:\n    y = (self).f%d(x, )\n    return (self).f%d(y, )\n"
    body = b"".join(twice % (i, i + 1, i + 1) for i in range(38))

    def doubling(entry: str, content: bytes) -> bytes:
        if b"class Branches" not in content:
            return content
        head = content[: content.index(b"  def forward")]
        last = b"  def f38(self, x: Tensor) -> Tensor:\n    return x\n"
        return head + body.replace(b"f0(", b"forward(") + last

    with pytest.raises(EngineError, match="takes more than 100,000 steps"):
        import_net(changed(tmp_path, "branches-script.pt", doubling))


def test_an_exported_graph_of_another_image_size_is_refused(tmp_path):
    def change(entry: str, content: bytes) -> bytes:
        if not entry.endswith("models/model.json"):
            return content
        told = json.loads(content)
        values = told["graph_module"]["graph"]["tensor_values"]
        values["x"]["sizes"][2] = {"as_expr": {"expr_str": "s0", "hint": None}}
        return json.dumps(told).encode()

    with pytest.raises(EngineError, match="known are images and rows of a fixed size"):
        import_net(changed(tmp_path, "branches.pt2", change))


def test_a_file_of_before_pytorch_1_6_is_the_same_state_dict(tmp_path):
    old, new = import_net(FOREIGN / "old.pt").net, import_net(FOREIGN / "state.pt").net
    assert old.text == new.text
    assert old.parameters.keys() == new.parameters.keys()
    content = (FOREIGN / "old.pt").read_bytes()
    for part in (0.2, 0.5, 0.9, 0.999):
        (tmp_path / "a.pt").write_bytes(content[: int(part * len(content))])
        with pytest.raises(EngineError) as caught:
            import_net(tmp_path / "a.pt")
        assert "\n" not in str(caught.value)
    (tmp_path / "b.pt").write_bytes(content.replace(b"ctorch._utils\n_rebuild_tensor_v2", b"cos\nsystem", 1))
    with pytest.raises(EngineError, match=r"names os\.system: only arrays of numbers are read"):
        import_net(tmp_path / "b.pt")


@pytest.mark.parametrize("value", [True, [], {}, {"graph": {}}, {"graph": 3, "signature": []}, "text", None])
def test_a_graph_that_is_none_is_one_line(tmp_path, value):
    def change(entry: str, content: bytes) -> bytes:
        wanted = entry.endswith("models/model.json")
        return json.dumps({"graph_module": value}).encode() if wanted else content

    with pytest.raises(EngineError, match="its graph is damaged"):
        import_net(changed(tmp_path, "branches.pt2", change))


def test_a_weight_that_lies_column_by_column_is_the_same(tmp_path):
    """As tied and transposed ones do."""

    def change(entry: str, content: bytes) -> bytes:
        if entry.endswith("model_weights_config.json"):
            told = json.loads(content)
            meta = told["config"]["right.weight"]["tensor_meta"]
            assert [n["as_int"] for n in meta["sizes"]] == [2, 1, 5, 5]
            meta["strides"] = [{"as_int": n} for n in (25, 1, 1, 5)]
            return json.dumps(told).encode()
        if entry.endswith("weights/weight_2"):
            return np.frombuffer(content, "<f4").reshape(2, 1, 5, 5).swapaxes(2, 3).tobytes()
        return content

    net = import_net(changed(tmp_path, "branches.pt2", change)).net
    assert np.abs(outputs(net, KNOWN["images"]) - as_shares(KNOWN["branches"])).max() < 1e-6


@pytest.mark.parametrize("kernel", [(1, 3, 1, 1), (1, 3, 5, 5)])
def test_colours_that_a_first_kernel_makes_grey_are_looked_for(kernel):
    """Lost otherwise: such networks, which were asked for grey images alone."""
    asked = []

    def program(shape):
        asked.append(shape)
        raise EngineError("another size")

    weights = [np.zeros(shape, np.float32) for shape in (kernel, (4, 1, 3, 3), (10, 3600))]
    with pytest.raises(EngineError, match="another size"):
        torch_archives._of_some_size(program, weights)
    assert (1, 3, 32, 32) in asked
    asked.clear()
    with pytest.raises(EngineError, match="another size"):
        torch_archives._of_some_size(program, [np.zeros((1, 6, 1, 1)), np.zeros((6, 1, 5, 5))])
    assert asked[0] == (1, 1, 28, 28), "a scale of maps is no kernel"
