"""Threads: BLAS and the compiled loops must not fight for the processors."""

from __future__ import annotations

from contextlib import AbstractContextManager
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
