"""What explains the window: the tour, tips, names of beats, the legend."""

from itertools import pairwise

import pytest
from live_hands import LEFT, click, drag
from live_windows import PATIENCE, opened, select, settled, steps
from PySide6.QtCore import QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import engine
from viz3d.live.control.teaching.touring import STOPS
from viz3d.live.places import legend_line, places
from viz3d.live.view.overlay.legend import entry_wide
from viz3d.live.widgets.scene.beats import short
from viz3d.session.acts.change import UseNet


@pytest.fixture(scope="module")
def window(taught_window):
    return taught_window


# The tour.


@pytest.fixture
def tour(window):
    select(window, "")  # to pick what is selected is to do nothing
    window.helping.tour.again()
    yield window.helping.tour
    window.helping.tour.skip()


def actions(window):
    """Each action, done by hand."""
    pad, net = window.drawing.pad, window.desk.session.net
    return {
        "draw": lambda: drag(pad, (110, 20), (108, 60), (106, 100), (104, 140), (102, 190)),
        "watch": lambda: QTest.mouseClick(window.timeline.play, LEFT),
        "pick": lambda: window.view.picked.emit(net.offset("hidden1") + 201),
        "change": lambda: QTest.mouseClick(window.inspector.change.silent, LEFT),
        "compare": lambda: QTest.keyClick(window, Qt.Key.Key_B),
        "train": lambda: QTest.mouseClick(window.top.train, LEFT),
    }


def test_each_hint_goes_when_its_action_is_done_and_the_next_comes(tour, window):
    hint = window.helping.hint
    for stop, (name, action) in zip(STOPS, actions(window).items(), strict=True):
        assert tour.stop is stop
        assert stop.name == name
        assert hint.isVisible()
        assert window.root.rect().contains(hint.geometry())
        action()
    assert not hint.isVisible()
    window.top.inspect.click()
    window.playing.play(False)
    again = QSettings(window.settings.fileName(), QSettings.Format.IniFormat)
    assert set(str(again.value("tour")).split()) == {stop.name for stop in STOPS}
    while steps(window):
        window.desk.undo()


def test_before_anything_is_changed_the_hint_to_compare_says_to_change_something(tour, window):
    # Lost otherwise: who has ablated before, and begins anew, holds a key and sees nothing happen.
    select(window, "hidden1:201")
    for name in ("draw", "watch", "pick", "change"):
        tour.did(name)
    said = window.helping.hint._text.text
    assert said().startswith("Change something, then hold B")
    window.command.entered.emit("ablate hidden1:201")
    assert said().startswith("Hold B")
    window.desk.undo()
    assert said().startswith("Change something")


def test_who_has_picked_what_cannot_be_ablated_is_told_what_can(tour, window):
    # Lost otherwise: the brightest neuron of all is the answer's, and the button that the hint names is grey.
    for name in ("draw", "watch", "pick"):
        tour.did(name)
    said = window.helping.hint._text.text
    for where, words in (
        ("hidden1:201", "Ablate silences it"),
        ("output:7", "Click a neuron before the output"),
    ):
        select(window, where)
        assert said().startswith(words)
        assert window.inspector.change.silent.isEnabled() == (where != "output:7")


def test_a_hint_gives_way_to_the_scenes_buttons_wherever_these_go(tour, window, qtbot, monkeypatch):
    for name in ("draw", "watch", "pick", "change"):
        tour.did(name)
    select(window, "hidden1:201")
    settled(qtbot, window)
    # Neither goes on by itself, for a scene that is drawn again.
    tour._resting.blockSignals(True)
    monkeypatch.setattr(window.viewing, "stand", lambda: None)
    hint, corner = window.helping.hint, window.viewing.corner
    shown = hint.geometry().adjusted(9, 9, -9, -9)
    corner.move(corner.x(), shown.center().y())  # as over a legend of more lines
    assert shown.intersects(corner.geometry())
    qtbot.waitUntil(
        lambda: not hint.geometry().adjusted(9, 9, -9, -9).intersects(corner.geometry()), timeout=PATIENCE
    )
    tour._resting.blockSignals(False)
    monkeypatch.undo()
    window.viewing.stand()


