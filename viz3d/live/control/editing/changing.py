"""Changes of a neuron: sliders, buttons, and what its menu offers."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from engine import Net
from engine.blocks.activations import activation, activations
from engine.graph import address
from engine.mutate.resize import resizable
from viz3d.command.errors import UserError
from viz3d.findings.edited import edits_of_neuron, function_of, scale_of, shift_of
from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.edits import Edits
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.asking.command_box import CommandLine
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.menu import MARK, Entries

FUNCTIONS = tuple(name for name in activations() if not activation(name).rowwise)


class ChangingControl(QObject):
    """Joins the sliders and buttons of a neuron, and the list of edits, to the session.

    line: where a change is begun that needs a word more.
    """

    def __init__(self, desk: Desk, picking: PickingControl, inspector: Inspector, line: CommandLine) -> None:
        super().__init__()
        self._desk, self._picking, self._inspector, self._line = desk, picking, inspector, line
        self._edits = Edits(desk)
        self._offered: tuple[str, Net | None] = "", None  # of which neuron and net the menu's entries are
        self._more: dict[str, Callable[[str], object]] = {
            "Cut what reaches it": self._cut_incoming,
            "Cut what leaves it": self._cut_outgoing,
            "Add a synapse …": lambda where: line.begin("add ", f"{where} -> {self._free_end(where)} 0.5"),
            "Remove it": lambda where: self._edits.do(f"remove {where}"),
            "Reset": self._edits.reset,
        }
        change, edits = inspector.change, inspector.edits
        change.sliding.connect(self._slide)
        change.chosen.connect(self._choose)
        change.ablate.connect(lambda on: self._turn("ablate", on))
        change.freeze.connect(lambda on: self._turn("freeze", on))
        edits.undo.connect(desk.undo)
        edits.redo.connect(desk.redo)
        edits.jumped.connect(desk.jump)
        self._learning = False
        desk.acted.connect(self._show)
        desk.showed.connect(self._show_run)
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

    def entries(self) -> Entries:
        """What a menu offers for the selected neuron; what cannot be done to it has no action."""
        change = self._inspector.change
        sliders = change.settings
        return (
            (
                "Let it speak" if change.silent.isChecked() else "Ablate",
                self.turn_ablated if change.silent.isEnabled() else None,
            ),
            (
                "Thaw" if change.still.isChecked() else "Freeze",
                self.turn_frozen if change.still.isEnabled() else None,
            ),
            *(
                (f"{words} …", partial(self.begin, verb) if sliders[verb].isEnabled() else None)
                for verb, words in change.verbs.items()
            ),
            *self._others(),
        )

    def _others(self) -> Entries:
        """What no button and no slider does."""
        net, where = self._desk.session.net, self._where
        layer = _layer(where)
        sources, targets = ({ends[k] for ends in self._links()} for k in (0, 1))
        ends = net.layers[0].name, net.layers[-1].name
        fits = {
            "Cut what reaches it": layer in targets,
            "Cut what leaves it": layer in sources,
            "Add a synapse …": bool(where and self._free_end(where)),
            "Remove it": bool(where and resizable(net, layer)),
        }
        now = function_of(net, self._picking.neuron or 0)
        functions = [
            (MARK * (name == now) + name, partial(self.more, f"Function {name}")) for name in FUNCTIONS
        ]
        more = ((each, partial(self.more, each) if fits.get(each, True) else None) for each in self._more)
        return (("Function", None if layer in ends else functions), None, *more)

    def _free_end(self, where: str) -> str:
        """A neuron that a synapse may lead to: of the last layer that hears nothing of this one's yet."""
        net, layer = self._desk.session.net, _layer(where)
        later = net.layers[net.index(layer) + 1 :]
        free = [each.name for each in later if (layer, each.name) not in self._links()]
        return address.write(net.graph, net.offset(free[-1])) if free else ""

    def begin(self, verb: str) -> None:
        """Give the keys to the slider of clamp, scale or shift."""
        if self._where:
            self._inspector.change.settings[verb].slider.setFocus()

    @property
    def _where(self) -> str:
        return "" if self._picking.neuron is None else self._desk.session.selection

    def _function(self, entry: str, where: str) -> None:
        self._edits.do(f"function {where} {entry.removeprefix('Function ')}")

    def _statement(self, verb: str, value: float) -> str:
        """The edit that a slider's value asks for. UserError where there is none."""
        edits = edits_of_neuron(self._desk.standing.net, self._picking.neuron or 0)
        if verb == "shift":
            value -= shift_of(edits)
        elif verb == "scale":
            now = scale_of(edits)
            if now == 0:
                raise UserError(
                    f"{self._where} is scaled by 0, and no factor undoes that: undo it, or reset it"
                )
            value /= now
        return f"{verb} {self._where} {value:.4g}"

    def _slide(self, verb: str, value: float) -> None:
        if self._where:
            self._edits.try_out(lambda: self._statement(verb, value))

    def _choose(self, verb: str, value: float) -> None:
        if self._where:
            self._edits.choose(lambda: self._statement(verb, value))

    def _turn(self, verb: str, on: bool) -> None:
        if self._where:
            self._edits.turn(f"{verb} {self._where}", on)

    def _cut_incoming(self, where: str) -> None:
        self._cut([f"cut {source} -> {where}" for source, target in self._links() if target == _layer(where)])

    def _cut_outgoing(self, where: str) -> None:
        self._cut([f"cut {where} -> {target}" for source, target in self._links() if source == _layer(where)])

    def _links(self) -> tuple[tuple[str, str], ...]:
        return self._desk.session.net.connections

    def _cut(self, cuts: list[str]) -> None:
        if cuts:
            self._edits.do("; ".join(cuts))

    def _show_run(self) -> None:
        """Tell that a run is open, as a step that can be taken back; not at each of its nets again."""
        if self._learning != self._desk.learning:
            self._show()

    def _show(self) -> None:
        self._learning = self._desk.learning
        self._inspector.set_edits(*self._desk.told_steps())
        offered = self._where, self._desk.session.net
        if offered != self._offered and offered[0]:
            self._offered = offered
            self._inspector.change.set_more(self._others())


def _layer(where: str) -> str:
    return where.partition(":")[0]
