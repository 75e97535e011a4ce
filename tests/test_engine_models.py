"""The bundled models read as well as they claim, and say where they come from."""

import numpy as np
import pytest

import data
import engine

FLOORS = {
    "mlp": 0.983,
    "mlp-sigmoid": 0.965,
    "cnn-fast": 0.978,
    "cnn-balanced": 0.986,
    "cnn-accuracy": 0.992,
    "cnn-draw": 0.994,
    "cnn-crop": 0.99,
}


@pytest.mark.parametrize("name", FLOORS)
def test_a_preset_has_a_trained_model_of_its_own_structure(name):
    net = engine.load(data.model_path(name), expect=name)
    assert net.layers == engine.preset(name, np.random.default_rng(0)).layers


@pytest.mark.parametrize("name", FLOORS)
def test_its_provenance_says_how_it_was_made(name):
    told = engine.load(data.model_path(name)).provenance
    assert (told["data"], told["training_images"], told["test_images"]) == ("mnist", 60_000, 10_000)
    assert told["command"].startswith(f"python -m viz3d.train --preset {name} --data mnist ")
    assert f"--seed {told['seed']}" in told["command"]
    assert told["test_correct"] / told["test_images"] == told["test_accuracy"] >= FLOORS[name]


@pytest.mark.parametrize("name", FLOORS)
def test_its_accuracy_is_what_the_file_claims(name):
    if data.find_mnist() is None:
        pytest.skip("MNIST was not found: set VIZ3D_DATA to the folder of its files")
    net = engine.load(data.model_path(name))
    tests = data.load("mnist", "test", download=False)
    result = engine.evaluate(net, tests.images, tests.labels)
    # Another processor may round a borderline image the other way.
    assert abs(result.correct - net.provenance["test_correct"]) <= 2
    assert result.accuracy >= FLOORS[name]
