"""What of a session is kept: open runs too, once, and what cannot be written or read is told."""

import threading

import numpy as np
import pytest
from kept_windows import EDIT, answer, kept, same
from live_hands import LEFT
from live_windows import PATIENCE, opened, opened_session, steps
from PySide6.QtTest import QTest

import engine
from viz3d.live.training import runs
from viz3d.live.work.session_folders import left_behind, new_place
from viz3d.live.work.training.run import TrainingRun
from viz3d.session.files.stored import LIST, SessionFolder, read_folder


@pytest.fixture
def window(kept_window):
    return kept_window


def test_a_run_that_is_open_is_kept_and_becomes_a_checkpoint(window, qtbot, kept_root):
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
    left = left_behind(kept_root)
    again = read_folder(left.folder)
    assert again.acts[-1].text == held.acts[-1].text
    same(window, again)
    assert again.state.measured.lengths[0] == 1, "its charts come back too"
    assert again.state.standing.progress.step == 1, "and where it stood: a checkpoint is gone on with"
    window.desk.become(again)
    where = window.training.page.panel.progress._where
    assert where.text() == "stands at step 1", "not as if there had been no run"
    window.training.page.panel.weights.emit("these")
    assert where.text() == "not begun", "the next run is another"
    window.desk.undo()
    window.desk.redo()
    assert where.text() == "stands at step 1"
    window.desk.become(held)
    assert where.text() == "stands at step 1", "after a crash, too"
    kept_state, closed_state = (each.state.standing.arrays for each in (held, again))
    assert set(kept_state) > {"order"}
    assert all(np.array_equal(kept_state[name], closed_state[name]) for name in closed_state)
    window.desk.become(again)
    assert list(window.training.page.panel.charts.loss.raw.getData()[0]) == [1]


def test_a_window_that_is_opened_with_a_session_shows_where_its_training_stands(
    window, qtbot, kept_root, tmp_path
):
    # Lost otherwise: the page says that nothing was begun, with empty charts, and goes on all the same.
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    window.keeping.end_at_once()
    window.close()
    again = opened_session(qtbot, tmp_path, read_folder(left_behind(kept_root).folder))
    panel = again.training.page.panel
    assert panel.progress._where.text() == "stands at step 1"
    assert list(panel.charts.loss.raw.getData()[0]) == [1]
    again.keeping.end_at_once()
    again.close()


def test_what_could_not_be_restored_of_a_session_is_told(window, qtbot, kept_root, tmp_path):
    # Lost otherwise, in silence: the curves of a training, of which the rest is there.
    page = window.training.page
    page.panel.images.emit(200, 100)
    QTest.mouseClick(page.panel.step_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.open and page.so_far().parts), timeout=PATIENCE)
    window.keeping.end_at_once()
    window.close()
    left = left_behind(kept_root)
    (curves,) = left.folder.glob("curves-*")
    curves.write_bytes(curves.read_bytes()[:-8])
    again = opened(qtbot, tmp_path, kept=new_place(kept_root))
    again.keeping.offer(left)
    answer(again, "Restore")
    qtbot.waitUntil(lambda: any("lost" in line for line in again.message.messages), timeout=PATIENCE)
    assert len(again.desk.session.done) == 1
    again.keeping.end_at_once()
    again.close()


@pytest.mark.parametrize("asks", [True, False])
def test_a_run_that_was_gone_back_to_its_start_is_not_lost_when_the_window_closes(
    window, qtbot, kept_root, asks
):
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
    left = left_behind(kept_root)
    assert left is not None
    again = read_folder(left.folder)
    assert [act.text.split()[0] for act in again.undone] == ["train"]
    again.redo()
    for name, array in trained.parameters.items():
        np.testing.assert_array_equal(again.net.parameters[name], array)


def test_a_run_whose_step_does_not_end_is_kept_as_it_was_before_it(window, qtbot, kept_root, monkeypatch):
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
def test_a_checkpoint_that_cannot_be_read_stays_and_is_told(kept_root, text):
    # Lost otherwise: a session that a later viz3d has kept, or whose list a disk has cut, without a word.
    folder, told = kept_root / "1-abc", []
    folder.mkdir(parents=True)
    (folder / "net-0123456789ab.npz").write_bytes(b"hours of training")
    (folder / LIST).write_text(text)
    assert left_behind(kept_root, told.append) is None
    assert (folder / "net-0123456789ab.npz").exists()
    assert len(told) == 1
    assert str(folder) in told[0]
    assert left_behind(kept_root, told.append) is None, "it is not locked"
    assert len(told) == 2
