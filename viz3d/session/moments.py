"""All moments of a session as values: which of them hold, what is done again, what stays in memory."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from engine import Checkpoint, EngineError
from engine.graph.graph import Weights
from engine.spill import Spill
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.design import Design
from viz3d.session.images import Images
from viz3d.session.state import Act, LongAct, State

_TRACED = 100  # moments before and after one whose traces are kept
_ROOM = 32 << 20  # bytes that they may take: a large net's trace is made again sooner than memory is had
_LEARNED = 64 << 20  # bytes of what was learned in other moments that stay in memory: ten runs of `mlp`
_DRAFTED = 20  # networks beside that of the moment of which it is kept what their edits come to
_SPILL = Spill()  # one for all sessions of a process


@dataclass(frozen=True, eq=False)
class Moments:
    """All moments of a session as values, the first one first; the last `undone` of them were taken back.

    back: the step of a run that was on screen, from which the last moment's act trains on; None for none.
    """

    states: tuple[State, ...]
    undone: int = 0
    back: int | None = None

    @classmethod
    def of(cls, state: State, undone: tuple[State, ...]) -> "Moments":
        """The moments that led to this one, and those after it that were taken back, the next one last."""
        newest_first, past = [state], state.parent
        while past is not None:
            newest_first.append(past)
            past = past.parent
        return cls((*reversed(newest_first), *reversed(undone)), len(undone))

    @property
    def held(self) -> tuple[State, ...]:
        """The moments up to now."""
        return self.states[: len(self.states) - self.undone]

    def then(self, state: State) -> "Moments":
        """The moments up to now, and one after that."""
        return Moments((*self.held, state))


def called(state: State) -> str:
    """What a moment's network is called: by its file, where it was chosen as one, else by its own name."""
    newest_first = chain.from_iterable(reversed(each.acts) for each in reversed(Moments.of(state, ()).states))
    chosen = next(act for act in newest_first if isinstance(act, UseNet | Design))
    file = chosen.model if isinstance(chosen, UseNet) else None
    return state.traced.net.name if file is None else file.name


def done_again(state: State, acts: Sequence[Act], images: Images) -> Generator[float, None, State]:
    """The moment that acts lead to from another one, in steps; yields shares of the work done, 0..1.

    Raises UserError, DataError or EngineError where one of them cannot be done.
    """
    for place, act in enumerate(acts):
        yield place / len(acts)
        if isinstance(act, LongAct):
            making = act.making(state, images)
            try:
                while True:
                    yield (place + next(making)) / len(acts)
            except StopIteration as end:
                state = state.made(end.value, act)
        else:
            with lines.without_dashes():
                state = act.after(state, images)
        forget_distant(state)
    return state


def bring_back(state: State) -> None:
    """Have in memory what the networks of a moment have learned; UserError where it cannot be read back."""
    for weights in (state.traced.net.weights, state.before.net.weights):
        try:
            next(iter(weights.arrays.values()), None)
        except EngineError as error:
            raise UserError(f"this moment cannot be gone to: {error}: all stays as it is now") from error


def forget_distant(state: State, undone: tuple[State, ...] = ()) -> None:
    """Keep of moments far from this one in memory only what is small; who goes there has all as it was.

    Traces, and what edits come to, are let go and worked out again; weights, and where trainings stand, go to
    a temporary file.
    undone: moments after it that were taken back, the next one last. To be called after each step to another
    moment: undo and redo bring traces and weights back, too, and so each is let go as it falls behind.
    """
    _forget_traces(state, undone)
    _forget_edits(state, undone)
    _put_away(state, undone)


def _put_away(state: State, undone: tuple[State, ...]) -> None:
    """Have what was learned in moments far from this one in a file alone, while that can be written."""
    known, room = {id(each) for each in _learned(state)}, _LEARNED
    for moment in _nearest(state, undone):
        for each in _learned(moment):
            if id(each) not in known:
                known.add(id(each))
                room -= each.nbytes
                if room < 0:
                    each.put_away(_SPILL)
    _SPILL.tidy()


def _forget_edits(state: State, undone: tuple[State, ...]) -> None:
    """Let go of what the edits come to of networks far from this moment's."""
    own = state.traced.net, state.before.net
    known = {id(net) for net in own}
    for moment in _nearest(state, undone):
        for traced in (moment.traced, moment.before):
            if id(traced.net) not in known:
                known.add(id(traced.net))
                if len(known) > len(own) + _DRAFTED:
                    traced.net.forget()


def _nearest(state: State, undone: tuple[State, ...]) -> Iterator[State]:
    """All moments but this one, those before it and after it by turns, the nearest first."""
    for moment in chain.from_iterable(zip_longest(_past(state), reversed(undone))):
        if moment is not None:
            yield moment


def _past(state: State) -> Iterator[State]:
    """The moments that led to this one, the newest first."""
    while state.parent is not None:
        state = state.parent
        yield state


def _learned(state: State) -> list[Weights | Checkpoint]:
    """What a moment has that was learned; the same objects where it was learned before it."""
    learned: list[Weights | Checkpoint] = [state.traced.net.weights, state.before.net.weights]
    if state.standing is not None:
        learned += [state.standing, state.standing.net.weights]
    return learned


def _forget_traces(state: State, undone: tuple[State, ...]) -> None:
    """Let go of the traces of moments far from this one."""
    known, room, past = {id(state.before), id(state.traced)}, _ROOM, state.parent
    for distance in range(1, _TRACED + 2):
        ahead = undone[-distance] if distance <= len(undone) else None
        if past is None and ahead is None:
            return
        for moment in (past, ahead):
            for traced in () if moment is None else (moment.traced, moment.before):
                if id(traced) not in known:
                    known.add(id(traced))
                    room -= traced.held
                    if room < 0 or distance > _TRACED:
                        traced.forget()
        past = None if past is None else past.parent
