"""A view of a scene for tests, which draws, and where it shows what."""

import numpy as np
from patience import PATIENCE
from PySide6.QtCore import QPoint
from scene_fixtures import trace

from scenes import compose, pick
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.sheet import dress

SIZE = (560, 380)
POSES = [(40, 17), (10, 5), (70, 30), (-30, 40), (130, 12)]


def opened_view(qtbot, qapp):
    """A view that draws and is shown; whoever opens it closes its painter."""
    dress(qapp, "dark")
    view = SceneView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    return view


def still(qtbot, view):
    """Wait until the whole picture of what was last asked for is there, and nothing is under way."""

    def done():
        shown = view.picture is not None and view.picture.request is view._asked and view._asked.whole
        waits = view._resting.isActive() or view._resizing.isActive()
        return bool(shown and not waits and not view.camera.flying)

    qtbot.waitUntil(done, timeout=PATIENCE)


def show(qtbot, view, preset="mlp", before=None):
    found = trace(preset)
    view.show_scene(compose(found, size=(640, 360), synapses=200), before, found)
    still(qtbot, view)


def place(view, neuron):
    """Where the picture shows a neuron."""
    scene = view.picture.scene
    return view.picture.frame.camera.project(scene.layout.positions[neuron][None], scene.size)[0]


def turn_to(qtbot, view, azimuth, elevation):
    pose = view.camera.pose
    view.camera.turn(azimuth - pose.azimuth, elevation - pose.elevation)
    still(qtbot, view)


def in_front(view, count):
    """Neurons that nothing hides where their middle falls on a whole pixel."""
    frame, scene = view.picture.frame, view.picture.scene
    for neuron in np.random.default_rng(0).permutation(len(frame.level)):
        x, y = place(view, neuron).round()
        inside = 0 <= x < SIZE[0] and 0 <= y < SIZE[1]
        if inside and pick(scene.layout, frame.neuron_size, frame.camera, SIZE, (x, y)) == neuron:
            yield int(neuron), int(x), int(y)
            count -= 1
        if count == 0:
            return


def spot(window, row, column):
    """Where the picture shows a pixel of the input's plane."""
    picture = window.view.picture
    panel = picture.scene.layout.panels[0]
    cells, neuron = panel.raster, panel.raster.neurons[row, column] + panel.start
    assert cells.neurons[row, column] >= 0
    place = picture.scene.layout.positions[neuron]
    x, y = picture.frame.camera.project(place[None], picture.scene.size)[0]
    return QPoint(round(float(x)), round(float(y)))
