"""Going back in a run in the window: its steps can be had again, and another run branches off at one."""

import numpy as np
from live_hands import click_on, drag
from live_windows import PATIENCE
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from trained_windows import go_on_until

from viz3d.session.acts.change import Mutate
from viz3d.session.session import Session


def test_what_came_after_the_step_gone_back_to_can_be_had_until_something_is_done(training_window, qtbot):
    window = training_window
    page, session = window.training.page, window.desk.session
    for step in range(1, 5):
        qtbot.waitUntil(page.panel.step_button.isEnabled, timeout=PATIENCE)
        page.panel.step_button.click()
        go_on_until(window, qtbot, step)
        page.trainer.hold()
    last = page.trainer.run.snapshots.net_at(4)
    page._scrub(3)
    window.training.settle()
    assert [words.split()[2] for words in window.desk.steps()[0]] == ["3", "1"]
    assert window.desk.steps()[1] == 1
    assert session.state.standing is None, "as the window says: from a past step on a fresh state"
    window.desk.redo()
    assert session.net.diff(last) == ()
    assert Session.play(session.script()).net.diff(last) == ()
    window.desk.undo()
    assert window.desk.do(Mutate("ablate hidden1:17"))
    assert session.undone == ()


def test_going_on_from_a_step_dragged_back_to_branches_off_there(training_window, qtbot):
    window = training_window
    # Lost otherwise: what a hand went back to is passed over, and the run goes on from its end.
    page = window.training.page
    window.top.train.click()
    page._change(epochs=1000)
    click_on(page.panel.run_button)
    go_on_until(window, qtbot, 30)
    click_on(page.panel.run_button)
    first, past = page.trainer.run, page.panel.progress.past
    assert page.trainer.hold()
    qtbot.waitUntil(past.isEnabled, timeout=PATIENCE)
    middle = (past.width() // 2, past.height() // 2)
    drag(past, (past.width() - 8, middle[1]), middle)
    step = page._shown
    assert 0 < step < first.step
    went_back = first.snapshots.net_at(step)
    assert window.desk.shown.traced.net is went_back
    assert abs(past.value() / 1000 - step / first.snapshots.steps()[-1]) < 0.01, "the handle stands at it"
    click_on(page.panel.run_button)
    second = page.trainer.run
    assert second is not first
    assert second.net.diff(went_back) == ()
    words, done = window.desk.steps()
    assert [each.split()[2] for each in words] == [str(step), str(first.step - step)]
    assert done == 1, "the later part can be had again"
    go_on_until(window, qtbot, 2)
    click_on(page.panel.run_button)
    window.training.settle()
    assert [each.split()[0] for each in window.desk.steps()[0]] == ["train", "train"]
    assert window.desk.steps()[1] == 2, "something new was done: the later part is gone"


def test_a_short_run_can_be_gone_back_in_to_many_of_its_steps(training_window, qtbot):
    window = training_window
    # Lost otherwise: a hand that drags to the middle of the first second is at its end.
    page = window.training.page
    page._change(epochs=1000)
    page.toggle()
    go_on_until(window, qtbot, 120)
    page.toggle()
    assert page.trainer.hold()
    steps = page.trainer.run.snapshots.steps()
    assert max(np.diff(steps)) <= 60
    past = page.panel.progress.past
    qtbot.waitUntil(lambda: bool(past._steps[-1] == steps[-1]), timeout=PATIENCE)
    past.setFocus()
    for back in (2, 3):
        QTest.keyClick(past, Qt.Key.Key_Left)
        assert page._shown == steps[-back]
    QTest.keyClick(past, Qt.Key.Key_End)
    assert page._shown is None
    QTest.keyClick(past, Qt.Key.Key_Home)
    assert page._shown == 0
