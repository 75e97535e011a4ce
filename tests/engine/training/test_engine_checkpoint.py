"""Checkpoints: what is resumed from one is, to the last bit, the training that was never stopped."""

import io
import json
import zipfile
from itertools import islice

import numpy as np
import pytest
from training_task import net_of, same, task

import engine
from data import affine
from engine import OPTIMIZERS, EngineError, Training, fit, load_checkpoint, preset, resume, save_checkpoint


def through_file(training: Training, path, **options) -> Training:
    """What a new process makes of the training's checkpoint."""
    save_checkpoint(training.checkpoint(), path)
    return resume(load_checkpoint(path), *task(), **options)


def told(step) -> tuple:
    """All of a step but its times."""
    names = ("epoch", "step", "steps", "loss", "decay_loss", "lr", "batch", "examples_seen", "window")
    more = ("window_loss", "window_accuracy", "train_accuracy", "validation_accuracy", "epoch_loss")
    return tuple(getattr(step, name) for name in (*names, *more))


@pytest.mark.parametrize(
    ("optimizer", "stop"),
    # Adam keeps most, and is stopped at its first step and with an epoch too; the others take long.
    [
        pytest.param(optimizer, stop, marks=[] if (optimizer, stop) == ("adam", 13) else pytest.mark.slow)
        for optimizer, stop in (("adam", 1), ("adam", 8), *((each, 13) for each in OPTIMIZERS))
    ],
)
def test_resuming_gives_the_numbers_of_an_uninterrupted_run(tmp_path, optimizer, stop):
    # Dropout, augmentation, decay, an average, a schedule, validation: all that has a state of its own.
    net = net_of(l1=1e-4, l2=1e-3, average=0.9, schedule="cosine", warmup=0.2, epochs=3)
    options = {"validation": task(40), "augment": affine}
    recipe = net.recipe.change(optimizer=optimizer)
    whole = fit(net, *task(), rng=np.random.default_rng(1), recipe=recipe, window=5, **options)
    expected = [told(step) for step in whole]
    cut = fit(net, *task(), rng=np.random.default_rng(1), recipe=recipe, window=5, **options)
    found = [told(step) for step in islice(cut, stop)]
    resumed = through_file(cut, tmp_path / "it.npz", **options)
    # Later and better weights would take the place of what a checkpoint lost.
    for then, now in ((cut.best, resumed.best), (cut.good, resumed.good)):
        assert now is then is None or same(now, then)
    found += [told(step) for step in resumed]
    assert found == expected
    assert same(whole.snapshot(), resumed.snapshot())
    assert same(whole.trainer.net_of(whole.trainer.flat), resumed.trainer.net_of(resumed.trainer.flat))
    assert same(whole.best, resumed.best)
    assert same(whole.good, resumed.good)
    assert whole.progress == resumed.progress


@pytest.mark.slow
def test_a_convolutional_net_resumes_as_exactly(tmp_path):
    images, labels = task(100)
    runs = [
        fit(
            preset("cnn-draw", np.random.default_rng(0)),
            images,
            labels,
            rng=np.random.default_rng(1),
            epochs=2,
        )
        for _ in range(2)
    ]
    expected = [step.loss for step in runs[0]]
    found = [step.loss for step in islice(runs[1], 3)]
    save_checkpoint(runs[1].checkpoint(), tmp_path / "it.npz")
    resumed = resume(load_checkpoint(tmp_path / "it.npz"), images, labels)
    assert found + [step.loss for step in resumed] == expected


def test_a_checkpoint_does_not_change_when_training_goes_on(tmp_path):
    training = fit(net_of(average=0.5), *task(), rng=np.random.default_rng(1), validation=task(40), window=3)
    list(islice(training, 10))
    checkpoint = training.checkpoint()
    expected = [told(step) for step in training]
    for _ in range(2):
        again = resume(checkpoint, *task(), validation=task(40))
        assert [told(step) for step in again] == expected


