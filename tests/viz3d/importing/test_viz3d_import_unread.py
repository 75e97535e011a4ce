"""Files and folders that are no network: what they are is said, by import and by --model."""

import re

import pytest

import engine
from engine import EngineError, import_net
from viz3d.command.choice.models import choose_net, read_net
from viz3d.command.errors import UserError


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "it is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a pointer of Git LFS"),
        (b"\n<!DOCTYPE html><html>404</html>", "a page of the web"),
        (b"GGUF\3\0\0\0", "a language model"),
        (b"\x1f\x8b\x08\0", "it is packed by gzip"),
        (b"x\x9c\xab", "it is a packed pickle"),
        (b"\x93NUMPY\1\0", "it is one array (.npy)"),
        (b"MATLAB 5.0 MAT-file", "it is a MATLAB file"),
        (b"\x1c\0\0\0ET12", "it is a program of ExecuTorch"),
        (b"\x1c\0\0\0TFL3", "it is a TensorFlow Lite model"),
        (b'{"type":"NeuralNetwork","layers":[],"trainOpts":{}}', "it is a network of brain.js"),
        (b'{"learner":{"gradient_booster":{},"objective":{}},"version":[2,0,3]}', "decision trees (XGBoost)"),
        (b"{L\0\0\0\0\0\0\0\x07learner{L", "decision trees (XGBoost)"),
        (b"tree\nversion=v4\n", "decision trees (LightGBM)"),
        (b'{"nodes":[],"arg_nodes":[0],"heads":[[1,0,0]]}', "parts (MXNet)"),
        (b'{"architectures":["ViT"],"model_type":"vit"}', "configuration of a Hugging Face model"),
        (b'<?xml version="1.0"?>\n<net name="x" version="11">', "parts (OpenVINO)"),
        (b'name: "LeNet"\nlayer {', "parts (Caffe)"),
        (b"\x08\x01\x12\x9e\x01\n\x1a\n\x05image", "it is a Core ML model"),
        (b"\x89PNG\r\n\x1a\n", "a picture or a document"),
        (b"net.pt".ljust(257, b"\0") + b"ustar", "an archive (tar): unpack it"),
        (b"\x81\xa6params\x81\xa6kernel\xa7float32", "weights of Flax"),
        (b"\n<\n\1x\x12\x0bPlaceholder", "a graph of TensorFlow"),
        (b"\x08\x01\x12\x9e\x01\n\x1a\n\x07serve\x12" + b"\0" * 9 + b"VarHandleOp", "(SavedModel)"),
    ],
)
def test_what_people_take_for_a_network_is_named(tmp_path, content, told):
    """By --model too, which would else say that a net of viz3d is cut short."""
    (tmp_path / "net.pt").write_bytes(content)
    for read in (import_net, read_net):
        with pytest.raises(EngineError, match=re.escape(told)):
            read(tmp_path / "net.pt")
    assert not engine.is_known(tmp_path / "net.pt")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "net.onnx",
            b"\xff\0" * 40,
            "it is damaged, or is not what its name says (an ONNX model): save it again",
        ),
        ("net.safetensors", b"\xff\0" * 40, "not what its name says (a PyTorch state_dict)"),
        ("net.keras", b"PK\3\4" + b"\xff\0" * 40, "is cut short or damaged"),
        ("NET.PT", b"PK\3\4" + b"\xff\0" * 40, "is cut short or damaged"),
    ],
)
def test_a_damaged_network_of_another_system_is_told_in_the_same_words_everywhere(
    tmp_path, name, content, told
):
    # Lost otherwise: who drops a damaged .onnx is told that it "is not a zip file".
    (tmp_path / name).write_bytes(content)
    for read in (import_net, read_net):
        with pytest.raises(EngineError, match=re.escape(told)):
            read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("saved_model.pb", "is a folder, a SavedModel of TensorFlow: save the Keras model"),
        ("model.safetensors", "is a folder: give the network's file in it, {}/model.safetensors"),
        ("readme.txt", "is a folder: give a network's file"),
        ("group1-shard1of1.bin model.json", "is a folder: give the network's file in it, {}/model.json"),
        ("optimizer.pt net.bin", "is a folder: give the network's file in it, {}/net.bin"),
        ("checkpoint net.pt", "is a folder: give the network's file in it, {}/net.pt"),
    ],
)
def test_a_folder_is_told_by_what_is_in_it(tmp_path, name, told):
    for each in name.split():
        (tmp_path / each).write_bytes(b"x")
    with pytest.raises(EngineError, match=re.escape(told.format(tmp_path))):
        import_net(tmp_path)
    with pytest.raises(UserError, match=re.escape(f"--model {tmp_path} {told.format(tmp_path)}")):
        choose_net(None, tmp_path)
