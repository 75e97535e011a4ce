"""The training page: a run is shown while it goes, can be gone back in, and becomes one act of a session."""

import gc
import threading
import weakref
from dataclasses import replace

import numpy as np
from live_hands import drag
from patience import PATIENCE
from PySide6.QtCore import QTimer
from training_task import same

from data import DataError
from viz3d.live.work.training.run import TrainingRun
from viz3d.session.acts.change import Mutate
from viz3d.session.session import Session


def test_a_run_is_shown_while_it_goes_and_is_one_act_that_leads_to_the_very_same_net(desk, qtbot):
    panel = desk.page.panel
    desk.press(panel.run_button)
    assert panel.run_button.text() == "Pause"
    qtbot.waitUntil(lambda: len(desk.shown) > 1)
    desk.page._turn("lr", 0.01)
    assert desk.page.trainer.recipe.lr == 0.01
    qtbot.waitUntil(lambda: desk.run.training.recipe.lr == 0.01)
    step = desk.run.step
    qtbot.waitUntil(lambda: desk.run.step > step + 10)
    desk.press(panel.run_button)
    assert panel.run_button.text() == "Go on"
    assert desk.page.open
    assert not desk.lines
    net = desk.page.settle()
    assert not desk.page.open
    assert desk.session.net is net
    assert "not begun" not in desk.texts(), "the curves stay to be looked at"
    drawn = panel.charts.grab().toImage()
    desk.session.run("ablate hidden1:1")
    desk.page.refresh()
    assert panel.charts.grab().toImage() == drawn, "after an edit, too"
    desk.session.undo()
    desk.page.refresh()
    assert panel.charts.grab().toImage() == drawn, "and after undo of that"
    assert desk.session.acts[-1].text == desk.lines[0] == net.history[-1]
    assert " lr 0.01" in desk.lines[0].partition(" at ")[2]
    again = Session.play(desk.session.script())
    assert same(again.net, net)
    assert np.array_equal(again.trace.probabilities, desk.session.trace.probabilities)
    desk.session.undo()
    desk.page.refresh()
    assert "not begun" in desk.texts()
    assert panel.charts.grab().toImage() != drawn, "no curves led to this network"
    assert desk.page.settle() is None
    desk.session.redo()
    desk.page.refresh()
    assert panel.charts.grab().toImage() == drawn, "redo brings the run back as it was read"


def test_figures_and_curves_follow_the_run(desk, qtbot):
    desk.trained(qtbot)
    run, panel = desk.run, desk.page.panel
    qtbot.waitUntil(lambda: len(panel.charts.loss.raw.getData()[0]) == run.step)
    assert any(f"step {run.step:,} of " in text for text in desk.texts())
    assert f"{run.step * 32 - 20 * (run.step // 10):,}" in desk.texts(), "images seen: ten batches of 300"
    assert panel.source.text() == "300 images, 100 tests, these weights"
    assert panel.source.toolTip().startswith("UCI digits, 300 images, 100 tests, these weights")
    assert panel.bar.share > 0


def test_charts_give_way_to_a_run_and_show_all_of_it_once_it_rests(desk, qtbot, monkeypatch):
    # Lost otherwise: a fifth of what the window takes from training; or curves that end ahead of the run.
    desk.trained(qtbot)
    run, curve = desk.run, desk.page.panel.charts.loss.raw
    qtbot.waitUntil(lambda: len(curve.getData()[0]) == run.step)
    desk.page.panel.charts.clear()
    monkeypatch.setattr(desk.page, "_pause", lambda: 1e9)
    desk.page.trainer.tell_every = 1e9  # on a busy machine it is time for the charts again
    going = replace(run.news(True), step=run.step - 1, smooth_loss=0.125)
    desk.page._take(going)
    assert "0.125" in desk.texts(), "figures follow every news"
    assert not len(curve.getData()[0])
    desk.page._take(run.news(False))
    assert len(curve.getData()[0]) == run.step


