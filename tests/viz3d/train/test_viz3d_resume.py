"""Stopping and going on: a training that was stopped ends as one that was not, and nothing is lost."""

import signal
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from training_command import refused, train, train_here
from training_task import same

import data
import engine
from viz3d.command.errors import UserError
from viz3d.train.command import train as command

SMALL = ["--preset", "mlp-sigmoid", "--data", "digits", "--lr", "1", "--epochs", "3"]
MORE = ["--augment", "affine", "--validation", "200", "--l2", "1e-4", "--average", "0.9", "--no-report"]
# Sends itself the signal within step 50, which is in the second epoch of 34 steps.
STOPPING = """
import engine, os, runpy, signal, sys
step = engine.Training.__next__
def stopping(training):
    if training.progress.step == 49:
        os.kill(os.getpid(), signal.{name})
    return step(training)
engine.Training.__next__ = stopping
sys.argv[0] = 'train'
runpy.run_module('viz3d.train', run_name='__main__')
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")


def train_until(stop: str, folder: Path, *words: str) -> tuple[int, str, str]:
    """Train with a program that sends itself a signal of that name."""
    return train(folder, *words, program=("-c", STOPPING.format(name=stop)))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def stopped(tmp_path_factory) -> tuple[Path, str]:
    """A folder where a training was stopped by Ctrl-C in the middle of its second epoch, and what it said."""
    folder = tmp_path_factory.mktemp("stopped")
    status, _, err = train_until("SIGINT", folder, *SMALL, *MORE, "--out", "my.npz")
    assert status == 130
    return folder, err


@pytest.fixture
def copy(stopped, tmp_path) -> Path:
    """A folder of one's own with what the stop left."""
    for path in stopped[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_a_stop_says_how_to_go_on_and_leaves_net_and_checkpoint(stopped):
    folder, err = stopped
    assert err.startswith("stopped in epoch 2 of 3; my.npz: mlp-sigmoid reads")
    assert err.endswith("; go on with: python -m viz3d.train --resume my.checkpoint.npz\n")
    assert names(folder) == ["my.checkpoint.npz", "my.npz"]
    assert engine.load(folder / "my.npz").provenance["epochs"] == 1


@pytest.mark.slow
def test_what_is_resumed_ends_as_what_was_never_stopped(copy, tmp_path_factory):
    whole = tmp_path_factory.mktemp("whole")
    assert train_here(whole, *SMALL, *MORE, "--out", "my.npz")[0] == 0
    status, out, err = train_here(copy, "--resume", "my.checkpoint.npz", "--no-report")
    assert (status, err) == (0, "")
    first, *lines = out.splitlines()
    assert first == "my.checkpoint.npz: going on in epoch 2 of 3 after step 50"
    assert [line.split("/")[0] for line in lines[:-1]] == ["epoch   2", "epoch   3"]
    # A checkpoint is of no more use when the training is done.
    assert names(copy) == ["my.npz"]
    nets = [engine.load(folder / "my.npz") for folder in (whole, copy)]
    assert same(*nets)
    assert dict(nets[0].provenance) == dict(nets[1].provenance)
    assert nets[0].recipe == nets[1].recipe


@pytest.mark.parametrize(("name", "status"), [("SIGTERM", 143), ("SIGHUP", 129)])
@pytest.mark.slow
def test_a_kill_is_a_stop_too(tmp_path, name, status):
    found, _, err = train_until(name, tmp_path, *SMALL, *MORE, "--out", "my.npz")
    assert found == status
    assert "go on with" in err
    assert names(tmp_path) == ["my.checkpoint.npz", "my.npz"]


@pytest.mark.slow
def test_a_stopped_comparison_keeps_the_curves_as_far_as_they_are(tmp_path):
    status, out, err = train_until("SIGINT", tmp_path, *SMALL, "--compare", "sgd,adam", "--out", "c.png")
    assert status == 130
    assert out.startswith("sgd 1 ")
    assert err == "stopped: c.png and c.csv have the curves as far as they are\n"
    assert names(tmp_path) == ["c.csv", "c.png"]
    assert {line.split(",")[0] for line in (tmp_path / "c.csv").read_text().splitlines()} == {
        "trainer",
        "sgd",
    }


def test_numbers_may_be_changed_where_it_goes_on(copy, monkeypatch):
    monkeypatch.chdir(copy)
    command(
        resume=Path("my.checkpoint.npz"), lr=0.5, epochs=2, quiet=True, report=False, out=Path("other.npz")
    )
    # It was saved elsewhere, but the checkpoint is done with all the same only where it belongs to it.
    assert names(copy) == ["my.checkpoint.npz", "my.npz", "other.npz"]
    net = engine.load("other.npz")
    assert (net.recipe.lr, net.recipe.epochs) == (0.5, 2)
    assert net.provenance["changed"] == {"lr": 0.5, "epochs": 2}


def test_divergence_saves_the_last_good_weights(copy, monkeypatch):
    monkeypatch.chdir(copy)
    with pytest.raises(engine.EngineError) as caught:
        command(resume=Path("my.checkpoint.npz"), lr=1e38, optimizer="sgd", l2=1e3, quiet=True)
    net = engine.load("my.npz")
    told = net.provenance
    assert str(caught.value).startswith(f"training diverged at step {told['diverged_at']}: ")
    assert f"my.npz has the net from before, of step {told['updates']}, which reads" in str(caught.value)
    # The best window closed with the first epoch's last step, the 34th: these are the weights that it had.
    assert told["updates"] == 33
    assert told["diverged_at"] > 50
    images = data.load("digits", "train")
    training = engine.fit(
        engine.preset("mlp-sigmoid", np.random.default_rng(0)),
        images.images[:-200],
        images.labels[:-200],
        rng=np.random.default_rng([0, 1]),
        augment=data.augmentation("affine").change,
        lr=1.0,
        l2=1e-4,
    )
    *_, step = islice(training, 33)
    assert same(net, step.snapshot())
    tests = data.load("digits", "test")
    assert engine.evaluate(net, tests.images, tests.labels).accuracy == told["test_accuracy"]
    assert len(str(caught.value).splitlines()) == 1
    # What it was resumed from is still there for another try.
    assert names(copy) == ["my.checkpoint.npz", "my.npz"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resume": Path("none.npz")}, "--resume none.npz: there is no such file"),
        ({"resume": Path("my.npz")}, "my.npz: it is no checkpoint: give one that a stopped training left"),
        ({"preset": "mlp"}, "--resume goes on with what was given then: leave out --preset"),
        (
            {"augment": "none", "seed": 3},
            "--resume goes on with what was given then: leave out --augment and",
        ),
        ({"epochs": 1}, "--resume my.checkpoint.npz: 1 epoch done, as asked: give more --epochs"),
        ({"lr": -1.0}, "--resume my.checkpoint.npz: learning rate -1.0 must be a number above 0"),
        ({"optimizer": "magic"}, "--resume my.checkpoint.npz: unknown optimizer 'magic': known are sgd"),
        ({"data": "nowhere"}, "--data nowhere"),
        ({"out": Path("my.png")}, "--out my.png: a network is saved as a .npz file"),
    ],
)
def test_what_cannot_be_resumed_is_one_line_and_changes_nothing(copy, monkeypatch, capsys, options, message):
    monkeypatch.chdir(copy)
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    refused(message, **{"resume": Path("my.checkpoint.npz"), **options})
    assert capsys.readouterr().out == ""
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_a_checkpoint_that_the_command_did_not_write_is_refused(tmp_path):
    net = engine.preset("mlp-sigmoid", np.random.default_rng(0))
    training = engine.fit(net, np.zeros((5, 28, 28), np.uint8), np.arange(5), rng=np.random.default_rng(0))
    next(training)
    path = tmp_path / "my.npz"
    engine.save_checkpoint(training.checkpoint({"text": "mine"}), path)
    with pytest.raises(UserError, match=r"was not left by python -m viz3d\.train: give one that was"):
        command(resume=path)


