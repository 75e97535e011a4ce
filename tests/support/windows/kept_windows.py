"""A live window whose session is kept on a disk: what is there, what it asks, and the answers."""

import numpy as np
from live_hands import LEFT
from live_windows import PATIENCE
from PySide6.QtTest import QTest

EDIT = "ablate hidden1:17"


def kept(qtbot, window):
    """Wait until all that was done is on the disk."""
    keeper = window.keeping._keeper
    qtbot.waitUntil(lambda: bool(keeper._asked is keeper._written), timeout=PATIENCE)
    return keeper.folder


def answer(window, words):
    (button,) = [each for each in window.question.buttons if each.text() == words]
    QTest.mouseClick(button, LEFT)


def asked(qtbot, window):
    """Wait until a question is asked."""
    qtbot.waitUntil(window.question.isVisible, timeout=PATIENCE)


def same(window, session):
    assert window.desk.session.script() == session.script()
    assert np.array_equal(window.desk.session.trace.probabilities, session.trace.probabilities)
