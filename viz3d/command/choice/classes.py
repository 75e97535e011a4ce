"""Which class is meant, by its name or its number."""

from data import DIGITS, place_of_class
from engine import Net
from viz3d.command.errors import UserError


def class_of(option: str, word: str, net: Net | None = None) -> int:
    """The number of the class that `word` names; of digits, where no net is told.

    Raises UserError, in the option's name, where there is none.
    """
    classes = DIGITS if net is None else net.classes
    place = place_of_class(word.strip(), classes)
    if place is not None:
        return place
    if net is None or net.noun == "digit":
        raise UserError(f"{option} {word}: give 0 to {len(classes) - 1}")
    known = ", ".join(classes[:8]) + (" ..." if len(classes) > 8 else "")
    raise UserError(f"{option} {word}: {net.name} knows no such class: give one of {known}")
