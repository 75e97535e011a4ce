"""Compiled kernels: loaded only for training, and the same to the last bit on one thread and on several."""

import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numba
import numpy as np
import pytest

from engine.kernels import dropout, sparse
from engine.kernels.dense import Dropout
from engine.kernels.registers import emit
from engine.kernels.registers.compress import compresses


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


def some_zeros(n, m, share):
    """Numbers of which so many are not 0, compressed too."""
    rng = np.random.default_rng(0)
    x = (rng.standard_normal((n, m)) * (rng.random((n, m)) < share)).astype(np.float32)
    rows = np.empty(sparse.starts_of(n, m), np.int32), np.empty(2 * x.size + 200, np.int32)
    rows = (*rows, np.empty(2 * x.size + 200, np.float32))
    assert sparse.nonzero_rows(x, *rows, x.size)
    return x, rows


def product(rows, w, n, first=0.0, lanes=0):
    m = w.shape[1]
    out, copies = np.full((n, m), np.nan, np.float32), np.empty(sparse.room(m, lanes), np.float32)
    sparse.sparse_product(rows, w, np.full(m, first, np.float32), out, copies, lanes)
    return out


def test_sparse_products_do_not_depend_on_threads(threads):
    x, (start, column, value) = some_zeros(120, 300, 0.2)
    w = np.random.default_rng(1).standard_normal((300, 200)).astype(np.float32)
    out = product((start, column, value), w, 120)
    assert np.allclose(out, x @ w, atol=1e-4)
    # Each row is summed by one thread, in one order.
    blocks = len(start) // 120
    for row in range(120):
        own = start[row * blocks : (row + 1) * blocks + 1]
        part = slice(own[0], own[-1])
        alone = product((own - own[0], column[part], value[part]), w, 1)
        assert np.array_equal(alone[0], out[row])


# Fewer columns than one vector, than a block of sums, and more; what is left over of several blocks; three
# blocks of rows, the last one short.
@pytest.mark.parametrize("lanes", [16, 8, 4])
@pytest.mark.parametrize("m", [1, 10, 100, 128, 150, 300, 1030])
def test_sparse_products_of_every_width(m, lanes, threads):
    x, rows = some_zeros(20, 250, 0.3)
    w = np.random.default_rng(1).standard_normal((250, m)).astype(np.float32)
    assert np.allclose(product(rows, w, 20, first=0.5, lanes=lanes), x @ w + 0.5, atol=1e-4)


def test_compressed_columns_are_the_rows_of_the_matrix_turned():
    # More rows than a block, and pixels that no image lights.
    x, rows = some_zeros(130, 90, 0.2)
    x[:, 40:50] = 0
    assert sparse.nonzero_rows(x, *rows, x.size)
    columns = (
        np.empty(sparse.starts_of(90, 130) + 1, np.int32),
        np.empty_like(rows[1]),
        np.empty_like(rows[2]),
    )
    sparse.nonzero_columns(130, 90, rows, columns)
    w = np.random.default_rng(1).standard_normal((130, 70)).astype(np.float32)
    assert np.allclose(product(columns, w, 90), x.T @ w, atol=1e-4)


def test_too_many_non_zeros_are_told_and_not_written_beyond_the_end():
    x = np.ones((50, 40), np.float32)
    x[:10] = 0
    room = 99 + sparse.BLOCK + 1
    start, column = np.empty(51, np.int32), np.full(room + 1, -1, np.int32)
    value = np.empty(room, np.float32)
    assert not sparse.nonzero_rows(x, start, column[:-1], value, 99)
    assert column[-1] == -1
    rows = start, np.empty(1800, np.int32), np.empty(1800, np.float32)
    assert not sparse.nonzero_rows(x, *rows, 1599)
    assert sparse.nonzero_rows(x, *rows, 1600)
    # Far too many in the first rows: the rest is not looked at.
    x[:10], x[10:] = 1, 0
    assert not sparse.nonzero_rows(x, *rows, 1200)


# Whole blocks, rows that end within a vector, within a stride and before either.
@pytest.mark.parametrize("m", [784, 130, 117, 5])
def test_non_zeros_found_by_vectors_are_those_found_one_by_one(m):
    if not compresses():
        pytest.skip("this processor has no instruction for it")
    x, _ = some_zeros(30, m, 0.3)
    x[2, 3], x[4, 4], x[5, 1] = np.nan, -0.0, 1e-45
    found = []
    for wide in (False, True):
        room = x.size + sparse.BLOCK + 1
        rows = np.zeros(sparse.starts_of(*x.shape), np.int32), np.full(room + 1, -1, np.int32)
        value = np.zeros(room, np.float32)
        assert sparse.nonzero_rows(x, rows[0], rows[1][:-1], value, x.size, wide)
        count = rows[0][-1]
        assert count == np.count_nonzero(x)
        assert rows[1][-1] == -1
        found.append((rows[0], rows[1][:count], value[:count]))
    for one, other in zip(*found, strict=True):
        assert np.array_equal(one, other, equal_nan=True)


