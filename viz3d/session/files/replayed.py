"""A session made again of its list of acts, as `stored` writes it."""

import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import engine
from engine import Checkpoint, Net, limits
from engine.errors import harmless, shortened
from viz3d.command.choice.digits import Digit
from viz3d.command.errors import UserError
from viz3d.session.acts.change import Evolve, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.registry import read_act
from viz3d.session.acts.take import TakeClass, TakeDigit, TakeImage, TakeSample, read_anew
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves
from viz3d.session.images import Images, Notify
from viz3d.session.moments import Place, forget_distant
from viz3d.session.session import Session
from viz3d.session.state import Act, Made, State
from viz3d.session.traced_digit import TracedDigit

NAME = re.compile(r"net-[0-9a-f]{1,32}\.npz")
CURVES = re.compile(r"curves-[0-9a-f]{1,32}\.f64")
STANDING = re.compile(r"standing-[0-9a-f]{1,32}\.npz")
FILES = (NAME, CURVES, STANDING)
MOST_TEXT, MOST_ACTS = 64 << 20, 100_000  # bytes of a list, moments in it
DAMAGED = (
    *(ValueError, TypeError, LookupError, AttributeError, RecursionError),
    *(NotImplementedError, EOFError, OSError),
)
"""What JSON, zipfile and a list of another form raise."""
_MOST_CLASSES = 10_000
_UNMEASURED = (
    10_000_000  # steps that a run may stand at whose curves are not stored: charts have room for each
)
_LONGEST = 1000  # characters that tell where a digit is from

Told = dict[str, Any]
Replaying: TypeAlias = "Generator[float, None, Session]"
"""A session that is made again act by act: yields the share that is done, and returns it."""


def replaying(listed: Told, folder: Path, notify: Notify) -> Replaying:
    """The session of a list; UserError, DataError or EngineError where an act cannot be done, or DAMAGED.

    folder: where the networks are that it names. notify: hears of what is damaged and no network, too: it is
    left out. Yields the share of its acts that are done.
    """
    images, undone = Images(notify), listed["undone"]
    first, *rest = listed["moments"]
    states = [_first(first, folder, images)]
    left: Place | None = None
    held, lost, astray = 0, list[str](), list[str]()
    for number, acts in enumerate(rest, 2):
        yield (number - 1) / len(listed["moments"])
        (told,) = acts
        act = read_act(told["line"])
        try:
            states.append(_after(states[-1], act, told, folder, images))
            left = forget_distant((states[-1], ()), left)
            held += _own_numbers(states[-1], states[-2])
            if "curves" in told and states[-1].measured is None:
                lost.append(act.text)
            if "standing" in told and states[-1].standing is None:
                astray.append(act.text)
            if held > limits.PARAMETERS:
                raise UserError(
                    f"the networks up to here have more than {limits.PARAMETERS:,} parameters, "
                    "what their runs measured among them"
                )
        except (UserError, engine.EngineError) as error:
            raise UserError(f"act {number}, {shortened(harmless(act.text), 40)}: {error}") from error
    if not isinstance(undone, int) or not 0 <= undone < len(states):
        raise UserError(f"{undone!r:.20} acts are told to be undone, of {len(rest)}")
    if lost:
        notify(_told_lost(lost))
    if astray:
        which = shortened(harmless(astray[-1]), 40)
        notify(f"where {which} stood is damaged: who trains on begins a new run, the networks are there")
    now = len(states) - undone
    return Session.at(states[now - 1], tuple(reversed(states[now:])), images)


def _own_numbers(state: State, before: State) -> int:
    """How many numbers a moment does not share with the one before: of its network and of its run."""
    shared = {id(array) for array in before.traced.net.parameters.values()}
    own = sum(array.size for array in state.traced.net.parameters.values() if id(array) not in shared)
    standing = None if state.standing is before.standing else state.standing
    if standing is not None:
        own += standing.net.parameter_count + sum(array.size for array in standing.arrays.values())
    curves = None if state.measured is before.measured else state.measured
    return own if curves is None else own + curves.size


