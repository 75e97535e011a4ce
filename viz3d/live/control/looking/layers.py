"""All layers on a sheet, and the one that is selected: both follow the digit, edits and training."""

from PySide6.QtCore import QObject

from viz3d.findings.layers import LayersFacts
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.widgets.inspecting.layer_change import LayerPanel
from viz3d.live.widgets.layers.layers_sheet import LayersSheet
from viz3d.live.work.finder import Finder


class LayersControl(QObject):
    """Has the layers' facts found in a thread when what is shown has changed, and only while they are seen.

    page: where the layer that is selected is shown.
    """

    def __init__(self, desk: Desk, picking: PickingControl, page: LayerPanel) -> None:
        super().__init__()
        self._desk, self._picking, self._page = desk, picking, page
        self.sheet, self._finder = LayersSheet(), Finder()
        self._asked: object = None
        self._facts: LayersFacts | None = None
        self.sheet.hide()
        for part in (self.sheet, page.values):
            part.picked.connect(self._pick)
        page.values.chosen.connect(lambda _layer: picking.fly())
        self._finder.found.connect(self._take)
        self._finder.failed.connect(desk.said)
        desk.showed.connect(self._ask)

    def show_sheet(self, on: bool) -> None:
        """Lay the sheet over the scene, or take it away."""
        self.sheet.setVisible(on)
        if on:
            self.sheet.setFocus()  # Esc closes it
        self._ask()

    def close(self) -> None:
        """End the thread."""
        self._finder.close()

    def _ask(self) -> None:
        self._tell()
        traced = self._desk.shown.traced
        unseen = self.sheet.isHidden() and not self._picking.thing.layer
        if unseen or traced is self._asked:
            return
        self._asked = traced
        self._finder.ask(lambda: LayersFacts.of(traced), traced)

    def _take(self, facts: LayersFacts, stamp: object) -> None:
        self._facts = facts
        self._tell()

    def _tell(self) -> None:
        """Show what was found last: while the newest is worked out, a run is seen to move."""
        facts = self._facts
        if facts is None or facts.traced.net.layers != self._desk.shown.traced.net.layers:
            return
        if not self.sheet.isHidden():
            self.sheet.set_facts(facts)
        for panel in facts.panels:
            self._page.tell(panel)

    def _pick(self, layer: str, index: int) -> None:
        self._picking.pick(self._desk.session.net.offset(layer) + index)
