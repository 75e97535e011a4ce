"""One moment of a session, as a value: what is shown, and which act made it of the moment before."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias, TypeVar, runtime_checkable

from engine import Checkpoint, Net
from viz3d.command.choice.digits import Digit
from viz3d.session.curves import Curves
from viz3d.session.images import Images
from viz3d.session.traced_digit import TracedDigit

Result = TypeVar("Result")
Making: TypeAlias = "Generator[float, None, Made]"
"""Work in steps: it yields the share that is done, and returns the network that it has made."""


@dataclass(frozen=True)
class Made:
    """What a long act has made: a network, and where the training stands that can be gone on with, if any.

    measured: what the run that led to it has measured, None where that is not known.
    """

    net: Net
    standing: Checkpoint | None = None
    measured: Curves | None = None


class Act(Protocol):
    """What a person does in a session, as a value that reads and writes as one line of text."""

    @property
    def text(self) -> str:
        """The act as a line of a script."""

    def python(self, data: str) -> tuple[str, ...]:
        """The act as lines of Python on `net`, `image` and `label`; data: the session's data set."""

    def after(self, state: State, images: Images) -> State:
        """The state after the act; UserError, DataError or EngineError where it cannot be done."""


@runtime_checkable
class LongAct(Act, Protocol):
    """An act that may take minutes: it can be done bit by bit, beside other things."""

    def making(self, state: State, images: Images) -> Making:
        """Make the network that comes of it; yields shares of the work done, 0..1."""


class Take(Act, Protocol):
    """An act that chooses the digit."""

    def digit(self, data: str, images: Images, net: Net) -> Digit:
        """The digit that the net is to read; UserError or DataError where there is none."""
        raise NotImplementedError

    def after(self, state: State, images: Images) -> State:
        """The same network reads it."""
        return state.reading(self.digit(state.data, images, state.traced.net), self)


@dataclass(frozen=True, eq=False)
class State:
    """One moment of a session.

    data: the data set's name or folder. before, traced: the network as it was chosen and as it now is, each
    with what it does with the digit. selection: the address of a neuron, a group or a synapse, "" for none.
    standing: where the last training stands, for one that goes on with it; None where nothing can.
    measured: what the run measured that led to the network, whatever edits came after it; None: not known.
    acts: what led here from `parent`, the moment before; the first moment has none, and several acts.
    """

    data: str
    before: TracedDigit
    traced: TracedDigit
    selection: str = ""
    standing: Checkpoint | None = None
    measured: Curves | None = None
    acts: tuple[Act, ...] = ()
    parent: State | None = None

    @property
    def changes(self) -> tuple[str, ...]:
        """What was done to the network since it was chosen, one statement each."""
        return tuple(self.traced.net.history[len(self.before.net.history) :])

    def then(self, act: Act, **changed: Any) -> State:
        """The next moment; what is not named stays."""
        return replace(self, acts=(act,), parent=self, **changed)

    def changed(self, net: Net, act: Act) -> State:
        """The next moment, where the network has become another.

        A selection stays while the layers are the same: otherwise its address may be another neuron's, unless
        it is a whole layer. What a training knows of each parameter stays while these are the same in number.
        """
        now = self.traced.net
        stays = net.layers == now.layers or self.selection in {layer.name for layer in net.layers}
        return self.then(
            act,
            traced=self.traced.read_by(net),
            selection=self.selection if stays else "",
            standing=self.standing if net.graph.parameter_shapes == now.graph.parameter_shapes else None,
        )

    def made(self, made: Made, act: Act) -> State:
        """The next moment, with what a long act has made of the network."""
        return replace(self.changed(made.net, act), standing=made.standing, measured=made.measured)

    def reading(self, digit: Digit, act: Act) -> State:
        """The next moment, with another digit; the network stays as it is."""
        before = TracedDigit.of(self.before.net, digit)
        unchanged = self.traced.net is self.before.net
        return self.then(act, before=before, traced=before if unchanged else before.read_by(self.traced.net))


def made(making: Generator[float, None, Result]) -> Result:
    """What comes of all of the work."""
    while True:
        try:
            next(making)
        except StopIteration as end:
            result: Result = end.value
            return result
