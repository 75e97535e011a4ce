"""The trainer's thread: what it makes is what `fit` makes, it obeys at once, and its news never queue."""

import time

import numpy as np
import pytest
from patience import PATIENCE
from PySide6.QtWidgets import QLabel
from training_task import net_of, same, task

import engine
from data import Dataset
from viz3d.live.training.page import TrainingPage
from viz3d.live.widgets.sheet import dress
from viz3d.live.work.training import run as running
from viz3d.live.work.training.run import TrainingRun
from viz3d.live.work.training.thread import REST
from viz3d.live.work.training.trainer import Trainer
from viz3d.session.acts.train import Train
from viz3d.session.state import made

IMAGES = Dataset("digits", "train", *task())
TESTS = Dataset("digits", "test", *task(60))


@pytest.fixture
def trainer(qtbot):
    trainer = Trainer()
    trainer.news, trainer.errors, trainer.ends = [], [], []
    trainer.stepped.connect(trainer.news.append)
    trainer.failed.connect(trainer.errors.append)
    trainer.finished.connect(lambda: trainer.ends.append(True))
    yield trainer
    assert trainer.close()


def begin(trainer, pace="all", net=None, tests=None, fresh=False, **recipe):
    net = net_of() if net is None else net
    plan = Train.under(net, net.recipe.change(**{"epochs": 100_000, **recipe}), len(IMAGES), 3, fresh)
    return trainer.start(net, plan, IMAGES, tests, pace)


def again(run, step):
    """The net after a step, trained anew by the run's act."""
    return made(run.plan_at(step).run(run.net, IMAGES)).snapshot()


def test_a_run_ends_with_the_net_that_fit_makes(trainer, qtbot):
    run = begin(trainer, epochs=3, tests=TESTS)
    qtbot.waitUntil(lambda: bool(trainer.ends))
    last = trainer.news[-1]
    assert (last.step, last.steps, last.epoch, last.running) == (24, 24, 3, False)
    assert (last.net_step, last.seen) == (24, 3 * len(IMAGES))
    assert same(last.net, again(run, 24))
    assert last.curve[0].tolist() == list(range(1, 25))
    assert last.curve[1:, -1].tolist() == [last.loss, last.smooth_loss, last.accuracy, last.smooth_accuracy]
    assert last.validation[0].tolist() == [8, 16, 24]
    assert last.validation[1, -1] > 0.4
    assert min(last.forward_ms, last.backward_ms, last.speed) > 0
    assert run.net_at(24).history == (run.plan_at(24).text,)
    assert not trainer.errors


def test_test_images_are_read_on_the_way_and_change_no_number(trainer, qtbot):
    run = begin(trainer, tests=TESTS)
    qtbot.waitUntil(lambda: bool(trainer.news) and trainer.news[-1].rolling.shape[1] > 2)
    assert trainer.hold()
    steps, shares = run.news(False).rolling
    assert list(steps) == sorted({*steps})
    assert ((shares >= 0) & (shares <= 1)).all()
    # All sixty each time: the first one is the share of the net of that step.
    right = engine.evaluate(again(run, int(steps[0])), TESTS.images, TESTS.labels).accuracy
    assert shares[0] == pytest.approx(right)
    assert same(run.net_at(run.step), again(run, run.step))


def test_what_the_first_nets_read_does_not_count_for_long():
    # Lost otherwise: a line of tests far below the training's, as if the network learnt by heart.
    net, many = net_of(), Dataset("digits", "test", *task(300))
    run = TrainingRun(net, Train.under(net, net.recipe.change(epochs=9), len(IMAGES), 3, False), IMAGES, many)
    run.begin()
    for step in range(1, 11):
        run.advance()
        if step in (1, 10):
            run.probe()
    assert list(run.curves_at(run.step).rolling[0]) == [1, 10]
    some = slice(100, 200)  # the hundred that came second
    right = engine.evaluate(again(run, 10), many.images[some], many.labels[some]).accuracy
    assert run.curves_at(run.step).rolling[1, -1] == pytest.approx(right)


