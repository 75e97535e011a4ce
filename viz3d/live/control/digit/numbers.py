"""The numbers that a network reads in place of a picture: changed by hand, one at a time."""

import numpy as np
from PySide6.QtCore import QObject

from data import DataError
from engine import EngineError
from viz3d.command.errors import UserError
from viz3d.live.control.desk import Desk
from viz3d.live.control.digit.drawing import DrawingControl
from viz3d.live.widgets.drawing.drawing_panel import DrawingPanel
from viz3d.live.widgets.drawing.numbers import Entry
from viz3d.session.acts.number import SetNumber, changed, naming
from viz3d.session.traced_digit import TracedDigit

Range = tuple[float, float]


class NumbersControl(QObject):
    """Joins the sliders and fields to the session: what is dragged is shown, and let go it is an act."""

    def __init__(self, desk: Desk, panel: DrawingPanel, digits: DrawingControl) -> None:
        super().__init__()
        self._desk, self._panel, self._digits = desk, panel, digits
        self._ranges: tuple[object, list[Range]] = None, []
        panel.numbers.sliding.connect(self._slide)
        panel.numbers.chosen.connect(self._choose)
        panel.numbers.refused.connect(desk.said)
        desk.showed.connect(self._show)
        self._show()

    def _slide(self, place: int, value: float) -> None:
        traced = self._desk.session.traced
        self._desk.attempt(lambda: self._digits.preview_digit(changed(traced, place, value)))

    def _choose(self, place: int, value: float) -> None:
        traced = self._desk.session.traced
        if traced.numbers[place][1] == np.float32(value):
            self._desk.try_out(None)  # it was brought back
        else:
            self._desk.do(SetNumber(naming(traced, place), value))

    def _show(self) -> None:
        traced = self._desk.shown.traced
        numbers = traced.numbers
        pairs = zip(numbers, self._of(traced) if numbers else (), strict=True)
        self._panel.show_numbers([Entry(name, value, *ends) for (name, value), ends in pairs])

    def _of(self, traced: TracedDigit) -> list[Range]:
        """The least and the largest of each number: as the network has learned them, or in the data set."""
        kind = traced.net.task, self._desk.session.state.data, len(traced.numbers)
        if self._ranges[0] != kind:
            self._ranges = kind, _ranges(self._desk, traced)
        return self._ranges[1]


def _ranges(desk: Desk, traced: TracedDigit) -> list[Range]:
    task, count = traced.net.task, len(traced.numbers)
    if task is not None and task.low:
        return [(low, low + span) for low, span in zip(task.low, task.span, strict=True)]
    unknown = [(0.0, 1.0)] * count
    try:
        images = desk.session.images()
        if images.images.ndim != 2 or images.images.shape[1] != count or not len(images.images):
            return unknown
        # The test rows alone may be few, and reach less far.
        rows = np.concatenate([images.images, desk.session.images("train").images])
    except (UserError, DataError, EngineError):
        return unknown
    low, high = rows.min(axis=0), rows.max(axis=0)
    # What is alike in all of the data set has room to either side.
    return [(a, b) if b > a else (a - 1, a + 1) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
