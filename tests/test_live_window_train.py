"""Training in the window: the digit on screen is read by the network as it learns, and a run is one act."""

import numpy as np
import pytest
from live_windows import PATIENCE, opened, settled, steps

from viz3d.session.change import Mutate
from viz3d.session.session import Session
from viz3d.session.take import TakeDigit


@pytest.fixture
def window(qtbot, qapp, tmp_path):
    window = opened(qtbot, tmp_path)
    window.training.page.panel.images.emit(500, 200)
    yield window
    window.close()


def trained(window, qtbot, least: int = 3) -> None:
    """Train until a few steps are done, and pause."""
    page = window.training.page
    page.toggle()
    qtbot.waitUntil(
        lambda: bool(page.trainer.run is not None and page.trainer.run.step >= least), timeout=PATIENCE
    )
    page.toggle()
    qtbot.waitUntil(lambda: not page.trainer.running, timeout=PATIENCE)


def test_the_page_stands_where_the_inspector_does(window):
    window.top.train.click()
    assert window.training.page.isVisible()
    assert not window.inspector.isVisible()
    assert window.training.page.geometry() == window.inspector.geometry()
    window.top.inspect.click()
    assert window.inspector.isVisible()
    assert not window.training.page.isVisible()


def test_the_digit_is_read_by_the_network_as_it_learns(window, qtbot):
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


def test_another_digit_leaves_the_run_alone(window, qtbot):
    given = window.desk.session.net
    trained(window, qtbot)
    window.desk.do(TakeDigit(3))
    assert window.training.page.open
    assert window.desk.session.net is given
    assert window.desk.shown.traced.net is not given
    assert window.desk.shown.traced.digit.label == 3


def test_ahead_of_an_edit_a_run_becomes_one_act_and_undo_brings_all_back(window, qtbot):
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


def test_the_script_of_a_run_makes_the_same_network_again(window, qtbot):
    trained(window, qtbot)
    window.training.settle()
    session = window.desk.session
    assert Session.play(session.script()).net.diff(session.net) == ()


def test_closing_while_it_trains_ends_the_thread_and_keeps_the_run(window, qtbot):
    window.training.page.toggle()
    run = window.training.page.trainer
    qtbot.waitUntil(lambda: bool(run.run is not None and run.run.step >= 2), timeout=PATIENCE)
    window.close()
    assert not run.running
    assert [words.split()[0] for words in steps(window)] == ["train"]
