"""The sheets beside inspector and training: all layers over the scene, and the network as code."""

from dataclasses import replace

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtWidgets import QWidget

from viz3d.live.bars import TopBar
from viz3d.live.control.desk import Desk
from viz3d.live.control.looking.code import CodeControl
from viz3d.live.control.looking.layers import LayersControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.places import GAP, Places
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.inspecting.layer_change import LayerPanel

_CODE = 560  # px that the page of code is wide, where the scene keeps as much
_LIT = 2500  # ms that a layer that was flown to keeps its frame


class SheetsControl(QObject):
    """Opens and places the sheets.

    layer: where the layer that is selected is shown. below: what they lie under, such as messages.
    """

    def __init__(
        self,
        desk: Desk,
        view: SceneView,
        picking: PickingControl,
        top: TopBar,
        layer: LayerPanel,
        below: QWidget,
    ) -> None:
        super().__init__()
        self._view, self._top = view, top
        self.layers, self.code = LayersControl(desk, picking, layer), CodeControl(desk, view)
        self._dark = QTimer(self, singleShot=True, interval=_LIT)
        self._dark.timeout.connect(lambda: view.light_layers(()))
        for sheet in (self.layers.sheet, self.code.page):
            sheet.setParent(below.parentWidget())
            sheet.hide()
            sheet.stackUnder(below)
        top.page.connect(lambda page: self.code.show_page(page == "code"))
        top.layers.toggled.connect(self.layers.show_sheet)
        top.layers.toggled.connect(lambda on: view.cover("layers", on))
        self.layers.sheet.chosen.connect(self.fly_to)
        self.layers.sheet.closed.connect(lambda: top.layers.setChecked(False))

    def fly_to(self, layer: str) -> None:
        """Take the sheet of layers away, and fly to one of them."""
        self._top.layers.setChecked(False)
        self._view.fly_to_layers((layer,))
        self._view.light_layers((layer,))
        self._dark.start()

    def settle(self, spots: Places) -> Places:
        """Place the sheets; return what they leave of the places to the others."""
        right, free = spots.inspector, spots.free
        floor = min(right.bottom(), spots.timeline.top() - GAP)
        wide = max(min(_CODE, right.right() // 2), right.width())
        code = QRect(right.right() - wide, right.top(), wide, floor - right.top())
        self.code.page.setGeometry(code)
        if not self.code.page.isHidden():
            free = QRect(free.left(), free.top(), code.left() - GAP - free.left(), free.height())
            # Below the page there is no inspector: the line runs on to its end.
            line = spots.timeline
            wide = right.right() + 1 - line.left()
            spots = replace(spots, timeline=QRect(line.left(), line.top(), wide, line.height()))
        edge = free.right() if not self.code.page.isHidden() else right.left() - GAP
        high = spots.drawing.top() - GAP - right.top()
        self.layers.sheet.setGeometry(GAP, right.top(), edge - GAP, high)
        return replace(spots, free=free)

    def close(self) -> None:
        """End what still runs."""
        self._dark.stop()
        self.layers.close()