def test_it_makes_one_step_or_one_epoch_and_then_rests(trainer, qtbot):
    run = begin(trainer, REST)
    assert trainer.hold()
    assert run.step == 0
    for go, step in ((trainer.step, 1), (trainer.epoch, 8), (trainer.step, 9), (trainer.epoch, 16)):
        go()
        qtbot.waitUntil(lambda step=step: bool(trainer.news) and trainer.news[-1].step == step)
        assert trainer.hold()
        assert run.step == step
        assert run.snapshots.steps()[-1] == step
    assert not trainer.ends


def test_after_a_pause_there_are_no_more_steps_and_it_can_go_on(trainer, qtbot):
    run = begin(trainer)
    qtbot.waitUntil(lambda: run.step > 20)
    trainer.pause()
    qtbot.waitUntil(lambda: bool(trainer.news) and not trainer.news[-1].running)
    assert trainer.hold()
    step = run.step
    qtbot.wait(50)
    assert run.step == step == trainer.news[-1].step == trainer.news[-1].net_step
    trainer.go_on()
    qtbot.waitUntil(lambda: run.step > step + 20)
    assert trainer.hold()
    assert same(run.net_at(run.step), again(run, run.step)), "a pause changes no number"


def test_a_rate_that_changes_while_it_runs_is_in_the_recipe_and_in_the_act(trainer, qtbot):
    run = begin(trainer)
    qtbot.waitUntil(lambda: run.step > 5)
    assert trainer.change(lr=0.005).lr == trainer.recipe.lr == 0.005
    trainer.change(batch=64)
    qtbot.waitUntil(lambda: run.training.recipe.batch == 64)
    trainer.change(optimizer="sgd")
    qtbot.waitUntil(lambda: run.training.recipe.optimizer == "sgd")
    step = run.step
    qtbot.waitUntil(lambda: run.step > step + 5)
    assert trainer.hold()
    net = run.net_at(run.step)
    assert (net.recipe.lr, net.recipe.batch, net.recipe.optimizer) == (0.1, 64, "sgd")
    assert same(net, again(run, run.step))
    with pytest.raises(ValueError, match="learning rate -1 must be a number above 0"):
        trainer.change(lr=-1)
    assert trainer.recipe.lr == 0.1


@pytest.mark.parametrize("small", [True, False])
def test_what_an_optimizer_knows_is_of_the_memory_that_the_past_may_take(trainer, qtbot, monkeypatch, small):
    # Lost otherwise: of a layer of 10,000 neurons 125 MiB come on top, which nobody was told of.
    monkeypatch.setattr(running, "_STOOD", 1 << 30 if small else 0)
    run = begin(trainer, REST, fresh=True)
    size = sum(array.nbytes for array in run.net.parameters.values())
    run.snapshots.budget = 9 * size
    for step in range(1, 8):
        trainer.step()
        qtbot.waitUntil(lambda step=step: run.step == step)
        assert trainer.hold()
    assert run.stood_at(7).nbytes > 2 * size, "adam has two numbers a weight"
    assert (run.stood_at(6) is not None) == small
    assert len(run.snapshots.steps()) == (4 if small else 6)


def test_past_nets_are_those_of_their_steps_bit_for_bit(trainer, qtbot):
    run = begin(trainer, REST, fresh=True)
    for step in range(1, 7):
        trainer.step()
        qtbot.waitUntil(lambda step=step: run.step == step)
        assert trainer.hold()
    assert run.snapshots.steps() == (0, 1, 2, 3, 4, 5, 6)
    for step in (1, 4, 6):
        assert same(run.net_at(step), again(run, step))
    assert same(run.net_at(0), run.plan_at(0).begin(run.net))
    assert not same(run.net_at(0), run.net)


def test_news_never_queue_a_slow_receiver_gets_the_newest(trainer, qtbot):
    run = begin(trainer)
    # This thread serves no events meanwhile, as a window that is busy.
    until = time.monotonic() + PATIENCE / 1000
    while run.step < 300 and time.monotonic() < until:
        time.sleep(0.01)
    assert trainer.hold()
    assert not trainer.news
    qtbot.waitUntil(lambda: bool(trainer.news))
    qtbot.wait(50)
    assert [news.step for news in trainer.news] == [run.step]
    assert trainer.news[0].curve.shape == (5, run.step)


