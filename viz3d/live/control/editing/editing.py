"""All that changes a network: one class a subject, made in order, and the keys that reach them."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from viz3d.live.control.desk import Desk
from viz3d.live.control.editing.changing import ChangingControl
from viz3d.live.control.editing.changing_group import GroupControl
from viz3d.live.control.editing.changing_layer import LayerControl
from viz3d.live.control.editing.changing_synapse import SynapseControl
from viz3d.live.control.editing.entering import EnteringControl
from viz3d.live.control.editing.menus import MenuControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.asking.command_box import CommandBox, CommandLine
from viz3d.live.widgets.inspecting.inspector import Inspector


class Editing(QObject):
    """The controls of neurons, synapses and layers, of lines that are typed, and of menus.

    Attributes:
        entering, neuron, synapse, layer, group, menus: each subject's control.
    """

    def __init__(
        self, desk: Desk, picking: PickingControl, view: SceneView, inspector: Inspector, box: CommandBox
    ) -> None:
        super().__init__()
        self._picking, self._search, self._view = picking, inspector.search, view
        self.entering = EnteringControl(desk, picking, box, inspector.search)
        self.neuron = ChangingControl(desk, picking, inspector, box.line)
        self.synapse = SynapseControl(desk, picking, view, inspector)
        self.layer = LayerControl(desk, picking, inspector)
        self.group = GroupControl(desk, picking, inspector)
        subjects = self.neuron, self.synapse, self.layer, self.group
        self.menus = MenuControl(desk, picking, subjects, view, box.line)

    def actions(self) -> dict[str, Callable[[], object]]:
        """What keys do, by the names that `shortcuts` has for it."""
        return {
            "ablate": self.menus.turn_off,
            "freeze": self.neuron.turn_frozen,
            "clamp": lambda: self.neuron.begin("clamp"),
            "scale": lambda: self.neuron.begin("scale"),
            "shift": lambda: self.neuron.begin("shift"),
            "menu": self.menus.by_key,
            "find": self._search.setFocus,
        }

    def close(self) -> None:
        """End the thread of long acts."""
        self.entering.work.close()

    def stop(self) -> bool:
        """Let go of a line, or stop what is under way; False where neither is."""
        return self._view.let_go() or self.entering.work.stop()

    def leave(self) -> None:
        """Leave an empty field; else select nothing."""
        window = self._view.window()
        if isinstance(window.focusWidget(), CommandLine):
            window.setFocus()
        else:
            self._picking.pick(-1)
