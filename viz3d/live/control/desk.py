"""What all parts of the window share: the session, what is shown of it, and what is said of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from engine import Net
from viz3d.command.cli import explained
from viz3d.command.errors import UserError
from viz3d.live.control.steps import steps_of
from viz3d.session import lines
from viz3d.session.acts.change import Select
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.number import SetNumber
from viz3d.session.acts.registry import READERS, read_act
from viz3d.session.acts.take import TakeClass, TakeDigit, TakeImage, TakeSample
from viz3d.session.session import Session
from viz3d.session.state import Act, LongAct, Made
from viz3d.session.traced_digit import TracedDigit

# These leave the network alone.
OF_THE_DIGIT = (Drawing, SetLabel, SetNumber, TakeClass, TakeDigit, TakeImage, TakeSample, Select)


@dataclass(frozen=True, eq=False)
class Shown:
    """What the window shows: a net that reads a digit, and how it read it before its edits, if it has any.

    round: counts the acts, so that a scene of before an act is known as stale.
    """

    traced: TracedDigit
    before: TracedDigit | None
    round: int


class Desk(QObject):
    """A session in a window: acts, undo, redo, and what is tried without being an act.

    Signals: `changing` ahead of what changes the network, undo too; `acted` when the session has gone on or
    back; `showed` when what is shown is another, by an act or without one; `said` brings a line to be read,
    `outdated` one of these that holds no more; `busy` what a thread is at, "" when it has ended: until then
    the network stays as it is; `remaking` brings acts to leave out, where what is done again after them takes
    long.
    """

    changing = Signal()
    acted = Signal()
    showed = Signal()
    said = Signal(str)
    outdated = Signal(str)
    busy = Signal(str)
    remaking = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._round = 0
        self._tried: tuple[TracedDigit, TracedDigit] | None = None
        self._learned: TracedDigit | None = None  # the digit as a run that is open has the network by now
        self._doing = ""  # what that run has done to it
        self._comparing = False
        self._work, self._changes = "", False
        self._waiting = False

    @property
    def shown(self) -> Shown:
        """What is shown."""
        if self._comparing:
            return Shown(self.session.before, None, self._round)
        traced, before = self._tried or (self.standing, self.session.before)
        return Shown(traced, None if traced.net is before.net else before, self._round)

    @property
    def trying(self) -> bool:
        """Whether a net or a digit is shown that no act has led to."""
        return self._tried is not None or self._learned is not None

    @property
    def standing(self) -> TracedDigit:
        """What is shown while nothing is tried: the session's, or as a run has its network by now."""
        return self._learned or self.session.traced

    @property
    def learning(self) -> bool:
        """Whether a run that is open has the network otherwise than the session."""
        return self._learned is not None

    @property
    def comparing(self) -> bool:
        """Whether it is shown as it was before the edits, while a key is held."""
        return self._comparing

    @property
    def waiting(self) -> bool:
        """Whether a change waits for what `changing` ends: another one would come between."""
        return self._waiting

    def make_way(self) -> None:
        """Have a run that is open become an act, ahead of what changes the network or keeps the session."""
        self._waiting = True
        try:
            self.changing.emit()
        finally:
            self._waiting = False

    def attempt(self, action: Callable[[], object]) -> bool:
        """Do something; where it cannot be done say why, and return whether it was done."""
        try:
            action()
        except Exception as error:
            told = explained(error)
            if told is None:
                raise
            self.said.emit(" ".join(told.split()))
            return False
        return True

    def do(self, act: Act) -> bool:
        """Do an act."""
        if not isinstance(act, OF_THE_DIGIT):
            if self._waits():
                return False
            self.make_way()
        return self._go(lambda: self.session.do(act))

    def enter(self, line: str) -> None:
        """Do what a line says. Raises UserError, DataError or EngineError where it cannot be done."""
        word, _ = lines.words_of(line)
        if word not in READERS or not isinstance(read_act(line), OF_THE_DIGIT):
            self.check_free()
            self.make_way()
        self.session.run(line)
        self._acted()

    def keep(self, line: str, made: Made) -> None:
        """Go on with a net that was made of the session's, see Session.keep."""
        self.session.keep(line, made.net, made.standing, made.measured)
        self._acted()

    def keep_undone(self, line: str, made: Made) -> None:
        """Let `redo` go on with such a net, until something new is done."""
        self.session.keep(line, made.net, made.standing, made.measured)
        self.session.undo()
        self._acted()

    def set_busy(self, words: str, *, changes: bool = False) -> None:
        """Say what a thread is at, "" when it has ended; changes: whether it makes a network of this one."""
        self._work, self._changes = words, changes
        self.busy.emit(words)

    @property
    def at(self) -> str:
        """What a thread is at, "" where nothing is."""
        return self._work

    @property
    def at_stake(self) -> str:
        """What a thread is at that closing would lose, "" where nothing is."""
        return self._work if self._changes else ""

    def check_free(self) -> None:
        """UserError where the network cannot be changed now."""
        if self._work:
            raise UserError(f"{self._work} is under way: wait for it, or stop it with Esc")

    def become(self, session: Session) -> None:
        """Go on with another session, and with its past; UserError while a thread is at this network."""
        self.check_free()
        self.make_way()
        self.session.become(session)
        self._acted()

    def leave_out(self, acts: Sequence[Act]) -> None:
        """Take acts of the past back, and keep those after them; beside the window where these take long."""
        if self._waits():
            return
        self.make_way()
        done = self.session.done
        first = min(place for place, act in enumerate(done) if any(act is each for each in acts))
        if any(isinstance(act, LongAct) for act in done[first:]):
            self.showed.emit()  # until then all is as it was
            self.remaking.emit(acts)
        else:
            self._go(lambda: self.session.leave_out(acts))

    def undo(self) -> None:
        """Take the last step back."""
        if self._waits():
            return
        self.make_way()
        self.jump(max(self.steps()[1] - 1, 0))

    def redo(self) -> None:
        """Make the last step again."""
        self.jump(self.steps()[1] + 1)

    def jump(self, count: int) -> None:
        """Go back or forth until so many steps hold; a step is an act and what was selected after it."""
        if self._waits():
            return
        self.make_way()
        session, (words, done) = self.session, self.steps()
        count = min(count, len(words))
        if count == done:
            return

        def go() -> None:
            with session.passing():
                while self.steps()[1] > count:
                    session.undo()
                while self.steps()[1] < count or (session.undone and isinstance(session.undone[0], Select)):
                    session.redo()

        if self.attempt(go):
            self._acted()
        else:
            self.showed.emit()  # a slider, or a list, that was touched stands where it stood

    def steps(self) -> tuple[list[str], int]:
        """What was done and what was undone, in words, and how many of these steps hold."""
        return steps_of(self.session.moments)

    def told_steps(self) -> tuple[list[str], int]:
        """As `steps`; a run that is open is told as the last step that holds, which it will become."""
        words, done = self.steps()
        return ([*words[:done], "training"], done + 1) if self.learning else (words, done)

    def try_out(self, traced: TracedDigit | None, before: TracedDigit | None = None) -> None:
        """Show a net or a digit that no act has led to; with None show again what stands."""
        if traced is not None or self._tried is not None:
            self._tried = None if traced is None else (traced, before or self.session.before)
            self.showed.emit()

    def learn(self, net: Net, doing: str = "") -> None:
        """Have what a run has made of the network stand for the session's, until the next act.

        doing: the line of what it has done to it. What is tried stays on screen: a stroke would give way to
        the digit of before at each new net.
        """
        self._learned, self._doing = self.session.traced.read_by(net), doing
        if self._tried is None:
            self.showed.emit()

    def noted(self, net: Net) -> Net:
        """A network that is shown, whose history tells of the run that is open, too."""
        learned = self._learned is not None and net is self._learned.net
        return net.noted(self._doing) if learned and self._doing else net

    def compare(self, on: bool) -> None:
        """Show the net as it was before its edits, while a key is held."""
        if on != self._comparing:
            self._comparing = on
            self.showed.emit()

    def _waits(self) -> bool:
        """Whether the network cannot be changed now; then it is said why."""
        if self.attempt(self.check_free):
            return False
        self.try_out(None)
        self.showed.emit()
        return True

    def _go(self, action: Callable[[], object]) -> bool:
        done = self.attempt(action)
        self._acted() if done else self.try_out(None)
        return done

    def _acted(self) -> None:
        self._round += 1
        self._tried, self._learned, self._comparing = None, None, False
        self.acted.emit()
        self.showed.emit()