def test_what_an_older_run_would_tell_is_dropped(trainer, qtbot):
    older = begin(trainer)
    qtbot.waitUntil(lambda: older.step > 5)
    trainer.news.clear()
    newer = begin(trainer)
    qtbot.waitUntil(lambda: bool(trainer.news))
    assert {news.run for news in trainer.news} == {newer}
    trainer.stop()
    assert trainer.hold()
    trainer.news.clear()
    qtbot.wait(50)
    assert not trainer.news
    assert trainer.run is None


def test_a_rate_that_diverges_is_one_line_and_the_last_good_net(trainer, qtbot):
    net = net_of(optimizer="sgd", lr=0.05)
    run = begin(trainer, net=net, epochs=40)
    qtbot.waitUntil(lambda: run.training is not None and run.training.good is not None)
    trainer.change(lr=1e30)
    qtbot.waitUntil(lambda: bool(trainer.errors))
    (text,) = trainer.errors
    assert text.startswith("training diverged at step ")
    assert "\n" not in text
    last = trainer.news[-1]
    assert run.over
    assert not trainer.running
    assert 0 < last.net_step < last.step
    assert same(last.net, run.training.good)
    assert same(run.net_at(last.net_step), again(run, last.net_step))
    assert all(np.isfinite(array).all() for array in last.net.parameters.values())
    run = begin(trainer)
    qtbot.waitUntil(lambda: run.step > 0)


def test_what_cannot_be_trained_is_told_in_a_line(trainer, qtbot):
    net = net_of()
    plan = Train.under(net, net.recipe, 1, 0, False)
    wrong = Dataset("digits", "train", IMAGES.images, np.full(len(IMAGES), 7, np.uint8))
    trainer.start(net, plan, wrong)
    qtbot.waitUntil(lambda: bool(trainer.errors))
    assert trainer.errors == ["labels must be 0..3, got 7..7"]
    assert trainer.run.over


def test_a_test_reads_a_net_that_is_given_or_that_in_training(trainer, qtbot):
    reports = []
    trainer.tested.connect(reports.append)
    trainer.test(TESTS, net_of())
    qtbot.waitUntil(lambda: len(reports) == 1)
    assert reports[0].result.total == 60
    run = begin(trainer)
    qtbot.waitUntil(lambda: run.step > 60)
    trainer.test(TESTS)
    qtbot.waitUntil(lambda: len(reports) == 2)
    assert reports[1].result.accuracy > reports[0].result.accuracy
    assert reports[0].step is None
    assert 60 < reports[1].step <= run.step
    assert reports[1].net.history[-1] == run.plan_at(reports[1].step).text, "it is told what was read"
    step = run.step
    qtbot.waitUntil(lambda: run.step > step)


def test_it_closes_in_the_midst_of_a_step_and_of_a_test(qtbot):
    trainer = Trainer()
    run = begin(trainer, tests=TESTS)
    qtbot.waitUntil(lambda: run.step > 2)
    assert trainer.close()
    step = run.step
    qtbot.wait(30)
    assert run.step == step
    for last in (trainer.go_on, lambda: trainer.test(TESTS), trainer.hold, trainer.close):
        last()
    assert run.step == step, "what is asked afterwards does nothing"


def test_a_rate_that_diverges_is_told_and_the_last_good_net_is_kept(qtbot, qapp):
    dress(qapp, "dark")
    net = net_of(optimizer="sgd", lr=0.05, epochs=9999)
    page = TrainingPage(lambda: net, lambda split: IMAGES)
    qtbot.addWidget(page)
    shown, ended = [], []
    page.net_changed.connect(lambda net, told: shown.append((net, told)))
    page.run_ended.connect(lambda line, made: ended.append((made.net, line)))
    page.toggle()
    qtbot.waitUntil(
        lambda: page.trainer.run.training is not None and page.trainer.run.training.good is not None
    )
    page._change(lr=1e30)
    texts = lambda: [each.text() for each in page.findChildren(QLabel)]  # noqa: E731
    qtbot.waitUntil(lambda: any(text.startswith("training diverged at step") for text in texts()))
    good, told = shown[-1]
    assert told.startswith("the last good net, of step ")
    assert same(good, page.trainer.run.training.good)
    assert page.panel.run_button.text() == "Start"
    page.settle()
    assert same(ended[0][0], good)
    assert "1e+30" not in ended[0][1], "what came after it is no part of it"
    assert page.close_trainer()
