"""The synapse that is selected, joined to what is told of it: that is found out in a thread."""

from PySide6.QtCore import QObject

from engine import EngineError
from viz3d.command.errors import UserError
from viz3d.findings.synapse import SynapseFacts
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.synapse_cards import synapse_card_of
from viz3d.live.widgets.inspecting.inspector import Inspector
from viz3d.live.work.finder import Finder
from viz3d.session.traced_digit import TracedDigit


class SynapseFactsControl(QObject):
    """Tells of a synapse in the inspector while one is selected, "a -> b"."""

    def __init__(self, desk: Desk, picking: PickingControl, inspector: Inspector) -> None:
        super().__init__()
        self._desk, self._panel = desk, inspector.synapse
        self._finder = Finder()
        self._asked: object = None
        self._finder.found.connect(self._take)
        self._finder.failed.connect(desk.said)
        self._panel.followed.connect(picking.pick_place)
        desk.showed.connect(self._ask)
        self._ask()

    def close(self) -> None:
        """End the thread."""
        self._finder.close()

    def _ask(self) -> None:
        traced, where = self._desk.shown.traced, self._desk.session.selection
        if "->" not in where:
            self._asked = None
            self._panel.tell(None)
            return
        self._asked = (traced, where)
        self._finder.ask(lambda: _facts(traced, where), self._asked)

    def _take(self, facts: SynapseFacts | None, stamp: object) -> None:
        if stamp is self._asked:
            self._panel.tell(None if facts is None else synapse_card_of(facts))


def _facts(traced: TracedDigit, where: str) -> SynapseFacts | None:
    """What is found out; None where many synapses are selected, or the net that is shown has no such one."""
    try:
        return SynapseFacts.of(traced, where)
    except (UserError, EngineError):
        return None
