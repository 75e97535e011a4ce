"""A network that reads numbers, in the window: each is changed by hand, and the answer follows."""

import re
from pathlib import Path

import numpy as np
import own_data
import pytest
from live_hands import LEFT
from live_windows import PATIENCE, opened_on, opened_session, steps
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

import engine
from engine.foreign.outputs import in_numbers
from viz3d.command.errors import UserError
from viz3d.live.widgets.drawing.samples import Samples
from viz3d.live.widgets.sheet import dress
from viz3d.session.acts.change import Select, UseNet
from viz3d.session.acts.label import SetLabel
from viz3d.session.acts.take import TakeSample
from viz3d.session.session import Session


def table(path: Path, columns: int) -> Path:
    """A table of so many columns `c 0`, `c 1`, ... whose first tells which of two classes a row is."""
    rng = np.random.default_rng(0)
    lines = [",".join([*(f"c {k}" for k in range(columns)), "kind"])]
    for row in range(30):
        values = [row % 2, *rng.uniform(-5, 5, columns - 1).round(1)]
        lines.append(",".join(map(str, values)) + f",{('odd', 'even')[row % 2]}")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def window(qtbot, tmp_path):
    where = own_data.flowers(tmp_path / "f.csv")
    return opened_on(qtbot, tmp_path, where, "input 4 | dense 8 relu | dense 3 softmax")


def test_a_number_is_dragged_the_bars_follow_and_it_is_one_step_to_undo(window):
    # Lost otherwise: what a network of numbers does can be changed by a typed clamp alone.
    session, numbers = window.desk.session, window.drawing.numbers
    assert window.drawing.pad.isHidden()
    assert [row.slider.accessibleName() for row in numbers.rows] == [
        "length",
        "width",
        "petal length",
        "petal width",
    ]
    slider, before = numbers.rows[2].slider, session.digit.image.copy()
    probabilities, label = session.trace.probabilities.copy(), session.label
    seen = []
    window.desk.showed.connect(lambda: seen.append(window.desk.shown.traced.trace.probabilities))
    QTest.mousePress(slider, LEFT, pos=QPoint(8, 10))
    for x in range(20, slider.width() - 6, 20):
        QTest.mouseMove(slider, QPoint(x, 10))
    assert len(seen) > 3
    assert not np.array_equal(seen[-1], probabilities), "the answer follows while it is dragged"
    assert not steps(window)
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 7, 10))
    value = float(session.digit.image[2])
    assert steps(window) == [f"petal length = {value:.6g}"]
    assert numbers.rows[2].field.text() == f"{value:.6g}"
    assert value == pytest.approx(session.net.task.low[2] + session.net.task.span[2], abs=0.2)
    np.testing.assert_array_equal(np.delete(session.digit.image, 2), np.delete(before, 2))
    assert session.label is None, "nobody has said what the changed ones are"
    assert session.digit.source.endswith(", changed")
    window.desk.undo()
    np.testing.assert_array_equal(session.digit.image, before)
    np.testing.assert_array_equal(session.trace.probabilities, probabilities)
    assert session.label == label
    assert numbers.rows[2].field.text() == f"{before[2]:.6g}"
    window.desk.redo()
    assert session.digit.image[2] == np.float32(value)


