"""Sessions in the window: saved, opened, kept after each act, asked for at the end, offered after a crash."""

import gc
import weakref
import zipfile
from functools import partial

import pytest
from kept_windows import EDIT, answer, asked, kept, same
from live_hands import LEFT
from live_windows import PATIENCE, drop, opened, settled, steps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from stored_sessions import zipped

from viz3d.live.widgets.asking.question import Question
from viz3d.live.work.session_folders import left_behind, new_place
from viz3d.session.acts.take import TakeDigit
from viz3d.session.files.stored import read_folder


@pytest.fixture
def window(kept_window):
    return kept_window


def test_each_act_is_on_the_disk_and_nothing_before_the_first(window, qtbot, kept_root):
    assert list(kept_root.glob("*/")) == []
    window.command.entered.emit(EDIT)
    window.desk.do(TakeDigit(3))
    folder = kept(qtbot, window)
    same(window, read_folder(folder))
    window.desk.undo()
    kept(qtbot, window)
    again = read_folder(folder)
    same(window, again)
    assert [act.text for act in again.undone] == ["digit 3"]


def test_closing_asks_once_where_the_network_was_changed_and_esc_goes_on(window, qtbot, kept_root):
    window.command.entered.emit(EDIT)
    window.close()
    assert window.isVisible()
    assert window.question.isVisible()
    assert window.question.buttons[0].hasFocus()
    QTest.keyClick(window.question.buttons[0], Qt.Key.Key_Escape)
    assert window.isVisible()
    assert not window.question.isVisible()
    window.close()
    close = next(each for each in window.question.buttons if each.text() == "Close")
    close.setFocus()
    QTest.keyClick(close, Qt.Key.Key_Return)  # as Space does
    assert not window.isVisible()
    assert left_behind(kept_root) is None
    assert list(kept_root.iterdir()) == []


def test_a_question_that_is_answered_holds_nothing_of_its_answers(window, qtbot):
    # Lost otherwise: a session that was offered stays in memory until another question, which may never come.
    window.desk.do(TakeDigit(3))
    offered = read_folder(kept(qtbot, window))
    gone = weakref.ref(offered)
    window.question.ask("Open it?", "", (("Open", "", partial(print, offered)), ("Not", "", lambda: None)))
    del offered
    gc.collect()
    assert gone() is not None
    answer(window, "Not")
    qtbot.waitUntil(lambda: gc.collect() >= 0 and gone() is None, timeout=PATIENCE)


def test_closing_asks_while_a_typed_line_is_under_way(window, qtbot, kept_root):
    # Lost otherwise: an hour of training that was typed goes with the window, without a word.
    window.command.entered.emit("train steps 100000 images 500 seed 0 batch 1")
    qtbot.waitUntil(lambda: window.command._bar.share > 0, timeout=PATIENCE)
    window.close()
    assert window.isVisible()
    assert window.question._text.text() == "train steps 100000 is under way, and would be given up."
    answer(window, "Go on")
    assert window.desk.at_stake
    window.close()
    answer(window, "Close")
    assert not window.isVisible()


def test_a_checkpoint_is_offered_at_the_next_start_and_restored_with_its_past(
    window, qtbot, kept_root, tmp_path
):
    window.command.entered.emit(EDIT)
    window.desk.do(TakeDigit(3))
    window.close()
    answer(window, "Save checkpoint and close")
    assert not window.isVisible()
    left = left_behind(kept_root)
    assert "mlp, 2 changes" in left.told
    again = opened(qtbot, tmp_path, kept=new_place(kept_root))
    again.keeping.offer(left)
    again.actions_by_name["deselect"].trigger()
    assert not again.question.isVisible()
    left = left_behind(kept_root)
    assert left is not None, "Esc asks again at the next start, and removes nothing"
    again.keeping.offer(left)
    assert left.told in again.question._more.text()
    assert left_behind(kept_root) is None, "another window that opens meanwhile does not take it too"
    answer(again, "Restore")
    qtbot.waitUntil(lambda: not again.command._work.isVisible(), timeout=PATIENCE)
    same(again, window.desk.session)
    assert steps(again) == [EDIT, "digit 3"]
    again.desk.undo()
    again.desk.undo()
    assert again.desk.session.net.edits == ()
    again.desk.redo()
    assert again.keeping.unsaved
    assert kept(qtbot, again) == left.folder
    again.keeping.end_at_once()
    again.close()
    assert "1 change," in left_behind(kept_root).told


