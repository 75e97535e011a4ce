"""The live window's training panel."""

import numpy as np
import pytest
from live_hands import click, drag
from PySide6.QtWidgets import QLabel, QScrollArea

from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import look
from viz3d.live.widgets.training.charts import Key
from viz3d.live.widgets.training.line_chart import ticks, told
from viz3d.live.widgets.training.run_figures import TrainingFacts
from viz3d.live.widgets.training.training_panel import Rates, TrainingPanel

STEPS = [1, 2, 3, 4]
LOSS = ([2.0, 1.5, np.inf, 1.0], [2.0, 1.75, 1.5, 1.25])
ACCURACY = ([0.1, 0.3, 0.5, 0.7], [0.1, 0.2, 0.3, 0.4])


@pytest.fixture
def panel(qtbot, qapp):
    dress(qapp, "dark")
    panel = TrainingPanel()
    qtbot.addWidget(panel)
    panel.resize(312, 820)
    panel.set_rates(Rates(0.001, 128, 0.0, 0.9, "adam"))
    panel.show()
    return panel


def texts(panel):
    return [each.text() for each in panel.findChildren(QLabel)]


def test_charts_hold_the_run_and_say_where_it_stands(panel):
    panel.charts.set_run(STEPS, LOSS, ACCURACY)
    panel.charts.set_numbers(LOSS[1][-1], ACCURACY[1][-1])
    panel.charts.set_validation([2, 4], [0.25, 0.45])
    x, y = panel.charts.accuracy.raw.getData()
    assert x.tolist() == STEPS
    assert y.tolist() == ACCURACY[0]
    assert panel.charts.accuracy.smooth.getData()[1].tolist() == ACCURACY[1]
    assert panel.charts.accuracy.validation.getData()[1].tolist() == [0.25, 0.45]
    assert {"1.250", "40.0%"} <= set(texts(panel))


def test_a_past_step_is_told_without_widening_the_page(panel, qtbot):
    # Lost otherwise: the right border of every setting, for the page was wider than its panel.
    panel.set_facts(TrainingFacts(12, 31_265, 132_830, 0.45))
    before = panel.findChild(QScrollArea).widget().minimumSizeHint().width()
    panel.progress.set_past([1, 10_469, 31_265], 10_469)
    assert {"epoch 12   ·   step 31,265", "shown: step 10,469"} <= set(texts(panel))
    assert panel.findChild(QScrollArea).widget().minimumSizeHint().width() == before <= 312
    panel.progress.set_past([1, 10_469, 31_265])
    assert "epoch 12   ·   step 31,265 of 132,830" in texts(panel)


def test_in_a_window_of_the_usual_height_a_test_that_is_told_does_not_make_the_page_scroll(panel, qapp):
    # Lost otherwise: all that can be turned jumps aside for a bar, and the last line is cut.
    panel.set_tested("step 31,265: 97.90% of 10,000 right", done=True)
    qapp.processEvents()
    assert panel.again_button.isVisible()
    assert panel.findChild(QScrollArea).verticalScrollBar().maximum() == 0


def test_a_run_without_a_step_says_that_it_begins(panel):
    assert "not begun" in texts(panel)
    panel.set_running(True)
    assert "preparing the first step …" in texts(panel)
    panel.set_facts(TrainingFacts(1, 4, 100, 0.45))
    panel.set_running(False, begun=True)
    assert "epoch 1   ·   step 4 of 100" in texts(panel)


def test_the_accuracy_of_a_trained_net_is_no_line_along_the_edge(panel):
    axis = panel.charts.accuracy.plot.viewRange
    panel.charts.set_run(STEPS, LOSS, ([0.985, 1.0, 0.99, 1.0], [0.985, 0.99, 0.991, 0.992]))
    assert axis()[1][0] == pytest.approx(0.98, abs=0.002)
    panel.charts.set_run(STEPS, LOSS, ACCURACY)
    assert axis()[1][0] == pytest.approx(0.0, abs=0.03)
    # Single batches that fell far below stay to be seen.
    panel.charts.set_run(STEPS, LOSS, ([0.6, 1.0, 0.99, 1.0], [0.985, 0.99, 0.991, 0.992]))
    assert axis()[1][0] == pytest.approx(0.5, abs=0.02)


def test_what_was_tested_is_within_the_charts_however_well_the_batches_are_read(panel):
    # Lost otherwise: of a net that learnt its few images by heart no chart tells how badly it reads others.
    panel.charts.set_run(STEPS, ([0.01] * 4, [0.01] * 4), ([1.0] * 4, [0.999] * 4))
    panel.charts.set_validation([2, 4], [0.75, 0.76], [1.1, 1.2])
    low, high = panel.charts.loss.plot.viewRange()[1]
    assert low <= 0.01
    assert high >= 1.2
    assert panel.charts.accuracy.plot.viewRange()[1][0] <= 0.75
    panel.charts.set_rolling([1, 2], [0.3, 0.6])
    assert panel.charts.accuracy.plot.viewRange()[1][0] <= 0.3
    panel.charts.clear()
    panel.charts.set_run(STEPS, LOSS, ([1.0] * 4, [0.999] * 4))
    assert panel.charts.accuracy.plot.viewRange()[1][0] > 0.9, "another run is not drawn on the scale of that"


