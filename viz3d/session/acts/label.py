"""The act that tells what the digit is meant as."""

import re
from dataclasses import dataclass
from typing import ClassVar

from viz3d.command.choice.classes import class_of
from viz3d.command.errors import UserError
from viz3d.session.images import Images
from viz3d.session.state import State


@dataclass(frozen=True)
class SetLabel:
    """Tell what the digit is meant as: a class by its number or its name; None: nobody knows."""

    word: ClassVar[str] = "label"
    label: int | str | None

    @classmethod
    def read(cls, text: str) -> "SetLabel":
        """The act that a script line asks for; text: the line after its first word."""
        if text == "none":
            return cls(None)
        if not text:
            raise UserError("label: give 0 to 9, the name of a class, or none")
        return cls(int(text) if re.fullmatch("[0-9]{1,4}", text) else text)

    @property
    def text(self) -> str:
        """The act as a line of a script."""
        return f"label {'none' if self.label is None else self.label}"

    def python(self, data: str) -> tuple[str, ...]:  # noqa: ARG002
        """The act as lines of Python."""
        if isinstance(self.label, str):
            return (f"label = net.classes.index({self.label!r})",)
        return (f"label = {self.label}",)

    def after(self, state: State, images: Images) -> State:  # noqa: ARG002
        """Nothing is read anew: no network sees the label. UserError where the network gives numbers."""
        net = state.traced.net
        if net.gives_numbers and self.label is not None:
            raise UserError(f"label {self.label}: {net.name} gives numbers and chooses no class")
        label = None if self.label is None else class_of("label", str(self.label), net)
        pair = (each.labelled(label) for each in (state.before, state.traced))
        return state.then(self, **dict(zip(("before", "traced"), pair, strict=True)))
