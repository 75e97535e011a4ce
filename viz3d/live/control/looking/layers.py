"""The sheet of all layers: while it is seen it follows the digit, edits and training."""

from PySide6.QtCore import QObject

from viz3d.findings.layers import LayersFacts
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.layers.layers_sheet import LayersSheet
from viz3d.live.work.finder import Finder


class LayersControl(QObject):
    """Has the layers' facts found in a thread when what is shown has changed, and only while it is seen."""

    def __init__(self, desk: Desk, picking: PickingControl) -> None:
        super().__init__()
        self._desk, self._picking = desk, picking
        self.sheet, self._finder = LayersSheet(), Finder()
        self._asked: object = None
        self.sheet.hide()
        self.sheet.picked.connect(self._pick)
        self._finder.found.connect(self._take)
        self._finder.failed.connect(desk.said)
        desk.showed.connect(self._ask)

    def show_sheet(self, on: bool) -> None:
        """Lay the sheet over the scene, or take it away."""
        self.sheet.setVisible(on)
        self._ask()

    def close(self) -> None:
        """End the thread."""
        self._finder.close()

    def _ask(self) -> None:
        traced = self._desk.shown.traced
        if self.sheet.isHidden() or traced is self._asked:
            return
        self._asked = traced
        self._finder.ask(lambda: LayersFacts.of(traced), traced)

    def _take(self, facts: LayersFacts, stamp: object) -> None:
        # What came for an older wish is shown while the newest is worked out: a run is seen to move.
        if not self.sheet.isHidden() and facts.traced.net.layers == self._desk.shown.traced.net.layers:
            self.sheet.set_facts(facts)

    def _pick(self, layer: str, index: int) -> None:
        self._picking.pick(self._desk.session.net.offset(layer) + index)
