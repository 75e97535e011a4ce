"""Compiled kernels: loaded only for training, and the same to the last bit on one thread and on several."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from engine.kernels import dense as kernels
from engine.kernels import dropout


@pytest.fixture(params=[1, 2])
def threads(request):
    """Run on so many threads."""
    if request.param > numba.config.NUMBA_NUM_THREADS:
        pytest.skip("one core only")
    before = numba.get_num_threads()
    numba.set_num_threads(request.param)
    yield request.param
    numba.set_num_threads(before)


@pytest.mark.parametrize("name", ["mlp", "cnn-draw"])
def test_importing_loading_and_tracing_do_not_wait_for_the_compiler(name):
    code = (
        f"import sys, numpy, engine; net = engine.preset({name!r}, numpy.random.default_rng(0));"
        "trace = net.trace(numpy.ones((28, 28), numpy.uint8), gradients_of=3); engine.strongest(trace, 50);"
        "net.predict(numpy.ones((3, 28, 28), numpy.uint8)); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sparse_products_do_not_depend_on_threads(threads):
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((120, 300)) * (rng.random((120, 300)) < 0.2)).astype(np.float32)
    w = rng.standard_normal((300, 200)).astype(np.float32)
    start, column = np.empty(121, np.int64), np.empty(x.size + 300, np.int32)
    value, out = np.empty(x.size + 300, np.float32), np.full((120, 200), np.nan, np.float32)
    assert kernels.nonzero_rows(x, start, column, value, x.size)
    kernels.sparse_product(start, column, value, w, out)
    assert np.allclose(out, x @ w, atol=1e-4)
    # Each row is summed by one thread, in one order.
    alone = np.empty((1, 200), np.float32)
    for row in range(120):
        first = start[row : row + 2] - start[row]
        part = slice(start[row], start[row + 1])
        kernels.sparse_product(first, column[part], value[part], w, alone)
        assert np.array_equal(alone[0], out[row])


def test_too_many_non_zeros_are_told_and_not_written_beyond_the_end():
    x = np.ones((50, 40), np.float32)
    start, column = np.empty(51, np.int64), np.full(140, -1, np.int32)
    value = np.empty(140, np.float32)
    assert not kernels.nonzero_rows(x, start, column[:-1], value[:-1], 99)
    assert column[-1] == -1


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.9])
def test_compiled_dropout_drops_whom_the_plain_one_drops(threads, rate):
    z = np.random.default_rng(0).standard_normal((200, 300)).astype(np.float32)
    out = np.empty_like(z)
    kernels.relu_dropout(z, out, 12345, dropout.threshold(rate), 1 / (1 - rate))
    expected = np.maximum(z, 0) * dropout.kept(12345, z.shape, rate) * np.float32(1 / (1 - rate))
    assert np.array_equal(out, expected)
    grad = np.random.default_rng(1).standard_normal(z.shape).astype(np.float32)
    found = grad.copy()
    kernels.relu_dropout_backward(found, out, 1 / (1 - rate))
    assert np.array_equal(found, grad * (out > 0) * np.float32(1 / (1 - rate)))


def test_a_number_that_is_none_is_not_hidden(threads):
    z = np.array([[np.nan, np.inf, -np.inf, -1.0]] * 8000, np.float32)
    out = np.empty_like(z)
    kernels.relu_dropout(z, out, 0, 0, 1.0)
    assert np.isnan(out[:, 0]).all()
    assert np.isposinf(out[:, 1]).all()
    assert not out[:, 2:].any()


WHICH_THREADS = """
import sys
import numba, numpy as np
from engine.kernels.compile import compiled

def loop(seen):
    for i in numba.prange(len(seen)):
        seen[i] = numba.get_thread_id()

run, seen = compiled(loop), np.full(1000, -1)
numba.set_num_threads(int(sys.argv[1]))
run(1 << 20, seen)
print(len(set(seen.tolist())))
"""


def test_a_loop_that_is_kept_on_disk_for_one_thread_still_takes_two(tmp_path):
    script = tmp_path / "which_threads.py"
    script.write_text(WHICH_THREADS)
    kept = {
        "NUMBA_CACHE_DIR": str(tmp_path),
        "NUMBA_NUM_THREADS": "2",
        "NUMBA_THREADING_LAYER": "workqueue",
        "PYTHONPATH": str(Path.cwd()),
    }
    seen = [
        subprocess.run(
            [sys.executable, script, count],
            capture_output=True,
            text=True,
            env={**os.environ, **kept},
            check=True,
        ).stdout
        for count in ("1", "2", "1")
    ]
    assert seen == ["1\n", "2\n", "1\n"]
