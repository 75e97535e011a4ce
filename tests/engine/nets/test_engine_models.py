"""The bundled models read as well as they claim, and say where they come from."""

import numpy as np
import pytest
from slow_cases import slow_but

import data
import engine

FLOORS = {
    "mlp": 0.985,
    "mlp-sigmoid": 0.97,
    "cnn-fast": 0.978,
    "cnn-balanced": 0.986,
    "cnn-accuracy": 0.992,
    "cnn-draw": 0.9965,
    "cnn-crop": 0.992,
    "vit-tiny": 0.983,
    "vit-small": 0.988,
}


@pytest.mark.parametrize("name", FLOORS)
def test_a_preset_has_a_trained_model_of_its_own_structure(name):
    net = engine.load(data.model_path(name), expect=name)
    assert net.layers == engine.preset(name, np.random.default_rng(0)).layers


@pytest.mark.parametrize("name", FLOORS)
def test_its_provenance_says_how_it_was_made(name):
    told = engine.load(data.model_path(name)).provenance
    # Trained further: the net with which that began tells its own command.
    first = told
    while "base" in first:
        first = first["base"]
    assert first["command"].startswith(f"python -m viz3d.train --preset {name} --data mnist ")
    if "base" in told:
        assert f"--init {told['init']} " in told["command"]
    assert (told["data"], told["training_images"], told["test_images"]) == ("mnist", 60_000, 10_000)
    assert " --augment hands" in told["command"]
    assert f"--seed {told['seed']}" in told["command"]
    assert told["test_correct"] / told["test_images"] == told["test_accuracy"] >= FLOORS[name]


def read(net, split, last=10_000, **how):
    """How the net reads the last images of MNIST's split."""
    if data.find_mnist(split=split) is None:
        pytest.skip("MNIST was not found: set VIZ3D_DATA to the folder of its files")
    mnist = data.load("mnist", split, download=False)
    return engine.evaluate(net, mnist.images[-last:], mnist.labels[-last:], **how)


@pytest.mark.parametrize("name", slow_but(("mlp", "cnn-fast"), FLOORS))
def test_its_accuracy_is_what_the_file_claims(name):
    net = engine.load(data.model_path(name))
    result = read(net, "test")
    # Another processor may round a borderline image the other way; the file's own claim is held to the floor.
    assert abs(result.correct - net.provenance["test_correct"]) <= 2


@pytest.mark.slow
def test_four_crops_read_better_than_the_centre_alone():
    net = engine.load(data.model_path("cnn-crop"))
    four = read(net, "test", crops=4).accuracy
    assert four >= 0.992
    assert four > read(net, "test").accuracy
