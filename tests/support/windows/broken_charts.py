"""A program for one test: a window whose charts break, part by part, and what Qt then calls.

    python broken_charts.py FOLDER [PART]

What each part's fault was told as is printed as JSON: all of them in turn, or that of one part.
"""

import json
import sys

from live_windows import shown
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.live.control import faults

FOLDER, ONE = sys.argv[1], sys.argv[2:]
LEFT, MIDDLE = Qt.MouseButton.LeftButton, QPoint(150, 40)
SAID = []


class Broken:
    """The chart of the loss, and what is done to it: a part breaks, then Qt calls what needs it."""

    def __init__(self, window):
        window.top.train.click()
        self.charts = window.training.page.panel.charts
        chart = self.charts.loss
        chart.set_curve([0, 1, 2], [2.0, 1.5, 1.0], [2.0, 1.7, 1.4])
        chart.set_validation([1], [1.2])
        QApplication.processEvents()
        self.chart, self.plot, self.scene = chart, chart.plot, chart.plot.scene()
        self.ground = self.plot.viewport()

    def _painted(self):
        self.ground.repaint()

    def axis(self):
        self.plot.getAxis("left").setTicks([[1]])
        self._painted()

    def bounds(self):
        self.chart.rolling._mouseShape = self.chart.rolling._boundsCache = None
        self.chart.rolling.prepareGeometryChange()
        self._painted()

    def wheel(self):
        self.plot.getViewBox().state["mouseEnabled"] = None
        at, place, turned = QPointF(MIDDLE), QPointF(self.ground.mapToGlobal(MIDDLE)), QPoint(0, 120)
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        phase = Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(
            self.ground, QWheelEvent(at, place, QPoint(), turned, buttons, keys, phase, False)
        )

    def press(self):
        self.scene.clickEvents = None
        QTest.mousePress(self.ground, LEFT, pos=MIDDLE)

    def release(self):
        self.scene.dragButtons = None
        QTest.mouseRelease(self.ground, LEFT, pos=MIDDLE)

    def leave(self):
        self.scene.dragButtons = None
        QApplication.sendEvent(self.plot, QEvent(QEvent.Type.Leave))

    def resize(self):
        self.plot.autoPixelRange = self.plot.range = None
        QApplication.sendEvent(self.ground, QResizeEvent(self.plot.size(), self.plot.size()))

    def view(self):
        self.plot.setScene(None)
        self._painted()

    def key(self):
        self.plot.setScene(None)
        QTest.keyClick(self.plot, Qt.Key.Key_Left)


PARTS = ONE or [name for name in vars(Broken) if not name.startswith("_")]
app = QApplication([])
window = shown(FOLDER)
found = {}
with faults.told(SAID.append):
    for part in PARTS:
        broken = Broken(window)
        SAID.clear()
        getattr(broken, part)()
        app.processEvents()
        found[part] = list(SAID)
window.close()
print(json.dumps(found))
