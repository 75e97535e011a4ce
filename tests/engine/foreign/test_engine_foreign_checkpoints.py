"""PyTorch's state_dicts as training programs leave them: counters, losses, masks, and the ResNets of many."""

import zipfile

import numpy as np
import pytest
from foreign_nets import as_shares, outputs
from project import FOREIGN
from safetensors.numpy import save_file

from engine import EngineError, Told, import_net
from engine.foreign.formats import ForeignFile
from engine.foreign.readers.pytorch.residual_blocks import usual_names
from engine.foreign.readers.pytorch.torch_file import tensors_of
from engine.foreign.readers.pytorch.weights import TAKEN_WITH

RNG = np.random.default_rng


def chain():
    """The tensors of a net of two dense layers."""
    shapes = {"fc1.weight": (6, 64), "fc1.bias": (6,), "fc2.weight": (3, 6), "fc2.bias": (3,)}
    rng = RNG(0)
    return {name: rng.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}


def read(tmp_path, tensors):
    save_file(tensors, tmp_path / "net.safetensors")
    return import_net(tmp_path / "net.safetensors")


BESIDE = {
    "n_averaged": np.array([3], np.int64),
    "val_acc.tp": np.zeros(10, np.int64),
    "criterion.weight": np.ones(3, np.float32),
    "mean": np.array([0.1307], np.float32),
    "train_loss.value": np.zeros(1, np.float32),
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_no_layer_is_left_out_and_told_of(tmp_path, name):
    found = read(tmp_path, {**chain(), name: BESIDE[name]})
    assert found.net.text == "input 8x8 | dense 6 relu | dense 3 log-softmax"
    assert f"left out, since no weights of layers: {name}" in found.notes


def test_layers_that_are_called_as_what_judges_are_layers_all_the_same(tmp_path):
    tensors = {name.replace("fc2", "accuracy"): array for name, array in chain().items()}
    assert read(tmp_path, tensors).net.text == "input 8x8 | dense 6 relu | dense 3 log-softmax"


def test_pruned_weights_are_those_that_the_mask_left(tmp_path):
    tensors = chain()
    mask = (RNG(1).random((6, 64)) < 0.5).astype(np.float32)
    weight = tensors.pop("fc1.weight")
    found = read(tmp_path, {**tensors, "fc1.weight_orig": weight, "fc1.weight_mask": mask})
    assert np.array_equal(found.net.parameters["hidden1.weight"], (weight * mask).T)


@pytest.mark.parametrize("old", [True, False])
def test_a_spectral_norm_divides_by_the_largest_singular_value(tmp_path, old):
    tensors = chain()
    weight = tensors.pop("fc1.weight")
    left, sizes, right = np.linalg.svd(weight)
    names = (
        ("fc1.weight_orig", "fc1.weight_u", "fc1.weight_v")
        if old
        else (
            *("fc1.parametrizations.weight.original", "fc1.parametrizations.weight.0._u"),
            "fc1.parametrizations.weight.0._v",
        )
    )
    parts = (weight, np.ascontiguousarray(left[:, 0]), np.ascontiguousarray(right[0]))
    found = read(tmp_path, {**tensors, **dict(zip(names, parts, strict=True))})
    assert np.allclose(found.net.parameters["hidden1.weight"], (weight / sizes[0]).T, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet-wide", "resnet-small", "resnet-padded"])
def test_a_resnet_is_known_by_its_names(name):
    with np.load(FOREIGN / "resnets.npz") as known:
        images, answers = known["images"], known[name]
    found = import_net(FOREIGN / f"{name}.pt")
    assert np.abs(as_shares(outputs(found.net, images)) - as_shares(answers)).max() < 1e-6
    assert any(note.startswith("taken as a ResNet by its names") for note in found.notes)


def test_a_resnet_with_names_of_its_own_is_known_by_its_blocks(tmp_path):
    """It was refused: a convolution beside the others "reads 4 numbers", but the one before it gives 6."""
    with np.load(FOREIGN / "resnets.npz") as known:
        images, answers = known["images"], known["resnet-small"]
    found = import_net(FOREIGN / "resnet-own.pt")
    assert found.notes[0].startswith("taken as a ResNet by its blocks, in which a convolution stands beside")
    assert np.abs(as_shares(outputs(found.net, images)) - as_shares(answers)).max() < 1e-6
    tensors = tensors_of(ForeignFile.of((FOREIGN / "resnet-own.pt").read_bytes()))
    turned = dict(sorted(tensors.items()))  # the convolution beside stands ahead of n1 and n2 then
    assert np.array_equal(outputs(read(tmp_path, turned).net, images), outputs(found.net, images))
    flat = {name.replace("down.0", "by").replace("down.1", "norm"): array for name, array in turned.items()}
    with pytest.raises(EngineError, match="where it branches"):
        read(tmp_path, flat)  # which of three norms is whose no order tells


@pytest.mark.parametrize("alone", [True, False])
def test_the_convolution_beside_a_block_of_three_is_told_by_its_room(alone):
    """The last of the three has its very shape: which is which was taken by their order."""
    by = "b1.by.0" if alone else "b1.by"
    sizes = {"s": (4, 1, 3), "b1.a": (4, 4, 1), "b1.b": (4, 4, 3), "b1.c": (6, 4, 1), by: (6, 4, 1)}
    sizes |= {"b2.a": (4, 6, 1), "b2.b": (4, 4, 3), "b2.c": (6, 4, 1)}
    tensors = {f"{name}.weight": RNG(0).random((*two, k, k), np.float32) for name, (*two, k) in sizes.items()}
    found = usual_names(tensors | {"out.weight": np.ones((3, 6), np.float32)}, stored=True)
    assert (found is not None) is alone
    assert not alone or found["layer1.0.shortcut.0.weight"] is tensors["b1.by.0.weight"]


def test_a_resnet_whose_beginning_is_open_is_tried_with_and_without_a_pool(tmp_path):
    """torchvision's, with a first kernel of 3x3 in place of 7x7."""
    rng = RNG(0)

    def conv(name, maps, channels):
        bn = name.replace("conv", "bn").replace("sample.0", "sample.1")
        own = {f"{bn}.{leaf}": np.ones(maps, np.float32) for leaf in ("weight", "bias", "running_mean")}
        weight = rng.normal(0, 0.3, (maps, channels, *((1, 1) if "sample" in name else (3, 3))))
        return {f"{name}.weight": weight.astype(np.float32), **own, f"{bn}.running_var": own[f"{bn}.bias"]}

    tensors = conv("conv1", 2, 1) | conv("layer1.0.conv1", 2, 2) | conv("layer1.0.conv2", 2, 2)
    tensors |= conv("layer2.0.conv1", 3, 2) | conv("layer2.0.conv2", 3, 3)
    tensors |= conv("layer2.0.downsample.0", 3, 2) | {"fc.weight": np.ones((10, 3), np.float32)}
    found = read(tmp_path, tensors)
    begins = [
        "stride 1 and no pool at the beginning",
        "stride 1 and a max-pool of 3 with stride 2 at the beginning",
        "stride 2 and a max-pool of 3 with stride 2 at the beginning",
        "stride 2 and no pool at the beginning",
    ]
    # The second stage may keep its maps as large as they are: taken for halved, it read half the digits.
    assert [way.assumed for way in found.readings] == [
        *begins,
        *(f"{each}, stages of stride 1, 1" for each in begins),
    ]
    maps = [[each.shape for each in way.make().layers if each.shape[2:] == (3,)] for way in found.readings]
    assert [max(shapes)[0] for shapes in maps] == [14, 7, 4, 7, 28, 14, 7, 14]
    assert all(way.make().layers[-1].shape == (10,) for way in found.readings)
    assert found.notes[1].startswith(f"{TAKEN_WITH} stride 1 and no pool"), "which digits may put right"
    assert "fit 7 other ways" in found.notes[1]
    with pytest.raises(EngineError, match=r"where it branches, give --architecture"):
        import_net(tmp_path / "net.safetensors", Told(activation="tanh"))


def test_classes_among_a_checkpoints_settings_are_records_and_a_whole_module_is_named(tmp_path):
    """Lightning keeps what its module was made with, such as the class of an activation function."""
    with zipfile.ZipFile(FOREIGN / "state.pt") as file:
        entries = {name: file.read(name) for name in file.namelist()}
    name = next(name for name in entries if name.endswith("/data.pkl"))
    word = b"X\x0a\x00\x00\x00state_dict", b"X\x03\x00\x00\x00act", b"ctorch.nn.modules.activation\nReLU\n"
    whole = b"\x80\x02ctorch.nn.modules.container\nSequential\n)\x81}b."
    told = b"\x80\x02}(" + word[0] + entries[name][2:-1] + word[1] + word[2] + b"u."
    for path, content in ((tmp_path / "a.ckpt", told), (tmp_path / "b.pt", whole)):
        with zipfile.ZipFile(path, "w") as file:
            for entry, own in {**entries, name: content}.items():
                file.writestr(entry, own)
    ours, plain = (import_net(path).net for path in (tmp_path / "a.ckpt", FOREIGN / "state.pt"))
    assert all(np.array_equal(ours.parameters[key], plain.parameters[key]) for key in plain.parameters)
    with pytest.raises(
        EngineError, match=r"it is a whole module \(torch\.nn\.modules\.container\.Sequential\)"
    ):
        import_net(tmp_path / "b.pt")
