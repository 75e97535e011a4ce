"""Compiled loops that are called again at one go give the numbers that they give called one by one.

Were one of them called again where buffers lie elsewhere, training would run and learn something else.
"""

from dataclasses import replace

import numba
import numpy as np
import pytest

import engine
from engine.kernels.parts import Recording
from engine.run import Machine
from engine.run.tape import Tape

BATCH = 64


@pytest.fixture
def replays(monkeypatch):
    """How often some calls were made again, in a list that grows."""
    made, run = [], Recording.run

    def counted(recording):
        made.append(recording)
        run(recording)

    monkeypatch.setattr(Recording, "run", counted)
    return made


def trained(net, images=150, epochs=3):
    """The parameters after some epochs, whose last batch is a smaller one."""
    rng = np.random.default_rng(1)
    digits = rng.integers(0, 256, (images, 28, 28)).astype(np.uint8)
    labels = rng.integers(0, 10, images)
    training = engine.fit(net, digits, labels, rng=rng, batch=BATCH, epochs=epochs)
    return np.concatenate([[step.loss for step in training], training.trainer.flat])


def passes(net, wanted):
    """Gradients by the parameters of the last of some passes: of so many images, back with `keep` or not."""
    found = {name: np.zeros_like(array) for name, array in net.parameters.items()}
    options = {"gradients": found, "fast": True, "lean": True, "overlay": net.overlay}
    machine = Machine(net.layers, net.parameters, BATCH, **options)
    for seed, (n, keep) in wanted:
        rng = np.random.default_rng(seed)
        machine.forward(rng.random((n, 28, 28, 1)).astype(np.float32))
        if keep is not None:
            machine.backward(rng.standard_normal((n, 10)).astype(np.float32), keep=keep)
    return np.concatenate([array.reshape(-1) for array in found.values()])


@pytest.mark.parametrize("threads", [1, 2])
def test_training_by_replayed_calls_gives_the_same_bits(threads, replays, monkeypatch):
    if threads > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("one core only")
    net, before = engine.preset("vit-tiny", np.random.default_rng(0)), numba.get_num_threads()
    numba.set_num_threads(threads)
    try:
        found = trained(net)
        assert replays
        monkeypatch.setattr(Tape, "holds", lambda *_: False)
        replays.clear()
        assert np.array_equal(found, trained(net))
        assert not replays
    finally:
        numba.set_num_threads(before)


# In between: a batch of another size, one that nobody goes back from, one that is looked into.
@pytest.mark.parametrize(
    "between",
    [
        [(22, False)],
        [(22, None), (40, False), (22, False)],
        [(64, None), (22, None)],
        [(64, True)],
        [(64, None), (64, True), (64, False)],
    ],
)
def test_what_lies_between_two_passes_does_not_show(between, replays):
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    last = (9, between[-1] if between[-1][1] is False else (64, False))
    wanted = [(0, (64, False)), (1, (64, False)), *enumerate(between, 2), last, last]
    found = passes(net, wanted)
    assert replays
    assert np.array_equal(found, passes(net, [last]))


@pytest.mark.parametrize("edit", ["ablate block1.scores:0,1,1", "scale block1.hidden:0,0 2"])
def test_edited_nets_are_not_replayed(edit, replays):
    net = engine.preset("vit-tiny", np.random.default_rng(0)).mutate(edit)
    passes(net, [(seed, (32, False)) for seed in range(3)])
    assert not replays


def test_dropout_is_drawn_anew_at_each_step(replays, monkeypatch):
    net = engine.preset("vit-tiny", np.random.default_rng(0))
    layers = [replace(k, dropout=0.3) if k.name.endswith(".hidden") else k for k in net.layers]
    net = engine.Net.of("test", "Test", tuple(layers), net.parameters, net.recipe)
    found = trained(net)
    assert replays
    monkeypatch.setattr(Tape, "holds", lambda *_: False)
    assert np.array_equal(found, trained(net))