def test_an_action_ahead_of_its_hint_counts_and_skip_ends_it(tour, window):
    select(window, "hidden1:3")
    actions(window)["draw"]()
    tour.did("watch")
    assert tour.stop.name == "change"
    QTest.mouseClick(window.helping.hint.skip, LEFT)
    assert tour.stop is None
    assert not window.helping.hint.isVisible()
    entry = next(e for e in window.top.help.menu().actions() if e.text().startswith("Take the tour"))
    entry.trigger()
    assert tour.stop is STOPS[0]
    while steps(window):
        window.desk.undo()


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900)])
def test_hints_stand_beside_what_they_point_at(tour, window, qtbot, size):
    window.resize(*size)
    for stop, panel in zip(STOPS[:2], (window.drawing, window.timeline), strict=True):
        qtbot.waitUntil(
            lambda panel=panel: bool(
                not window.helping.hint.geometry().intersects(panel.geometry().adjusted(0, 2, 0, 0))
                and window.root.rect().contains(window.helping.hint.geometry())
            ),
            timeout=PATIENCE,
        )
        _, _, legend = legend_line(places(window.size(), window.drawing.size()))
        assert stop.name != "watch" or window.helping.hint.geometry().bottom() < legend
        tour.did(stop.name)
    for stop in STOPS[2:-1]:
        tour.did(stop.name)
    select(window, "hidden1:17")
    qtbot.waitUntil(lambda: bool(window.inspector._name.isVisible()), timeout=PATIENCE)
    hint, name = window.helping.hint, window.inspector._name
    seen = QRect(name.mapTo(window.root, QPoint()), name.size())
    qtbot.waitUntil(
        lambda: bool(not hint.geometry().adjusted(0, 0, 0, -9).intersects(seen)), timeout=PATIENCE
    )
    select(window, "")
    window.resize(1440, 900)


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900)])
def test_hints_hide_no_words_of_the_scene(tour, window, qtbot, size):
    # Lost otherwise: half of a layer's name, or of what a colour means, beside the hint.
    window.resize(*size)
    settled(qtbot, window)
    hint = window.helping.hint

    def hidden():
        box = hint.geometry().adjusted(9, 9, -9, -9)
        return [each for each in window.view.written_at() if box.intersects(each)]

    for name in ("draw", "watch", "pick", "change", "compare"):
        qtbot.waitUntil(lambda: hint.isVisible() and not hidden(), timeout=PATIENCE)
        assert not hint.geometry().adjusted(9, 9, -9, -9).intersects(window.viewing.corner.geometry()), name
        tour.did(name)
    window.resize(1440, 900)


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900)])
def test_hints_stand_clear_of_the_words_that_the_film_comes_to(tour, window, qtbot, size):
    # Lost otherwise: through all of the first film a hint lies over names of layers that come up.
    window.resize(*size)
    settled(qtbot, window)
    window.timeline.scrubbed.emit(0.0)
    qtbot.waitUntil(lambda: window.view.picture.frame.t == 0.0, timeout=PATIENCE)
    tour.again()
    words = window.view.written_at(ended=True)
    assert len(words) > len(window.view.written_at())
    for name in ("draw", "watch", "pick", "change", "compare"):
        box = window.helping.hint.geometry().adjusted(9, 9, -9, -9)
        assert not [each for each in words if box.intersects(each)], name
        tour.did(name)
    window.playing.to_end()
    window.resize(1440, 900)


def test_a_hint_gives_way_to_a_message_and_comes_back(tour, window, qtbot):
    # Lost otherwise: the one stands on the other, and neither can be read.
    tour.did("draw")
    hint = window.helping.hint
    qtbot.waitUntil(lambda: bool(hint.isVisible()), timeout=PATIENCE)
    window.message.say("a file cannot be read: " + "why " * 30)
    qtbot.waitUntil(lambda: bool(window.message.isVisible()), timeout=PATIENCE)
    overlaps = window.message.geometry().intersects(hint.geometry())
    qtbot.waitUntil(lambda: bool(hint.isVisible() != overlaps), timeout=PATIENCE)
    assert overlaps
    window.message.hide()
    qtbot.waitUntil(lambda: bool(hint.isVisible()), timeout=PATIENCE)


