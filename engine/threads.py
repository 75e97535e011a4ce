"""Threads: BLAS and the compiled loops must not fight for the processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> Any:
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[Any]:
    """Hold BLAS to one thread in a `with` block, for work that mixes products with compiled parallel loops.

    A BLAS thread that has finished goes on spinning for a while and takes the processor from the next loop:
    with two threads each on two processors, training was seven times slower than with one.
    """
    limited: AbstractContextManager[Any] = _controller().limit(limits=1, user_api="blas")
    return limited


@contextmanager
def one_loop_thread() -> Iterator[None]:
    """Hold compiled loops to one thread in a `with` block."""
    # Numba takes a second to import: only training comes here, and has it already.
    import numba  # noqa: PLC0415

    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def each(work: Callable[[int], None], count: int) -> None:
    """Call work(0) .. work(count - 1): side by side on as many threads as Numba may use, or here if on one.

    Compiled loops and BLAS keep to one thread in each of them. Errors come out when all calls have ended.
    """
    if count == 1:
        work(0)
        return
    # Numba takes a second to import: only training has several parts, and has it already.
    import numba  # noqa: PLC0415

    workers = min(count, numba.get_num_threads())
    if workers == 1:
        for i in range(count):
            work(i)
        return
    with one_blas_thread():
        # A context for each: NumPy's error state is the caller's.
        calls = [_pool(workers, os.getpid()).submit(copy_context().run, work, i) for i in range(count)]
        wait(calls)
    for call in calls:
        call.result()


@cache
def _pool(workers: int, process: int) -> ThreadPoolExecutor:
    # A forked child has none of its parent's threads, so it makes a pool of its own.
    del process
    import numba  # noqa: PLC0415

    return ThreadPoolExecutor(workers, "viz3d", initializer=numba.set_num_threads, initargs=(1,))
