"""Nets of a training at some of its steps, as many as memory allows, evenly spread over all that is done."""

from __future__ import annotations

from engine.errors import EngineError
from engine.net import Net

BUDGET = 256 << 20
"""Bytes that are kept unless another number is asked for."""
_MOST = 500  # of a small net more would fit, and nobody could tell them apart


class Snapshots:
    """Nets by the step after which they were; the first and the last one always, of the rest what has room.

    Where there is no more room, that one goes whose neighbours lie closest together: so gaps stay even, none
    more than about three times another, whatever the number of steps. One thread may add while others read.

    budget: bytes of weights and of what is kept beside them. Two nets are kept in any case.
    """

    def __init__(self, budget: int = BUDGET):
        if budget < 1:
            raise EngineError(f"budget {budget} must be 1 byte or more")
        self.budget = budget
        # Replaced whole and never changed, so that a reader in another thread sees one state of it.
        self._kept: tuple[tuple[int, Net], ...] = ()

    def add(self, step: int, net: Net, beside: int = 0) -> None:
        """Keep the net after a step; EngineError where the step is before the last one.

        Another net of the last step takes its place. beside: bytes that the caller keeps beside the nets,
        such as an optimizer's state: they are of the budget too.
        """
        kept = list(self._kept)
        if kept and step < kept[-1][0]:
            raise EngineError(f"step {step} is before step {kept[-1][0]}, the last that was kept")
        if kept and step == kept[-1][0]:
            kept.pop()
        kept.append((step, net))
        size = sum(array.nbytes for array in net.parameters.values())
        room = max(2, min(_MOST, (self.budget - beside) // max(size, 1)))
        while len(kept) > room:
            gaps = [after[0] - before[0] for before, after in zip(kept, kept[2:], strict=False)]
            del kept[1 + gaps.index(min(gaps))]
        self._kept = tuple(kept)

    def cut(self, step: int) -> None:
        """Forget what came after a step; the first net stays in any case."""
        self._kept = tuple(pair for pair in self._kept if pair[0] <= step) or self._kept[:1]

    def steps(self) -> tuple[int, ...]:
        """The steps that are kept, in order."""
        return tuple(step for step, _ in self._kept)

    def net_at(self, step: int) -> Net:
        """The net after a step; EngineError where that was not kept."""
        kept = dict(self._kept)
        if step not in kept:
            if not kept:
                raise EngineError(f"step {step} was not kept: no step is")
            near = min(kept, key=lambda other: abs(other - step))
            raise EngineError(f"step {step} was not kept: step {near} is the nearest of {len(kept)} that are")
        return kept[step]
