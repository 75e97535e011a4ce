"""BLAS keeps to one thread in training: beside the compiled loops more of them make it seven times slower."""

import os
import subprocess
import sys
import threading
from contextlib import suppress

import numba
import numpy as np
import pytest
from patience import PATIENCE
from threadpoolctl import threadpool_info

import engine
from engine.errors import EngineError
from engine.kernels.quicker import Quicker
from engine.kernels.threads import each, one_blas_thread, one_loop_thread
from engine.run import Machine
from engine.run.micro_batch import MicroBatch


def blas() -> dict[str, int]:
    return {each["filepath"]: each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


# NumPy's. Where SciPy is installed Numba loads another one later, which nothing here computes with.
OURS = set(blas())


def blas_threads() -> list[int]:
    return [count for path, count in blas().items() if path in OURS]


def test_blas_gets_its_threads_back() -> None:
    before = blas_threads()
    with one_blas_thread():
        assert blas_threads() == [1] * len(before)
    assert blas_threads() == before


def test_any_thread_holds_blas_until_the_last_one_lets_go() -> None:
    # A window trains in one thread while others trace: whoever was first must not be the only one heard.
    before, seen = blas_threads(), []
    first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with one_blas_thread():
            first_in.set()
            second_in.wait(PATIENCE / 1000)
        first_out.set()

    def second() -> None:
        first_in.wait(PATIENCE / 1000)
        with one_blas_thread():
            second_in.set()
            first_out.wait(PATIENCE / 1000)
            seen.extend(blas_threads())
        seen.extend(blas_threads())

    with one_blas_thread():
        pass
    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [1] * len(before) + before
    assert blas_threads() == before


def test_a_trace_and_its_evidence_hold_blas_to_one_thread(monkeypatch) -> None:
    seen, forward, backward = [], MicroBatch.forward, MicroBatch.backward

    def watched(plain):
        def run(*given, **named):
            seen.extend(blas_threads())
            return plain(*given, **named)

        return run

    monkeypatch.setattr(MicroBatch, "forward", watched(forward))
    monkeypatch.setattr(MicroBatch, "backward", watched(backward))
    net = engine.preset("mlp-sigmoid", np.random.default_rng(0))
    engine.lead_gradient(net.trace(np.zeros((28, 28), np.uint8)))
    assert len(seen) == 2 * len(blas_threads())
    assert set(seen) == {1}


def test_each_step_of_training_holds_blas_to_one_thread(monkeypatch) -> None:
    seen, forward = [], Machine.forward

    def watched(machine, x, rng=None):
        seen.extend(blas_threads())
        return forward(machine, x, rng)

    monkeypatch.setattr(Machine, "forward", watched)
    before = blas_threads()
    rng = np.random.default_rng(0)
    images = rng.integers(0, 255, (64, 28, 28), np.uint8)
    steps = engine.fit(
        engine.preset("mlp-sigmoid", rng), images, rng.integers(0, 10, 64), rng=rng, epochs=1, batch=32
    )
    assert len(list(steps)) == 2
    assert set(seen) == {1}
    assert blas_threads() == before


def test_parts_run_in_the_callers_error_state_and_their_errors_come_out() -> None:
    done = []

    def work(i: int) -> None:
        done.append((i, numba.get_num_threads() if numba.config.NUMBA_NUM_THREADS > 1 else 1))
        np.float32(1e30) * np.float32(1e30)
        if i == 1:
            raise ValueError("part 1")

    with np.errstate(over="ignore"), pytest.raises(ValueError, match="part 1"):
        each(work, 3)
    if numba.get_num_threads() > 1:
        # All had ended; loops inside them keep to one thread.
        assert sorted(done) == [(0, 1), (1, 1), (2, 1)]


def test_loops_get_their_threads_back() -> None:
    before = numba.get_num_threads()
    with one_loop_thread():
        assert numba.get_num_threads() == 1
    assert numba.get_num_threads() == before


SIDE_BY_SIDE = """
import threading
import numba, numpy as np, engine

rng = np.random.default_rng(0)
images, labels = rng.integers(0, 255, (256, 28, 28), np.uint8), rng.integers(0, 10, 256)

def train(net):
    for step in engine.fit(net, images, labels, rng=np.random.default_rng(1), epochs=12, batch=128):
        nets[threading.current_thread().name] = step

nets = {}
given = engine.preset("mlp", rng)
threads = [threading.Thread(target=train, args=(given,), name=name) for name in "ab"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
a, b = (nets[name].snapshot().parameters for name in "ab")
assert all(np.array_equal(a[name], b[name]) for name in a)
print(numba.threading_layer())
"""


def test_two_threads_may_train_at_once_whatever_threads_numba_has() -> None:
    # Its own end the process when they are used twice at a time; they are all that some machines have.
    env = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue", "NUMBA_NUM_THREADS": "2"}
    made = subprocess.run(
        [sys.executable, "-c", SIDE_BY_SIDE], capture_output=True, text=True, env=env, check=False
    )
    assert (made.returncode, made.stdout, made.stderr) == (0, "workqueue\n", "")


@pytest.mark.parametrize("together", [False, True])
def test_steps_take_as_many_threads_as_were_quicker(together, monkeypatch):
    # What a second thread brings is the machine's, and what else runs there: on one processor of a container
    # that shows more of them, training by two threads took a quarter longer than by one.
    if numba.config.NUMBA_NUM_THREADS == 1:
        pytest.skip("one core only")
    now, steps, before = [0.0], Quicker(), numba.get_num_threads()
    monkeypatch.setattr("engine.kernels.quicker.perf_counter", lambda: now[0])

    def took_several(better):
        with suppress(EngineError), steps:
            several = numba.get_num_threads() > 1
            now[0] += 1 if several == better else 2
            raise EngineError("training diverged")
        assert numba.get_num_threads() == before
        return several

    first = [took_several(together) for _ in range(1000)]
    assert set(first[:16]) == {False, True}
    assert set(first[16:]) == {together}
    # Tried once more: another program may have ended.
    assert {took_several(not together) for _ in range(16)} == {False, True}
    assert {took_several(not together) for _ in range(9)} == {not together}
