"""A neuron over the data set, and what it can see: the engine's numbers, on request."""

import threading

import numpy as np
import pytest
from live_hands import LEFT, click
from live_windows import PATIENCE, select, settled
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

import engine
from engine.graph import address
from engine.graph.receptive_field import receptive_field
from viz3d.findings.neuron import statistics, watch
from viz3d.live.view.overlay.layer_frames import draw_field
from viz3d.live.widgets.style import look
from viz3d.live.work.finder import Studier
from viz3d.session.acts.change import UseNet

WHERE = "hidden1:201"


def found(qtbot, window):
    panel = window.inspector.over_data
    qtbot.waitUntil(lambda: bool(panel.samples.isVisibleTo(panel)), timeout=PATIENCE)
    return panel


def test_a_neuron_is_watched_over_the_test_images_and_an_image_is_taken(window, qtbot):
    select(window, WHERE)
    panel, session = window.inspector.over_data, window.desk.session
    assert panel.ask.isVisibleTo(panel)
    QTest.mouseClick(panel.ask, LEFT)
    found(qtbot, window)
    images, net = session.images(), session.net
    known = statistics(net, 784 + 201, images)
    assert np.allclose(panel.bars._means, known.by_digit)
    assert panel._places == tuple(known.brightest.tolist())
    assert panel.images.text() == "the 510 test images of UCI digits"
    lost = int(known.lost.sum())
    many = f"{abs(lost)} {'fewer' if lost > 0 else 'more'}" if lost else "as many"
    assert f"{many} of 510" in panel._lost.text()
    click(panel.samples, 56 * 2 + 10, 10)
    assert np.array_equal(session.digit.image, images.images[known.brightest[2]])
    assert panel.samples.isVisibleTo(panel)


def test_another_neuron_or_an_edit_takes_what_was_found_away(window, qtbot):
    select(window, WHERE)
    panel = window.inspector.over_data
    for leave in (lambda: select(window, "hidden2:5"), lambda: window.desk.enter("ablate hidden2:7")):
        QTest.mouseClick(panel.ask, LEFT)
        found(qtbot, window)
        leave()
        assert panel.ask.isVisibleTo(panel)
        assert not panel.samples.isVisibleTo(panel)


def test_who_comes_back_to_a_neuron_is_shown_again_what_was_found_of_it(window, qtbot):
    # Lost otherwise: seconds of work each time that one compares two neurons, or takes an edit back.
    desk, panel = window.desk, window.inspector.over_data
    select(window, WHERE)
    QTest.mouseClick(panel.ask, LEFT)
    means = found(qtbot, window).bars._means
    for leave, back in (
        (lambda: select(window, "hidden2:5"), lambda: select(window, WHERE)),
        (lambda: desk.enter("ablate hidden2:7"), desk.undo),
    ):
        leave()
        assert panel.ask.isVisibleTo(panel)
        back()
        assert panel.samples.isVisibleTo(panel)
        assert np.array_equal(panel.bars._means, means)
    desk.redo()
    desk.enter("digit 3")
    assert panel.ask.isVisibleTo(panel), "it is another network's"


def test_a_study_that_is_cancelled_tells_nothing(window, qtbot):
    select(window, WHERE)
    panel, control = window.inspector.over_data, window.over_data
    told = []
    control._studier.found.connect(lambda result, _stamp: told.append(result))
    QTest.mouseClick(panel.ask, LEFT)
    assert panel.cancel.isVisibleTo(panel)
    QTest.mouseClick(panel.cancel, LEFT)
    assert panel.ask.isVisibleTo(panel)
    done = []
    control._studier.found.connect(lambda result, _stamp: done.append(result))
    control._studier.ask(lambda: iter([(1.0, "last")]), "mine")
    qtbot.waitUntil(lambda: "last" in done, timeout=PATIENCE)
    assert panel.ask.isVisibleTo(panel)


def test_a_study_is_left_off_where_a_newer_one_is_asked_for(qtbot):
    studier, begun, go, closed, told = Studier(), threading.Event(), threading.Event(), [], []
    studier.found.connect(lambda result, _stamp: told.append(result))

    def slow():
        try:
            for _ in range(1000):
                begun.set()
                go.wait()
                yield 0.1, None
            yield 1.0, "slow"
        finally:
            closed.append(True)

    studier.ask(slow)
    begun.wait()
    studier.ask(lambda: iter([(1.0, "new")]))
    go.set()
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    studier.close()
    assert told == ["new"]
    assert closed == [True]


@pytest.mark.parametrize("where", ["input:4,5", "hidden1:3", "output:2"])
def test_step_by_step_comes_to_what_it_comes_to_at_once(where, window):
    net, images = window.desk.session.net, window.desk.session.images()
    neuron = address.neuron(net.graph, where)
    *steps, (share, last) = watch(net, neuron, images)
    shares = [each for each, _ in steps]
    assert shares == sorted(shares)
    assert share == 1.0
    layer = where.partition(":")[0]
    survey = engine.survey(
        net, layer, images.images, images.labels, neurons=np.array([neuron - net.offset(layer)])
    )
    assert np.array_equal(last.by_digit, survey.by_class[:, 0])
    assert np.array_equal(last.brightest, survey.brightest[:, 0])


def test_a_neuron_that_sees_a_part_shows_it_framed_and_one_that_sees_all_does_not(window, qtbot):
    window.desk.do(UseNet("cnn-fast"))
    settled(qtbot, window)
    select(window, "conv1:10,12,2")
    inspector = window.inspector
    assert inspector._pictures.field.isVisibleTo(inspector)
    assert inspector._pictures.field._field == (10, 12, 12, 14)
    assert np.array_equal(inspector._pictures.field._pixels, window.desk.session.traced.pixels)
    select(window, "output:3")
    assert not inspector._pictures.field.isVisibleTo(inspector)


def test_the_frame_in_the_scene_lies_around_the_pixels_that_are_seen(window, qtbot):
    window.desk.do(UseNet("cnn-fast"))
    settled(qtbot, window)
    scene, pose = window.showing.drawn.scene, window.view.camera.pose
    net = window.desk.session.net
    field = receptive_field(net.graph, "pool1", (3 * 13 + 4) * 4)
    image = QImage(*scene.size, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    with QPainter(image) as painter:
        draw_field(painter, look(), scene, pose, field)
    top, left, bottom, right = field
    ids = [row * 28 + column for row in (top, bottom) for column in (left, right)]
    places = pose.project(scene.layout.positions[ids], scene.size)
    drawn = np.array(
        [(x, y) for y in range(image.height()) for x in range(image.width()) if image.pixel(x, y) & 0xFFFFFF]
    )
    assert len(drawn)
    assert (drawn.min(axis=0) < places.min(axis=0)).all()
    assert (drawn.max(axis=0) > places.max(axis=0)).all()
    cell = np.ptp(places, axis=0) / (right - left)
    assert (drawn.min(axis=0) > places.min(axis=0) - 1.5 * cell - 3).all()
