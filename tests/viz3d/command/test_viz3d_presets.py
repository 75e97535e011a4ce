"""The list of presets: its numbers are the nets' own, and it reads well in a narrow window."""

import json

import numpy as np
import pytest
from preset_sizes import FLATTENED, KINDS, TABLE
from run_viz3d import viz3d, viz3d_here

import data
import engine


@pytest.fixture(scope="module")
def listed() -> dict[str, dict]:
    done = viz3d("viz3d", "presets", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return {each["name"]: each for each in json.loads(done.stdout)}


def test_scripts_get_every_preset_with_its_sizes(listed):
    assert list(listed) == list(engine.presets())
    for name, each in listed.items():
        assert (each["neurons"], each["edges"], each["parameters"]) == TABLE[name]
        assert sum(each["edges_by_kind"].values()) == each["edges"]
        net = engine.build(each["architecture"], np.random.default_rng(0))
        assert net.layers == engine.preset(name, np.random.default_rng(0)).layers
    for name, counts in FLATTENED.items():
        assert (listed[name]["neurons_with_flatten"], listed[name]["edges_with_flatten"]) == counts
    for name, (learned, *_, attention) in KINDS.items():
        kinds = listed[name]["edges_by_kind"]
        assert (kinds["learned"], kinds["attention"]) == (learned, attention)


def test_scripts_get_the_accuracy_and_the_provenance_of_the_trained_ones(listed):
    for name, each in listed.items():
        if name in data.bundled_models():
            told = engine.load(data.model_path(name)).provenance
            assert each["provenance"] == dict(told)
            assert each["accuracy"] == told["test_accuracy"]
        else:
            assert each["provenance"] is each["accuracy"] is None


@pytest.mark.parametrize("columns", [80, 100])
def test_people_get_a_table_that_fits_their_window(listed, columns, tmp_path):
    done = viz3d_here("viz3d", "presets", folder=tmp_path, COLUMNS=str(columns))
    assert (done.returncode, done.stderr) == (0, "")
    assert max(len(line.rstrip()) for line in done.stdout.splitlines()) <= columns
    assert "…" not in done.stdout
    assert "\x1b" not in done.stdout
    words = " ".join(done.stdout.split())
    for name, each in listed.items():
        accuracy = "" if each["accuracy"] is None else f" {each['accuracy']:.2%}"
        assert f"{name} {each['neurons']:,} {each['edges']:,} {each['parameters']:,}{accuracy}" in words
        assert f"{name} {each['architecture']}" in words
        if (told := each["provenance"]) is not None:
            start = (
                f"{each['architecture']} {told['training_images']:,} images of MNIST, {told['epochs']} epochs"
            )
            assert start in words
            assert f"{told['test_correct']:,} of {told['test_images']:,}" in words
    for neurons, edges in FLATTENED.values():
        assert f" {neurons:,} {edges:,} " in words


def test_a_word_too_many_is_one_line_of_error():
    done = viz3d("viz3d", "presets", "mlp")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