def test_a_session_that_is_restored_amid_a_run_costs_no_work_unasked_and_does_not_train_on(
    window, qtbot, kept_root, tmp_path
):
    # Lost otherwise: the run of an hour; and what is restored is trained on at once, by nobody's wish.
    window.command.entered.emit(EDIT)
    window.close()
    answer(window, "Save checkpoint and close")
    again = opened(qtbot, tmp_path, kept=new_place(kept_root))
    page = again.training.page
    page.panel.images.emit(200, 100)
    page._change(epochs=100_000)  # it does not end by itself
    again.keeping.offer(left_behind(kept_root))
    again.actions_by_name["train"].trigger()
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    answer(again, "Restore")
    answer(again, "Go on")
    assert page.trainer.running
    again.keeping.offer(left_behind(kept_root))
    answer(again, "Restore")
    answer(again, "Open it")
    qtbot.waitUntil(lambda: steps(again) == [EDIT], timeout=PATIENCE)
    settled(qtbot, again)
    assert not page.trainer.running
    assert not page.open
    same(again, window.desk.session)


def test_what_is_asked_before_the_window_is_seen_stands_in_its_middle(qtbot, qapp):
    # Lost otherwise: what is offered at the start covers the headline in a corner.
    parent = QWidget()
    qtbot.addWidget(parent)
    question = Question(parent)
    question.ask("Restore the last session?", "mlp, 2 changes", (("Restore", "", lambda: None),))
    parent.resize(1440, 900)
    parent.show()
    box = question.geometry()
    assert abs(box.center().x() - 720) <= 1
    assert box.top() >= 136, "under the headline"


def test_to_look_and_to_draw_is_nothing_to_ask_for(window, kept_root):
    window.desk.do(TakeDigit(3))
    window.close()
    assert not window.isVisible()
    assert left_behind(kept_root) is None


def test_what_was_saved_is_not_asked_for(window, kept_root, tmp_path):
    window.command.entered.emit(EDIT)
    window.writing.save_session(tmp_path / "mine.viz3d")
    assert not window.keeping.unsaved
    window.command.entered.emit("ablate hidden1:18")
    assert window.keeping.unsaved
    window.writing.save_net(tmp_path / "mine.npz")
    window.close()
    assert not window.isVisible()


def test_a_run_that_was_taken_back_is_asked_for_unless_a_session_with_it_was_saved(window, qtbot, tmp_path):
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    window.desk.undo()
    window.writing.save_net(tmp_path / "mine.npz")
    assert window.keeping.unsaved
    window.writing.save_session(tmp_path / "mine.viz3d")
    assert not window.keeping.unsaved
    (here,) = window.desk.session.undone
    drop(window, tmp_path / "mine.viz3d")
    qtbot.waitUntil(lambda: window.desk.session.undone[0] is not here, timeout=PATIENCE)
    assert not window.keeping.unsaved, "nor is one that was opened with it"
    # Lost otherwise: a page without charts, and no word of why.
    with zipfile.ZipFile(tmp_path / "mine.viz3d") as archive:
        rest = {name: archive.read(name) for name in archive.namelist() if not name.startswith("curves")}
    zipped(tmp_path / "charts.viz3d", rest)
    drop(window, tmp_path / "charts.viz3d")
    told = "charts.viz3d: what train steps 1 images 200 "
    qtbot.waitUntil(lambda: any(text.startswith(told) for text in window.message.messages), timeout=PATIENCE)


def test_a_session_that_is_dropped_is_shown_with_its_past(window, qtbot, tmp_path):
    window.command.entered.emit(EDIT)
    window.writing.save_session(tmp_path / "mine.viz3d")
    saved = window.desk.session.script()
    window.command.entered.emit("ablate hidden1:18")
    drop(window, tmp_path / "mine.viz3d")
    asked(qtbot, window)
    assert not window.desk.at_stake
    answer(window, "Go on")
    assert len(steps(window)) == 2
    drop(window, tmp_path / "mine.viz3d")
    asked(qtbot, window)
    answer(window, "Open it")
    settled(qtbot, window)
    assert window.desk.session.script() == saved
    assert not window.keeping.unsaved
    window.desk.undo()
    assert window.desk.session.net.edits == ()
    (tmp_path / "bad.viz3d").write_bytes(b"no zip")
    drop(window, tmp_path / "bad.viz3d")
    qtbot.waitUntil(lambda: "bad.viz3d is no session" in window.message.messages[-1], timeout=PATIENCE)


def test_a_network_file_that_was_opened_comes_back_though_it_has_gone(window, qtbot, untrained, tmp_path):
    copy = tmp_path / "gone.npz"
    copy.write_bytes(untrained.read_bytes())
    drop(window, copy)
    qtbot.waitUntil(lambda: window.desk.session.net.name == "mlp-sigmoid", timeout=PATIENCE)
    folder = kept(qtbot, window)
    copy.unlink()
    assert read_folder(folder).net.name == "mlp-sigmoid"
