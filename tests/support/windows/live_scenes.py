"""Where the picture of a live window shows what, for tests."""

from contextlib import contextmanager

import numpy as np
from live_windows import FramePainter, settled, shown
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.session.acts.change import UseNet

POSES = [(40, 17), (10, 5), (70, 30), (-30, 40), (130, 12)]
CTRL = Qt.KeyboardModifier.ControlModifier


@contextmanager
def opened_windows(tmp_path_factory):
    """In the block, a function of a net's name: its window, opened once."""
    made = {}
    yield (
        lambda name: (
            made.get(name)
            or made.setdefault(name, shown(tmp_path_factory.mktemp(name), UseNet(name), painter=FramePainter))
        )
    )
    for window in made.values():
        window.close()
        window.deleteLater()


def untouched(qtbot, window):
    """The window as it was opened, whatever the test before did to it."""
    window.activateWindow()  # keys are those of the active one
    settled(qtbot, window)
    window.desk.jump(0)
    window.picking.pick(-1)
    window.message.messages = []
    # Where the pointer is already, a move to there is no event.
    QTest.mouseMove(window, QPoint(1, 1))
    QApplication.sendEvent(window.view, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not window.view._lit)
    settled(qtbot, window)
    return window


def turn_to(window, azimuth, elevation):
    view = window.view
    view.camera.turn(azimuth - view.camera.pose.azimuth, elevation - view.camera.pose.elevation)


def place(window, neuron):
    """Where the picture shows a neuron, on a whole pixel."""
    scene, frame = window.view.picture.scene, window.view.picture.frame
    x, y = frame.camera.project(scene.layout.positions[neuron][None], scene.size)[0].round()
    return int(x), int(y)


def free(window, x, y):
    """Whether the view is what lies under a pixel: no panel."""
    at = window.view.mapTo(window, QPoint(int(x), int(y)))
    return window.rect().contains(at) and window.childAt(at) is window.view


def in_front(window, neurons, count):
    """Some of these neurons, that nothing hides, and where a click meets them."""
    found = []
    for neuron in np.random.default_rng(0).permutation(np.asarray(neurons)):
        x, y = place(window, neuron)
        if free(window, x, y) and window.view.neuron_at(x, y) == neuron:
            found.append((int(neuron), x, y))
        if len(found) == count:
            break
    return found


def layer(window, name):
    net = window.desk.session.net
    return np.arange(net.layer(name).size) + net.offset(name)


def synapse(window, source, target):
    return " -> ".join(map(window.desk.session.traced.address, (source, target)))


def arrays(trace):
    return [*trace.pre.values(), *trace.activation.values(), trace.probabilities]


def equal(trace, values):
    return all(np.array_equal(a, b) for a, b in zip(arrays(trace), values, strict=True))
