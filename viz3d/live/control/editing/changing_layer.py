"""Changes of a whole layer: pruned, shaken, grown, made smaller."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from viz3d.findings.edited import refused_of
from viz3d.live.cards import layer_change
from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.changing import FUNCTIONS
from viz3d.live.control.editing.edits import Edits
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.asking.command_box import CommandLine
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.menu import Entries


class LayerControl(QObject):
    """Joins the panel of a layer to the session.

    `left_out` brings a layer that a network without it is to be written of: what reads it has weights of
    another size then, so this is another architecture with new weights, and no edit.
    """

    left_out = Signal(str)

    def __init__(self, desk: Desk, picking: PickingControl, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._picking, self._inspector = desk, picking, inspector
        self._panel, self._edits = inspector.layer, Edits(desk)
        self._panel.sliding.connect(lambda verb, x: self._edits.try_out(lambda: self._statement(verb, x)))
        self._panel.chosen.connect(lambda verb, x: self._edits.choose(lambda: self._statement(verb, x)))
        self._panel.grow.connect(lambda count: self._edits.do(self._random("grow", count)))
        self._panel.remove.connect(self._remove)
        desk.showed.connect(self._show)
        self._show()

    def entries(self, line: CommandLine) -> Entries:
        """What a menu offers for the selected layer; line: where amounts are asked for.

        What cannot be done to it has no action.
        """
        where, net, card = self._picking.thing.layer, self._desk.session.net, self._panel.card
        if card is None:
            return ()
        refused, ends = refused_of(net, where), (net.layers[0].name, net.layers[-1].name)
        last = max(net.layer(where).shape[-1] - 1, 0)
        some = f"0-{min(7, last // 2)}" if last > 1 else "0"
        functions = [(name, partial(self._edits.do, f"function {where} {name}")) for name in FUNCTIONS]

        def amount(begin: str, more: str, fits: bool) -> Callable[[], None] | None:
            return partial(line.begin, begin, more) if fits else None

        def all_of_it(verb: str) -> Callable[[], bool] | None:
            return None if verb in refused else partial(self._edits.do, f"{verb} {where}")

        return (
            ("Prune …", amount(f"prune {where} ", "30%", card.learned)),
            ("Noise …", amount(f"noise {where} ", "0.1 seed 0", card.learned)),
            ("Grow …", amount(f"grow {where} ", "8 seed 0", card.resizable)),
            ("Remove neurons …", amount(f"remove {where}:", some, card.resizable)),
            ("Remove the layer …", None if where in ends else partial(self.left_out.emit, where)),
            None,
            ("Ablate all of it", all_of_it("ablate")),
            ("Freeze all of it", all_of_it("freeze")),
            ("Scale …", amount(f"scale {where} ", "2", "scale" not in refused)),
            ("Function", None if where in ends else functions),
            None,
            ("Reset", partial(self._edits.reset, where)),
        )

    def _remove(self, which: str) -> None:
        layer = self._picking.thing.layer
        which = which.strip()
        if layer and self._edits.do(f"remove {which if ':' in which else f'{layer}:{which}'}"):
            self._panel.which.clear()  # what is refused stays, to be put right

    def _statement(self, verb: str, amount: float) -> str:
        """The mutation of the selected layer that a slider asks for."""
        if verb == "prune":
            return f"prune {self._picking.thing.layer} {amount:.3g}%"
        return self._random(verb, f"{amount:.4g}")

    def _random(self, verb: str, amount: str) -> str:
        """A statement with a seed that none of its like has had."""
        begins = f"{verb} {self._picking.thing.layer} "
        seed = sum(words.startswith(begins) for words in self._desk.session.changes)
        return f"{begins}{amount} seed {seed}"

    def _show(self) -> None:
        layer, traced = self._picking.thing.layer, self._desk.shown.traced
        self._inspector.set_layer(layer_change(traced, layer) if layer else None)
