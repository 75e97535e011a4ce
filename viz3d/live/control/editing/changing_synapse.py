"""Changes of a synapse: cut, set, nudged, scaled, and added between two neurons that had none."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QObject

from viz3d.live.cards import synapse_change
from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.edits import Edits
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.asking.command_box import CommandLine
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.menu import Entries


class SynapseControl(QObject):
    """Joins the panel of a synapse, and lines that are led from neuron to neuron, to the session."""

    def __init__(self, desk: Desk, picking: PickingControl, view: SceneView, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._picking, self._panel = desk, picking, inspector.synapse
        self._inspector, self._edits = inspector, Edits(desk)
        self._panel.sliding.connect(lambda weight: self._edits.try_out(lambda: self._weight(weight)))
        self._panel.chosen.connect(lambda weight: self._edits.choose(lambda: self._weight(weight)))
        self._panel.nudged.connect(self.nudge)
        self._panel.cut.connect(self.turn_cut)
        view.joined.connect(self.add)
        desk.showed.connect(self._show)
        self._show()

    def turn_cut(self, on: bool | None = None) -> None:
        """Cut the selected synapse, or put it back; unless told, what it is not."""
        card = self._panel.card
        if card is None:
            return
        on = card.there if on is None else on
        done = [act.text for act in self._desk.session.done]
        if on:
            self._edits.do(f"cut {card.address}")
        elif f"mutate cut {card.address}" in done:
            self._edits.turn(f"cut {card.address}", on=False)
        else:
            self._edits.do(f"add {card.address} {card.offered:.4g}")

    def nudge(self, amount: float) -> None:
        """Add to the weight of the selected synapse."""
        if self._panel.card is not None:
            self._edits.do(f"nudge {self._panel.card.address} {amount:.4g}")

    def add(self, source: int, target: int) -> None:
        """Put a synapse between two neurons, and select it; where there is one already, select that."""
        # Amid a run its weights tell what is offered: by then the session's are long past.
        standing = self._desk.standing
        where = " -> ".join(map(standing.address, (source, target)))
        card = synapse_change(standing, where)
        if self._edits.do(f"add {where} {card.offered:.4g}") or card.there:
            self._picking.pick_synapse(source, target)
            self._panel.weight.slider.setFocus()

    def entries(self, line: CommandLine) -> Entries:
        """What a menu offers for the selected synapse; line: where a weight is asked for."""
        card = self._panel.card
        if card is None:
            return ()
        verb = "set" if card.there else "add"
        first: tuple[str, Callable[[], object]] = (
            "Cut" if card.there else "Put it back" if card.weight else "Add it",
            self.turn_cut,
        )
        more = [
            ("Nudge up", partial(self.nudge, card.step)),
            ("Nudge down", partial(self.nudge, -card.step)),
            ("Scale …", lambda: line.begin(f"scale {card.address} ", "2")),
        ]
        ends = address_ends(card.address)
        return (
            first,
            ("Set its weight …", lambda: line.begin(f"{verb} {card.address} ", f"{card.offered:.4g}")),
            *(more if card.there else ()),
            None,
            *((f"Go to {end}", partial(self._picking.pick_place, end)) for end in ends),
            None,
            ("Reset", partial(self._edits.reset, card.address)),
        )

    def _weight(self, weight: float) -> str:
        """The edit that gives the selected synapse a weight, whatever is tried of it."""
        there = synapse_change(self._desk.standing, self._desk.session.selection).there
        return f"{'set' if there else 'add'} {self._desk.session.selection} {np.float32(weight):.4g}"

    def _show(self) -> None:
        synapse, traced = self._picking.thing.synapse, self._desk.shown.traced
        # While it is compared with before it was grown, an end may be missing.
        missing = synapse is not None and max(synapse) >= traced.net.neuron_count
        where = "" if synapse is None or missing else self._desk.session.selection
        self._inspector.set_synapse(synapse_change(traced, where) if where else None)


def address_ends(where: str) -> tuple[str, ...]:
    """The addresses of a synapse's source and target."""
    return tuple(where.split(" -> "))
