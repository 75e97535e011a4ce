"""A training that goes wrong says so, and the weights from before it went wrong are not lost."""

import dataclasses

import numpy as np
import pytest

import engine
from viz3d.train.divergence import Watch

RNG = np.random.default_rng(0)
IMAGES = RNG.random((400, 4, 4, 1)).astype(np.float32)
LABELS = (IMAGES[:, 0, 0, 0] > 0.5).astype(np.int64)


def training(lr: float, **more):
    net = engine.build("input 4x4 | dense 6 relu | dense 2 softmax", np.random.default_rng(1))
    recipe = net.recipe.change(optimizer="sgd", lr=lr, batch=20, epochs=4)
    return engine.fit(net, IMAGES, LABELS, rng=np.random.default_rng(2), recipe=recipe, **more)


def watched(of, out, change=None) -> None:
    watch, net = Watch(), None
    for step in of:
        watch.see(step)
        if step.ends_epoch:
            net = step.snapshot()
            if change:
                of.change(**change)
    watch.keep(of, net, out, half=False)


def test_a_training_that_learns_says_nothing(tmp_path, capsys):
    watched(training(0.3), tmp_path / "net.npz")
    assert not capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_loss_far_above_its_start_is_told_once_and_the_best_weights_are_kept(tmp_path, capsys):
    good = training(0.3)
    watched(good, tmp_path / "net.npz", change={"lr": 1e4})
    told = capsys.readouterr().err
    assert (
        told.count("times that of the first step: the training goes wrong; stop it, and try --lr below") == 1
    )
    kept = engine.load(tmp_path / "net.good.npz")
    assert kept.provenance["updates"] == good.progress.good_step
    assert f"net.good.npz: the net of step {good.progress.good_step}, when the loss was least" in " ".join(
        told.split()
    )
    right = engine.evaluate(kept, IMAGES, LABELS).accuracy
    assert right > engine.evaluate(good.snapshot(), IMAGES, LABELS).accuracy


@pytest.mark.parametrize("loss", [3.1, 2.9])
def test_the_bound_is_what_it_is_said_to_be(loss, capsys):
    of = training(0.3)
    step = next(of)
    watch = Watch(start=step.loss)

    watch.see(dataclasses.replace(step, epoch_loss=loss * step.loss, train_accuracy=1.0))
    assert watch.astray == (loss > 3)
    assert bool(capsys.readouterr().err) == watch.astray


@pytest.mark.parametrize(("loss", "astray"), [(0.02, False), (2.3, True)])
def test_a_first_batch_that_is_read_surely_by_chance_raises_no_alarm(loss, astray, capsys):
    """A network that reads 99 % is trained further: its first batch may have a tenth of the usual loss."""
    step, watch = next(training(0.3)), Watch(start=0.001)
    watch.see(dataclasses.replace(step, epoch_loss=loss, train_accuracy=1.0))
    assert watch.astray == astray
    assert bool(capsys.readouterr().err) == astray
