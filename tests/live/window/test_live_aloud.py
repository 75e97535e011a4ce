"""What a screen reader says: each part has its name, and tells what it shows."""

from dataclasses import replace

import pytest
from live_windows import select, stops
from patience import PATIENCE
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viz3d.live.widgets.setting import STEPS


def test_a_screen_reader_is_told_the_answer_once_it_rests_and_messages_at_once(window, qtbot, monkeypatch):
    # Who does not see the bars would have to go to them after each stroke.
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    answer = window.answer
    answer._spoken.setInterval(10)
    shown = answer.bars._answer
    answer.set_answer(shown)
    answer.set_answer(shown)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    name = shown.classes[shown.prediction]
    assert told == [f"{name} · {answer._share.text()}, {answer._note.text()}"]
    answer.set_answer(shown)
    qtbot.wait(50)
    assert len(told) == 1, "the same again"
    window.desk.said.emit("saved")
    assert told[1:] == ["saved"]
    window.training.page.panel.set_running(True)
    answer.set_answer(replace(shown, label=None))
    qtbot.wait(50)
    assert len(told) == 2, "each second another, while it learns"
    window.training.page.panel.set_running(False)
    qtbot.waitUntil(lambda: "no label" in told[-1], timeout=PATIENCE)


@pytest.mark.parametrize("state", ["at rest", "a neuron", "training"])
def test_a_screen_reader_is_told_what_each_part_is_and_what_it_shows(window, state):
    # Lost otherwise: readers pass over what Qt calls a filler, and nobody hears a bar.
    if state == "a neuron":
        select(window, "hidden1:201")
    elif state == "training":
        window.top.train.click()
    told = {stop: QAccessible.queryAccessibleInterface(stop) for stop in stops(window)}
    for stop, known in told.items():
        name, text = known.text(QAccessible.Text.Name), known.text(QAccessible.Text.Description)
        assert name, stop
        assert known.role() not in (QAccessible.Role.Client, QAccessible.Role.NoRole), name
        if stop is window.answer.bars:
            assert known.role() == QAccessible.Role.List
            answer = stop.answer
            assert f"{answer.classes[answer.prediction]}, {window.answer._share.text()}" in text
        elif stop is window.timeline.track:
            assert text.endswith(f"{stop.time:.1f} of {stop.beats.seconds:.1f} seconds")


def heard(part):
    """All that a screen reader finds on the screen under a part, as it goes through: (role, name, text)."""
    for place in range(part.childCount()):
        child = part.child(place)
        if child is not None and child.isValid() and not child.state().invisible:
            yield (
                child.role(),
                child.text(QAccessible.Text.Name),
                child.text(QAccessible.Text.Description),
                child,
            )
            yield from heard(child)


@pytest.mark.parametrize("state", ["at rest", "a neuron", "a synapse", "training"])
def test_a_screen_reader_finds_no_part_without_a_name(window, state):
    # Lost otherwise: "image", "panel", "slider 139" is all that is said of a curve, a card, a clamp.
    Role = QAccessible.Role
    if state == "training":
        window.top.train.click()
    elif state != "at rest":
        select(window, {"a neuron": "hidden1:201", "a synapse": "hidden1:201 -> hidden2:5"}[state])
    QApplication.processEvents()
    found = list(heard(QAccessible.queryAccessibleInterface(window)))
    silent = {Role.Client, Role.NoRole, Role.StaticText, Role.ScrollBar, Role.Separator}
    mine = [each for each in found if each[-1].object() is not None]  # a table's corner is Qt's own
    nameless = [(role, part.object()) for role, name, _, part in mine if role not in silent and not name]
    assert not nameless, nameless
    names = {name for _, name, _, _ in found}
    assert "Network: mlp" in names
    valued = Role.Slider, Role.ProgressBar
    sliders = [(name, text, part.valueInterface()) for role, name, text, part in found if role in valued]
    assert sliders
    for name, text, value in sliders:
        assert text, name
        assert value.minimumValue() <= value.currentValue() <= value.maximumValue() != STEPS, name
    if state == "training":
        assert {"Chart: Loss", "Trainer: adam", "decay loss: not known yet", "Progress of the run"} <= names
        window.training.page.panel.charts.set_run([1, 2], ([2, 1], [2, 1.5]), ([0.1, 0.5], [0.1, 0.3]))
        chart = QAccessible.queryAccessibleInterface(window.training.page.panel.charts.loss)
        assert "step 2: 1.5" in chart.text(QAccessible.Text.Description)
    elif state != "at rest":
        told = next(text for _, name, text, _ in found if name == "The network in space")
        assert told.startswith("hidden1:201, " if state == "a neuron" else "hidden1:201 -> hidden2:5, ")


def test_a_sliders_value_is_what_it_means_and_a_reader_may_set_it(window, qtbot):
    # Lost otherwise: "139", the place of a handle, is said of a rate of 0.001; by voice it cannot be set.
    window.top.train.click()
    rate = window.training.page.panel.settings["lr"]
    value = QAccessible.queryAccessibleInterface(rate.slider).valueInterface()
    assert value.currentValue() == pytest.approx(rate.value, rel=0.02)
    with qtbot.waitSignal(rate.chosen, timeout=PATIENCE):
        value.setCurrentValue(0.02)
    assert rate.value == pytest.approx(0.02, rel=0.02)
    past = window.training.page.panel.progress.past
    past.set_steps((10, 20, 300), 20)
    value = QAccessible.queryAccessibleInterface(past).valueInterface()
    assert (value.minimumValue(), value.currentValue(), value.maximumValue()) == (10, 20, 300)
    with qtbot.waitSignal(past.scrubbed) as told:
        value.setCurrentValue(290)
    assert told.args == [300]


def test_a_screen_reader_hears_where_keys_lead(window, qtbot, monkeypatch):
    # Lost otherwise: with arrows the selection walks, and nothing is heard of where it is.
    told = []
    monkeypatch.setattr(QAccessible, "isActive", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: told.append(event.message()))
    for where in ("hidden1:201", "hidden1:201 -> hidden2:5", "hidden2"):
        select(window, where)
        qtbot.waitUntil(lambda where=where: where in told[-1] if told else False, timeout=PATIENCE)
    QTest.keyClick(window.view, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: told[-1].startswith("hidden2:0, "), timeout=PATIENCE)
    for part, words in (
        (window.timeline.track, "seconds"),
        (window.drawing.meant.digits, ""),
        (window.drawing.seen, "row"),
    ):
        told.clear()
        QTest.keyClick(part, Qt.Key.Key_Left)
        assert told
        assert words in told[-1]
