"""Edits beside training in the window: ahead of a run, taken back ahead of it, and while it goes on."""

import numpy as np
from live_hands import click_on
from live_windows import PATIENCE, select, steps
from trained_windows import go_on_until, trained

from viz3d.session.acts.change import Mutate
from viz3d.session.acts.take import TakeDigit
from viz3d.session.session import Session


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
    window.actions_by_name["train"].trigger()
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
    fresh = "the layers are others now: the optimizer begins with a fresh state"
    assert any(each.startswith(fresh) for each in window.message.messages)
    page.toggle()
    window.training.settle()
    assert " state kept" not in steps(window)[-1]
