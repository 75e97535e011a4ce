"""Threads: BLAS and the compiled loops must not fight for the processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from threading import Event, Lock
from typing import Any

from threadpoolctl import ThreadpoolController

_LOOK = 0.05  # seconds between two looks at how far threads have come


@cache
def _controller() -> Any:
    return ThreadpoolController()


@cache
def _libraries() -> tuple[Any, ...]:
    """The controllers of BLAS; looked for once, for a small trace takes no longer than asking for them."""
    return tuple(library for library in _controller().lib_controllers if library.user_api == "blas")


@cache
def _limited_apart() -> bool:
    """Whether each thread has a limit of its own."""
    layers = (getattr(library, "threading_layer", "") for library in _controller().lib_controllers)
    return any(layer == "openmp" for layer in layers)


_lock = Lock()
_holders = 0
_before: tuple[int | None, ...] = ()
"""How many blocks hold BLAS, and how many threads each library had before the first of them."""


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread in a `with` block, for work that mixes products with compiled parallel loops.

    A BLAS thread that has finished goes on spinning for a while and takes the processor from the next loop:
    with two threads each on two processors, training was seven times slower than with one. Small products,
    as one image needs them, gain nothing from more threads either, and their last digits must not depend on
    how many processors there are.

    BLAS is one for all threads of the process: it has its own back when the last block that holds it ends.
    """
    global _before, _holders  # noqa: PLW0603  # of the process, as the threads of BLAS are
    if _limited_apart():
        with _controller().limit(limits=1, user_api="blas"):
            yield
        return
    with _lock:
        if not _holders:
            _before = tuple(library.num_threads for library in _libraries())
            _give((1,) * len(_before))
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if not _holders:
                _give(_before)


def _give(threads: tuple[int | None, ...]) -> None:
    """Give each library so many threads."""
    for library, count, before in zip(_libraries(), threads, _before, strict=True):
        if count is None or before == 1:
            continue
        # threadpoolctl hears the first thread that asks, and no other; older ones hear every one.
        release = getattr(library, "clear_controlling_thread", None)
        if release is not None:
            release(force=True)
        library.set_num_threads(count)


@contextmanager
def one_loop_thread() -> Iterator[None]:
    """Hold compiled loops to one thread in a `with` block."""
    # Numba takes a second to import: only training comes here, and has it already.
    import numba  # noqa: PLC0415

    before = numba.get_num_threads()
    if before == 1:
        yield
        return
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


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def one_by_one(work: Callable[[int], Iterator[float]], count: int) -> Iterator[float]:
    """Do work(0) .. work(count - 1) here, in turn; all else is as in `side_by_side`."""
    with one_blas_thread():
        for i in range(count):
            for share in work(i):
                yield (i + share) / count


def side_by_side(work: Callable[[int], Iterator[float]], count: int) -> Iterator[float]:
    """Do work(0) .. work(count - 1) on as many threads as there are processors; yields the share done.

    Each work yields its own share done, at times, and is stopped there when the caller closes this. Threads
    gain where the work is NumPy's, which lets go of Python's lock. BLAS keeps to one thread. An error comes
    out as soon as it is there.
    """
    workers = min(count, processors())
    if workers == 1:
        yield from one_by_one(work, count)
        return
    with one_blas_thread():
        done, stop = [0.0] * count, Event()

        def run(i: int) -> None:
            for share in work(i):
                done[i] = share
                if stop.is_set():
                    return

        with ThreadPoolExecutor(workers, "viz3d-study") as pool:
            # A context for each: NumPy's error state is the caller's.
            calls = {pool.submit(copy_context().run, run, i) for i in range(count)}
            try:
                while calls:
                    ended, calls = wait(calls, _LOOK, FIRST_COMPLETED)
                    for call in ended:
                        call.result()
                    yield sum(done) / count
            finally:
                stop.set()
                for call in calls:
                    call.cancel()


@cache
def _pool(workers: int, process: int) -> ThreadPoolExecutor:
    # A forked child has none of its parent's threads, so it makes a pool of its own.
    del process
    import numba  # noqa: PLC0415

    return ThreadPoolExecutor(workers, "viz3d", initializer=numba.set_num_threads, initargs=(1,))
