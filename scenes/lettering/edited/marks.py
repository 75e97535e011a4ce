"""Marks: which neurons a net's edits touch, and what was done to them, in words."""

from dataclasses import dataclass

from engine import Edit, Net
from scenes.texts import ENGLISH, Texts

MOST = 12
"""Edits that are marked: more rings would hide what they are around."""
GROUP = 64
"""Neurons of one end of an edit that get a ring each; a larger group has a label alone."""
_LONG = 36  # characters of a label


@dataclass(frozen=True)
class Mark:
    """What one edit has touched, by global id.

    Attributes:
        ends: the neurons that get rings: one group, or those at both ends of a synapse.
        at: the neurons that the label belongs to, all of one layer.
        layer: the layer of these.
        text: what was done to which.
        side: at which side of its neurons the label stands, see rings.py; -1 where none was free.
    """

    ends: tuple[tuple[int, ...], ...]
    at: tuple[int, ...]
    layer: str
    text: str
    side: int = 0


def marks(net: Net, texts: Texts = ENGLISH) -> tuple[Mark, ...]:
    """One mark for each of the net's last edits, at most `MOST`; what only training would notice has none."""
    return tuple(_mark(net, edit, texts) for edit in marked(net)[-MOST:])


def marked(net: Net) -> list[Edit]:
    """The net's edits but for those that only training would notice."""
    return [edit for edit in net.edits if edit.verb not in ("freeze", "hold")]


def _mark(net: Net, edit: Edit, texts: Texts) -> Mark:
    places = [where.strip() for where in edit.where.split("->")]
    ends = [net.neuron(where).numbers for where in places]
    text = f"{' -> '.join(places)} {_deed(edit, texts)}"
    if edit.synapse and len(text) > _LONG:
        # The label stands at the target.
        text = f"{_deed(edit, texts)} <- {places[0]}"
    return Mark(tuple(end for end in ends if len(end) <= GROUP), ends[-1], edit.layer, text)


def _deed(edit: Edit, texts: Texts) -> str:
    """What was done, such as "clamped to 0.8"."""
    return texts.say(f"mark.{edit.verb}", value=edit.function if edit.value is None else edit.value)
