"""The page that explains, joined to the scene: each of its six steps is shown there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Qt

from viz3d.live.control.desk import Desk
from viz3d.live.control.digit.drawing import DrawingControl
from viz3d.live.control.looking.picking import PickingControl
from viz3d.live.control.scene.playing import PlayingControl
from viz3d.live.lessons import read_lessons
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.teaching.learn_page import LearnPage


@dataclass(frozen=True, eq=False)
class Stagehands:
    """What shows a step."""

    view: SceneView
    playing: PlayingControl
    picking: PickingControl
    digits: DrawingControl
    train: Callable[[], object]  # turns to the page where it is trained
    inspect: Callable[[], object]  # and to that where neurons are read


class LearningControl(QObject):
    """Fills the page when it is first opened, and shows its steps."""

    def __init__(self, desk: Desk, page: LearnPage, hands: Stagehands) -> None:
        super().__init__()
        self._desk, self._page, self._hands = desk, page, hands
        page.shown.connect(self.show)

    def toggle(self) -> None:
        """Open the page, or close it."""
        page = self._page
        if page.isVisible():
            page.hide()
            return
        if not page.buttons:
            page.fill([(each.title, each.text, each.shows) for each in read_lessons()])
        if not page.buttons:
            self._desk.said.emit("viz3d/live/learn.md is missing: install viz3d again")
            return
        page.show()
        page.raise_()
        page.setFocus(Qt.FocusReason.PopupFocusReason)

    def show(self, step: int) -> None:
        """Show a step in the scene, counted from 0."""
        (self._pixels, self._neuron, self._layers, self._bars, self._misread, self._train)[step]()

    def _pixels(self) -> None:
        self._home()
        self._hands.playing.pause_at("Digit")

    def _neuron(self) -> None:
        """Fly to the neuron of the first layer behind the pixels that says most, and to what it reads."""
        trace = self._desk.shown.traced.trace
        layer = trace.net.layers[1].name
        values = trace.activation[layer].reshape(-1)
        neuron = trace.net.offset(layer) + int(np.argmax(values))
        self._hands.playing.to_end()
        self._hands.picking.pick(neuron)
        self._hands.view.fly_to_reading(neuron)

    def _layers(self) -> None:
        self._home()
        self._hands.playing.play_from(1)

    def _bars(self) -> None:
        self._home()
        self._hands.playing.to_end()
        self._hands.picking.pick_output(self._desk.shown.traced.trace.prediction)

    def _misread(self) -> None:
        """Take a misread digit, and show the neurons below its bars, one of which is then to be clicked."""
        self._page.hide()
        self._hands.inspect()
        self._home()
        self._hands.playing.to_end()
        self._hands.digits.take_misread()

    def _train(self) -> None:
        self._page.hide()
        self._hands.train()

    def _home(self) -> None:
        self._hands.picking.pick(-1)
        self._hands.view.home()
