"""What is told of training: counts of a test that can be read in a low window, and empty charts."""

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF

import data
import engine
from viz3d.evaluate.report import examine
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import CAPTION, font
from viz3d.live.widgets.training.line_chart import LineChart
from viz3d.live.widgets.training.report_sheet import PredictionGrid, ReportSheet

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
    wide, high = matrix._steps(18.0)
    small = QFontMetricsF(font("regular", CAPTION if high >= 26 else 9))
    assert small.horizontalAdvance("1135") <= wide - 2
    assert 18.0 + 10 * high <= matrix.height()
    assert 18.0 + 10 * wide <= matrix.width()
    assert sheet.rect().contains(matrix.geometry())


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
