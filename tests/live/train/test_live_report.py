"""What is told of training: counts of a test that can be read in a low window, and empty charts."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtTest import QTest

import data
import engine
from viz3d.command.choice.suiting import suited
from viz3d.evaluate.report import examine
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import CAPTION, font
from viz3d.live.widgets.training.confusion import ConfusionMatrix
from viz3d.live.widgets.training.line_chart import LineChart
from viz3d.live.widgets.training.predictions import PredictionGrid
from viz3d.live.widgets.training.report_sheet import ReportSheet

LOW, USUAL = (664, 326), (1036, 566)  # of the sheet in windows of 1024x700 and 1440x900


@pytest.mark.parametrize("size", [LOW, USUAL])
def test_counts_of_four_figures_have_room_and_no_row_is_cut(qtbot, qapp, size):
    dress(qapp, "dark")
    sheet = ReportSheet()
    qtbot.addWidget(sheet)
    sheet.matrix.set_counts(np.diag(np.full(10, 1135)))
    sheet.resize(*size)
    sheet.show()
    qtbot.waitExposed(sheet)
    assert (sheet.width(), sheet.height()) == size, "it needs no more than it is given"
    matrix = sheet.matrix
    wide, high = matrix._steps()
    small = QFontMetricsF(font("regular", CAPTION if high >= 26 else 9))
    assert small.horizontalAdvance("1135") <= wide - 2
    assert 18.0 + 10 * high <= matrix.height()
    assert 18.0 + 10 * wide <= matrix.width()
    assert sheet.rect().contains(matrix.geometry())


def test_names_of_many_classes_do_not_lie_on_one_another(qtbot, qapp, monkeypatch):
    # Lost otherwise: beside 26 rows of a low window stands a smear of letters.
    dress(qapp, "light")
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(268, 180)
    names = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    matrix.set_counts(np.diag(np.full(26, 9)), names)
    written = []
    plain = QPainter.drawText
    monkeypatch.setattr(QPainter, "drawText", lambda *given: (written.append(given[1:]), plain(*given)))
    matrix.grab()
    rows = [place for place, _, _ in written if place.left() == 0]
    columns = [place for place, _, _ in written if place.left() > 0]
    assert len(rows) >= 9
    assert len(columns) >= 9
    assert all(below.top() - above.top() >= 11 for above, below in pairwise(rows))
    assert all(left.right() <= right.left() + 0.01 for left, right in pairwise(columns))
    (wide, high), head = matrix._steps(), matrix._head
    cell = QPoint(round(head + 2.5 * wide), round(18 + 2.5 * high))
    assert matrix.told(cell) == "C, read as C: 9; click to see them", (
        "what has no name or number beside it is told"
    )
    assert matrix.told(QPoint(2, 2)) == ""


def test_of_a_thousand_classes_one_misread_image_is_still_seen(qtbot, qapp):
    # Lost otherwise: a million cells are drawn one by one, and the window stands still for seconds.
    dress(qapp, "dark")
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(268, 268)
    counts = np.diag(np.full(1000, 3))
    plain = matrix.grab()
    matrix.set_counts(counts, [f"class {k}" for k in range(1000)])
    right = matrix.grab().toImage()
    assert right != plain.toImage()
    counts = counts.copy()
    counts[200, 900] = 1
    matrix.set_counts(counts, [f"class {k}" for k in range(1000)])
    wrong = matrix.grab().toImage()
    step, head = matrix._steps()[1], matrix._head
    x, y = round(head + 900.5 * step), round(18 + 200.5 * step)
    near = [(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    assert any(wrong.pixel(*at) != right.pixel(*at) for at in near)
    assert wrong.pixelColor(x, y).red() > wrong.pixelColor(x, y + 40).red()
    assert (200, 900) in [matrix.cell(QPoint(*at)) for at in near], "a click on the point hits it"
    matrix.pick((200, 900))
    assert matrix.grab().toImage().pixelColor(x + 3, y) != wrong.pixelColor(x + 3, y), "and it is marked"


def test_keys_walk_over_the_images_of_a_test_and_take_one(qtbot, qapp):
    # Lost otherwise: what was read wrongly can be seen to cross by mouse alone.
    dress(qapp, "dark")
    sheet = ReportSheet()
    qtbot.addWidget(sheet)
    sheet.set_report(examine(engine.load(data.model_path("mlp-sigmoid")), data.load("digits", "test")))
    sheet.resize(*LOW)
    sheet.show()
    qtbot.waitExposed(sheet)
    columns = sheet.grid.width() // 84
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left):
        QTest.keyClick(sheet.grid, key)
    assert sheet.grid.lit == 2 * columns
    cell = sheet.grid.cell(sheet.grid.lit).toRect()
    seen = sheet.grid.visibleRegion().boundingRect()
    assert seen.top() <= cell.top() + 1
    assert cell.bottom() - 1 <= seen.bottom(), "it has come into sight"
    with qtbot.waitSignal(sheet.chosen) as chosen:
        QTest.keyClick(sheet.grid, Qt.Key.Key_Return)
    assert chosen.args == [2 * columns]


def test_a_grid_of_answers_shows_images_in_their_colours_and_proportions(qtbot, qapp):
    # Lost otherwise: a red shirt and a blue one are the same grey square.
    dress(qapp, "dark")
    images = np.zeros((2, 4, 8, 3), np.uint8)
    images[0, ..., 0] = images[1, ..., 2] = 250
    net = engine.build("input 4x8x3 | dense 2 softmax", np.random.default_rng(0))
    shirts = data.Dataset("shirts", "test", images, np.array([0, 1]), classes=("red", "blue"))
    grid = PredictionGrid()
    qtbot.addWidget(grid)
    grid.resize(200, 130)
    grid.set_images(examine(net, shirts), np.arange(2))
    drawn = grid.grab().toImage()
    for number, colour in enumerate(("#fa0000", "#0000fa")):
        cell = grid.cell(number)
        middle = cell.center().x(), cell.top() + 30
        assert drawn.pixelColor(*map(round, middle)).name() == colour
        above = drawn.pixelColor(round(middle[0]), round(cell.top() + 8)).name()
        assert above not in {"#fa0000", "#0000fa"}, "it is twice as wide as high"


def test_a_grid_of_answers_shows_numbers_as_the_net_scales_them(qtbot, qapp):
    # Lost otherwise: of XOR, 0 0 and 1 1 are the same grey; or 1 1 is white on white.
    dress(qapp, "light")
    numbers = data.load("xor", "test")
    net = suited(engine.build("input 2 | dense 2 softmax", np.random.default_rng(0)), numbers)
    grid = PredictionGrid()
    qtbot.addWidget(grid)
    grid.resize(400, 130)
    grid.set_images(examine(net, numbers), np.arange(4))
    drawn, seen = grid.grab().toImage(), []
    for number in range(4):
        middle = grid.cell(number).center().x()
        y = round(grid.cell(number).top() + 30)
        seen.append([drawn.pixelColor(round(middle + aside), y).value() / 255 for aside in (-14, 14)])
    assert seen == numbers.images.tolist()
    left, row = round(grid.cell(3).center().x() - 28) - 1, round(grid.cell(3).top() + 30)
    assert drawn.pixelColor(left, row).value() < drawn.pixelColor(left - 3, row).value() - 8, "it has an edge"


def test_a_chart_that_is_cleared_has_the_numbers_of_its_whole_range(qtbot, qapp):
    # Lost otherwise: the last run's numbers lie on one another at the edge.
    dress(qapp, "dark")
    chart = LineChart("Accuracy", "accent", (0.0, 1.0))
    qtbot.addWidget(chart)
    chart.set_curve([1, 2, 3], [0.99, 0.99, 0.995], [0.99, 0.99, 0.99])
    assert min(place for place, _ in chart.plot.getAxis("left")._tickLevels[0]) > 0.9
    chart.clear()
    places = [place for place, _ in chart.plot.getAxis("left")._tickLevels[0]]
    low, high = chart.plot.viewRange()[1]
    assert low < min(places) < 0.3
    assert 0.7 < max(places) < high