@pytest.mark.parametrize("wide", [False, True])
def test_vectors_of_non_zeros_end_where_the_room_does(wide):
    if wide and not compresses():
        pytest.skip("this processor has no instruction for it")
    x = np.ones((9, 112), np.float32)
    rows, limit = np.zeros(10, np.int32), 112
    column, value = np.full(limit + sparse.BLOCK + 40, -7, np.int32), np.full(400, -7, np.float32)
    assert not sparse.nonzero_rows(x, rows, column, value, limit, wide)
    assert (column[limit + sparse.BLOCK + 1 :] == -7).all()
    assert (value[limit + sparse.BLOCK + 1 :] == -7).all()


def test_a_number_that_is_none_goes_on_through_a_sparse_product():
    x, rows = some_zeros(20, 50, 0.2)
    x[3, 7], x[4, 8] = np.nan, np.inf
    assert sparse.nonzero_rows(x, *rows, x.size)
    out = product(rows, np.ones((50, 20), np.float32), 20)
    assert np.isnan(out[3]).all()
    assert np.isposinf(out[4]).all()
    assert np.isfinite(np.delete(out, [3, 4], axis=0)).all()


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.9])
def test_compiled_dropout_drops_whom_the_plain_one_drops(threads, rate):
    z = np.random.default_rng(0).standard_normal((200, 300)).astype(np.float32)
    out = np.empty_like(z)
    loops = Dropout()
    loops.draw(12345, dropout.threshold(rate), 1 / (1 - rate))
    loops.relu(z, out)
    expected = np.maximum(z, 0) * dropout.kept(12345, z.shape, rate) * np.float32(1 / (1 - rate))
    assert np.array_equal(out, expected)
    grad = np.random.default_rng(1).standard_normal(z.shape).astype(np.float32)
    found = grad.copy()
    loops.relu_backward(found, out)
    assert np.array_equal(found, grad * (out > 0) * np.float32(1 / (1 - rate)))


def test_a_number_that_is_none_is_not_hidden(threads):
    z = np.array([[np.nan, np.inf, -np.inf, -1.0]] * 8000, np.float32)
    out = np.empty_like(z)
    Dropout().relu(z, out)
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


@pytest.mark.parametrize(
    ("triple", "features", "vectors"),
    [
        ("x86_64-unknown-linux-gnu", "+sse2,+avx2,+avx512f", (16, 28)),
        ("x86_64-pc-windows-msvc", "+sse2,+avx2", (8, 13)),
        ("x86_64-apple-darwin", "+sse2,-avx2", (4, 13)),
        ("x86_64-unknown-linux-gnu", "", (4, 13)),
        ("arm64-apple-darwin", "+neon", (4, 26)),
    ],
)
def test_a_processor_is_given_blocks_that_its_registers_hold(monkeypatch, triple, features, vectors):
    # Lost otherwise: code for any processor, as NUMBA_CPU_NAME=generic has it, keeps half its sums in memory.
    told = mock.Mock()
    told.target_context.codegen().magic_tuple.return_value = triple, "some", features
    monkeypatch.setattr(emit, "cpu_target", told)
    assert emit.processor.__wrapped__() == vectors


@pytest.mark.parametrize(
    ("given", "spins"), [({}, "3000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "passive"}, "0")]
)
def test_threads_that_wait_soon_sleep_unless_one_says_otherwise(given, spins):
    # Of programs side by side each took up to three times the processor's time, waiting.
    pytest.importorskip("numba.np.ufunc.omppool")
    words = "import viz3d.live, engine.kernels.compile, numba.np.ufunc.omppool"  # in the window, too
    env = {name: each for name, each in os.environ.items() if name != "OMP_WAIT_POLICY"}
    env |= given | {"OMP_DISPLAY_ENV": "VERBOSE"}  # GNU's tells then, as it is loaded, what it was given
    told = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, env=env, check=True
    ).stderr
    if "GOMP_SPINCOUNT" not in told:
        pytest.skip("no OpenMP of GNU")
    assert f"GOMP_SPINCOUNT = '{spins}'" in told
