"""What the live window leaves undone: nothing is drawn again that has not changed; at rest nothing runs."""

import os
import subprocess
import sys

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, opened, select, settled
from project import ROOT
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from scenes.light.themes import theme
from viz3d.live.view import written
from viz3d.live.view.beneath import beneath_nothing
from viz3d.live.view.pointing import Thing
from viz3d.live.widgets.style import look, look_beside, wear
from viz3d.live.work.painter import Picture


@pytest.fixture(scope="module")
def shown(qapp, tmp_path_factory):
    """A window at rest, with a picture that no painter had to draw."""
    hand = QtBot(None)
    hand.addWidget = hand.add_widget = lambda _widget: None  # it would be closed after the first test
    window = opened(hand, tmp_path_factory.mktemp("live"))
    yield window
    window.close()


def give_picture(window):
    """Show a grey picture of what was asked for last."""
    request = window.view.painter.requests[-1]
    image = QImage(*request.scene.size, QImage.Format.Format_RGB32)
    image.fill(0xFF202830)
    frame = request.scene.frame(request.t, request.pose, request.free)
    window.view._take(Picture(image, frame, request.scene, request, {"draw": 0.1}))


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def repainted(widget, deed):
    """The part of a widget that a deed has painted again, and where its pixels then differ."""
    asked, plain = QRegion(), widget.update

    def update(*part):
        nonlocal asked
        asked = asked.united(QRegion(QRect(*part) if part else widget.rect()))

    before = pixels(widget)
    widget.update = update
    try:
        deed()
    finally:
        del widget.update
    plain()
    changed = np.argwhere((pixels(widget) != before).any(axis=2))
    return asked, changed


def inside(asked, changed):
    return all(asked.contains(QPoint(int(x), int(y))) for y, x in changed)


def test_a_pen_has_only_what_it_changes_painted_again_and_all_of_that(shown):
    # Lost otherwise: the whole pad, and the scene beneath it, are drawn at each move; or ink stays unseen.
    pad, rng = shown.drawing.pad, np.random.default_rng(1)
    pad.clear()
    QTest.mousePress(pad, LEFT, pos=QPoint(60, 40))
    x, y = 60.0, 40.0
    for _ in range(14):
        x, y = np.clip(np.array([x, y]) + rng.normal(0, 22, 2), 12, 204)
        place = QPoint(int(x), int(y))
        asked, changed = repainted(pad, lambda place=place: QTest.mouseMove(pad, place))
        assert inside(asked, changed)
    assert asked.boundingRect().width() < pad.width()
    asked, changed = repainted(pad, lambda: QTest.mouseRelease(pad, LEFT, pos=place))
    assert inside(asked, changed)
    for place in (QPoint(30, 150), QPoint(160, 30)):
        asked, changed = repainted(pad, lambda place=place: QTest.mouseMove(pad, place))
        assert len(changed), "the brush is shown where the pointer is"
        assert inside(asked, changed)


