"""Whether several threads are quicker than one: steps that are done over and over are tried both ways.

How long a thread takes to wake, and what it brings, is the processor's, the system's and that of all else
that runs: no number of ours holds for all of them. What is tried is a whole step, since half of one on two
threads leaves the arrays in two processors' caches, and the other half waits for them. Neither way changes a
result.
"""

from __future__ import annotations

from statistics import median
from time import perf_counter

_TURNS = 8
"""Steps in a row of each way; the first of them finds caches as the other way left them."""
_LEFT_OUT = 3
_AGAIN = 1000
"""Steps after which both ways are timed anew: what else runs may have begun or ended."""


class Quicker:
    """One kind of step, each in a `with` block, on one thread or on as many as Numba may use here."""

    def __init__(self) -> None:
        self._steps, self._threads, self._begun = 0, 1, 0.0
        self._took: tuple[list[float], list[float]] = ([], [])
        self._together = True

    def __enter__(self) -> None:
        """Begin a step; compiled loops keep to one thread where that is quicker, or is tried."""
        # Numba takes a second to import: only training comes here, and has it already.
        import numba  # noqa: PLC0415

        self._threads = numba.get_num_threads()
        if self._threads == 1:
            return
        if self._steps < 2 * _TURNS:
            self._together = self._steps < _TURNS
            self._begun = perf_counter()
        if not self._together:
            numba.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        """End the step."""
        import numba  # noqa: PLC0415

        if self._threads == 1:
            return
        if not self._together:
            numba.set_num_threads(self._threads)
        if self._steps < 2 * _TURNS:
            self._note(self._steps, perf_counter() - self._begun)
        self._steps = (self._steps + 1) % _AGAIN

    def _note(self, at: int, seconds: float) -> None:
        """Take in what a step that is tried took; the last of them decides."""
        if at == 0:
            self._took = ([], [])
        if at % _TURNS >= _LEFT_OUT:
            self._took[self._together].append(seconds)
        if at == 2 * _TURNS - 1:
            alone, several = self._took
            self._together = bool(several) and median(several) < median(alone)
