"""TorchScript and torch.export: the graph that the archive tells is the network; its code is never run."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from foreign_nets import FOLDER, as_shares, graphs, outputs

from engine import EngineError, Told, import_net

KNOWN = graphs()


def changed(tmp_path: Path, name: str, change) -> Path:
    """A file of tests/foreign with its texts changed: change(entry's name, its content)."""
    path = tmp_path / name
    with zipfile.ZipFile(FOLDER / name) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, change(entry, old.read(entry)))
    return path


def replaced(tmp_path: Path, name: str, before: bytes, after: bytes) -> Path:
    found = []

    def change(entry, content):
        found.append(before in content and not entry.endswith("data.pkl"))
        return content.replace(before, after) if found[-1] else content

    path = changed(tmp_path, name, change)
    assert any(found)
    return path


@pytest.mark.parametrize("file", ["branches-trace.pt", "branches-script.pt", "branches.pt2"])
def test_a_whole_model_with_branches_answers_as_in_pytorch(file):
    """Its activations, branches and scaling are told by the file, and nothing is guessed."""
    found = import_net(FOLDER / file)
    assert np.abs(outputs(found.net, KNOWN["images"]) - as_shares(KNOWN["branches"])).max() < 1e-6
    assert "tanh" in found.net.text
    assert not any("the file does not say" in note for note in found.notes)


@pytest.mark.parametrize("file", ["script.pt", "script.pt2"])
def test_a_model_of_another_pytorch_answers_the_same(file):
    found = import_net(FOLDER / file)
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


def test_the_size_that_a_script_leaves_open_is_said():
    (note, *_) = import_net(FOLDER / "branches-trace.pt").notes
    assert note == "the file leaves its image's size open: taken as 8x8x1, which fits its layers"


def test_what_is_told_of_a_whole_model_is_asked_of_its_weights():
    text = "input 8x8 | conv 3 3x3 tanh | pool 2 | dense 3 log-softmax"
    assert import_net(FOLDER / "script.pt", Told(architecture=text)).net.text == text


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
        ("branches-script.pt", b"def forward", b"def backward", "its text has no forward of"),
        ("branches-script.pt", b"class Branches", b"class class", "cannot be made out"),
    ],
)
def test_what_cannot_be_followed_is_named_and_not_run(tmp_path, file, before, after, message):
    with pytest.raises(EngineError, match=message) as caught:
        import_net(replaced(tmp_path, file, before, after))
    assert "\n" not in str(caught.value)


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
    old, new = import_net(FOLDER / "old.pt").net, import_net(FOLDER / "state.pt").net
    assert old.text == new.text
    assert old.parameters.keys() == new.parameters.keys()
    content = (FOLDER / "old.pt").read_bytes()
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
