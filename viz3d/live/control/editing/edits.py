"""Edits: statements of a mutation, tried while a hand moves, done when it rests, and taken back."""

from collections.abc import Callable
from contextlib import suppress

from engine import EngineError
from engine.edits import statements, words
from viz3d.command.errors import UserError
from viz3d.live.control.desk import Desk
from viz3d.session.acts.change import Mutate

Statement = Callable[[], str]
"""Makes a statement of what a hand has set; UserError or EngineError where there is none."""


class Edits:
    """What all controls do with statements such as "scale hidden1:17 2"."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def try_out(self, statement: Statement) -> None:
        """Show what a statement would make, and do nothing."""
        # What cannot be done is told once, when the hand rests.
        with suppress(UserError, EngineError):
            self._desk.try_out(self._desk.standing.mutated(statement()))

    def choose(self, statement: Statement) -> bool:
        """Do a statement that was tried; where it cannot be done show the session again."""
        done: list[bool] = []
        tried = self._desk.attempt(lambda: done.append(self._desk.do(Mutate(statement()))))
        if not tried:
            self._desk.try_out(None)
        return done == [True]

    def do(self, statement: str) -> bool:
        """Do a statement."""
        return self._desk.do(Mutate(statement))

    def turn(self, statement: str, on: bool) -> None:
        """Do a statement, or take it back wherever it stands among the changes."""
        if on:
            self.do(statement)
            return
        acts = [act for act in self._desk.session.done if isinstance(act, Mutate) and act.edits == statement]
        if acts:
            self._desk.leave_out(acts)
        else:
            verb, where = words(statement)
            self._desk.said.emit(f"{where}: {verb} is part of a larger change, or of the file: undo that")
            self._desk.showed.emit()

    def reset(self, where: str) -> None:
        """Take all changes of this neuron, synapse or layer alone back."""

        def of_it(act: object) -> bool:
            return isinstance(act, Mutate) and all(place_of(part) == where for part in statements(act.edits))

        acts = [act for act in self._desk.session.done if of_it(act)]
        if acts:
            self._desk.leave_out(acts)
        else:
            self._desk.said.emit(f"{where}: nothing was changed in it alone")


def place_of(statement: str) -> str:
    """The address that a statement acts on: of a neuron, of a group, or of a synapse."""
    _, rest = words(statement)
    first, arrow, second = rest.partition(" -> ")
    return f"{first} -> {second.partition(' ')[0]}" if arrow else first.partition(" ")[0]
