"""What all studies have in common: parts that can be worked on in any order, anywhere, and one result."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Generic, TypeVar

from engine.kernels.threads import one_blas_thread, side_by_side

Partial = TypeVar("Partial")
Result = TypeVar("Result")
Executor = Callable[[Callable[[int], Iterator[float]], int], Iterator[float]]
"""Does steps(0) .. steps(count - 1) to their ends and yields the share done, as `side_by_side` does."""


class Study(ABC, Generic[Partial, Result]):
    """A value of independent parts, numbered from 0, whose partial results are reduced to the result.

    A study can be pickled, and a part always comes to the same partial, bit by bit: threads, processes or
    machines may share the parts. A pool of processes, to be started by "spawn" because threads do not outlive
    a fork, needs no more than `study.reduce(list(pool.map(study.work, range(study.count))))`.
    """

    @property
    @abstractmethod
    def count(self) -> int:
        """How many parts there are."""

    @abstractmethod
    def steps(self, i: int) -> Generator[float, None, Partial]:
        """Work on part i: yields its share done at times, so that it may be stopped; returns its partial.

        BLAS is to be held to one thread around it, as executors and `work` do.
        """

    @abstractmethod
    def reduce(self, partials: Sequence[Partial]) -> Result:
        """The result, of the partials of all parts in their order."""

    def work(self, i: int) -> Partial:
        """The partial of part i, where nobody looks on."""
        with one_blas_thread():
            steps = self.steps(i)
            while True:
                try:
                    next(steps)
                except StopIteration as end:
                    partial: Partial = end.value
                    return partial


def run_study(
    study: Study[Partial, Result],
    overall: Callable[[float], float] = lambda share: share,
    executor: Executor = side_by_side,
) -> Generator[tuple[float, None], None, Result]:
    """Work on all parts of a study; yields (overall(share done 0..1), None) and returns the result.

    overall: the share of something larger that is done with this share of the study. executor: who works on
    the parts; threads where nothing is said.
    """
    partials: dict[int, Partial] = {}

    def steps(i: int) -> Iterator[float]:
        partials[i] = yield from study.steps(i)

    for share in executor(steps, study.count):
        yield overall(share), None
    return study.reduce([partials[i] for i in range(study.count)])
