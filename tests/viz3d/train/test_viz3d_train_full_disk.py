"""A disk that fills up while a network trains: the training goes on, and what it made is saved somewhere."""

import tempfile
from pathlib import Path

import numpy as np
import pytest

import engine
from viz3d.command.errors import UserError
from viz3d.train import saving
from viz3d.train.job import TrainingJob


@pytest.fixture
def net():
    return engine.build("input 4 | dense 2 softmax", np.random.default_rng(0))


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job whose folder has gone: as good as a disk that is full."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return TrainingJob(preset=None, data="digits", out=tmp_path / "gone" / "net.npz")


def test_a_net_that_cannot_be_saved_where_it_was_wanted_is_saved_elsewhere(tmp_path, net, job):
    with pytest.raises(
        engine.EngineError, match=r"cannot write .*net\.npz: .*; the trained network is in "
    ) as told:
        saving.save_net(net, job)
    path = Path(str(told.value).partition("is in ")[2].removesuffix(" for now"))
    assert path.is_relative_to(tmp_path)
    saved = engine.load(path).parameters
    assert all(np.array_equal(array, saved[name]) for name, array in net.parameters.items())


def test_where_there_is_no_room_at_all_nothing_half_saved_is_left(tmp_path, net, job, monkeypatch):
    def full(*words, **more):
        raise engine.EngineError("cannot write net.npz: No space left on device")

    monkeypatch.setattr(engine, "save", full)
    with pytest.raises(engine.EngineError, match=r"No space left on device$"):
        saving.save_net(net, job)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_that_cannot_be_saved_ends_no_training_and_is_told_once(net, job, capsys):
    images, labels = np.random.default_rng(0).random((20, 4)).astype(np.float32), np.arange(20) % 2
    training = engine.fit(net, images, labels, rng=np.random.default_rng(1), recipe=net.recipe)
    failed: list[str] = []
    assert not saving.save_on_the_way(training, job, failed)
    assert not saving.save_on_the_way(training, job, failed)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("note: no checkpoint is kept for now, and the training goes on: cannot write")
    assert len(failed) == 2


def test_a_report_that_cannot_be_written_says_that_the_network_is_saved(net, job, monkeypatch):
    def full(report, path, theme):
        raise UserError(f"cannot write {path}: the disk is full")

    monkeypatch.setattr(saving, "write_beside", full)
    with pytest.raises(UserError, match=r"the disk is full; the network is saved: .*net\.npz$"):
        saving.save_report(None, job)