def test_a_value_is_typed_and_what_is_none_is_said(window):
    session, row = window.desk.session, window.drawing.numbers.rows[1]
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, "-7,25")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert session.digit.image[1] == np.float32(-7.25)
    assert steps(window) == ["width = -7.25"]
    assert row.slider.value() == 0, "below all that is in the data"
    row.field.selectAll()
    QTest.keyClicks(row.field, "much")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert window.message.messages[-1] == "width: much is no number: type one such as 0.5"
    assert row.field.text() == "-7.25"
    QTest.keyClick(row.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not steps(window), "with nothing typed, undo is the window's"


def test_changed_numbers_are_in_the_scripts_and_lead_to_the_same_values(window, tmp_path):
    session = window.desk.session
    window.drawing.numbers.chosen.emit(3, 0.75)
    window.drawing.numbers.chosen.emit(0, 4.5)
    script = session.script()
    assert script[-2:] == ["number petal width = 0.75", "number length = 4.5"]
    again = Session.play(script)
    np.testing.assert_array_equal(again.digit.image, session.digit.image)
    np.testing.assert_array_equal(again.trace.probabilities, session.trace.probabilities)
    assert again.label is None
    known: dict = {}
    exec("\n".join(session.python()), known)
    np.testing.assert_array_equal(known["image"], session.digit.image)
    np.testing.assert_array_equal(known["trace"].probabilities, session.trace.probabilities)
    window.writing.save_session(tmp_path / "numbers.viz3d")
    window.desk.undo()
    window.opening.open_files([tmp_path / "numbers.viz3d"])


def test_a_number_that_is_not_there_is_refused_by_name(window):
    session = window.desk.session
    told = "number weight: there is no such number: give one of length, width, petal length, petal width"
    with pytest.raises(UserError, match=re.escape(told)):
        session.run("number weight = 3")
    with pytest.raises(UserError, match="write it like"):
        session.run("number width")
    session.run("number input:1 = 2.5")
    assert session.digit.image[1] == 2.5
    with pytest.raises(UserError, match="there is no such number"):
        session.run("number input:4 = 2.5")
    with pytest.raises(UserError, match="too large"):
        session.run("number width = 1e300")
    with pytest.raises(UserError, match="reads a picture here"):
        Session(UseNet("mlp-sigmoid"), TakeSample("digits:3"), "digits").run("number input:1 = 1")


def test_many_numbers_are_scrolled_to(qtbot, tmp_path):
    window = opened_on(
        qtbot, tmp_path, table(tmp_path / "t.csv", 30), "input 30 | dense 4 relu | dense 2 softmax"
    )
    numbers = window.drawing.numbers
    assert len(numbers.rows) == 30
    assert window.drawing.height() < 400
    row = numbers.rows[-1]
    numbers.rows[-2].field.setFocus()
    QTest.keyClick(numbers.rows[-2].field, Qt.Key.Key_Tab)
    QTest.keyClick(row.slider, Qt.Key.Key_Tab)
    assert row.field.hasFocus()
    assert row.visibleRegion().boundingRect().height() == row.height()
    row.field.selectAll()
    QTest.keyClicks(row.field, "2")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert steps(window) == ["c 29 = 2.0"]


def test_the_wheel_scrolls_the_list_and_changes_no_number_that_it_passes(qtbot, tmp_path):
    # Lost otherwise: a number under the pointer, whenever one scrolls.
    window = opened_on(
        qtbot, tmp_path, table(tmp_path / "t.csv", 30), "input 30 | dense 4 relu | dense 2 softmax"
    )
    numbers, before = window.drawing.numbers, window.desk.session.digit.image
    slider = numbers.rows[2].slider
    at, held = QPointF(20, 10), (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    there = slider.mapToGlobal(at)
    top = numbers.rows[0].mapTo(numbers, QPoint()).y()
    QApplication.sendEvent(
        slider,
        QWheelEvent(at, there, QPoint(), QPoint(0, -120), *held, Qt.ScrollPhase.NoScrollPhase, False),
    )
    qtbot.wait(400)
    assert window.desk.session.digit.image is before
    assert not steps(window)
    assert numbers.rows[0].mapTo(numbers, QPoint()).y() <= top
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(steps(window)), timeout=PATIENCE)


def test_a_digit_key_takes_a_row_of_that_class_and_the_tour_speaks_of_numbers(window):
    QTest.keyClick(window, Qt.Key.Key_2)
    assert window.desk.session.label == 2
    QTest.keyClick(window, Qt.Key.Key_7)
    assert window.message.messages[-1] == "there is no class 7: custom knows 0 to 2"
    window.helping.tour.again()
    assert "Change a number" in [each.text() for each in window.helping.hint.findChildren(QLabel)]
    window.drawing.numbers.chosen.emit(3, 0.75)
    assert window.helping.tour.stop.name == "watch"


def test_a_number_that_comes_in_is_called_by_its_name(window, qtbot):
    # Lost otherwise: the inspector speaks of a pixel, "input:1", beside a slider called "width".
    window.desk.do(Select("input:1"))
    written = [each.text() for each in window.inspector.findChildren(QLabel) if each.isVisible()]
    value = dict(window.desk.session.traced.numbers)["width"]
    assert "NUMBER" in written
    assert f"width {value:.6g}, as the network takes it" in written
    assert not any("excited" in text for text in written), "nothing is added up there"
    code = "\n".join(line.text for line in engine.torch_module(window.desk.session.net.layers, "flowers"))
    assert "rows (B, 4) of numbers" in code
    assert "images" not in code.partition("def __init__")[0]


def test_examples_of_few_numbers_are_blocks_and_wide_pictures_keep_their_shape(qtbot, qapp):
    # Lost otherwise: four numbers are a smooth grey ramp, and a wide picture is squeezed into a square.
    dress(qapp, "dark")
    samples = Samples(2, 48)
    qtbot.addWidget(samples)
    samples.offer([np.array([[0, 255, 0, 255]], np.uint8), np.full((16, 32), 200, np.uint8)])
    drawn = samples.grab().toImage()
    row = {drawn.pixelColor(x, 24).red() for x in range(6, 42) if x % 12 not in (0, 11)}
    assert row == {0, 255}
    second = samples._box(1)
    x, y = round(second.center().x()), round(second.center().y())
    assert drawn.pixelColor(x, y).red() == 200
    assert drawn.pixelColor(x, y - 16).red() == 0


def test_a_network_of_numbers_takes_rows_by_their_classes_and_none_is_meant_or_misread(qtbot, tmp_path):
    """Its outputs y0 and y1 were offered as classes to take, and as what the row is meant as."""
    where = own_data.flowers(tmp_path / "f.csv")
    net = in_numbers(engine.build("input 4 | dense 3 relu | dense 2", np.random.default_rng(0)))
    engine.save(net, tmp_path / "net.npz")
    session = Session(UseNet(None, tmp_path / "net.npz"), TakeSample("test:0"), str(where))
    window = opened_session(qtbot, tmp_path, session)
    drawing = window.drawing
    assert session.net.classes == ("y0", "y1")
    assert drawing.samples._names == ["setosa", "versicolor", "virginica"]
    assert drawing.samples.isEnabled()
    assert drawing.meant.isHidden()
    columns = np.array([line.split(",")[:4] for line in where.read_text().splitlines()[1:]], float).T
    for row, column in zip(drawing.numbers.rows, columns, strict=True):
        # Lost otherwise: of the few rows that test, most stand at an end of their slider.
        assert row.slider.ends == pytest.approx((column.min(), column.max()))
    before = session.digit.image
    drawing.sample_chosen.emit(2)
    assert not np.array_equal(session.digit.image, before)
    assert session.digit.label is None
    said = []
    window.desk.said.connect(said.append)
    drawing.misread_wanted.emit()
    assert said[-1] == f"{session.net.name} gives numbers: none is right or wrong"
    with pytest.raises(UserError, match=r"label y0: .* gives numbers and chooses no class"):
        session.do(SetLabel("y0"))
