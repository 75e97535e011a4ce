"""A session: a network reads a digit, a person changes both, and each step can be taken back exactly."""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from data import Dataset
from engine import Checkpoint, Net, Trace
from viz3d.command.choice.digits import Digit
from viz3d.command.choice.suiting import aligned
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.acts.change import Mutate, Select, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.registry import REDO, UNDO, line_of, read_act
from viz3d.session.curves import Curves
from viz3d.session.images import Images, Notify, hush
from viz3d.session.moments import Moments, Place, bring_back, done_again, forget_distant
from viz3d.session.script import Numbered, as_python, in_line, numbered, opening, told
from viz3d.session.state import Act, LongAct, Made, Making, State, Take, made
from viz3d.session.traced_digit import TracedDigit


class Session:
    """What a person does with a network that reads a digit, one act after another, with undo and redo.

    Its moments are values (see `State`), each made of the one before by an act; undo goes back to that one.
    What cannot be done raises UserError, DataError or EngineError and leaves the session as it was. It prints
    nothing; `notify` hears where another data set stands in for MNIST.
    """

    _passing = False  # whether undo or redo go on at once
    _left: Place | None = None  # where it was looked last for what can be let go

    def __init__(
        self, net: UseNet | Design, digit: Take, data: str = "mnist", mutate: str = "", notify: Notify = hush
    ) -> None:
        """Begin with a network and a digit; mutate: changes to begin with, which can be undone."""
        self._images = Images(notify)
        given = net.load(data, self._images)
        # A wrong change is told before images are looked for, which may take a download.
        changed = given.mutate(mutate) if mutate else given
        read = digit.digit(data, self._images, given)
        given, changed = (self._images.naming(each, data) for each in (given, changed))
        traced = TracedDigit.of(given, read)
        self._state = State(data, traced, traced, acts=(UseData(data), net, digit))
        if mutate:
            self._state = self._state.changed(changed, Mutate(mutate))
        self._undone: tuple[State, ...] = ()

    @property
    def state(self) -> State:
        """The moment as a value."""
        return self._state

    @property
    def traced(self) -> TracedDigit:
        """The network as it now is, with the digit that it reads."""
        return self._state.traced

    @property
    def before(self) -> TracedDigit:
        """The network as it was chosen, with the same digit."""
        return self._state.before

    @property
    def net(self) -> Net:
        """The network as it now is."""
        return self.traced.net

    @property
    def digit(self) -> Digit:
        """What is read."""
        return self.traced.digit

    @property
    def label(self) -> int | None:
        """What the digit is meant as, where that is known."""
        return self.digit.label

    @property
    def trace(self) -> Trace:
        """What every neuron does with the digit."""
        return self.traced.trace

    @property
    def selection(self) -> str:
        """The address of the neuron, the group or the synapse that is selected; "" for none."""
        return self._state.selection

    @property
    def changes(self) -> tuple[str, ...]:
        """What was done to the network since it was chosen, one statement each."""
        return self._state.changes

    def images(self, split: str = "test") -> Dataset:
        """The images of the session's data set, looked for when first asked for."""
        images = self._images.load(self._state.data, split)
        return images if self.net.task is None else aligned(self.net, images, self.net.name)

    def do(self, act: Act) -> None:
        """Do an act; what was undone before can then not be made again, unless it only selects."""
        with lines.without_dashes():
            state = act.after(self._state, self._images)
        if isinstance(act, Select):
            self._state = state
            self._forget()
        else:
            self._go(state)

    def making(self, act: LongAct) -> Making:
        """Begin an act that is done beside other things; for what comes of it there is `keep`."""
        return act.making(self._state, self._images)

    def keep(
        self, text: str, net: Net, standing: Checkpoint | None = None, measured: Curves | None = None
    ) -> None:
        """Go on with a network that a study or a long act made of this one; text: the line that makes it.

        standing: where the training stands that made it; measured: what that run has measured.
        """
        self._go(self._state.made(Made(net, standing, measured), read_act(text)))

    def undo(self) -> tuple[Act, ...]:
        """Go back to the moment before the last act, and return that act; UserError where there was none.

        UserError too where what was learned by then cannot be read back: all is then as it was. So does redo.
        """
        if self._state.parent is None:
            raise UserError("there is nothing to undo")
        undone = self._state
        self._pass_to(self._state.parent, (*self._undone, undone))
        return undone.acts

    def redo(self) -> tuple[Act, ...]:
        """Do again what was undone last, and return that act; UserError where nothing was."""
        if not self._undone:
            raise UserError("there is nothing to make again")
        *undone, state = self._undone
        self._pass_to(state, tuple(undone))
        return state.acts

    @contextmanager
    def passing(self) -> Iterator[None]:
        """For undo and redo of many acts in a row: what has gone far is looked for once, at their end.

        Raises UserError where the last moment cannot be gone to: all is then as it was before the first.
        """
        begun, self._passing = (self._state, self._undone), True
        try:
            yield
            bring_back(self._state)
        except BaseException:
            self._state, self._undone = begun
            raise
        finally:
            self._passing = False
            self._forget()

    def leave_out(self, acts: Collection[Act]) -> None:
        """Go back to before the first of these acts, which led here, and do all others after it again.

        Raises UserError, DataError or EngineError where one of those cannot be done without them: all is then
        as it was.
        """
        self.become(made(self.leaving_out(acts)))

    def leaving_out(self, acts: Collection[Act]) -> "Generator[float, None, Session]":
        """The session that `leave_out` leads to, in steps, beside other things: this one stays as it is.

        Yields shares of the work done, 0..1. Raises as `leave_out` does.
        """
        other, again = Session.at(self._state, self._undone, self._images), list[Act]()
        missing = len(acts)
        with other.passing():
            while missing:
                undone = other.undo()
                wanted = [act for act in undone if all(act is not each for each in acts)]
                missing -= len(undone) - len(wanted)
                again[:0] = wanted
        return other._after(again)

    def run(self, line: str) -> None:
        """Do what a line says: an act, undo or redo; nothing, where it is empty or a remark."""
        word, rest = lines.words_of(line)
        if word in (UNDO, REDO):
            if rest:
                raise UserError(f"{word} {rest}: {word} stands alone: leave out {rest}")
            _ = self.undo() if word == UNDO else self.redo()
        elif word:
            self.do(read_act(line))

    def run_script(self, script: Iterable[str]) -> None:
        """Do all lines of a script, or none where one cannot be done: the error tells its number."""
        begun = self._state, self._undone
        try:
            self._run(numbered(script))
        except BaseException:
            self._state, self._undone = begun
            raise

    @classmethod
    def play(cls, script: Iterable[str], notify: Notify = hush) -> "Session":
        """The session that a script leads to.

        It begins with the data set, the network and the digit that its first lines choose: unless they do,
        MNIST, mlp and a seven.
        """
        data, net, digit, rest = opening(numbered(script))
        with lines.without_dashes():
            session = cls(net, digit, data.name, notify=notify)
        session._run(rest)
        return session

    @classmethod
    def at(cls, state: State, undone: tuple[State, ...], images: Images) -> "Session":
        """The session at a moment; undone: moments after it that were taken back, the next one last."""
        session = cls.__new__(cls)
        session._images, session._state, session._undone = images, state, undone
        return session

    def become(self, other: "Session") -> None:
        """Go on as another session, with its past."""
        self._images, self._state, self._undone = other._images, other._state, other._undone

    @property
    def moments(self) -> Moments:
        """All moments, those that were undone too."""
        return Moments.of(self._state, self._undone)

    @property
    def undone(self) -> tuple[Act, ...]:
        """The acts that `redo` would do again, the next one first."""
        return tuple(act for state in reversed(self._undone) for act in state.acts)

    @property
    def done(self) -> tuple[Act, ...]:
        """The acts that `undo` can take back, the first one first: all but those that it began with."""
        return tuple(act for state in self.moments.held[1:] for act in state.acts)

    @property
    def acts(self) -> tuple[Act, ...]:
        """All acts that led here, the first one first; those that were undone are not among them."""
        return tuple(act for state in self.moments.held for act in state.acts)

    def script(self, passing: Collection[Path] = ()) -> list[str]:
        """The lines that lead here, for `play` and `run_script`; UserError names an act that has none.

        passing: files that soon go: their pictures, as those of files that have gone, are told as drawings.
        """
        return [line_of(act) for act in told(self.moments.held, passing)]

    def python(self, passing: Collection[Path] = ()) -> list[str]:
        """The session as lines of Python, for a `net`, an `image`, a `label` and a `trace`."""
        return as_python(told(self.moments.held, passing))

    def _after(self, acts: Sequence[Act]) -> "Generator[float, None, Session]":
        """The same session once it has done acts, in steps; yields shares of the work done."""
        self._state = yield from done_again(self._state, acts, self._images)
        if not all(isinstance(act, Select) for act in acts):
            self._undone = ()
        return self

    def _run(self, script: Numbered) -> None:
        for number, line in script:
            with in_line(number):
                self.run(line)

    def _go(self, state: State) -> None:
        self._state, self._undone = state, ()
        self._forget()

    def _pass_to(self, state: State, undone: tuple[State, ...]) -> None:
        if not self._passing:
            bring_back(state)
        self._state, self._undone = state, undone
        self._forget()

    def _forget(self) -> None:
        if not self._passing:
            self._left = forget_distant((self._state, self._undone), self._left)
