"""Training in the window: the digit on screen is read by the network as it learns, and a run is one act."""

import numpy as np
from live_hands import click_on, drag
from live_windows import PATIENCE, select, settled, steps
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from viz3d.session.change import Mutate
from viz3d.session.session import Session
from viz3d.session.take import TakeDigit


def trained(window, qtbot, least: int = 3) -> None:
    """Train until a few steps are done, and pause."""
    page = window.training.page
    page.toggle()
    qtbot.waitUntil(
        lambda: bool(page.trainer.run is not None and page.trainer.run.step >= least), timeout=PATIENCE
    )
    page.toggle()
    qtbot.waitUntil(lambda: not page.trainer.running, timeout=PATIENCE)


def test_the_page_stands_where_the_inspector_does(training_window):
    window = training_window
    window.top.train.click()
    assert window.training.page.isVisible()
    assert not window.inspector.isVisible()
    assert window.training.page.geometry() == window.inspector.geometry()
    window.top.inspect.click()
    assert window.inspector.isVisible()
    assert not window.training.page.isVisible()


def test_the_digit_is_read_by_the_network_as_it_learns(training_window, qtbot):
    window = training_window
    given = window.desk.session.net
    trained(window, qtbot)
    qtbot.waitUntil(lambda: window.desk.shown.traced.net is not given, timeout=PATIENCE)
    settled(qtbot, window)  # the newest net may come after the pause
    shown = window.desk.shown.traced
    assert np.array_equal(shown.trace.probabilities, shown.net.trace(shown.digit.image).probabilities)
    assert np.array_equal(window.showing.drawn.scene.probabilities, shown.trace.probabilities)
    # No act yet: the run may go on.
    assert window.desk.session.net is given
    assert steps(window) == []


def test_another_digit_leaves_the_run_alone(training_window, qtbot):
    window = training_window
    given = window.desk.session.net
    trained(window, qtbot)
    window.desk.do(TakeDigit(3))
    assert window.training.page.open
    assert window.desk.session.net is given
    assert window.desk.shown.traced.net is not given
    assert window.desk.shown.traced.digit.label == 3


def test_a_script_that_is_copied_amid_a_run_has_its_training(training_window, qtbot):
    window = training_window
    trained(window, qtbot)
    window.writing.copy(window.writing.script)
    again = Session.play(QGuiApplication.clipboard().text().splitlines())
    assert window.desk.session.acts[-1].word == "train"
    assert again.net.diff(window.desk.session.net) == ()


def test_an_edit_ahead_of_a_training_is_taken_back_beside_the_window(training_window, qtbot):
    # Lost otherwise: the window stands still for as long as the training takes, which is done again.
    window, session = training_window, training_window.desk.session
    assert window.desk.do(Mutate("ablate hidden1:17"))
    trained(window, qtbot, 1)
    select(window, "hidden1:17")
    silent, told = window.inspector.change.silent, []
    window.desk.busy.connect(told.append)
    click_on(silent)
    assert told == ["again without mutate ablate hidden1:17"]  # and here the hand has the window again
    assert session.net.edits
    assert silent.isChecked()
    window.desk.do(TakeDigit(3))
    qtbot.waitUntil(lambda: not window.desk.at, timeout=PATIENCE)
    assert [words.split()[0] for words in steps(window)] == ["train", "digit"]
    assert session.net.diff(Session.play(session.script()).net) == ()
    assert session.digit.label == 3
    assert not silent.isChecked()


def test_where_the_rest_cannot_be_done_again_or_is_stopped_all_stays_as_it_was(training_window, qtbot):
    window, session = training_window, training_window.desk.session
    for edit in ("grow hidden1 1 seed 0", "ablate hidden1:512"):
        assert window.desk.do(Mutate(edit))
    trained(window, qtbot, 1)
    window.training.settle()
    before, undone = session.state, session.undone
    for place, told in ((0, "hidden1 has neurons"), (1, "was stopped: all is as it was")):
        window.desk.leave_out(session.done[place : place + 1])
        assert window.desk.at
        if place:
            window.command.stop.emit()
        qtbot.waitUntil(lambda: not window.desk.at, timeout=PATIENCE)
        assert told in window.message.messages[-1]
        assert session.state is before
        assert session.undone == undone


def test_ahead_of_an_edit_a_run_becomes_one_act_and_undo_brings_all_back(training_window, qtbot):
    window = training_window
    given = window.desk.session.net
    trained(window, qtbot)
    assert window.desk.do(Mutate("ablate hidden1:17"))
    assert [words.split()[0] for words in steps(window)] == ["train", "ablate"]
    learned = window.desk.session.net
    window.desk.undo()
    window.desk.undo()
    assert window.desk.session.net is given
    again = Session.play(window.desk.session.script()).net
    assert again.diff(given) == ()
    window.desk.redo()
    window.desk.redo()
    assert window.desk.session.net is learned


def test_the_script_of_a_run_makes_the_same_network_again(training_window, qtbot):
    window = training_window
    trained(window, qtbot)
    window.training.settle()
    session = window.desk.session
    assert Session.play(session.script()).net.diff(session.net) == ()


