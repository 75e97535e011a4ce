"""The window with more classes than a card has rows: each can be taken, the likeliest are shown."""

import numpy as np
import own_data
from live_hands import click
from live_windows import opened_on
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

import engine
from scenes.texts import ENGLISH
from viz3d.command.choice.digits import Digit
from viz3d.live.control.scene.showing import answer_of, reasons_of
from viz3d.live.widgets.answering.answer import AnswerPanel
from viz3d.live.widgets.answering.class_bars import Answer
from viz3d.live.widgets.sheet import dress
from viz3d.session.acts.take import TakeClass
from viz3d.session.traced_digit import TracedDigit


def test_of_many_classes_each_has_a_sample_to_take(qtbot, tmp_path):
    # Lost otherwise: of 26 letters all after J.
    names = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    where = own_data.pictures(tmp_path / "letters", names, each=3, size=(9, 7), colour=False)
    window = opened_on(qtbot, tmp_path, where, "input 7x9 | dense 8 relu | dense 26 softmax")
    samples, session = window.drawing.samples, window.desk.session

    def seen(place):
        return samples.visibleRegion().contains(samples._box(place).toAlignedRect())

    high = window.drawing.height()
    assert seen(9)
    assert not seen(25)
    for _ in range(30):
        wheel(samples, samples.visibleRegion().boundingRect().center(), -120)
    assert seen(25)
    at = samples._box(25).center().toPoint()
    QTest.mouseClick(samples, Qt.MouseButton.LeftButton, pos=at)
    assert session.acts[-1] == TakeClass("Z")
    samples.setFocus()
    for _ in range(4):
        QTest.keyClick(samples, Qt.Key.Key_Up)
    assert session.acts[-1] == TakeClass("F")
    assert seen(5), "the keys bring along what they choose"
    assert window.drawing.height() == high


def wheel(widget, at, by):
    """Turn the wheel over a place."""
    there = QPointF(at), QPointF(widget.mapToGlobal(at))
    held = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
    turned = QWheelEvent(*there, QPoint(), QPoint(0, by), *held, False)
    QApplication.sendEvent(widget.parentWidget(), turned)


def test_of_many_classes_a_low_card_shows_the_likeliest_and_keeps_the_reasons_in_sight(qtbot, qapp):
    # Lost otherwise: of the alphabet at 1024x700 nobody sees what decides, for the bars take the card.
    dress(qapp, "dark")
    panel = AnswerPanel()
    qtbot.addWidget(panel)
    shares = np.random.default_rng(0).dirichlet(np.full(26, 0.5)).astype(np.float32)
    for high, rows in ((540, 10), (820, 26), (540, 10)):
        panel.set_room(high)
        panel.set_answer(Answer(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), shares))
        assert len(panel.bars.labels) == rows
        best = np.argsort(-shares)[:rows].tolist()
        assert panel.bars.labels == (best if rows < 26 else list(range(26)))
        told = [each.text() for each in panel.findChildren(QLabel) if "other classes" in each.text()]
        assert bool(told) == (rows < 26)
        panel.adjustSize()
        panel.show()
        # The card's head is above it, and the last edit below.
        assert panel.height() < high - 80


def test_of_a_hundred_classes_the_likeliest_have_rows_in_their_order(qtbot, qapp):
    # Lost otherwise: such a network is refused, or its answer stands somewhere among a thousand rows.
    dress(qapp, "dark")
    panel, rng = AnswerPanel(), np.random.default_rng(0)
    qtbot.addWidget(panel)
    panel.set_room(820)
    names = tuple(f"kind {k}" for k in range(100))
    for _ in range(2):
        shares = rng.dirichlet(np.full(100, 0.1)).astype(np.float32)
        panel.set_answer(Answer(names, shares))
        best = np.argsort(-shares)
        assert panel.bars.labels == best[:20].tolist()
        rest = [each.text() for each in panel.findChildren(QLabel) if "other classes" in each.text()]
        assert rest == [f"80 other classes, {ENGLISH.percent(float(shares[best[20:]].sum()))} together"]
    with qtbot.waitSignal(panel.chosen) as chosen:
        click(panel.bars, 60, 3 * panel.bars.high + 8)
    assert chosen.args == [int(best[3])]
    panel.bars.light_label(int(best[5]))
    assert panel.bars.lit == 5
    long = ("a kind of fish that has a long name", "cat")
    panel.set_answer(Answer(long, np.array([0.6, 0.4], np.float32)))
    panel.show()
    QTest.mouseMove(panel.bars, QPoint(20, 5))
    assert panel.bars.toolTip().startswith(long[0]), "the row has no room for all of it"
    panel.set_answer(Answer(names, shares))
    panel.bars.light_label(int(best[50]))
    assert panel.bars.lit == -1, "it has no row"


def test_a_number_is_no_class_of_which_something_is_sure(qtbot):
    """Two classes were looked for beside it, and each drawing ended in an error."""
    panel = AnswerPanel()
    qtbot.addWidget(panel)
    net = engine.build("input 4 | dense 1", np.random.default_rng(0))
    traced = TracedDigit.of(net, Digit(np.full(4, 9, np.float32), 0, "a row"))
    told = ENGLISH.value(float(traced.trace.activation["output"][0]))
    panel.set_answer(answer_of(traced, np.float32([17.76])))
    panel.reasons.set_reasons(reasons_of(traced, None, known=True))
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert {told, "was 17.8 before", "a number, no class: neither right nor wrong"} <= set(texts)
    assert not [text for text in texts if "%" in text or "entropy" in text or "NOT" in text]
    assert panel.bars.answer.shares == ((float(np.clip(traced.trace.probabilities[0], 0, 1)), told),)
