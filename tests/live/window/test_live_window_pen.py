"""The live window under a pen: what is drawn or taken is read at once, and is one act."""

import numpy as np
from live_hands import LEFT, click, drag
from live_windows import PATIENCE, STROKE, probabilities, settled, steps
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from viz3d.live.widgets.icons import IconButton


def test_a_stroke_changes_the_answer_and_is_one_act(window, qtbot):
    before = probabilities(window)
    drag(window.drawing.pad, *STROKE)
    assert steps(window) == ["a drawing"]
    assert window.desk.session.trace.prediction == 1
    assert not np.array_equal(probabilities(window), before)
    settled(qtbot, window)
    assert np.array_equal(window.showing.drawn.scene.probabilities, probabilities(window))
    window.desk.undo()
    assert np.array_equal(probabilities(window), before)


def test_the_list_of_edits_tells_drawings_apart_by_what_they_were_read_as(window):
    # Lost otherwise: ten strokes are ten lines "a drawing", and nobody knows which of them to go back to.
    pad, net = window.drawing.pad, window.desk.session.net
    drag(pad, *STROKE)
    drag(pad, (60, 100), (160, 100))
    pad.clear()
    drawn = [state.traced.digit.image for state in window.desk.session.moments.states[1:3]]
    told = [f"a drawing, read as {net.trace(image).prediction}" for image in drawn]
    assert window.desk.steps() == ([*told, "an empty picture"], 3)
    window.desk.undo()
    assert window.desk.steps() == ([*told, "an empty picture"], 2), "what was undone is told as before"
    window.desk.session.state.traced.forget()
    assert window.desk.steps()[0][1] == told[1], "who forgets a trace of long ago still knows the answer"


def test_undo_brings_strokes_back_as_strokes_that_can_be_drawn_on(window):
    pad = window.drawing.pad
    drag(pad, *STROKE)
    first = pad.picture().copy()
    drag(pad, (60, 100), (160, 100))
    second = pad.picture().copy()
    window.desk.undo()
    assert np.array_equal(pad.picture(), first), "the digit of 28x28, made large, would be blurred"
    window.desk.redo()
    assert np.array_equal(pad.picture(), second)
    QTest.mouseClick(window.drawing._undo, LEFT)
    assert np.array_equal(pad.picture(), first)
    window.digits.step(1)
    assert not window.drawing._undo.isEnabled()
    drag(pad, *STROKE)
    assert np.array_equal(pad.picture(), first), "a digit that was taken makes room"


def test_while_the_pen_moves_the_answer_follows_and_nothing_is_done(window, qtbot):
    pad = window.drawing.pad
    QTest.mousePress(pad, LEFT, pos=QPoint(*STROKE[0]))
    for point in STROKE[1:]:
        QTest.mouseMove(pad, QPoint(*point))
    qtbot.waitUntil(lambda: bool(window.desk.shown.traced.trace.prediction == 1), timeout=PATIENCE)
    assert steps(window) == []
    assert window.answer.bars._answer.prediction == 1
    assert window.drawing.seen.picture().any()
    QTest.mouseRelease(pad, LEFT, pos=QPoint(*STROKE[-1]))
    assert steps(window) == ["a drawing"]


def test_to_empty_a_pad_is_one_step_and_to_empty_an_empty_one_is_none(window):
    window.drawing.pad.clear()
    window.drawing.pad.clear()
    assert steps(window) == ["an empty picture"]
    assert window.message.messages == []


def test_pixels_that_are_painted_are_one_act_too_and_the_eraser_takes_them_away(window):
    drag(window.drawing.seen, (4, 4), (60, 4))
    assert steps(window) == ["a drawing"]
    assert window.desk.session.digit.image[1].max() == 255
    QTest.mouseClick(window.drawing.eraser, LEFT)
    drag(window.drawing.seen, (4, 4), (60, 4))
    QTest.mouseClick(window.drawing.eraser, LEFT)
    assert window.desk.session.digit.image[1].max() == 0, "as on the pad and in the scene"


def test_a_sample_a_step_and_a_chance_are_acts(window):
    click(window.drawing.samples, 38 * 3 + 5, 5)
    window.digits.step(1)
    window.digits.take_random()
    assert steps(window)[0] == "digit 3"
    assert [words.partition(":")[0] for words in steps(window)[1:]] == ["sample digits", "sample digits"]
    assert window.desk.session.label is not None


def test_the_next_misread_image_is_misread_and_the_window_does_not_wait_for_it(window, qtbot):
    buttons = window.drawing.findChildren(IconButton)
    QTest.mouseClick(next(each for each in buttons if "misread" in each.toolTip()), LEFT)
    assert steps(window) == [], "it is looked for in another thread"
    qtbot.waitUntil(lambda: bool(steps(window)), timeout=PATIENCE)
    session = window.desk.session
    assert session.trace.prediction != session.label


def test_amid_a_run_the_next_misread_image_is_one_that_the_run_misreads_by_now(window, qtbot):
    # Lost otherwise: the digits of the network before the run, which it may have learned long since.
    worse = window.desk.session.net.mutate("ablate hidden1:0-400")
    window.desk.learn(worse)
    window.digits.take_misread()
    qtbot.waitUntil(lambda: bool(steps(window)), timeout=PATIENCE)
    session = window.desk.session
    assert worse.trace(session.digit.image).prediction != session.label == session.trace.prediction


def test_who_draws_does_not_wait_for_the_film(window):
    window.timeline.track.go(1.0)
    drag(window.drawing.pad, *STROKE)
    assert window.view.painter.requests[-1].t == window.timeline.track.beats.seconds


def test_a_pen_is_answered_by_the_last_picture_and_the_film_comes_when_time_is_moved(window, qtbot):
    # Lost otherwise: a signal that lights neurons before it has run, or a pen that waits for it.
    QTest.keyClick(window, Qt.Key.Key_3)
    settled(qtbot, window)
    view = window.view
    assert view.at_end
    scene = window.showing.drawn.scene
    assert scene.ended
    assert len(scene.signal) == 0
    window.timeline.scrubbed.emit(4.0)
    qtbot.waitUntil(lambda: not window.showing.drawn.scene.ended, timeout=PATIENCE)
    whole = window.showing.drawn.scene
    assert len(whole.signal) > 1000
    np.testing.assert_array_equal(whole.drawn.source, scene.drawn.source)
    np.testing.assert_array_equal(whole.neurons.level, scene.neurons.level)
    window.playing.to_end()
    settled(qtbot, window)


def test_a_digit_that_is_taken_amid_a_stroke_is_what_is_shown(window, qtbot):
    # Lost otherwise: a taken 3 on the pad, and beside it the answer to the stroke that it replaced.
    pad = window.drawing.pad
    QTest.mousePress(pad, LEFT, pos=QPoint(60, 140))
    QTest.mouseMove(pad, QPoint(100, 150))
    QTest.keyClick(window, Qt.Key.Key_3)
    QTest.mouseMove(pad, QPoint(140, 160))
    QTest.mouseRelease(pad, LEFT, pos=QPoint(140, 160))
    settled(qtbot, window)
    assert steps(window) == ["digit 3"]
    assert not window.desk.trying
    assert np.array_equal(window.drawing.seen.picture(), window.desk.session.digit.image)
