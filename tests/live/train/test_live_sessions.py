"""Sessions in the window: saved, opened, kept after each act, asked for at the end, offered after a crash."""

import threading

import numpy as np
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, drop, opened, settled, steps
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

import engine
from viz3d.live.training import runs
from viz3d.live.widgets.question import Question
from viz3d.live.work.kept import left_behind, new_place
from viz3d.live.work.training.run import TrainingRun
from viz3d.session.files.stored import LIST, SessionFolder, read_folder
from viz3d.session.take import TakeDigit

EDIT = "ablate hidden1:17"


@pytest.fixture
def root(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def window(qtbot, qapp, tmp_path, root):
    window = opened(qtbot, tmp_path, kept=new_place(root))
    yield window
    window.keeping.end_at_once()
    window.close()


def kept(qtbot, window):
    """Wait until all that was done is on the disk."""
    keeper = window.keeping._keeper
    qtbot.waitUntil(lambda: bool(keeper._asked is keeper._written), timeout=PATIENCE)
    return keeper.folder


def answer(window, words):
    (button,) = [each for each in window.question.buttons if each.text() == words]
    QTest.mouseClick(button, LEFT)


def asked(qtbot, window):
    """Wait until a question is asked."""
    qtbot.waitUntil(window.question.isVisible, timeout=PATIENCE)


def same(window, session):
    assert window.desk.session.script() == session.script()
    assert np.array_equal(window.desk.session.trace.probabilities, session.trace.probabilities)


def test_each_act_is_on_the_disk_and_nothing_before_the_first(window, qtbot, root):
    assert list(root.glob("*/")) == []
    window.command.entered.emit(EDIT)
    window.desk.do(TakeDigit(3))
    folder = kept(qtbot, window)
    same(window, read_folder(folder))
    window.desk.undo()
    kept(qtbot, window)
    again = read_folder(folder)
    same(window, again)
    assert [act.text for act in again.undone] == ["digit 3"]


def test_closing_asks_once_where_the_network_was_changed_and_esc_goes_on(window, qtbot, root):
    window.command.entered.emit(EDIT)
    window.close()
    assert window.isVisible()
    assert window.question.isVisible()
    assert window.question.buttons[0].hasFocus()
    QTest.keyClick(window.question.buttons[0], Qt.Key.Key_Escape)
    assert window.isVisible()
    assert not window.question.isVisible()
    window.close()
    answer(window, "Close")
    assert not window.isVisible()
    assert left_behind(root) is None
    assert list(root.iterdir()) == []


def test_closing_asks_while_a_typed_line_is_under_way(window, qtbot, root):
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


def test_a_checkpoint_is_offered_at_the_next_start_and_restored_with_its_past(window, qtbot, root, tmp_path):
    window.command.entered.emit(EDIT)
    window.desk.do(TakeDigit(3))
    window.close()
    answer(window, "Save checkpoint and close")
    assert not window.isVisible()
    left = left_behind(root)
    assert "mlp, 2 changes" in left.told
    again = opened(qtbot, tmp_path, kept=new_place(root))
    again.keeping.offer(left)
    assert left.told in again.question._more.text()
    assert left_behind(root) is None, "another window that opens meanwhile does not take it too"
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
    assert "1 change," in left_behind(root).told


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


def test_to_look_and_to_draw_is_nothing_to_ask_for(window, root):
    window.desk.do(TakeDigit(3))
    window.close()
    assert not window.isVisible()
    assert left_behind(root) is None


def test_what_was_saved_is_not_asked_for(window, root, tmp_path):
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


def test_a_run_that_is_open_is_kept_and_becomes_a_checkpoint(window, qtbot, root):
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    assert window.keeping.unsaved
    window.keeping.keep()
    held = read_folder(kept(qtbot, window))
    assert held.acts[-1].text.startswith("train steps 1 images 200 ")
    assert page.open, "to keep it does not end it"
    window.keeping.end_at_once()
    window.close()
    left = left_behind(root)
    again = read_folder(left.folder)
    assert again.acts[-1].text == held.acts[-1].text
    same(window, again)


@pytest.mark.parametrize("asks", [True, False])
def test_a_run_that_was_gone_back_to_its_start_is_not_lost_when_the_window_closes(window, qtbot, root, asks):
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    page.panel.scrubbed.emit(0)
    trained = page.trainer.run.snapshots.net_at(page.trainer.run.step)
    if asks:
        window.close()
        answer(window, "Save checkpoint and close")
    else:
        window.keeping.end_at_once()
        window.close()
    left = left_behind(root)
    assert left is not None
    again = read_folder(left.folder)
    assert [act.text.split()[0] for act in again.undone] == ["train"]
    again.redo()
    for name, array in trained.parameters.items():
        np.testing.assert_array_equal(again.net.parameters[name], array)


def test_a_run_whose_step_does_not_end_is_kept_as_it_was_before_it(window, qtbot, root, monkeypatch):
    ended, under_way = threading.Event(), threading.Event()

    def endless(_run):
        under_way.set()
        ended.wait()

    monkeypatch.setattr(TrainingRun, "probe", endless)
    monkeypatch.setattr(runs, "_SOON", 0.01)
    monkeypatch.setattr(runs, "_LONGEST", 0.1)
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    assert under_way.wait(PATIENCE / 1000)
    assert window.keeping.unsaved
    window.keeping._checkpoint()
    ended.set()
    assert [act.text.split()[0] for act in read_folder(window.keeping._place.folder).done] == ["train"]


def test_a_network_file_that_was_opened_comes_back_though_it_has_gone(window, qtbot, untrained, tmp_path):
    copy = tmp_path / "gone.npz"
    copy.write_bytes(untrained.read_bytes())
    drop(window, copy)
    qtbot.waitUntil(lambda: window.desk.session.net.name == "mlp-sigmoid", timeout=PATIENCE)
    folder = kept(qtbot, window)
    copy.unlink()
    assert read_folder(folder).net.name == "mlp-sigmoid"


def test_where_it_cannot_be_kept_that_is_told_and_the_window_lives_on(window, qtbot, monkeypatch):
    def full(*_):
        raise engine.EngineError("the disk is full")

    monkeypatch.setattr("viz3d.session.files.stored.line_of", full)
    window.command.entered.emit(EDIT)
    qtbot.waitUntil(lambda: bool(window.message.messages), timeout=PATIENCE)
    assert window.message.messages == ["the session could not be kept: the disk is full"]
    assert steps(window) == [EDIT]


def test_a_checkpoint_that_cannot_be_written_keeps_the_window_open(window, qtbot, monkeypatch):
    def full(*_):
        raise engine.EngineError("the disk is full")

    window.command.entered.emit(EDIT)
    kept(qtbot, window)
    patience = window.training.page.patience
    with monkeypatch.context() as broken:
        broken.setattr("viz3d.session.files.stored.line_of", full)
        window.close()
        answer(window, "Save checkpoint and close")
    assert window.isVisible()
    assert window.message.messages[-1] == "the disk is full"
    assert window.keeping.unsaved
    assert window.training.page.patience == patience, "a step of the next run is waited for as before"


def test_a_checkpoint_is_written_once(window, qtbot, monkeypatch):
    # Lost otherwise: a large network's window takes twice as long to close.
    window.command.entered.emit(EDIT)
    kept(qtbot, window)
    written, write = [], SessionFolder.write
    monkeypatch.setattr(
        SessionFolder, "write", lambda folder, moments: (written.append(moments), write(folder, moments))
    )
    window.close()
    answer(window, "Save checkpoint and close")
    assert not window.isVisible()
    assert len(written) == 1


@pytest.mark.parametrize("text", ["", '{"viz3d session": 2, "moments": []}'])
def test_a_checkpoint_that_cannot_be_read_stays_and_is_told(root, text):
    # Lost otherwise: a session that a later viz3d has kept, or whose list a disk has cut, without a word.
    folder, told = root / "1-abc", []
    folder.mkdir(parents=True)
    (folder / "net-0123456789ab.npz").write_bytes(b"hours of training")
    (folder / LIST).write_text(text)
    assert left_behind(root, told.append) is None
    assert (folder / "net-0123456789ab.npz").exists()
    assert len(told) == 1
    assert str(folder) in told[0]
    assert left_behind(root, told.append) is None, "it is not locked"
    assert len(told) == 2
