"""What the live window's tests type, and what the engine makes of it."""

import numpy as np
from live_windows import select, settled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

WHERE = "hidden1:434 -> hidden2:73"


def untouched(qtbot, window):
    """The window as it was opened, whatever the test before did to it."""
    window.activateWindow()
    window.desk.jump(0)
    select(window, "")
    window.message.messages = []
    window.command.line.clear()
    settled(qtbot, window)
    return window


def arrays(trace):
    return [*trace.pre.values(), *trace.activation.values(), trace.probabilities]


def equal(first, second):
    return all(np.array_equal(a, b) for a, b in zip(arrays(first), arrays(second), strict=True))


def made_by(window, statement):
    """The trace of the net with a statement, as the engine has it."""
    session = window.desk.session
    return session.before.net.mutate(statement).trace(session.digit.image)


def typed(window, text):
    QTest.keyClicks(window.command.line, text)
    QTest.keyClick(window.command.line, Qt.Key.Key_Return)
