"""The live window's edges: faults, its size, what it remembers, its keys, and its end."""

import json
import os
import re
import subprocess
import sys
import threading
from itertools import combinations

import pytest
from live_hands import LEFT
from live_windows import PATIENCE, opened, select
from project import WINDOWS
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from viz3d.live.control import faults
from viz3d.live.places import LEAST, places
from viz3d.live.shortcuts import SHORTCUTS
from viz3d.live.widgets.inspecting.synapse_model import SynapseModel
from viz3d.session.acts.change import UseNet


def test_a_preset_is_chosen_in_the_menu(window):
    entries = [action.text() for action in window.top.networks.menu().actions()]
    assert "cnn-draw\t99.67%" in entries
    assert len([entry for entry in entries if entry]) == 10
    next(a for a in window.top.networks.menu().actions() if a.text().startswith("mlp-sigmoid")).trigger()
    assert window.desk.session.net.name == "mlp-sigmoid"


def test_a_fault_in_a_slot_or_a_thread_is_told_and_logged_and_the_net_kept(window, qtbot, caplog):
    net = window.desk.session.net

    def fail():
        raise KeyError("of a slot")

    with qtbot.capture_exceptions(), faults.told(window.message.say):
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: len(window.message.messages) == 1, timeout=PATIENCE)
        thread = threading.Thread(target=lambda: int("x"))
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(window.message.messages) == 2, timeout=PATIENCE)
    assert "KeyError: 'of a slot'" in window.message.messages[0]
    assert "ValueError" in window.message.messages[1]
    assert len(caplog.records) == 2
    assert window.desk.session.net is net


def test_a_fault_in_what_qt_calls_is_told_and_the_window_lives(window, qtbot, monkeypatch):
    # Lost otherwise: the process with all that is in it. What C code raises is no object yet, and all of a
    # window's handlers, sizes, and cells of tables are called on behalf of its `event`.
    monkeypatch.setattr(window.digits, "take_class", lambda digit: "0123"[digit])
    five = Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, "5"
    with qtbot.capture_exceptions(), faults.told(window.message.say):
        for count in (1, 2):
            QCoreApplication.postEvent(window, QKeyEvent(QEvent.Type.KeyPress, *five))
            qtbot.waitUntil(lambda count=count: len(window.message.messages) == count, timeout=PATIENCE)
        select(window, "hidden1:201")
        with monkeypatch.context() as broken:
            broken.setattr(SynapseModel, "_text", lambda *_: "0123"[9])
            window.inspector.table.viewport().repaint()
        qtbot.waitUntil(lambda: len(window.message.messages) > 2, timeout=PATIENCE)
    told = {re.sub(r" \(seen \d+ times\)", "", each) for each in window.message.messages}
    assert told == {"a fault of viz3d: IndexError: string index out of range"}


def test_a_fault_in_what_qt_calls_of_a_chart_is_told_and_the_process_lives(tmp_path):
    # Lost otherwise: the process, by a segmentation fault, as soon as a chart is painted or pointed at.
    program = [sys.executable, WINDOWS / "broken_charts.py", tmp_path]
    path = os.pathsep.join([str(WINDOWS), *sys.path])
    ended = subprocess.run(
        program, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False, timeout=PATIENCE
    )
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert len(said) == 9
    for part, words in said.items():
        assert any(each.startswith("a fault of viz3d: ") for each in words), part


def test_a_fault_that_comes_again_and_again_is_told_ever_more_seldom(window, qtbot, monkeypatch, caplog):
    # Lost otherwise: all other messages, and a log of 2,407 faults after 30 redraws.
    select(window, "hidden1:201")
    count = 0

    def failed(*_):
        nonlocal count
        count += 1
        return "0123"[9]

    monkeypatch.setattr(SynapseModel, "_text", failed)
    with qtbot.capture_exceptions(), faults.told(window.message.say):
        while count < 100:
            window.inspector.table.viewport().repaint()
        QTimer.singleShot(0, lambda: int("x"))
        qtbot.waitUntil(lambda: "ValueError" in "".join(window.message.messages), timeout=PATIENCE)
    seen = [int(each) for words in window.message.messages for each in re.findall(r"seen (\d+) times", words)]
    assert seen[:6] == [2, 4, 8, 16, 32, 64]
    assert len(seen) < count.bit_length()
    assert len(caplog.records) == len(window.message.messages) == len(seen) + 2


