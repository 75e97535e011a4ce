"""BLAS keeps to one thread in training: beside the compiled loops more of them make it seven times slower."""

import numpy as np
from threadpoolctl import threadpool_info

import engine
from engine.machine import Machine
from engine.threads import one_blas_thread


def blas_threads() -> list[int]:
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


def test_blas_gets_its_threads_back() -> None:
    before = blas_threads()
    with one_blas_thread():
        assert blas_threads() == [1] * len(before)
    assert blas_threads() == before


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