def test_closing_while_it_trains_ends_the_thread_and_keeps_the_run(training_window, qtbot):
    window = training_window
    window.training.page.toggle()
    run = window.training.page.trainer
    qtbot.waitUntil(lambda: bool(run.run is not None and run.run.step >= 2), timeout=PATIENCE)
    window.close()
    assert not run.running
    assert [words.split()[0] for words in steps(window)] == ["train"]


def go_on_until(window, qtbot, least: int) -> None:
    """Train on and do not pause."""
    run = window.training.page.trainer
    qtbot.waitUntil(lambda: bool(run.run is not None and run.run.step >= least), timeout=PATIENCE)


def test_an_edit_while_it_trains_is_trained_on_with_the_optimizers_state(training_window, qtbot):
    window = training_window
    page = window.training.page
    page.toggle()
    go_on_until(window, qtbot, 3)
    first = page.trainer.run
    assert window.desk.do(Mutate("ablate hidden1:17"))
    qtbot.waitUntil(lambda: page.trainer.run is not None and page.trainer.run is not first, timeout=PATIENCE)
    second = page.trainer.run
    assert second.first == first.step
    go_on_until(window, qtbot, second.first + 2)
    assert np.array_equal(second.news(True).curve[:, : second.first], first.news(True).curve)
    page.toggle()
    window.training.settle()
    words = steps(window)
    assert [each.split()[0] for each in words] == ["train", "ablate", "train"]
    assert " state kept " in words[2]
    session = window.desk.session
    assert Session.play(session.script()).net.diff(session.net) == ()


def test_an_edit_ahead_of_it_that_is_taken_back_while_it_trains_is_waited_for(
    training_window, qtbot, monkeypatch
):
    # Lost otherwise: steps that are seen to be made, of a network that is gone as soon as the other is there.
    window, page, followed = training_window, training_window.training.page, []
    monkeypatch.setattr(page, "follow", lambda: followed.append(window.desk.at))
    assert window.desk.do(Mutate("ablate hidden1:17"))
    page.toggle()
    go_on_until(window, qtbot, 1)
    select(window, "hidden1:17")
    click_on(window.inspector.change.silent)
    assert window.desk.at
    window.actions_by_deed["train"].trigger()
    assert page.trainer.run is None, "a run begun by its key would be lost, too"
    assert "is under way: wait for it" in window.message.messages[-1]
    window.desk.do(TakeDigit(3))
    qtbot.waitUntil(lambda: bool(followed), timeout=PATIENCE)
    assert followed == [""]
    assert [words.split()[0] for words in steps(window)] == ["train", "digit"]


def test_an_edit_of_the_layers_while_it_trains_begins_a_fresh_state_and_says_so(training_window, qtbot):
    window = training_window
    page = window.training.page
    page.toggle()
    go_on_until(window, qtbot, 2)
    assert window.desk.do(Mutate("remove hidden1:17"))
    qtbot.waitUntil(
        lambda: page.trainer.run is not None and page.trainer.run.net.layer("hidden1").size == 511,
        timeout=PATIENCE,
    )
    go_on_until(window, qtbot, 1)
    assert any("fresh state" in each for each in window.message.messages)
    page.toggle()
    window.training.settle()
    assert " state kept" not in steps(window)[-1]


def test_undo_while_it_trains_ends_the_run_and_trains_no_more(training_window, qtbot):
    window = training_window
    given = window.desk.session.net
    window.training.page.toggle()
    go_on_until(window, qtbot, 2)
    window.desk.undo()
    qtbot.wait(50)
    assert window.desk.session.net is given
    assert not window.training.page.trainer.running
    assert window.training.page.trainer.run is None


def test_what_came_after_the_step_gone_back_to_can_be_had_until_something_is_done(training_window, qtbot):
    window = training_window
    page, session = window.training.page, window.desk.session
    for step in range(1, 5):
        qtbot.waitUntil(page.panel.step_button.isEnabled, timeout=PATIENCE)
        page.panel.step_button.click()
        go_on_until(window, qtbot, step)
        page.trainer.hold()
    last = page.trainer.run.snapshots.net_at(4)
    page._scrub(2)
    window.training.settle()
    assert [words.split()[2] for words in window.desk.steps()[0]] == ["2", "2"]
    assert window.desk.steps()[1] == 1
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


def test_where_the_processors_draw_pictures_give_way_to_training(training_window, qtbot):
    window = training_window
    shown = []
    page = window.training.page
    # When each was due: what hears of it ahead of this may take its time.
    page.net_changed.connect(lambda *told: shown.append(page._sent_at))
    window.training.page._change(epochs=100_000)
    window.training.page.toggle()
    go_on_until(window, qtbot, 2)
    assert window.view.slow
    qtbot.waitUntil(lambda: len(shown) > 3, timeout=PATIENCE)
    assert min(np.diff(shown)) > 0.9
    assert window.training.page.trainer.keep_every == 1.0
