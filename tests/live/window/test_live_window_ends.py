"""The live window's edges: files, faults, its size, what it remembers, and its end."""

import threading
from itertools import combinations

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, drop, opened, refusals, select, settled, steps
from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSettings, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

import engine
from viz3d.live.control import faults
from viz3d.live.places import LEAST, places
from viz3d.live.shortcuts import SHORTCUTS
from viz3d.live.widgets.pictures import grey_image
from viz3d.session.acts.change import UseNet


def bad_files(folder):
    """Ten files that are neither a network nor a picture of a digit; two of them are not there."""
    files = []
    for name in ("a.npz", "b.npz", "c.png", "d.jpg", "e.txt", "f", "g.npz", "h.pdf"):
        files.append(folder / name)
        files[-1].write_bytes(f"no {name}".encode())
    np.savez(files[0], weights=np.ones(3))
    return [*files, folder / "gone.npz", folder / "gone.png"]


def test_ten_bad_files_give_ten_lines_and_the_net_is_kept(window, qtbot, tmp_path):
    net, digit = window.desk.session.net, window.desk.session.digit
    for file in bad_files(tmp_path):
        drop(window, file)
    # They are read beside the window.
    qtbot.waitUntil(lambda: len(refusals(window)) == 10, timeout=PATIENCE)
    assert all(text and "\n" not in text for text in window.message.messages)
    assert sum("gone.npz" in text for text in refusals(window)) == 1
    assert window.message.isVisible()
    assert window.desk.session.net is net
    assert window.desk.session.digit is digit
    assert steps(window) == []


def test_files_that_are_dropped_together_are_all_told(window, qtbot, tmp_path):
    drop(window, *bad_files(tmp_path))
    qtbot.waitUntil(lambda: len(refusals(window)) == 10, timeout=PATIENCE)


def test_a_net_that_is_dropped_reads_the_same_digit(window, qtbot, untrained):
    image = window.desk.session.digit.image
    drop(window, untrained)
    qtbot.waitUntil(lambda: bool(refusals(window)), timeout=PATIENCE)
    (told,) = refusals(window)
    assert f"python -m viz3d statistics --model {untrained}" in told
    assert window.desk.session.net.name == "mlp-sigmoid"
    assert window.top.networks.text() == "untrained.npz"
    assert window.desk.session.digit.image is image
    settled(qtbot, window)
    window.desk.undo()
    assert window.desk.session.net.name == "mlp"


def test_a_neuron_of_another_net_waits_for_that_nets_scene(window, qtbot, untrained):
    select(window, "hidden2:255")
    drop(window, untrained)
    qtbot.waitUntil(lambda: bool(refusals(window)), timeout=PATIENCE)
    told = list(window.message.messages)
    settled(qtbot, window)
    window.desk.undo()
    window.view.set_time(1.0)
    window.view.update()
    assert window.view.selected == -1
    settled(qtbot, window)
    net = window.desk.session.net
    assert window.view.selected == net.offset("hidden2") + 255
    window.actions_by_name["back"].trigger()
    assert window.message.messages == told


def test_a_net_that_cannot_be_drawn_or_answers_no_digit_is_refused(window, qtbot, tmp_path):
    net = engine.build("input 28x28 | dense 4 softmax", np.random.default_rng(0))
    engine.save(net, tmp_path / "four.npz")
    before = window.desk.session.net
    drop(window, tmp_path / "four.npz")
    qtbot.waitUntil(lambda: any("4 classes" in words for words in window.message.messages), timeout=PATIENCE)
    assert window.desk.session.net is before


def test_a_picture_that_is_pasted_is_read_and_one_from_the_net_is_not_there(window):
    ink = np.full((300, 200), 255, np.uint8)
    ink[40:260, 95:115] = 0
    brought = QMimeData()
    brought.setImageData(grey_image(ink))
    assert window.opening.take(brought)
    assert steps(window) == ["a drawing"]
    assert window.desk.session.trace.prediction == 1
    told = len(window.message.messages)
    ink[:] = 255
    QGuiApplication.clipboard().setImage(grey_image(ink))
    window.actions_by_name["paste"].trigger()
    (why,) = window.message.messages[told:]
    assert "the picture: no ink" in why, "and not that there is no picture, or of an array that nobody knows"
    far = QMimeData()
    far.setUrls([QUrl("https://example.org/four.png")])
    window.opening.take(far)
    assert "https://example.org/four.png" in window.message.messages[-1]


def test_of_a_pasted_picture_of_several_digits_each_paste_takes_the_next_as_of_a_file(window):
    # Lost otherwise: of a screenshot of a number no digit is read, though its file would be.
    known = window.desk.session.images()
    places = [known.example(label, window.desk.session.net.watch) for label in (0, 7)]
    row = np.full((140, 320), 255, np.uint8)
    for k, place in enumerate(places):
        row[14:126, 20 + 160 * k : 132 + 160 * k] = 255 - np.kron(
            known.images[place], np.ones((4, 4), np.uint8)
        )
    QGuiApplication.clipboard().setImage(grey_image(row))
    for turn in (0, 1, 0):
        window.actions_by_name["paste"].trigger()
        assert window.desk.session.trace.prediction == known.labels[places[turn]]
        told = f"the picture: 2 digits are seen, this is number {turn + 1}: paste it again for the next"
        assert window.message.messages[-1] == told
    struck = np.full((200, 200), 255, np.uint8)
    struck[30:170, 92:108] = 0
    across = np.arange(20, 180)
    for thick in range(-6, 7):
        struck[across, np.clip(across + thick, 0, 199)] = 0
        struck[across, np.clip(199 - across + thick, 0, 199)] = 0
    QGuiApplication.clipboard().setImage(grey_image(struck))
    before = window.desk.session.digit
    window.actions_by_name["paste"].trigger()
    assert window.message.messages[-1].endswith("and is read all the same")
    assert window.desk.session.digit is not before


def test_a_preset_is_chosen_in_the_menu(window):
    entries = [action.text() for action in window.top.networks.menu().actions()]
    assert "cnn-draw\t99.67%" in entries
    assert len([entry for entry in entries if entry]) == 10
    next(a for a in window.top.networks.menu().actions() if a.text().startswith("mlp-sigmoid")).trigger()
    assert window.desk.session.net.name == "mlp-sigmoid"


def test_the_net_is_saved_with_its_edits(window, tmp_path):
    window.command.entered.emit("ablate hidden1:17")
    window.writing.save_net(tmp_path / "changed.npz")
    assert [str(edit) for edit in engine.load(tmp_path / "changed.npz").edits] == ["ablate hidden1:17"]
    nowhere = tmp_path / "no such folder"
    for save, name in (
        (window.writing.save_net, "changed.npz"),
        (window.writing.save_session, "evening.viz3d"),
        (window.writing.save_script, "session.txt"),
        (window.saving.save, "digit.png"),
    ):
        save(nowhere / name)
        told = window.message.messages[-1]
        assert told.startswith(f"cannot write {nowhere / name}: there is no folder")
        assert told.endswith(("choose another name", "choose another place")), "a window has no options"
    window.writing.save_script(tmp_path / "session.txt")
    assert "mutate ablate hidden1:17" in (tmp_path / "session.txt").read_text().splitlines()


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
