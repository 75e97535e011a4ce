"""A group of neurons: what they do together, and changes of all of them."""

from functools import partial

from PySide6.QtCore import QObject

from engine import EngineError
from engine.graph import address
from viz3d.findings.deciders import read_without
from viz3d.findings.group import GroupFacts
from viz3d.findings.read_as import read_as
from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.edits import Edits
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.inspecting.group_card import GroupCard
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.widgets.menu import Entries
from viz3d.live.widgets.style import number
from viz3d.session.traced_digit import TracedDigit


class GroupControl(QObject):
    """Joins the panel of a group to the session."""

    def __init__(self, desk: Desk, picking: PickingControl, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._inspector, self._edits = desk, inspector, Edits(desk)
        panel = inspector.group
        panel.sliding.connect(lambda factor: self._edits.try_out(lambda: self._scaled(factor)))
        panel.chosen.connect(lambda factor: self._edits.choose(lambda: self._scaled(factor)))
        panel.turned.connect(lambda verb, on: self._edits.turn(f"{verb} {self.where}", on))
        panel.reset.connect(lambda: self._edits.reset(self.where))
        panel.followed.connect(picking.pick)
        desk.showed.connect(self._show)
        self._show()

    @property
    def where(self) -> str:
        """The address of the group that is selected; "" for none, and for a neuron, a layer or a synapse."""
        where, net = self._desk.session.selection, self._desk.session.net
        if not where or "->" in where or where in (layer.name for layer in net.layers):
            return ""
        try:
            return where if len(address.neurons(net.graph, where)) > 1 else ""
        except EngineError:
            return ""

    def entries(self) -> Entries:
        """What a menu offers for the selected group."""
        card = self._inspector.group.card
        if card is None:
            return ()
        return tuple(
            (undo if on else do, partial(self._edits.turn, f"{verb} {card.name}", not on))
            for verb, do, undo, on in (
                ("ablate", "Ablate", "Let it speak", card.ablated),
                ("freeze", "Freeze", "Thaw", card.frozen),
            )
        )

    def turn_ablated(self) -> None:
        """Silence the selected group, or let it speak again."""
        card = self._inspector.group.card
        if card is not None:
            self._edits.turn(f"ablate {card.name}", not card.ablated)

    def _scaled(self, factor: float) -> str:
        return f"scale {self.where} {factor:.3g}"

    def _show(self) -> None:
        where, traced = self.where, self._desk.shown.traced
        try:
            self._inspector.set_group(group_card(traced, where) if where else None)
        except EngineError:  # before the network was grown there were none of them
            self._inspector.set_group(None)


def group_card(traced: TracedDigit, where: str) -> GroupCard:
    """The card of a group, by its address; EngineError where there is none."""
    facts = GroupFacts.of(traced, where)
    most, value = facts.largest
    own = [edit.verb for edit in traced.net.edits if not edit.synapse and edit.where == where]
    now = traced.trace
    read, sure = read_as(traced)
    answer = f"{read} at {sure}" if sure else read
    # Where activations have either sign, as in attention, none is at rest.
    fire = f"{facts.firing:,} fire; " if now.activation[facts.layer].min() >= 0 else ""
    furthest = "at most" if value >= 0 else "largest"
    lines = (
        f"{len(facts.neurons):,} of the {facts.of_all:,} neurons of {facts.layer}",
        f"{fire}mean activation {number(float(facts.activation.mean()))}, {furthest} {number(value)}",
    )
    return GroupCard(
        kind=(facts.kind or "group").upper(),
        name=where,
        facts=lines,
        without=f"{answer}: they are silent" if "ablate" in own else read_without(traced, facts.without),
        ablated="ablate" in own,
        frozen="freeze" in own,
        largest=(most, traced.address(most)),
        strips=facts.strips,
    )
