"""What past runs have measured, for as long as a network that they made can still be had."""

from weakref import WeakKeyDictionary

from engine import Net
from viz3d.live.work.training.run import Curves

_RUN = "train "  # a statement of a network's history that begins so is a run


class PastCurves:
    """Curves by the network that a run made; they go with it, once neither undo nor redo leads to it."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Net, Curves] = WeakKeyDictionary()

    def keep(self, net: Net, curves: Curves) -> None:
        """Remember what led to a network."""
        self._of[net] = curves

    def of(self, net: Net) -> Curves | None:
        """What the last run measured that led to a network, whatever edits came after it; None: not known."""
        led = [other for other in self._of if _led(other, net)]
        return self._of[max(led, key=lambda other: len(other.history))] if led else None


def _led(made: Net, net: Net) -> bool:
    """Whether a net is what edits alone have made of another one."""
    count = len(made.history)
    edited = not any(told.startswith(_RUN) for told in net.history[count:])
    return made.name == net.name and net.history[:count] == made.history and edited
