"""The acts of a session in words, as the list of edits tells them."""

from itertools import chain

import numpy as np

from viz3d.session.acts.change import Mutate, Select
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.number import SetNumber
from viz3d.session.moments import Moments
from viz3d.session.state import Act
from viz3d.session.traced_digit import TracedDigit


def steps_of(moments: Moments) -> tuple[list[str], int]:
    """What was done and what was undone, in words, and how many of these steps hold.

    A step is an act that does more than select.
    """
    told = [
        [_words(act, state.traced) for act in state.acts if not isinstance(act, Select)]
        for state in moments.states
    ]
    done, undone = told[1 : len(moments.held)], told[len(moments.held) :]
    return list(chain(*done, *undone)), sum(map(len, done))


def _words(act: Act, traced: TracedDigit) -> str:
    """An act as the list of edits tells it; traced: what it has led to."""
    if isinstance(act, Mutate):
        return act.edits
    if isinstance(act, SetNumber):
        return act.told
    if isinstance(act, Drawing):
        if not np.ptp(act.picture):
            return "an empty picture"
        label = "" if act.label is None else f", label {act.label}"
        read = "" if traced.answer is None else f", read as {traced.named(traced.answer)}"
        return f"a drawing{label}{read}"
    return act.text