def test_a_hint_does_not_lie_on_a_sheet_nor_point_at_what_one_covers(tour, window, qtbot):
    # Lost otherwise: a test's counts under a card that says to draw on a pad, which nobody sees.
    hint = window.helping.hint
    assert tour.stop.name == "draw"
    report = window.training_sheets.report
    report.setGeometry(window.view.geometry())  # as a test that has been read
    for sheet in (report, window.exporting.panel):
        qtbot.waitUntil(hint.isVisible, timeout=PATIENCE)
        sheet.show()
        qtbot.waitUntil(hint.isHidden, timeout=PATIENCE)
        sheet.hide()
        for name in ("draw", "watch", "pick"):  # the next one points at the inspector
            tour.did(name)


# Tips.


def test_whatever_takes_the_focus_has_a_name_and_a_sentence(window):
    select(window, "hidden1:201")
    for part in window.root.findChildren(QWidget):
        if part.focusPolicy() != Qt.FocusPolicy.NoFocus and part is not window.question:
            assert part.accessibleName(), part
            assert part.toolTip() or part.accessibleDescription(), part.accessibleName()


# Names of beats, and the legend, in a small window.


def test_names_become_short_in_ways_that_can_be_told_apart():
    assert [short(name) for name in ("Hidden 2", "Block 1", "Output", "Max-pool 1")] == [
        "H2",
        "B1",
        "Output",
        "M1",
    ]
    assert [short(name, words=True) for name in ("Output", "Digit", "Answer")] == ["Out", "Digit", "Ans"]


@pytest.mark.parametrize("net", ["mlp", "vit-small", "cnn-draw", "own"])
@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_every_beat_has_its_name_in_a_small_window(qtbot, qapp, tmp_path, net, size):
    import numpy as np

    act = UseNet(net)
    if net == "own":
        maps = "conv 6 5x5 relu | pool 2 | conv 8 3x3 relu | pool 2"
        text = f"input 28x28 | {maps} | dense 40 tanh | dense 10 softmax"
        engine.save(engine.build(text, np.random.default_rng(0)), tmp_path / "own.npz")
        act = UseNet(None, tmp_path / "own.npz")
    window = opened(qtbot, tmp_path, act)
    window.resize(QSize(*size))
    settled(qtbot, window)
    track = window.timeline.track
    for beat in track.beats.beats:
        track.go(beat.at)
        named = track.names()
        boxes = [name.box for name in named]
        assert all("…" not in name.text for name in named)
        # The current name is whole: it may lie over the points of the next ones.
        (now,) = [name.box for name in named if name.now]
        under = [each for each in track.beats.beats if now.left() < track._x(each.at) - 18 < now.right()]
        assert len(named) >= len(track.beats.beats) - len(under)
        assert all(one.right() < other.left() for one, other in pairwise(boxes))
    edges = window.view._shown.edges
    end, key = edges.scene.seconds, edges.scene.words.key
    rows = edges._legend_rows(end)
    told = [text for row in rows for _, _, text in row]
    assert {key.warm, key.cool} <= set(told)
    assert any(text.startswith(("activation", "away from its usual")) for text in told)
    assert told[-1] in (key.drawn, f"{key.drawn.partition(' ')[0]} synapses drawn")
    assert all(sum(map(entry_wide, row)) <= edges._legend_box(end).width() for row in rows)
    box = edges._legend_box(end)
    assert box.right() <= window.inspector.x()
    assert not box.toRect().adjusted(0, 0, 0, -8).intersects(window.timeline.geometry())
    window.close()


def test_the_legend_is_one_row_where_there_is_room(window):
    edges = window.view._shown.edges
    assert [len(edges._legend_rows(t)) for t in (3.0, edges.scene.seconds)] == [1, 1]


def test_a_digit_that_is_taken_by_a_click_is_no_drawing(tour, window):
    click(window.drawing.samples, 38 * 3 + 5, 5)
    assert tour.stop is STOPS[0]
    window.desk.undo()


def test_a_press_on_a_hint_stays_with_it(tour, window):
    seen = []
    window.view.picked.connect(seen.append)
    QTest.mouseClick(window.helping.hint, LEFT, pos=QPoint(30, 30))
    assert seen == []
