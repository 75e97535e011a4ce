"""What a file of another system leaves open, as its owner knows it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineError
from engine.net import Net
from engine.run.whole_digits import framing_of, framings_of
from engine.task import FRAMINGS
from guarding import in_a_line

OUTPUTS = ("numbers", "classes")
"""What a network may give: numbers, each for itself, or one of several classes."""


@dataclass(frozen=True)
class Told:
    """What a file leaves open, as its owner knows it.

    architecture: see `engine.text`. activation: of all layers but the last. order: names of its layers. These
    are of files of weights alone. outputs: whether it gives "numbers", each for itself, or "classes"; None:
    as the file tells, and where it does not, classes.
    """

    architecture: str | None = None
    activation: str | None = None
    order: tuple[str, ...] = ()
    outputs: str | None = None
    framing: str | None = None

    def __post_init__(self) -> None:
        """EngineError names what is of another kind: a file would be called damaged for it."""
        for name in ("architecture", "activation"):
            if not isinstance(text := getattr(self, name), str | None):
                raise EngineError(f"{name} {in_a_line(text)}: give text, or leave it out")
        names = self.order
        if isinstance(names, str) or not all(isinstance(each, str) for each in names):
            raise EngineError(f"order {in_a_line(names)}: give the names of layers, such as ('fc1', 'fc2')")
        if self.outputs not in (None, *OUTPUTS):
            raise EngineError(f"outputs {in_a_line(self.outputs)}: give {' or '.join(OUTPUTS)}")
        if self.framing not in (None, *FRAMINGS):
            raise EngineError(f"framing {in_a_line(self.framing)}: give one of {', '.join(FRAMINGS)}")

    def __bool__(self) -> bool:
        """Whether it tells what files of weights alone leave open."""
        return bool(self.architecture or self.activation or self.order)


def check_framing(net: Net) -> None:
    """EngineError where a net is told to be shown of a digit what is no way at its size."""
    shape = net.layers[0].shape
    if net.framing and net.framing != framing_of(shape, net.framing):
        sees, may = "x".join(map(str, shape)), framings_of(shape)
        fix = f"give {' or '.join(may)}" if may else "it sees all of a digit as it is, or none: leave it out"
        raise EngineError(f"framing {net.framing}: it reads {sees}: {fix}")
