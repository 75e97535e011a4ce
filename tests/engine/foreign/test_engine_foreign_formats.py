"""A format that declares itself once is read, written, and named wherever formats are."""

import numpy as np
import pytest

import engine
from engine import EngineError, export_net, import_net
from engine.foreign import Format, registry
from engine.foreign.build import Imported
from engine.foreign.registry import FORMATS, writers

KNOWN = (
    "a TorchScript file (.pt), a model of torch.export (.pt2), "
    "a PyTorch state_dict (.pt, .pth, .safetensors), "
    "an ONNX model (.onnx), a Keras model (.keras, .h5, .hdf5), a Keras file of weights (.weights.h5), "
    "a TensorFlow.js model (.json), "
    "an .npz of weights and biases, a network of Nielsen's book (.json), a ConvNetJS network (.json)"
)


@pytest.fixture
def text_files(monkeypatch) -> Format:
    """A format of another system, which holds a net's architecture alone."""

    def read(file) -> Imported:
        return Imported(engine.build(file.content.decode()[4:], np.random.default_rng(0)), "a text")

    added = Format(
        name="a text of Elsewhere",
        system="Elsewhere",
        endings=(".elsewhere",),
        recognises=lambda file: file.content.startswith(b"net "),
        read=read,
        write=lambda net: f"net {net.text}".encode(),
    )
    monkeypatch.setattr(registry, "FORMATS", (*FORMATS, added))
    return added


def test_one_more_format_is_read_written_and_listed(tmp_path, text_files):
    net = engine.build("input 4x4 | dense 3 softmax", np.random.default_rng(0))
    export_net(net, tmp_path / "a.elsewhere")
    # By its content, whatever it is called.
    (tmp_path / "a.elsewhere").rename(tmp_path / "a.json")
    found = import_net(tmp_path / "a.json")
    assert (found.net.layers, found.kind) == (net.layers, "a text")
    assert set(writers()) == {".safetensors", ".onnx", ".elsewhere"}
    (tmp_path / "b").write_bytes(b"nothing")
    with pytest.raises(EngineError) as caught:
        import_net(tmp_path / "b")
    known = f"{KNOWN}, a text of Elsewhere (.elsewhere)"
    assert str(caught.value) == f"{tmp_path / 'b'}: it is none of the known files: {known}"
    with pytest.raises(EngineError) as caught:
        export_net(net, tmp_path / "net.pt")
    assert str(caught.value) == (
        "a PyTorch state_dict is written as .safetensors, an ONNX model is written as .onnx, "
        "a text of Elsewhere is written as .elsewhere, got net.pt: end its name so"
    )


def test_what_is_known_is_said_where_a_file_is_something_else(tmp_path):
    (tmp_path / "b").write_bytes(b"nothing")
    with pytest.raises(EngineError) as caught:
        import_net(tmp_path / "b")
    assert str(caught.value).endswith(f"it is none of the known files: {KNOWN}")


def test_a_network_of_viz3d_is_not_imported_but_used(tmp_path):
    engine.save(engine.preset("cnn-fast", np.random.default_rng(0)), tmp_path / "own.npz")
    with pytest.raises(EngineError, match="it is a network of viz3d already: use it as it is, with --model"):
        import_net(tmp_path / "own.npz")