def test_an_axis_has_a_few_round_numbers_whatever_its_span():
    assert ticks(0, 1) == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert ticks(0.98, 1) == pytest.approx([0.985, 0.99, 0.995])
    assert ticks(0, 0.3) == pytest.approx([0.1, 0.2])
    assert ticks(0, 2.4) == pytest.approx([0.5, 1.0, 1.5, 2.0])
    assert ticks(1, 1) == ticks(0, np.inf) == []
    assert told(ticks(0, 2.4)) == ["0.5", "1.0", "1.5", "2.0"], "all with as many places"
    assert told(ticks(0.98, 1)) == ["0.985", "0.990", "0.995"]
    assert (told([0.0, 5.0, 10.0]), told([5e-6, 1e-5])) == (["0", "5", "10"], ["5e-06", "1e-05"])


def test_a_loss_that_overflowed_is_left_out_and_the_rest_is_drawn(panel):
    panel.charts.set_run(STEPS, LOSS, ACCURACY)
    assert panel.charts.loss.raw.getData()[0].tolist() == [1, 2, 4]
    panel.grab()


def test_clear_takes_curves_figures_and_words_away(panel):
    panel.charts.set_run(STEPS, LOSS, ACCURACY)
    panel.set_facts(TrainingFacts(1, 4, 100, 0.45, speed=5007.0))
    panel.set_error("the loss is not finite")
    panel.clear()
    assert panel.charts.loss.raw.getData()[0] is None or len(panel.charts.loss.raw.getData()[0]) == 0
    assert not {"1.250", "45.00%", "5,007", "the loss is not finite"} & set(texts(panel))
    assert panel.bar.share == 0


def test_figures_that_are_not_known_yet_stay_as_they_were(panel):
    panel.set_facts(TrainingFacts(1, 469, 4690, 0.95, seen=60_000))
    panel.set_facts(TrainingFacts(2, 470, 4690, None, seen=60_128))
    assert {"95.00%", "60,128"} <= set(texts(panel))
    assert panel.bar.share == pytest.approx(470 / 4690)
    assert any("step 470 of 4,690" in text for text in texts(panel))


def test_start_pause_and_go_on(panel):
    told = []
    panel.run.connect(told.append)
    click(panel.run_button, 20, 15)
    panel.set_running(True)
    assert panel.run_button.text() == "Pause"
    click(panel.run_button, 20, 15)
    panel.set_running(False, begun=True)
    assert panel.run_button.text() == "Go on"
    assert told == [True, False]


def test_step_test_and_reset_are_told_and_no_step_while_it_runs(panel):
    told = []
    panel.step.connect(lambda: told.append("step"))
    panel.test.connect(lambda: told.append("test"))
    panel.reset.connect(lambda: told.append("reset"))
    for each in (panel.step_button, panel.test_button, panel.reset_button):
        click(each, 20, 15)
    panel.set_running(True)
    click(panel.step_button, 20, 15)
    assert told == ["step", "test", "reset"]


def test_rates_slide_on_their_own_scales_and_are_chosen_once(panel):
    chosen = []
    panel.chosen.connect(lambda key, value: chosen.append((key, value)))
    for key in ("lr", "batch", "decay", "momentum"):
        slider = panel.settings[key].slider
        drag(slider, (7, 10), (30, 10), (slider.width() - 7, 10))
    assert chosen == [("lr", 1.0), ("batch", 1024.0), ("decay", 0.1), ("momentum", pytest.approx(0.99))]
    slider = panel.settings["decay"].slider
    drag(slider, (30, 10), (7, 10))
    assert chosen[-1] == ("decay", 0.0), "the left end switches decay off"


def test_rates_are_shown_as_they_are_and_those_that_a_trainer_lacks_cannot_be_moved(panel):
    assert {"0.001", "128", "0", "0.90"} <= set(texts(panel))
    panel.set_rates(Rates(0.1, 32, None, None, "sgd"))
    assert not panel.settings["momentum"].isEnabled()
    assert panel.settings["lr"].isEnabled()
    assert panel.trainer_button.text() == "sgd"


def test_a_trainer_is_chosen_from_the_menu(panel, qtbot):
    panel.set_trainers(("sgd", "adam"))
    with qtbot.waitSignal(panel.trainer) as told:
        panel.trainer_button.menu().actions()[0].trigger()
    assert told.args == ["sgd"]


def test_one_bad_batch_among_thousands_stays_to_be_seen(panel):
    steps, loss = np.arange(1, 12_001), np.full(12_000, 0.5)
    loss[5_000], loss[5_001] = 2.0, 0.1
    panel.charts.set_run(steps, (loss, np.full(12_000, 0.5)), (loss, loss))
    across, up = panel.charts.loss.raw.getData()
    assert len(across) < 1_000
    assert {0.1, 2.0} <= set(up[np.abs(across - 5_000) < 60].tolist())


def test_charts_follow_the_theme(panel, qapp):
    dress(qapp, "light")
    assert panel.charts.loss.smooth.opts["pen"].color() == look().excite


def test_what_the_curves_are_of_is_not_cut_beside_a_scroll_bar(panel, qtbot):
    # Lost otherwise: half of the last letter.
    bar = panel.findChild(QScrollArea).verticalScrollBar()
    panel.resize(312, 500)
    panel.charts.set_run(STEPS, LOSS, ACCURACY)
    key = panel.charts.findChild(Key)
    qtbot.waitUntil(lambda: bool(bar.isVisible() and key.width() == 272))
    drawn = key.grab().toImage()
    shades = [[drawn.pixel(x, y) for y in range(drawn.height())] for x in range(drawn.width())]
    assert any(shade != shades[0] for shade in shades[-8:]), "the last name ends here"
    assert shades[-1] == shades[0], "and not behind the edge"
