"""Menus: what can be done with what is selected, where the right button was pressed, or by a key."""

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QMenu

from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.changing import ChangingControl
from viz3d.live.control.editing.changing_group import GroupControl
from viz3d.live.control.editing.changing_layer import LayerControl
from viz3d.live.control.editing.changing_synapse import SynapseControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.asking.command_box import CommandLine
from viz3d.live.widgets.menu import Entries, menu_of


class MenuControl(QObject):
    """Opens the menu of a neuron, group, synapse or layer. `beside` the place where nothing was pressed on.

    Attributes:
        menu: the menu that was opened last, None before the first.
    """

    beside = Signal(QPoint)

    def __init__(
        self,
        desk: Desk,
        picking: PickingControl,
        subjects: tuple[ChangingControl, SynapseControl, LayerControl, GroupControl],
        view: SceneView,
        line: CommandLine,
    ) -> None:
        super().__init__()
        self._desk, self._picking, self._view, self._line = desk, picking, view, line
        self._neuron, self._synapse, self._layer, self._group = subjects
        self.menu: QMenu | None = None
        view.menu_asked.connect(lambda on, place: self.popup(place) if on else self.beside.emit(place))

    def entries(self) -> Entries:
        """What can be done with what is selected."""
        thing, where = self._picking.thing, self._desk.session.selection
        if not thing:
            return ()
        own: Entries
        if thing.layer:
            own = (*self._layer.entries(self._line), None, ("Fly there", self._picking.fly))
        elif thing.group:
            own = (*self._group.entries(), None, ("Fly there", self._picking.fly))
        elif thing.synapse is not None:
            own = self._synapse.entries(self._line)
        else:
            own = (*self._neuron.entries(), None, ("Fly there", self._picking.fly))
        return (*own, ("Copy address", lambda: QGuiApplication.clipboard().setText(where)))

    def popup(self, place: QPoint) -> None:
        """Open the menu at a place of the screen; where nothing is selected there is none."""
        entries = self.entries()
        if entries:
            self.menu = menu_of(self._view, ((self._desk.session.selection, None), None, *entries))
            self.menu.popup_once(place)

    def turn_off(self) -> None:
        """Silence the selected neuron or group, or cut the selected synapse, or take that back."""
        if self._picking.thing.synapse is not None:
            self._synapse.turn_cut()
        elif self._picking.thing.group:
            self._group.turn_ablated()
        else:
            self._neuron.turn_ablated()

    def by_key(self) -> None:
        """Open the menu by the pointer, or in the middle of the scene."""
        at = self._view.mapFromGlobal(QCursor.pos())
        inside = self._view.rect().contains(at)
        self.popup(self._view.mapToGlobal(at if inside else self._view.rect().center()))
