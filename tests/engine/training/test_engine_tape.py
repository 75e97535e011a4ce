"""Compiled loops that are called again at one go give the numbers that they give called one by one.

Were one of them called again where buffers lie elsewhere, training would run and learn something else.
"""

import weakref
from dataclasses import replace

import numba
import numpy as np
import pytest

import engine
from engine.kernels.curves import Curve
from engine.kernels.parts import Recording
from engine.run import Machine
from engine.run.shortcuts.tape import Tape

BATCH = 64
# So wide that the class token alone is worth a compiled product too; in the second block it knows the image.
WIDE = "input 28x28 | patches 14 256" + 2 * "| transformer 2 heads mlp 512" + "| head 10 softmax"


@pytest.fixture
def replays(monkeypatch):
    """How often some calls were made again, in a list that grows."""
    made, run = [], Recording.run

    def counted(recording):
        made.append(recording)
        return run(recording)

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


# Wide enough that a second thread is woken; dropout is drawn anew at each step.
DENSE = "input 28x28 | dense 512 relu | dropout 0.2 | dense 256 relu | dense 128 relu | dense 10 log-softmax"


@pytest.mark.parametrize("text", ["vit-tiny", DENSE])
@pytest.mark.parametrize("threads", [1, 2])
def test_training_by_replayed_calls_gives_the_same_bits(text, threads, replays, monkeypatch):
    if threads > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("one core only")
    make = engine.build if "|" in text else engine.preset
    net, before = make(text, np.random.default_rng(0)), numba.get_num_threads()
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


# Each ends with a pass of a size that it has had before. On the way: a batch of another size, with which
# buffers grow or not, one that nobody goes back from, one that is looked into.
@pytest.mark.parametrize(
    "way",
    [
        [(64, False), (22, False), (64, False)],
        [(22, False), (64, None), (22, False)],
        [(64, False), (22, None), (64, False)],
        [(64, False), (64, True), (64, False)],
        [(64, None), (64, True), (64, False)],
        [(22, None), (64, False), (64, True), (22, False)],
    ],
)
@pytest.mark.parametrize("wide", [False, True])
def test_what_was_passed_before_does_not_show(wide, way, replays):
    rng = np.random.default_rng(0)
    net = engine.build(WIDE, rng) if wide else engine.preset("vit-tiny", rng)
    steps = [*enumerate(way), (8, way[-1]), (9, way[-1])]
    found = passes(net, steps)
    assert replays
    assert np.array_equal(found, passes(net, steps[-1:]))


def test_a_batch_with_more_or_fewer_zeros_than_the_one_recorded_is_not_replayed(replays):
    # What is read by its non-zeros alone and what is not is settled batch by batch.
    rng = np.random.default_rng(0)
    net = engine.build("input 28x28 | dense 320 relu | dense 320 relu | dense 10 softmax", rng)
    slope = rng.standard_normal((BATCH, 10)).astype(np.float32)

    def machine():
        found = {name: np.zeros_like(array) for name, array in net.parameters.items()}
        return Machine(net.layers, net.parameters, BATCH, gradients=found, fast=True, lean=True), found

    def answered(told, x):
        (runs, found), answer = told, told[0].forward(x).copy()
        runs.backward(slope)
        return np.concatenate([answer.reshape(-1), *(array.reshape(-1) for array in found.values())])

    one = machine()
    for share in (0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.1, 0.9):
        x = (rng.random((BATCH, 784)) * (rng.random((BATCH, 784)) < share)).astype(np.float32)
        x = x.reshape(-1, 28, 28, 1)
        assert np.array_equal(answered(one, x), answered(machine(), x))
    assert replays


def test_each_address_that_is_gone_to_again_lies_in_an_array_that_is_kept(replays):
    # Lost otherwise: memory that others have by then is written to, and the process ends or learns nonsense.
    trained(engine.preset("vit-tiny", np.random.default_rng(0)), images=70, epochs=2)
    assert replays
    for recording in replays:
        kept = [array for each in recording._kept if isinstance(each, tuple) for array in each]
        spans = np.array([(array.ctypes.data, array.ctypes.data + array.nbytes) for array in kept])
        tables = {each.ctypes.data: each for each in recording._kept if isinstance(each, np.ndarray)}
        for loop, _, place, _ in recording._calls:
            # Numbers of rows and columns stand behind the addresses: they are small.
            for address in tables[place][tables[place] > 1 << 30] if loop else [place]:
                assert ((spans[:, 0] <= address) & (address < spans[:, 1])).any()


def test_a_recording_keeps_what_it_writes_to():
    x, recording = np.linspace(-1, 1, 10, dtype=np.float32), Recording()
    out = np.empty_like(x)
    with recording.open():
        Curve("sigmoid").forward(x, out)
    expected, place = out.copy(), weakref.ref(out)
    out[:] = 0
    del out
    recording.run()
    assert np.array_equal(place(), expected)


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
