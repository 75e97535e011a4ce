"""Changes: sliders, buttons, the menu, the line for any mutation, undo and redo."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QGuiApplication

from data import DataError
from engine import EngineError
from engine.blocks.activations import activation, activations
from engine.edits import statements, words
from engine.mutate.statements import VERBS
from viz3d.command.errors import UserError
from viz3d.live.bars import menu_of
from viz3d.live.cards import edits_of, scale_of
from viz3d.live.control.desk import Desk
from viz3d.live.control.picking import PickingControl
from viz3d.live.widgets.command_box import CommandBox
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.session.change import Mutate

_FUNCTIONS = [name for name in activations() if not activation(name).rowwise]


class ChangingControl(QObject):
    """Joins the inspector's lower half and the line for any mutation to the session."""

    def __init__(self, desk: Desk, picking: PickingControl, inspector: Inspector, box: CommandBox) -> None:
        super().__init__()
        self._desk, self._picking, self._inspector, self._box = desk, picking, inspector, box
        self._more: dict[str, Callable[[str], object]] = {
            "Shift …": lambda where: self._begin(f"shift {where} ", "0.5"),
            "Function …": lambda where: self._begin(f"function {where} ", "tanh"),
            "Cut what reaches it": self._cut_incoming,
            "Cut what leaves it": self._cut_outgoing,
            "Add a synapse …": lambda where: self._begin("add ", f"{where} -> output:0 0.5"),
            "Remove it": lambda where: desk.do(Mutate(f"remove {where}")),
            "Reset": self._reset,
            "Copy address": lambda where: QGuiApplication.clipboard().setText(where),
        }
        change, edits = inspector.change, inspector.edits
        change.sliding.connect(self._slide)
        change.chosen.connect(self._choose)
        change.ablate.connect(partial(self._turn, "ablate"))
        change.freeze.connect(partial(self._turn, "freeze"))
        change.more.connect(self.more)
        edits.undo.connect(desk.undo)
        edits.redo.connect(desk.redo)
        edits.jumped.connect(desk.jump)
        box.entered.connect(self._enter)
        desk.acted.connect(self._show)
        self._offer()
        self._show()

    def turn_ablated(self) -> None:
        """Silence the selected neuron, or let it speak again."""
        self._turn("ablate", not self._inspector.change.silent.isChecked())

    def turn_frozen(self) -> None:
        """Let training leave the selected neuron as it is, or not."""
        self._turn("freeze", not self._inspector.change.still.isChecked())

    def more(self, entry: str) -> None:
        """Do what an entry of the menu says to the selected neuron."""
        if self._where:
            self._more.get(entry, partial(self._function, entry))(self._where)

    def popup(self, place: QPoint) -> None:
        """Open a menu for the selected neuron at a place of the screen."""
        if not self._where:
            return
        change = self._inspector.change
        turns = (
            ("Let it speak" if change.silent.isChecked() else "Ablate", self.turn_ablated),
            ("Thaw" if change.still.isChecked() else "Freeze", self.turn_frozen),
        )
        more = [(entry, partial(self.more, entry)) for entry in self._more]
        menu_of(self._inspector, (*turns, None, *more)).popup(place)

    @property
    def _where(self) -> str:
        return "" if self._picking.neuron is None else self._desk.session.selection

    def _offer(self) -> None:
        names = list(self._more)
        functions = [f"Function {name}" for name in _FUNCTIONS]
        self._inspector.change.set_more([names[0], *functions, "", *names[2:5], "", *names[5:]])

    def _function(self, entry: str, where: str) -> None:
        self._desk.do(Mutate(f"function {where} {entry.removeprefix('Function ')}"))

    def _statement(self, verb: str, value: float) -> str:
        """The edit that a slider's value asks for. UserError where there is none."""
        if verb == "clamp":
            return f"clamp {self._where} {value:.4g}"
        now = scale_of(edits_of(self._desk.session.net, self._picking.neuron or 0))
        if now == 0:
            raise UserError(f"{self._where} is scaled by 0, and no factor undoes that: undo it, or reset it")
        return f"scale {self._where} {value / now:.4g}"

    def _slide(self, verb: str, value: float) -> None:
        # What cannot be done is told once, when the hand rests.
        with suppress(UserError, EngineError):
            if self._where:
                self._desk.try_out(self._desk.session.traced.mutated(self._statement(verb, value)))

    def _choose(self, verb: str, value: float) -> None:
        def change() -> None:
            self._desk.do(Mutate(self._statement(verb, value)))

        if self._where and not self._desk.attempt(change):
            self._desk.try_out(None)

    def _turn(self, verb: str, on: bool) -> None:
        """Ablate or freeze, or take that back, wherever it stands among the changes."""
        where = self._where
        if not where:
            return
        statement = f"{verb} {where}"
        if on:
            self._desk.do(Mutate(statement))
            return
        acts = [act for act in self._desk.session.done if isinstance(act, Mutate) and act.edits == statement]
        if acts:
            self._desk.leave_out(acts)
        else:
            self._desk.said.emit(f"{where}: {verb} is part of a larger change, or of the file: undo that")
            self._desk.showed.emit()

    def _reset(self, where: str) -> None:
        """Take all changes of this neuron alone back."""

        def of_it(act: object) -> bool:
            return isinstance(act, Mutate) and all(_place(part) == where for part in statements(act.edits))

        acts = [act for act in self._desk.session.done if of_it(act)]
        if acts:
            self._desk.leave_out(acts)
        else:
            self._desk.said.emit(f"{where}: nothing was changed in it alone")

    def _cut_incoming(self, where: str) -> None:
        self._cut([f"cut {source} -> {where}" for source, target in self._links() if target == _layer(where)])

    def _cut_outgoing(self, where: str) -> None:
        self._cut([f"cut {where} -> {target}" for source, target in self._links() if source == _layer(where)])

    def _links(self) -> tuple[tuple[str, str], ...]:
        return self._desk.session.net.connections

    def _cut(self, cuts: list[str]) -> None:
        if cuts:
            self._desk.do(Mutate("; ".join(cuts)))

    def _begin(self, words: str, more: str) -> None:
        """Write the beginning of a change into the line, and mark what is to be said."""
        line = self._box.line
        line.setText(words + more)
        line.setSelection(len(words), len(more))
        line.setFocus()

    def _enter(self, line: str) -> None:
        try:
            self._desk.enter(line)
        except (UserError, EngineError, DataError) as error:
            self._box.show_error(" ".join(str(error).split()))
        else:
            self._box.accept()

    def _show(self) -> None:
        self._inspector.set_edits(*self._desk.steps())
        layers = (layer.name for layer in self._desk.session.net.layers)
        self._box.set_words(sorted({*VERBS, *layers, "undo", "redo", "select", "digit", "label"}))


def _layer(where: str) -> str:
    return where.partition(":")[0]


def _place(statement: str) -> str:
    """The address of a statement's neuron."""
    return words(statement)[1].partition(" ")[0] if "->" not in statement else ""