def test_changes_made_while_it_ran_are_resumed_too(tmp_path):
    training = fit(net_of(), *task(), rng=np.random.default_rng(1))
    list(islice(training, 4))
    training.change(optimizer="nesterov", lr=0.05, batch=50, epochs=2)
    resumed = through_file(training, tmp_path / "it.npz")
    assert resumed.recipe == training.recipe
    assert [told(step) for step in resumed] == [told(step) for step in training]
    assert same(resumed.snapshot(), training.snapshot())


def test_patience_goes_on_where_it_was(tmp_path):
    options = {"validation": task(40)}
    training = fit(
        net_of(), *task(), rng=np.random.default_rng(1), lr=1e-12, epochs=50, patience=3, **options
    )
    list(islice(training, 20))
    resumed = through_file(training, tmp_path / "it.npz", **options)
    assert [step.epoch for step in resumed if step.ends_epoch] == [3, 4]
    assert resumed.out_of_patience


def test_a_finished_training_can_be_given_more_epochs(tmp_path):
    training = fit(net_of(), *task(), rng=np.random.default_rng(1), epochs=1)
    list(training)
    resumed = through_file(training, tmp_path / "it.npz", epochs=2)
    whole = fit(net_of(), *task(), rng=np.random.default_rng(1), epochs=2)
    list(islice(whole, 8))
    assert [told(step) for step in resumed] == [told(step) for step in whole]


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_generator_of_numpy_is_kept(tmp_path, kind):
    rng = np.random.Generator(getattr(np.random, kind)(3))
    training = fit(net_of(), *task(), rng=rng)
    list(islice(training, 3))
    resumed = through_file(training, tmp_path / "it.npz")
    assert [told(step) for step in resumed] == [told(step) for step in training]


def test_notes_come_back_as_they_were(tmp_path):
    training = fit(net_of(), *task(), rng=np.random.default_rng(1))
    notes = {"command": "train", "seconds": [0.5, 1.25], "kept": None}
    save_checkpoint(training.checkpoint(notes), tmp_path / "it.npz")
    assert load_checkpoint(tmp_path / "it.npz").notes == notes


def test_other_images_are_refused(tmp_path):
    training = fit(net_of(), *task(), rng=np.random.default_rng(1), validation=task(40))
    next(training)
    checkpoint = training.checkpoint()
    images, labels = task()
    other = images.copy()
    other[3, 3, 3] += 1
    turned = np.roll(labels, 1)
    for data, validation in (((other, labels), task(40)), ((images, turned), task(40)), (task(), task(41))):
        with pytest.raises(EngineError, match="made with other images: give the same data as then"):
            resume(checkpoint, *data, validation=validation)


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("checkpoint") / "it.npz"
    net = net_of(rate=0, average=0.9, lr=0.01, epochs=9)
    training = fit(net, *task(60), rng=np.random.default_rng(1), validation=task(20), window=2)
    list(islice(training, 9))
    save_checkpoint(training.checkpoint(), path)
    return path.read_bytes()


