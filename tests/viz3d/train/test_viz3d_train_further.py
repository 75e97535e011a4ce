"""Training on a saved network: edits hold, the rest learns, and the file tells where it began."""

import os
import shlex
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from inherited_signals import inherited
from training_command import refused
from training_task import same

import data
import engine
from viz3d.command.errors import UserError
from viz3d.session.files.save import save
from viz3d.train.command import train as command

EDITS = "cut input:14,14 -> hidden1:3; clamp hidden2:5 0.8; freeze hidden1:7; prune hidden3 30%"
BEFORE = engine.load(data.model_path("mlp"))
CHANGED = BEFORE.mutate(EDITS)
SETTINGS = {"init": "changed.npz", "data": "digits", "epochs": 2, "validation": 200, "quiet": True}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with the changed network, in which commands run."""
    monkeypatch.chdir(tmp_path)
    save(BEFORE, CHANGED, tmp_path / "changed.npz")
    return tmp_path


@pytest.fixture(scope="module")
def further(tmp_path_factory) -> Path:
    """A folder where the changed network was trained for two epochs, with nothing said of where it goes."""
    folder = tmp_path_factory.mktemp("further")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        save(BEFORE, CHANGED, folder / "changed.npz")
        command(**SETTINGS)
    return folder


def test_edits_hold_in_what_is_saved_and_the_rest_has_learned(further):
    net = engine.load(further / "changed-trained.npz")
    assert net.edits == CHANGED.edits
    begun = {name: net.parameters[name] == array for name, array in CHANGED.parameters.items()}
    # Cut: the synapse is gone.
    pixel = CHANGED.neuron("input:14,14").numbers[0]
    assert pixel not in net.synapses_into("hidden1", 3).source
    assert pixel in net.synapses_into("hidden1", 4).source
    # Clamped: it says 0.8 whatever it sees.
    images = data.load("digits").images
    assert {float(net.trace(image).activation["hidden2"][5]) for image in images[:3]} == {
        float(np.float32(0.8))
    }
    # Frozen: its weights and bias are those of before, and its neighbours' are not.
    assert begun["hidden1.weight"][:, 7].all()
    assert begun["hidden1.bias"][7]
    assert not begun["hidden1.weight"][:, 8].all()
    assert begun["hidden1.bias"].sum() < 100
    # Pruned: what was 0 is 0, and what was left has moved.
    gone = CHANGED.parameters["hidden3.weight"] == 0
    assert gone.mean() == pytest.approx(0.3, abs=0.01)
    assert (net.parameters["hidden3.weight"][gone] == 0).all()
    assert begun["hidden3.weight"][~gone].mean() < 0.1


def test_it_begins_with_the_weights_and_recipe_of_the_file(folder):
    # So small a rate moves next to nothing: what it reads is what the file read.
    command(**{**SETTINGS, "epochs": 1, "lr": 1e-9, "out": Path("it.npz"), "report": False})
    net = engine.load("it.npz")
    for name, array in CHANGED.parameters.items():
        assert np.allclose(net.parameters[name], array, atol=1e-6)
    assert net.recipe == CHANGED.recipe.change(epochs=1, lr=1e-9)
    tests = data.load("digits", "test")
    assert net.provenance["test_correct"] == engine.evaluate(CHANGED, tests.images, tests.labels).correct


def test_the_file_tells_where_it_began_and_how_to_make_it_again(further):
    net = engine.load(further / "changed-trained.npz")
    told = net.provenance
    assert told["init"] == "changed.npz"
    assert net.history == CHANGED.history != ()
    assert told["base"] == engine.load(further / "changed.npz").provenance
    assert (told["epochs"], told["data"]) == (2, "digits")
    words = shlex.split(told["command"])
    assert words[3:5] == ["--init", "changed.npz"]
    assert "--preset" not in words


def test_a_network_that_was_never_changed_is_trained_further_too(folder, untrained):
    command(init=str(untrained), data="digits", epochs=1, quiet=True, report=False)
    net = engine.load("untrained-trained.npz")
    told = net.provenance
    assert net.history == ()
    assert (told["init"], told["base"]) == (str(untrained), {})


def test_the_report_is_of_the_edited_network(further):
    names = sorted(path.name for path in further.iterdir())
    trained = "changed-trained"
    assert names == [f"{trained}-report.json", f"{trained}-report.png", f"{trained}.npz", "changed.npz"]
    tests = data.load("digits", "test")
    net = engine.load(further / f"{trained}.npz")
    assert engine.evaluate(net, tests.images, tests.labels).correct == net.provenance["test_correct"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_what_is_resumed_ends_as_what_was_never_stopped(further, folder, monkeypatch):
    step = engine.Training.__next__

    def stopping(training):
        if training.progress.step == 12:
            os.kill(os.getpid(), signal.SIGINT)
        return step(training)

    with monkeypatch.context() as patch, inherited():
        patch.setattr(engine.Training, "__next__", stopping)
        with pytest.raises(SystemExit):
            command(**SETTINGS)
    # All that it takes is in the checkpoint.
    (folder / "changed.npz").unlink()
    checkpoint = Path("changed-trained.checkpoint.npz")
    assert engine.load_checkpoint(checkpoint).net.edits == CHANGED.edits
    command(resume=checkpoint, quiet=True, report=False)
    whole, resumed = (engine.load(place / "changed-trained.npz") for place in (further, folder))
    assert same(whole, resumed)
    assert whole.edits == resumed.edits
    assert dict(whole.provenance) == dict(resumed.provenance)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "mlp"}, "--init goes on training the network of a file: leave out --preset"),
        (
            {"architecture": "input 28x28 | dense 10 softmax"},
            "--init goes on training the network of a file: leave out --architecture",
        ),
        ({"compare": "sgd,adam"}, "--init goes on training the network of a file: leave out --compare"),
        ({"resume": Path("x.npz")}, "--resume goes on with what was given then: leave out --init"),
        ({"test": True}, "--epochs and --init: for training only: leave out, or leave out --test"),
        ({"init": "none.npz"}, "--init none.npz: there is no such file"),
        ({"init": "n" * 5000}, f"--init {'n' * 5000}: there is no such file"),
        ({"init": "five.npz"}, "--init five.npz: the last layer has 5 neurons, ten digits need 10"),
        ({"init": "text.npz"}, "text.npz"),
    ],
)
@pytest.mark.slow
def test_what_does_not_go_with_it_is_refused_in_one_line(folder, options, message):
    five = engine.build("input 28x28 | dense 5 softmax", np.random.default_rng(0))
    engine.save(five, "five.npz")
    Path("text.npz").write_text("no network", encoding="utf-8")
    there = sorted(folder.iterdir())
    refused(message, **{"init": "changed.npz", "data": "digits", "epochs": 1, **options})
    assert sorted(folder.iterdir()) == there


def test_model_says_that_it_is_init_that_trains_further():
    with pytest.raises(
        UserError, match=r"^--model: for testing only: .*; to train a saved network further: --init$"
    ):
        command(model=Path("changed.npz"))