def test_bars_that_look_as_before_are_not_painted_again(shown):
    from viz3d.live.widgets.answering.class_bars import Answer

    bars, classes = shown.answer.bars, tuple("0123456789")
    first = np.array([0.7, 0.2, *[0.0125] * 8])
    bars.set_answer(Answer(classes, first))
    second = first.copy()
    second[[1, 5]] = 0.15, 0.0625
    asked, changed = repainted(bars, lambda: bars.set_answer(Answer(classes, second)))
    assert len(changed)
    assert inside(asked, changed)
    assert sorted(part.y() // bars.high for part in asked) == [1, 5]
    asked, changed = repainted(bars, lambda: bars.set_answer(Answer(classes, second.copy())))
    assert asked.isEmpty()


def test_text_over_a_picture_is_set_once_whatever_changes_in_the_panels(shown, monkeypatch):
    # Lost otherwise: panels are translucent, so each change in one has all labels of the scene set again.
    count, plain = [], written.Written.of
    monkeypatch.setattr(written.Written, "of", lambda *given: count.append(1) or plain(*given))
    give_picture(shown)
    shown.grab()
    assert count == [1]
    shown.view._point(Thing(20))
    shown.drawing.pad.update()
    shown.grab()
    shown.grab()
    assert count == [1]
    give_picture(shown)
    shown.grab()
    assert count == [1, 1]


def test_what_stays_the_same_while_time_passes_is_set_once(shown):
    # Lost otherwise: headline and legend are set for each picture that is played.
    give_picture(shown)
    picture, laid = shown.view.picture, []
    edges = picture.request.stamp.edges
    for t in (0.0, 0.02, picture.scene.seconds):
        frame = picture.scene.frame(t, picture.request.pose, picture.request.free)
        with QPainter(picture.image) as painter:
            edges.draw(painter, look(), frame)
        laid.append((edges._head._made[1], edges._foot._made))
    assert laid[0] == laid[1]
    assert all(first is not last for first, last in zip(laid[0], laid[2], strict=True))


def test_a_picture_is_written_in_the_colours_of_its_own_theme(shown):
    # Lost otherwise: after a change of theme dark words lie on the dark scene that is shown until the next,
    # and those of the top bar, which are of the new theme already, on the old scene.
    view, worn, seen, bare = shown.view, look(), [], []
    for name in ("dark", "light"):
        wear(look_beside(theme(name)))
        give_picture(shown)
        seen.append(pixels(view))
        view._sheets.add("test")
        bare.append(pixels(view))
        view._sheets.clear()
    wear(worn)
    bar = int(view._box().top())
    assert np.array_equal(*(each[bar:] for each in seen))
    light = theme("light").background[::-1]
    assert (seen[1][: bar // 2, :, :3] == light).all()
    assert (bare[1][:, :40, :3] == light).all(), "nothing of the old scene is seen beside a sheet"
    assert (bare[0][:, :40, :3] == theme("dark").background[::-1]).all()


def test_panels_are_not_painted_for_each_picture_beneath_them(shown, qtbot, monkeypatch):
    # Lost otherwise: all of a hundred widgets are painted for each picture that a drag has drawn; or panels
    # let a scene of long ago shine through, or what stands in the scene is not painted with it.
    view = shown.view
    intervals = [timer.interval() for timer in (view._resting, view._ageing)]
    assert max(intervals) <= 500, "half a second is not long ago"
    for timer in (view._resting, view._ageing):
        timer.setInterval(3600_000)  # however long pictures take here
    QApplication.processEvents()
    count = dict.fromkeys((shown.answer.bars, shown.viewing.corner.turn, view), 0)

    def count_paints(_filter, watched, event):
        if watched in count and event.type() == QEvent.Type.Paint:
            count[watched] += 1
        return False

    monkeypatch.setattr(Counter, "eventFilter", count_paints)
    counter = Counter()
    for each in count:
        each.installEventFilter(counter)
    QTest.mousePress(view, LEFT, pos=QPoint(700, 300))
    QTest.mouseMove(view, QPoint(740, 300))
    QApplication.processEvents()
    count.update(dict.fromkeys(count, 0))
    for x in (744, 748, 752):
        QTest.mouseMove(view, QPoint(x, 300))
        give_picture(shown)
        QApplication.processEvents()
    assert list(count.values()) == [0, 3, 3]
    part = beneath_nothing(view)
    assert not part.intersects(shown.inspector.geometry())
    assert not part.intersects(QRect(shown.top.help.mapTo(shown.root, QPoint()), shown.top.help.size()))
    assert part.contains(shown.viewing.corner.geometry().center())
    shown.timeline.hide()
    QApplication.processEvents()
    assert view._seen_whole.contains(shown.timeline.geometry().center()), "no rectangle of an old scene stays"
    shown.timeline.show()
    for timer in (view._ageing, view._resting):  # a drag that goes on, and a hand that rests
        count[shown.answer.bars] = 0
        timer.start(1)
        qtbot.waitUntil(lambda: count[shown.answer.bars] > 0, timeout=PATIENCE)
        assert not view._ageing.isActive(), "nor are they painted once more at rest"
        view._ageing.start(3600_000)
    QTest.mouseRelease(view, LEFT, pos=QPoint(748, 300))
    for each in count:
        each.removeEventFilter(counter)
    for timer, interval in zip((view._resting, view._ageing), intervals, strict=True):
        timer.setInterval(interval)


def test_to_fly_to_a_neuron_whose_scene_is_still_to_come_does_nothing(shown):
    # Lost otherwise: F right after another network was chosen is told as a fault of viz3d.
    pose = shown.view.camera.pose
    shown.view.fly_to(len(shown.showing.drawn.trace.neurons))
    assert shown.view.camera.pose == pose
    assert not shown.view.camera.flying


class Counter(QObject):
    """Counts what wakes the window: events of timers, requests to paint, and calls that were put off."""

    def __init__(self):
        super().__init__()
        self.woken = []

    def eventFilter(self, _watched, event):  # noqa: N802  # Qt's name
        if event.type() in (
            QEvent.Type.Timer,
            QEvent.Type.Paint,
            QEvent.Type.MetaCall,
            QEvent.Type.UpdateRequest,
        ):
            self.woken.append(event.type())
        return False


def test_at_rest_no_timer_runs_and_nothing_is_painted(shown, qtbot, qapp):
    # Lost otherwise: an open window keeps the processor busy and a laptop's fan awake.
    select(shown, "hidden1:201")
    settled(qtbot, shown)
    give_picture(shown)
    runs = [each for each in shown.findChildren(QTimer) if each.isActive()]
    qtbot.waitUntil(lambda: bool(not any(each.isActive() for each in runs)), timeout=PATIENCE)
    counter = Counter()
    for widget in (shown, *shown.findChildren(QObject)):
        widget.installEventFilter(counter)
    # On a busy machine what was asked for before may still come: what never ends is the fault.
    for _ in range(60):
        counter.woken.clear()
        requests = len(shown.view.painter.requests)
        qtbot.wait(700)
        if not counter.woken:
            break
    assert counter.woken == []
    assert len(shown.view.painter.requests) == requests
    assert not [each for each in shown.findChildren(QTimer) if each.isActive()]


def test_a_window_opens_without_what_draws_the_curves_of_training():
    words = "import sys, viz3d.live.app; print(*({'pyqtgraph', 'scipy'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


@pytest.mark.slow
@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("seed", [3])
def test_random_use_breaks_nothing(seed, tmp_path):
    # Lost otherwise: a window that ends, warns or stands still after some minutes of play.
    soak = str(ROOT / "benchmarks/window/soak.py")
    words = [sys.executable, soak, "--deeds", "60", "--seed", str(seed)]
    surroundings = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    told = subprocess.run(words, capture_output=True, text=True, env=surroundings, check=False)
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-4000:]
    assert "none went wrong" in told.stdout
