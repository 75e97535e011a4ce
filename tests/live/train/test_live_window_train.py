"""Training in the window: the digit on screen is read by the network as it learns, and a run is one act."""

import numpy as np
from live_exports import choice
from live_hands import LEFT
from live_windows import PATIENCE, select, settled, steps
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from trained_windows import go_on_until, trained
from training_task import same

import engine
from viz3d.live.control.editing.edits import Edits
from viz3d.session.acts.take import TakeDigit, TakeSample
from viz3d.session.session import Session


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


def test_a_run_that_is_open_stands_among_the_edits_and_a_click_takes_it_back(training_window, qtbot):
    # Lost otherwise: "none yet", and an Undo that cannot be clicked, beside a network that has learned.
    window = training_window
    desk, edits = window.desk, window.inspector.edits
    given = desk.session.net
    trained(window, qtbot)
    qtbot.waitUntil(lambda: desk.learning, timeout=PATIENCE)
    window.top.inspect.click()
    assert [edits.list.item(k).text() for k in range(edits.list.count())] == ["0  as it was", "1  training"]
    assert edits.steps._undo.isEnabled()
    QTest.mouseClick(edits.steps._undo, LEFT)
    qtbot.waitUntil(lambda: not desk.learning, timeout=PATIENCE)
    assert desk.shown.traced.net is given
    assert edits.list.item(1).text().startswith("1  train ")
    assert edits.steps._redo.isEnabled()


def test_what_is_exported_amid_a_run_tells_of_it(training_window, qtbot):
    # Lost otherwise: a picture of a network that has learned, named as the one that it was before.
    window = training_window
    desk, order, wanted = window.desk, window.exporting.order, choice("a.png", film=False)
    assert order(wanted).net is desk.session.net
    trained(window, qtbot)
    qtbot.waitUntil(lambda: window.training.page.panel.run_button.text() == "Go on", timeout=PATIENCE)
    kept = window.training.page.trainer.run.snapshots.steps
    qtbot.waitUntil(lambda: len(kept()) > 1, timeout=PATIENCE)
    past = kept()[1]  # of a quick run it is the last one
    window.training.page.panel.scrubbed.emit(past)
    exported = order(wanted).net
    desk.compare(True)
    assert not order(wanted).net.history
    desk.compare(False)
    window.training.settle()
    assert exported.history == desk.session.net.history
    assert f"steps {past} " in exported.history[-1]


def test_a_run_that_goes_on_behind_another_page_is_marked(training_window, qtbot):
    # Begun by a key nothing told of it: the page with its curves was not even open.
    window = training_window
    button = window.top.train
    before = button.grab().toImage()
    window.training.toggle()
    qtbot.waitUntil(lambda: button.accessibleName() != "Train", timeout=PATIENCE)
    assert button.grab().toImage() != before
    window.training.toggle()
    qtbot.waitUntil(lambda: button.accessibleName() == "Train", timeout=PATIENCE)
    assert button.grab().toImage() == before


def test_what_is_tried_while_a_run_is_open_is_read_by_the_network_as_the_run_has_it(training_window, qtbot):
    # While the pen moved the network of before the run answered, and after a refused stroke it stayed.
    window = training_window
    desk = window.desk
    given = desk.session.net
    trained(window, qtbot)
    qtbot.waitUntil(lambda: desk.shown.traced.net is not given, timeout=PATIENCE)
    settled(qtbot, window)
    learned, ink = desk.shown.traced.net, np.full((28, 28), 200, np.uint8)
    window.digits.preview(ink)
    assert desk.shown.traced.net is learned
    assert desk.shown.before.net is given
    desk.learn(learned)
    assert np.array_equal(desk.shown.traced.digit.image, ink), "the stroke stays"
    desk.try_out(None)
    assert desk.shown.traced.net is learned
    Edits(desk).try_out(lambda: "ablate hidden1:0")
    assert desk.shown.traced.net.history[:-1] == learned.history
    desk.try_out(None)
    desk.undo()
    assert desk.shown.traced is desk.session.traced, "what is taken back is seen no more"


def test_another_digit_leaves_the_run_alone(training_window, qtbot):
    window = training_window
    given = window.desk.session.net
    trained(window, qtbot)
    window.desk.do(TakeDigit(3))
    assert window.training.page.open
    assert window.desk.session.net is given
    assert window.desk.shown.traced.net is not given
    assert window.desk.shown.traced.digit.label == 3


def test_the_network_that_is_saved_amid_a_run_has_learned(training_window, qtbot, tmp_path):
    # Lost otherwise: the file has the weights of before the run, though it is said to be the network.
    window = training_window
    trained(window, qtbot)
    window.writing.save_net(tmp_path / "learned.npz")
    saved = engine.load(tmp_path / "learned.npz")
    assert saved.history == window.desk.session.net.history
    assert saved.history[-1].startswith("train steps ")
    assert same(saved, window.desk.session.net)


def test_what_is_worked_out_amid_a_run_is_of_the_network_as_it_learns(training_window, qtbot, monkeypatch):
    window = training_window
    trained(window, qtbot)
    qtbot.waitUntil(lambda: window.desk.learning, timeout=PATIENCE)
    select(window, "hidden1:3")
    asked = []
    monkeypatch.setattr("viz3d.live.control.looking.over_data.watch", lambda net, *_: asked.append(net))
    monkeypatch.setattr(window.over_data._studier, "ask", lambda work, _stamp: work())
    window.over_data._begin()
    assert asked[0] is window.desk.shown.traced.net is not window.desk.session.net
    # Lost otherwise: who takes one of the images that were found loses all that was found with it.
    wanted = window.over_data._asked
    trained(window, qtbot, window.training.page.trainer.run.step + 1)
    window.desk.do(TakeSample("test:3"))
    assert window.over_data._asked is wanted
    window.training.settle()
    assert window.over_data._asked is None, "the run is an act by now: it may have gone on meanwhile"


def test_a_script_that_is_copied_amid_a_run_has_its_training(training_window, qtbot):
    window = training_window
    trained(window, qtbot)
    window.writing.copy(window.writing.script)
    again = Session.play(QGuiApplication.clipboard().text().splitlines())
    assert window.desk.session.acts[-1].word == "train"
    assert again.net.diff(window.desk.session.net) == ()


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


def test_where_the_processors_draw_pictures_give_way_to_training(training_window, qtbot):
    window = training_window
    shown = []
    page = window.training.page
    # When each was due: what hears of it ahead of this may take its time.
    page.net_changed.connect(lambda *told: shown.append(page._sent_at))
    window.training.page._change(epochs=100_000)
    window.training.page.toggle()
    go_on_until(window, qtbot, 2)
    assert window.view.between == 1.0
    qtbot.waitUntil(lambda: len(shown) > 3, timeout=PATIENCE)
    assert min(np.diff(shown)) > 0.9
    assert window.training.page.trainer.keep_every == 1.0
