"""A session as a script: which lines it begins with, which acts it tells, and the same in Python."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data import DataError
from engine import EngineError
from viz3d.command.choice.digits import Digit
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.acts.change import Select, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.drawing import Drawing, is_drawing
from viz3d.session.acts.registry import read_act
from viz3d.session.acts.take import FIRST, TakeDigit, TakeImage
from viz3d.session.state import Act, State, Take

Numbered = Sequence[tuple[int, str]]

_CHOOSES = {
    "data": "data",
    "net": "net",
    "model": "net",
    "architecture": "net",
    "digit": "digit",
    "class": "digit",
    "sample": "digit",
    "image": "digit",
    "drawing": "digit",
}
_IMPORTS = {
    "base64.": "import base64",
    "zlib.": "import zlib",
    "Path(": "from pathlib import Path",
    "np.": "import numpy as np",
    "initial_parameters(": "from engine.text.build import initial_parameters",
    "viz3d.": "import viz3d",
}


def numbered(script: Iterable[str]) -> Numbered:
    """The lines of a script that are neither blank nor only a remark, each with its number from 1."""
    return [(number, line) for number, line in enumerate(script, 1) if lines.words_of(line)[0]]


def opening(script: Numbered) -> tuple[UseData, UseNet | Design, Take, Numbered]:
    """The data set, the network and the digit that a script begins with, and its other lines.

    MNIST, mlp and the first seven, where its first lines choose no others.
    """
    chosen: dict[str, Any] = {}
    for number, line in script:
        kind = _CHOOSES.get(lines.words_of(line)[0])
        if kind is None or kind in chosen:
            break
        with in_line(number):
            chosen[kind] = read_act(line)
    data, net = chosen.get("data", UseData("mnist")), chosen.get("net", UseNet())
    return data, net, chosen.get("digit", TakeDigit(7)), script[len(chosen) :]


@contextmanager
def in_line(number: int) -> Iterator[None]:
    """Put the number of the line ahead of any error that it raises."""
    try:
        yield
    except (UserError, DataError, EngineError) as error:
        raise UserError(f"line {number}: {error}") from error


def told(states: Iterable[State], passing: Collection[Path]) -> list[Act]:
    """The acts that a script tells of moments: of what was looked at the last alone, which is what stays.

    passing: files that soon go. No act needs a picture's file that goes or has gone.
    """
    acts = _lasting(states, passing)
    last = next((act for act in reversed(acts) if isinstance(act, Select)), None)
    return [act for act in acts if not isinstance(act, Select) or (act is last and act.where)]


def _lasting(states: Iterable[State], passing: Collection[Path]) -> list[Act]:
    """The acts of moments, each as one that can be done again later.

    What a network took by itself, as the digit before was none for it, is told as an act.
    """
    acts: list[Act] = []
    for state in states:
        acts += [_without_file(act, state.traced.digit, passing) for act in state.acts]
        kept = state.parent is None or state.traced.digit is state.parent.traced.digit
        if not kept and isinstance(state.acts[-1], UseNet | Design):
            acts.append(FIRST)
    return acts


def _without_file(act: Act, digit: Digit, passing: Collection[Path]) -> Act:
    """An act that can be done again when its picture's file has gone, or goes as `passing` tells.

    digit: what it took. What is no picture of a digit keeps its file's name.
    """
    gone = isinstance(act, TakeImage) and (act.path in passing or not act.path.is_file())
    return Drawing.of(digit.image, digit.label) if gone and is_drawing(digit.image) else act


def as_python(acts: Iterable[Act]) -> list[str]:
    """Lines of Python that lead to the same `net`, `image`, `label` and `trace`."""
    data = "mnist"
    body: list[str] = []
    for act in acts:
        if isinstance(act, UseData):
            data = act.name
        body += act.python(data)
    brought = [each for each in body if each.startswith(("from ", "import "))]
    body = [each for each in body if each not in brought]
    needed = [line for use, line in _IMPORTS.items() if any(use in each for each in body)]
    imports = dict.fromkeys([*needed, *brought, "import data", "import engine"])  # each of them once
    return [*imports, *body, "trace = net.trace(image)"]
