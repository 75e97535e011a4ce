"""The sheet that tells a test: its counts can be read in a low window."""

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF

from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import CAPTION, font
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
    wide, high = matrix._steps(18.0)
    small = QFontMetricsF(font("regular", CAPTION if high >= 26 else 9))
    assert small.horizontalAdvance("1135") <= wide - 2
    assert 18.0 + 10 * high <= matrix.height()
    assert 18.0 + 10 * wide <= matrix.width()
    assert sheet.rect().contains(matrix.geometry())
