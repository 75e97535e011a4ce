"""All moments of a session as values: which of them hold, what is done again, what stays in memory."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TypeAlias

from engine import Checkpoint, EngineError, Net
from engine.graph.graph import Weights
from engine.spill import Spill
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.design import Design
from viz3d.session.images import Images
from viz3d.session.state import Act, LongAct, State

_TRACED = 100  # moments before and after one of which traces, and what edits come to, are kept
_ROOM = 32 << 20  # bytes that they may take: a large net's trace is made again sooner than memory is had
_LEARNED = 64 << 20  # bytes of what was learned in other moments that stay in memory: ten runs of `mlp`
_DRAFTED = 20  # networks beside that of the moment of which it is kept what their edits come to
_LATER = 4  # after fewer acts than one of so many of these it is not looked for what can be let go
_SPILL = Spill()  # one for all sessions of a process
_STEPPING_STONE = 256  # edits from one moment to the next of which it is kept in any case what all come to
_LARGEST_STONE = 1 << 14  # neurons and synapses that it may hold one by one for that: some megabytes
Place: TypeAlias = tuple[State, tuple[State, ...]]
"""A moment, and those after it that were taken back, the next one last."""


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
    left: Place | None = None
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
        left = forget_distant((state, ()), left)
    return state


def bring_back(state: State) -> None:
    """Have in memory what a moment's networks have learned, and what edits come to.

    UserError where what was learned cannot be read back.
    """
    for weights in (state.traced.net.weights, state.before.net.weights):
        try:
            next(iter(weights.arrays.values()), None)
        except EngineError as error:
            raise UserError(f"this moment cannot be gone to: {error}: all stays as it is now") from error
    _work_out_edits(state)


def _work_out_edits(state: State) -> None:
    """Know what a moment's edits come to from what those of a moment before it do.

    Of thousands of edits it takes seconds from the first one on. Some moments ahead of this one get to know
    theirs on the way, for undo to go on.
    """
    nets = [state.traced.net]
    for moment in _past(state):
        if nets[-1].drafted or moment.traced.net.weights is not nets[0].weights:
            break
        if moment.traced.net is not nets[-1]:
            nets.append(moment.traced.net)
    known = nets[-1]
    for net in reversed(nets[: _DRAFTED // 2]):
        net.draft_after(known)
        known = net


def forget_distant(place: Place, left: Place | None = None) -> Place:
    """Keep of moments far from this one in memory only what is small; who goes there has all as it was.

    Traces, and what edits come to, are let go and worked out again; weights, and where trainings stand, go to
    a temporary file.

    To be called after each step to another moment: undo and redo bring traces and weights back, too, and so
    each is let go as it falls behind. left: where it was looked last, which this answers, so that after
    thousands of moments those alone are looked at that are near now or were then; None: all are. After each
    of a few small acts nothing is looked at: the next ones let go of what they leave.
    """
    if left is not None and _hardly_left(place, left):
        return left
    near = _near(place)
    known = _nearest(place) if left is None else [*near, left[0], *_near(left)]
    _forget_traces(place[0], near, known)
    _forget_edits(place[0], near, known)
    if left is None or _has_learned(place, left):
        _put_away(place)
    return place


def _hardly_left(place: Place, left: Place) -> bool:
    """Whether only a few acts lead on from where it was looked last, all with little to let go of."""
    few, state, nothing_undone = min(_TRACED, _DRAFTED) // _LATER, place[0], not place[1] and not left[1]
    if not nothing_undone or _has_learned(place, left) or state.traced.held * few > _ROOM:
        return False
    net = state.traced.net
    if net.drafted and net.draft.columns > _LARGEST_STONE:
        return False
    return any(moment is left[0] for moment in islice(_past(state), few))


def _has_learned(place: Place, left: Place) -> bool:
    return {*map(id, _learned(left[0]))} != {*map(id, _learned(place[0]))}


def _put_away(place: Place) -> None:
    """Have what was learned in moments far from this one in a file alone, while that can be written."""
    known, room = {id(each) for each in _learned(place[0])}, _LEARNED
    for moment in _nearest(place):
        for each in _learned(moment):
            if id(each) not in known:
                known.add(id(each))
                room -= each.nbytes
                if room < 0:
                    each.put_away(_SPILL)
    _SPILL.tidy()


def _forget_edits(state: State, near: Sequence[State], known: Sequence[State]) -> None:
    """Let go of what edits of known moments come to, but of this one's, some near, and stepping stones."""
    kept = {id(state.traced.net), id(state.before.net)}
    most = len(kept) + _DRAFTED
    for net in chain.from_iterable((moment.traced.net, moment.before.net) for moment in near):
        if len(kept) < most:
            kept.add(id(net))
    for moment in known:
        for net in (moment.traced.net, moment.before.net):
            if id(net) not in kept and not _is_stone(moment, net):
                net.forget()


def _is_stone(moment: State, net: Net) -> bool:
    """Whether what a network's edits come to is kept for those who come back, however far they are."""
    ahead = 0 if moment.parent is None else len(moment.parent.traced.net.edits)
    passed = len(net.edits) // _STEPPING_STONE > ahead // _STEPPING_STONE
    return passed and net.drafted and net.draft.columns <= _LARGEST_STONE


def _forget_traces(state: State, near: Sequence[State], known: Sequence[State]) -> None:
    """Let go of the traces of known moments, but of this one's and of those near, as far as there is room."""
    kept, room = {id(state.before), id(state.traced)}, _ROOM
    for traced in chain.from_iterable((moment.traced, moment.before) for moment in near):
        if id(traced) not in kept:
            room -= traced.held
            if room < 0:
                break
            kept.add(id(traced))
    for traced in chain.from_iterable((moment.traced, moment.before) for moment in known):
        if id(traced) not in kept:
            traced.forget()


def _near(place: Place) -> list[State]:
    """The moments at most so far from this one that something of them is kept, the nearest first."""
    state, undone = place
    return _by_turns(islice(_past(state), _TRACED), islice(reversed(undone), _TRACED))


def _nearest(place: Place) -> list[State]:
    """All moments but this one, the nearest first."""
    state, undone = place
    return _by_turns(_past(state), reversed(undone))


def _by_turns(past: Iterable[State], ahead: Iterable[State]) -> list[State]:
    """Moments before one and after it by turns."""
    return [each for each in chain.from_iterable(zip_longest(past, ahead)) if each is not None]


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