def test_it_closes_in_the_midst_of_playing_and_drawing(qtbot, qapp, tmp_path):
    window = opened(qtbot, tmp_path)
    pad = window.drawing.pad
    QTest.mousePress(pad, LEFT, pos=QPoint(100, 20))
    for y in range(30, 180, 10):
        QTest.mouseMove(pad, QPoint(100, y))
    window.playing.play(True)
    assert window.playing.clock.isActive()
    with qtbot.waitSignal(window.closed, timeout=PATIENCE):
        window.close()
    assert not window.playing.clock.isActive()
    assert not window.digits._waits
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"Thinker", "Painter"}
    QTest.mouseRelease(pad, LEFT, pos=QPoint(100, 180))


@pytest.mark.usefixtures("screen")
def test_it_draws_and_closes_with_its_own_painter(qtbot, qapp, tmp_path):
    from viz3d.live.widgets.sheet import dress
    from viz3d.live.window import Window
    from viz3d.session.acts.take import TakeDigit
    from viz3d.session.session import Session

    dress(qapp, "dark")
    session = Session(UseNet("mlp-sigmoid"), TakeDigit(4), "digits")
    window = Window(session, QSettings(str(tmp_path / "live.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    window.playing.begin()
    window.show()
    qtbot.waitUntil(lambda: bool(window.view.picture is not None), timeout=PATIENCE)
    assert window.message.messages == []
    window.close()
    assert not {thread.name for thread in threading.enumerate()} & {"Thinker", "Painter"}


def test_size_theme_and_network_are_remembered(qtbot, qapp, tmp_path):
    window = opened(qtbot, tmp_path, UseNet("mlp-sigmoid"))
    window.resize(1100, 720)
    window.theming.turn()
    window.close()
    kept = QSettings(str(tmp_path / "live.ini"), QSettings.Format.IniFormat)
    assert (kept.value("theme"), kept.value("net")) == ("light", "net mlp-sigmoid")
    again = opened(qtbot, tmp_path)
    assert again.size() == QSize(1100, 720)
    again.close()


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900), (2560, 1440)])
def test_panels_stand_on_the_grid_within_the_window_and_apart(size):
    found = places(QSize(*size), QSize(445, 248))
    panels = (found.top, found.drawing, found.timeline, found.inspector)
    for panel in panels:
        assert QRect(QPoint(0, 0), QSize(*size)).contains(panel)
        assert panel.width() >= 300
    for one, other in combinations(panels, 2):
        assert not one.intersects(other)
    assert found.free.width() > 500
    assert found.free.height() > 250


def test_in_the_smallest_window_no_text_of_the_bar_is_cut(window):
    window.resize(LEAST)
    for text in (window.top.networks, window.top.inspect, window.top.train, window.top.export):
        assert text.width() >= text.sizeHint().width()
    box = window.command_card.geometry()
    assert box.width() > 150
    assert box.right() < window.top.inspect.x()
    window.command.line.setText("ablate hidden1:9999")
    window.command.line.returnPressed.emit()
    window.event(QEvent(QEvent.Type.LayoutRequest))
    assert window.command_card.height() > box.height()


@pytest.mark.parametrize("size", [(960, 640), (1440, 900)])
def test_what_is_wrong_with_a_command_is_told_whole(window, size):
    window.resize(*size)
    window.command.show_error("ablat is no act: known are " + "ablate, clamp, scale, shift, function, " * 5)
    window.event(QEvent(QEvent.Type.LayoutRequest))
    window.command_card.layout().activate()
    window.command.layout().activate()
    told = next(each for each in window.command.findChildren(QLabel) if each.text().startswith("ablat"))
    assert told.height() >= told.heightForWidth(told.width())
    window.command.show_error("")


def test_a_long_message_is_shown_whole(window):
    window.message.say("a fault of viz3d: " + "the longest of all names of a file " * 8)
    (text,) = [each for each in window.message.findChildren(QLabel) if each.text().startswith("a fault")]
    assert text.height() >= text.heightForWidth(text.width())


def test_keys_walk_through_all_parts_and_the_page_of_keys_lists_each(window):
    window.actions_by_name["help"].trigger()
    assert window.keys.isVisible()
    told = {label.text() for label in window.keys.findChildren(QLabel)}
    assert {each.words for each in SHORTCUTS if each.words} <= told
    QTest.keyClick(window.keys, Qt.Key.Key_Escape)
    assert not window.keys.isVisible()
    seen, widget = [], window.top.networks
    for _ in range(200):
        widget = widget.nextInFocusChain()
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(window):
            seen.append(widget)
    places_of = [
        seen.index(each) for each in (window.command.line, window.drawing.eraser, window.timeline.play)
    ]
    assert places_of == sorted(places_of)


def test_every_button_says_what_it_does(window):
    from PySide6.QtWidgets import QAbstractButton

    select(window, "hidden1:201")
    for each in window.findChildren(QAbstractButton):
        if each.isVisibleTo(window):
            assert each.toolTip(), each.text()