def _first(told: list[Told], folder: Path, images: Images) -> State:
    """The moment that a session begins with: data set, network and digit."""
    where, chosen, taken = (read_act(each["line"]) for each in told)
    if not isinstance(where, UseData) or not isinstance(chosen, UseNet | Design):
        raise UserError("it does not begin with a data set, a network and a digit")
    net = _net(told[1], folder) or chosen.load(where.name, images)
    if not isinstance(taken, TakeDigit | TakeClass | TakeSample | TakeImage | Drawing):
        raise UserError("it does not begin with a data set, a network and a digit")
    digit = _digit(told[2]) if "picture" in told[2] else taken.digit(where.name, images, net)
    traced = TracedDigit.of(net, digit)
    return State(where.name, traced, traced, acts=(where, chosen, taken))


def _after(state: State, act: Act, told: Told, folder: Path, images: Images) -> State:
    """The moment after an act: of what is stored with it, or done again."""
    if isinstance(act, TakeDigit | TakeSample | TakeImage) and "picture" in told:
        return state.reading(_digit(told), act)
    net = _net(told, folder)
    if net is not None and isinstance(act, UseNet):
        traced = read_anew(net, state, images)
        return state.then(act, before=traced, traced=traced, selection="", measured=None)
    if net is not None and isinstance(act, Train):
        curves = _curves(told, folder)
        return state.made(Made(net, _standing(told, folder, net, curves), curves), act)
    if net is not None and isinstance(act, Evolve):
        return state.changed(net, act)
    if isinstance(act, Evolve) or (isinstance(act, Train) and act.steps):
        raise UserError("the network that came of it is missing")
    return act.after(state, images)


def _net(told: Told, folder: Path) -> Net | None:
    name = told.get("net")
    if name is None:
        return None
    if not NAME.fullmatch(name):
        raise UserError(f"{name!r:.40} is no name of a network in a session")
    return engine.load(folder / name)


def _curves(told: Told, folder: Path) -> Curves | None:
    """What the run of an act has measured, None where that is not stored, or is damaged."""
    try:
        name, *lengths = told.get("curves", [""])
        file = folder / name
        if not CURVES.fullmatch(name) or file.stat().st_size > limits.PARAMETERS * 8:
            return None
        return Curves.from_bytes(file.read_bytes(), lengths)
    except (UserError, *DAMAGED):
        return None


def _told_lost(runs: Sequence[str]) -> str:
    """That the curves of some runs, told by their lines, are lost."""
    which = shortened(harmless(runs[0]), 40) if len(runs) == 1 else f"{len(runs)} trainings"
    return f"what {which} measured is damaged: its charts are lost, the networks and all steps are there"


def _standing(told: Told, folder: Path, net: Net, curves: Curves | None) -> Checkpoint | None:
    """Where the run of an act stands that made a network; None where that is not stored, or is not sound."""
    try:
        name = told.get("standing")
        standing = engine.load_checkpoint(folder / name) if name and STANDING.fullmatch(name) else None
    except (engine.EngineError, *DAMAGED):
        return None
    if standing is None:
        return None
    notes, step = standing.notes, standing.progress.step
    known = set(notes) == {"images", "seed"} and all(type(n) is int and n >= 0 for n in notes.values())
    own = standing.net.graph.parameter_shapes == net.graph.parameter_shapes
    come_to = step <= (_UNMEASURED if curves is None else curves.curve.shape[1])
    return standing if known and own and come_to else None


def _digit(told: Told) -> Digit:
    """The digit that is stored with an act."""
    label, source = told["label"], str(told["source"])[:_LONGEST]
    if label is not None and not (type(label) is int and 0 <= label < _MOST_CLASSES):
        raise UserError(f"{label!r:.20} is no class")
    return Digit(Drawing.read(told["picture"]).picture, label, source)