@pytest.mark.slow
def test_early_stop_saves_the_best_epoch(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    fast = {"optimizer": "adam", "lr": 0.01, "epochs": 60}
    command(preset="mlp-sigmoid", data="digits", validation=300, patience=3, report=False, **fast)
    _, *epochs, told, last = capsys.readouterr().out.splitlines()
    valid = [float(line.split("valid ")[1].split("%")[0]) for line in epochs]
    best = int(np.argmax(valid)) + 1
    assert best > 2
    assert len(epochs) == best + 3 < 60
    assert max(valid) > 85
    assert told == f"no better in 3 epochs: the best was epoch {best}"
    assert f"after {best} epochs on 987" in last
    net = engine.load("mlp-sigmoid.npz")
    assert net.provenance["epochs"] == best
    assert round(100 * net.provenance["validation_accuracy"], 2) == max(valid)
    assert net.provenance["validation_images"] == 300


def test_the_held_out_images_are_the_last_of_the_training_images(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    handler = signal.getsignal(signal.SIGINT)
    command(preset="mlp-sigmoid", data="digits", lr=1.0, epochs=1, validation=300, quiet=True, report=False)
    net = engine.load("mlp-sigmoid.npz")
    images = data.load("digits", "train")
    held = engine.evaluate(net, images.images[-300:], images.labels[-300:])
    assert net.provenance["validation_accuracy"] == held.accuracy
    again = engine.preset("mlp-sigmoid", np.random.default_rng(0))
    *_, step = engine.fit(
        again, images.images[:-300], images.labels[:-300], rng=np.random.default_rng([0, 1]), lr=1.0, epochs=1
    )
    assert same(step.snapshot(), net)
    assert signal.getsignal(signal.SIGINT) is handler


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"validation": -1}, "--validation -1 is out of range"),
        ({"validation": 1287}, "--validation 1287 of 1287 images leaves none"),
        ({"patience": 3}, "--patience needs images to judge by: hold some out with --validation"),
        ({"patience": 0, "validation": 10}, "--patience 0 is out of range"),
        ({"warmup": 1.0}, "--warmup 1.0 must be in 0..1"),
        ({"l1": -0.1}, "--l1 -0.1 must be a number, 0 or more"),
        ({"loss": "hinge"}, "loss hinge needs an identity output, got sigmoid"),
        ({"optimizer": "nesterov", "momentum": 0.0}, "optimizer nesterov needs a momentum above 0"),
    ],
)
def test_wrong_values_are_one_line(tmp_path, monkeypatch, options, message):
    monkeypatch.chdir(tmp_path)
    refused(message, preset="mlp-sigmoid", data="digits", **options)
    assert names(tmp_path) == []


def test_another_optimizer_comes_with_its_usual_rate(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command(
        preset="mlp-sigmoid",
        data="digits",
        optimizer="adadelta",
        epochs=1,
        warmup=0.5,
        quiet=True,
        report=False,
    )
    net = engine.load("mlp-sigmoid.npz")
    assert (net.recipe.optimizer, net.recipe.lr) == ("adadelta", 1.0)
    assert "--optimizer adadelta --" in net.provenance["command"].replace("--epochs 1 --warmup 0.5 ", "")
