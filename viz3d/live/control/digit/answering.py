"""The answer, joined to the scene: what is pointed at in either is lit, and a click selects it."""

from PySide6.QtCore import QObject

from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.view.pointing import Thing
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.answering.answer import AnswerPanel


class AnsweringControl(QObject):
    """Joins bars, here and in the scene, and the neurons that make the answer."""

    def __init__(self, picking: PickingControl, view: SceneView, answer: AnswerPanel) -> None:
        super().__init__()
        answer.chosen.connect(picking.pick_output)
        answer.hovered.connect(lambda label: view.point_out(Thing(bar=label)))
        answer.neuron_chosen.connect(picking.pick)
        answer.neuron_hovered.connect(lambda neuron: view.point_out(Thing(neuron)))
        view.bar_picked.connect(picking.pick_output)
        view.bar_hovered.connect(answer.bars.light_label)
