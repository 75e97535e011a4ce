"""The answer, joined to the scene: what is pointed at in either is lit, and a click selects it."""

from PySide6.QtCore import QObject, QPoint

from viz3d.live.control.editing.menus import MenuControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.answering.answer import AnswerPanel
from viz3d.live.widgets.answering.reason import Reason


class AnsweringControl(QObject):
    """Joins bars, here and in the scene, and the neurons, maps and heads that decide."""

    def __init__(
        self, picking: PickingControl, view: SceneView, answer: AnswerPanel, menus: MenuControl
    ) -> None:
        super().__init__()
        self._picking, self._menus = picking, menus
        answer.chosen.connect(picking.pick_output)
        answer.hovered.connect(lambda label: view.point_out(Thing(bar=label)))
        answer.reasons.chosen.connect(lambda reason: picking.go_to(reason.where))
        answer.reasons.hovered.connect(lambda reason: view.point_out(_thing(reason)))
        answer.reasons.menu_asked.connect(self._popup)
        view.bar_picked.connect(picking.pick_output)
        view.bar_hovered.connect(answer.bars.light_label)

    def _popup(self, reason: Reason, place: QPoint) -> None:
        self._picking.go_to(reason.where)
        self._menus.popup(place)


def _thing(reason: Reason | None) -> Thing:
    """What is lit of it in the scene: of a map or a head a frame."""
    if reason is None:
        return NOTHING
    return Thing(reason.neuron) if reason.neuron >= 0 else Thing(group=reason.where)
