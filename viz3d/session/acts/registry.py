"""Acts by their words: a line of text becomes an act, and an act is its line again."""

from collections.abc import Callable
from difflib import get_close_matches

from engine.mutate.statements import VERBS
from viz3d.command.errors import UserError
from viz3d.session import lines
from viz3d.session.acts.change import Evolve, Mutate, Select, UseData, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.number import SetNumber
from viz3d.session.acts.take import TakeClass, TakeDigit, TakeImage, TakeSample
from viz3d.session.acts.train import Train
from viz3d.session.state import Act

_PLAIN = (
    UseData,
    TakeDigit,
    TakeClass,
    TakeSample,
    TakeImage,
    Drawing,
    SetNumber,
    SetLabel,
    Mutate,
    Evolve,
    Train,
    Design,
    Select,
)
READERS: dict[str, Callable[[str], Act]] = {
    **{kind.word: kind.read for kind in _PLAIN},
    "net": UseNet.read,
    "model": UseNet.read_model,
}
UNDO, REDO = "undo", "redo"
_ALIKE = 0.75  # from which on a word is taken for a slip, 1: the same; see difflib


def read_act(line: str) -> Act:
    """The act that a line asks for, such as "digit 3" or "ablate hidden1:17"; UserError where it is none."""
    word, rest = lines.words_of(line)
    if word in VERBS:
        return Mutate.read(f"{word} {rest}")
    if word not in READERS:
        if near := get_close_matches(word, (*VERBS, *READERS, UNDO, REDO), 1, _ALIKE):
            raise UserError(f"{word} is no act of a session: did you mean {near[0]}?")
        known = ", ".join((*READERS, UNDO, REDO))
        raise UserError(f"{word} is no act of a session: known are {known}, and the edits {', '.join(VERBS)}")
    if not rest:
        raise UserError(f"{word} needs more, such as {_EXAMPLES[word]}")
    with lines.without_dashes():
        return READERS[word](rest)


def line_of(act: Act) -> str:
    """The line of an act in a script; UserError where it would be read otherwise, as with a remark in it."""
    if read_act(act.text).text != act.text:
        raise UserError(f"{act.text}: a script would read that otherwise: rename the file, without a #")
    return act.text


_EXAMPLES = {
    "data": "data mnist",
    "architecture": "architecture seed 0 input 28x28 | dense 100 relu | dense 10 softmax",
    "net": "net mlp",
    "model": "model changed.npz",
    "digit": "digit 3",
    "class": "class 3, or the name of a class",
    "sample": "sample mnist:test:1166",
    "image": "image four.png label 4",
    "drawing": "drawing eNrt..., as a script has it",
    "number": "number petal width = 0.2, or number input:3 = 0.2",
    "label": "label 4, or label none",
    "mutate": "mutate ablate hidden1:17",
    "evolve": "evolve output generations 30 population 20 images 5000 seed 0",
    "train": "train steps 100 images 60000 seed 0",
    "select": "select hidden1:17, or select none",
}