def test_going_back_shows_that_very_net_and_going_on_from_there_is_a_new_run(desk, qtbot):
    for step in range(1, 6):
        desk.press(desk.page.panel.step_button)
        qtbot.waitUntil(lambda step=step: bool(desk.shown) and desk.shown[-1][1] == f"training, step {step}")
    nets = {told: net for net, told in desk.shown}
    past = desk.page.panel.progress.past
    drag(past, (past.width() - 7, 10), (past.width() // 2, 10), (7 + 2 * (past.width() - 14) // 5, 10))
    assert desk.shown[-1][1] == "step 2 of the run"
    assert same(desk.shown[-1][0], nets["training, step 2"])
    assert "shown: step 2" in desk.texts()
    first = desk.run
    desk.press(desk.page.panel.step_button)
    assert desk.lines[0].startswith("train steps 2 ")
    assert same(desk.session.net, nets["training, step 2"])
    assert desk.run is not first
    assert "shown: step 2" not in desk.texts()
    qtbot.waitUntil(lambda: desk.run.step == 1)
    desk.page.settle()
    assert [line.split()[2] for line in desk.lines] == ["2", "1"]
    assert same(Session.play(desk.session.script()).net, desk.session.net)


def test_the_window_lives_while_the_step_under_way_is_waited_for(desk, qtbot, monkeypatch):
    # Lost otherwise: with a large network the window stands still, and the system calls it dead.
    desk.trained(qtbot, 2)
    advance, began, go_on = TrainingRun.advance, threading.Event(), threading.Event()

    def slow(run):
        first.append(run.step)  # a step may still have been under way at the pause
        began.set()
        go_on.wait(10)  # a window that stands still waits in vain
        return advance(run)

    def tick():
        ticks.append(desk.page.open)
        if len(ticks) > 3:
            go_on.set()

    monkeypatch.setattr(TrainingRun, "advance", slow)
    first, ticks, timer = [], [], QTimer(interval=10)
    timer.timeout.connect(tick)
    desk.press(desk.page.panel.step_button)
    qtbot.waitUntil(began.is_set)
    timer.start()
    desk.page.settle()
    timer.stop()
    assert len(ticks) > 3
    assert all(ticks), "all of it is one act, and only then"
    assert desk.lines[0].split()[2] == str(first[0] + 1), "the step under way is kept"


def test_a_step_asked_for_while_one_is_under_way_is_made_too(desk, qtbot, monkeypatch):
    # Lost otherwise: a press on Step just after Pause does nothing.
    advance, began, go_on = TrainingRun.advance, threading.Event(), threading.Event()

    def slow(run):
        began.set()
        assert go_on.wait(PATIENCE / 1000)
        return advance(run)

    monkeypatch.setattr(TrainingRun, "advance", slow)
    desk.page.toggle()
    qtbot.waitUntil(began.is_set)
    desk.page.toggle()
    desk.press(desk.page.panel.step_button)
    go_on.set()
    qtbot.waitUntil(lambda: desk.run.step == 2)
    assert desk.page.trainer.hold()
    assert desk.run.step == 2


def test_going_on_from_a_past_step_tells_that_the_optimizer_begins_anew(desk, qtbot):
    told = []
    desk.page.said.connect(told.append)
    desk.trained(qtbot)
    desk.page._scrub(desk.run.snapshots.steps()[1])
    desk.press(desk.page.panel.step_button)
    assert "the optimizer begins with a fresh state" in told[-1]
    told.clear()
    qtbot.waitUntil(lambda: desk.run.step >= 1)
    desk.press(desk.page.panel.step_button)
    assert not told


def test_a_run_that_cannot_go_on_with_the_last_one_says_so(desk, qtbot):
    # Lost otherwise: after a crash the loss jumps, and nobody knows that the optimizer has begun anew.
    desk.trained(qtbot)
    desk.page.settle()
    assert desk.session.state.standing is None, "this desk keeps no more than a window that was killed"
    told = []
    desk.page.said.connect(told.append)
    desk.press(desk.page.panel.step_button)
    made = desk.session.state.measured.curve.shape[1]
    assert told[-1].startswith(f"step {made} was kept by its weights alone: the optimizer begins with a")
    desk.press(desk.page.panel.stop_button)
    told.clear()
    desk.press(desk.page.panel.step_button)
    assert not any("fresh state" in words for words in told), "who has stopped knows it"


def test_the_time_of_the_first_step_is_not_told_as_that_of_an_image(desk, qtbot):
    # Lost otherwise: "65 ms" an image, where loops were compiled for eight seconds.
    for step, known in ((1, False), (2, True)):
        desk.press(desk.page.panel.step_button)
        qtbot.waitUntil(lambda step=step: any(f"step {step} of " in text for text in desk.texts()))
        assert any(text.endswith(" ms") for text in desk.texts()) == known


def test_figures_of_the_last_step_go_where_the_run_ends_at_a_past_one(desk, qtbot):
    # Lost otherwise: "step 245", and what it was at then, beside the network of step 100.
    desk.trained(qtbot)
    last = f"step {desk.run.step:,} of "
    assert any(last in text for text in desk.texts())
    desk.page._scrub(desk.run.snapshots.steps()[1])
    desk.press(desk.page.panel.stop_button)
    assert not any(last in text for text in desk.texts())
    assert "not begun" in desk.texts()


def test_a_chart_of_the_first_step_begins_at_nought(desk, qtbot):
    desk.press(desk.page.panel.step_button)
    loss = desk.page.panel.charts.loss
    qtbot.waitUntil(lambda: len(loss.raw.getData()[0]) == 1)
    (left, right), _ = loss.plot.getViewBox().viewRange()
    assert left == 0
    assert 20 <= right < 21


def test_another_act_after_going_back_is_done_to_the_net_that_is_shown(desk, qtbot):
    desk.trained(qtbot)
    steps = desk.run.snapshots.steps()
    desk.page._scrub(steps[1])
    shown = desk.shown[-1][0]
    desk.page.settle()
    desk.session.do(Mutate("ablate hidden1:3"))
    assert same(desk.session.net, shown)
    desk.page.refresh()
    assert not desk.page.open


def test_of_a_run_that_became_an_act_nothing_is_left_in_memory_but_its_curves(desk, qtbot):
    # Lost otherwise: a quarter of a gigabyte of past nets, and a hundred megabytes of a trainer's buffers.
    desk.trained(qtbot)
    run, training = weakref.ref(desk.run), weakref.ref(desk.run.training)
    assert len(run().snapshots.steps()) > 2
    made = desk.page.settle()
    assert same(desk.session.net, made)
    assert "not begun" not in desk.texts()

    def gone():
        gc.collect()
        return run() is None and training() is None

    qtbot.waitUntil(gone)


def test_gone_back_to_the_beginning_nothing_was_done(desk, qtbot):
    before = desk.session.net
    desk.trained(qtbot, 2)
    desk.page._scrub(0)
    assert same(desk.shown[-1][0], before)
    assert desk.page.settle() is None
    assert not desk.lines
    assert desk.session.net is before


def test_new_weights_are_told_by_their_seed_and_can_be_had_again(desk, qtbot):
    old = desk.session.net
    desk.press(desk.page.panel.reset_button)
    first, told = desk.shown[-1]
    assert told == "new weights, seed 0"
    assert not same(first, old)
    desk.press(desk.page.panel.reset_button)
    assert desk.shown[-1][1] == "new weights, seed 1"
    assert not same(desk.shown[-1][0], first)
    assert desk.lines == [
        "train steps 0 images 0 seed 0 weights new optimizer sgd lr 0.25 batch 32 epochs 100000"
    ]
    desk.trained(qtbot)
    net = desk.page.settle()
    assert "weights new" in desk.lines[-1]
    assert same(Session.play(desk.session.script()).net, net)
    desk.page._choose("same")
    assert desk.shown[-1][1] == "new weights, seed 1"
    desk.page._choose("these")
    assert same(desk.shown[-1][0], desk.session.net)


def test_a_test_tells_the_share_and_what_is_most_often_taken_for_what(desk, qtbot):
    desk.press(desk.page.panel.test_button)
    assert "reading 100 test images …" in desk.texts()
    qtbot.waitUntil(lambda: any(" of 100 right" in text for text in desk.texts()))
    assert any(" read as " in text for text in desk.texts())
    desk.trained(qtbot)
    desk.press(desk.page.panel.test_button)
    qtbot.waitUntil(lambda: any(text.startswith(f"step {desk.run.step}: ") for text in desk.texts()))
    desk.page._scrub(0)
    with qtbot.waitSignal(desk.page.tested) as tested:
        desk.press(desk.page.panel.test_button)
    assert any(text.startswith("step 0: ") for text in desk.texts())
    assert tested.args[0].who == desk.session.net.name, "nothing was done to it yet"


def test_what_cannot_be_is_told_in_the_panel_and_changes_nothing(desk, qtbot):
    recipe = desk.page._recipe
    desk.page._change(optimizer="momentum")
    desk.page._turn("momentum", 0.0)
    assert any("needs a momentum above 0" in text for text in desk.texts())
    assert desk.page._recipe == recipe.change(optimizer="momentum")
    desk.page._images = lambda split: (_ for _ in ()).throw(DataError("no images: get some"))
    desk.page.toggle()
    assert "no images: get some" in desk.texts()
    assert desk.run is None
    assert desk.page.panel.run_button.text() == "Start"