def changed(content: bytes, change=None, drop: str = "", arrays=None) -> bytes:
    """The file with its description changed, an entry left out, or arrays replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            array = np.load(io.BytesIO(old.read(name)))
            if name == "description.npy" and change is not None:
                value = json.loads(array.tobytes())
                change(value)
                array = np.frombuffer(json.dumps(value).encode(), np.uint8)
            array = (arrays or {}).get(name, array)
            buffer = io.BytesIO()
            np.save(buffer, array)
            if name != drop:
                new.writestr(name, buffer.getvalue())
    return out.getvalue()


WRONG = {
    "it is no checkpoint": lambda d: d.update(format="viz3d net"),
    "its version is 7, known is 1": lambda d: d.update(version=7),
    "its progress has step -1": lambda d: d["progress"].update(step=-1),
    "its progress has step 'three'": lambda d: d["progress"].update(step="three"),
    "its progress has magic": lambda d: d.update(progress={"magic": 1}),
    "its random numbers are of 'system'": lambda d: d["rng"].update(bit_generator="system"),
    "its recipe needs optimizer.velocity, average": lambda d: d["net"]["recipe"].update(optimizer="sgd"),
    "its recipe needs optimizer.mean, optimizer.square:": lambda d: d["net"]["recipe"].update(average=0.0),
    "its recipe has unknown fields magic": lambda d: d["net"]["recipe"].update(magic=1),
    "is damaged": lambda d: d["rng"].update(state=3),
    "is damaged ('recent')": lambda d: d.pop("recent"),
    "its window is 'many'": lambda d: d.update(window="many"),
    "its window is 0": lambda d: d.update(window=0),
    "its recent step is -1": lambda d: d.update(recent=[[-1, 0, 0.5]]),
    "its random numbers are 7": lambda d: d.update(rng=7),
    "has a number of 1,329 bits": lambda d: d.update(window=10**400),
    "lacks best2": lambda d: d.update(arrays=[n.replace("best", "best2") for n in d["arrays"]]),
}


@pytest.mark.parametrize("message", WRONG)
def test_a_changed_description_is_refused_in_one_line(tmp_path, good, message):
    path = tmp_path / "it.npz"
    path.write_bytes(changed(good, WRONG[message]))
    with pytest.raises(EngineError) as caught:
        load_checkpoint(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert len(text.splitlines()) == 1
    if message == "lacks best2":
        assert "its recipe needs" in text
    else:
        assert message in text


@pytest.mark.parametrize(
    ("entry", "array", "message"),
    [
        ("order.npy", np.zeros(60, np.int64), "names an image twice"),
        ("order.npy", np.arange(60, dtype=np.float32), "order is an array of float32"),
        ("best.npy", np.zeros(3, np.float32), "best has shape (3,)"),
        ("good.npy", np.full(32_304, np.nan, np.float32), "good holds NaN"),
        ("optimizer.mean.npy", np.array([None], object), "optimizer.mean"),
    ],
)
def test_changed_arrays_are_refused_in_one_line(tmp_path, good, entry, array, message):
    path = tmp_path / "it.npz"
    path.write_bytes(changed(good, arrays={entry: array}))
    with pytest.raises(EngineError) as caught:
        load_checkpoint(path)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_refused(tmp_path, good, share):
    path = tmp_path / "it.npz"
    path.write_bytes(good[: int(share * len(good))])
    with pytest.raises(EngineError, match="is no checkpoint file, or is cut short"):
        load_checkpoint(path)


def test_every_missing_entry_is_noticed(tmp_path, good):
    path = tmp_path / "it.npz"
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        names = archive.namelist()
    assert {"average.npy", "best.npy", "good.npy", "order.npy", "net.hidden1.weight.npy"} <= set(names)
    for name in names:
        path.write_bytes(changed(good, drop=name))
        with pytest.raises(EngineError):
            load_checkpoint(path)


def test_a_net_file_is_no_checkpoint_and_the_other_way_round(tmp_path, good):
    engine.save(net_of(), tmp_path / "net.npz")
    with pytest.raises(EngineError, match="is no checkpoint: give one that a stopped training left"):
        load_checkpoint(tmp_path / "net.npz")
    (tmp_path / "it.npz").write_bytes(good)
    with pytest.raises(EngineError, match="it is the file of another program"):
        engine.load(tmp_path / "it.npz")


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(tmp_path, good):
    training = fit(net_of(), *task(), rng=np.random.default_rng(1))
    with pytest.raises(EngineError, match="cannot write"):
        save_checkpoint(training.checkpoint(), tmp_path / "none" / "it.npz")
    with pytest.raises(EngineError, match=r"saved as a \.npz file, got it.pkl"):
        save_checkpoint(training.checkpoint(), tmp_path / "it.pkl")
    assert list(tmp_path.iterdir()) == []
