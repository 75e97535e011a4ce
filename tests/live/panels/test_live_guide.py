"""What explains the window: the page that teaches."""

import re

import pytest
from live_hands import LEFT
from live_windows import PATIENCE, settled, steps
from project import ROOT
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from viz3d.live.lessons import LEARN, STEPS, lessons, read_lessons
from viz3d.live.widgets.style import look
from viz3d.live.widgets.teaching.learn_page import plain
from viz3d.live.widgets.teaching.prose import Prose, rich

MARKDOWN = LEARN.read_text(encoding="utf-8")
LINKS = (
    "https://www.3blue1brown.com/lessons/neural-networks",
    "https://www.3blue1brown.com/lessons/gradient-descent",
    "https://www.3blue1brown.com/lessons/backpropagation",
    "https://www.3blue1brown.com/lessons/backpropagation-calculus",
    "http://neuralnetworksanddeeplearning.com/",
    "https://www.python.org/",
    "https://docs.python.org/3/tutorial/",
    "https://cs231n.github.io/",
    "https://cs231n.github.io/python-numpy-tutorial/",
    "https://stevenmiller888.github.io/mind-how-to-build-a-neural-network/",
)


@pytest.fixture(scope="module")
def window(taught_window):
    return taught_window


@pytest.fixture
def page(window):
    page = window.helping.page
    if not page.isVisible():
        window.actions_by_name["learn"].trigger()
    yield page
    page.hide()


def show(page, step):
    QTest.mouseClick(page.buttons[step], LEFT)


# The page that teaches.


def test_the_page_is_the_document_word_for_word(page):
    words = re.sub(r"[>*\s#]", "", MARKDOWN.split("\n## ", 1)[1]).replace("Showit:", "")
    told = []
    for part in page.findChildren(QLabel):
        if isinstance(part, Prose):
            told.append(part.markdown)
        elif part.text() != "How it works" and part.text():
            told.append(part.text())
    heads = [lesson.title for lesson in read_lessons()]
    assert [head for head in heads if head in told] == heads
    for lesson in read_lessons():
        assert lesson.text in told
        assert not lesson.shows or plain(lesson.shows) in told
    joined = "".join(re.sub(r"[>*\s#]", "", f"{a.title}{a.text}{a.shows}") for a in read_lessons())
    assert joined == words


def test_six_steps_can_be_shown_and_the_rest_is_read(page):
    parts = lessons(MARKDOWN)
    assert [bool(part.shows) for part in parts] == [True] * STEPS + [False] * (len(parts) - STEPS)
    assert [part.title[0] for part in parts[:STEPS]] == list("123456")
    assert len(page.buttons) == STEPS
    titles = " ".join(part.title for part in parts[STEPS:])
    for subject in ("MNIST", "convolutions", "setting", "accuracy, loss and confusions", "read on"):
        assert subject in titles


def test_it_says_where_to_read_on_and_opens_that_in_the_browser(page, monkeypatch):
    assert set(LINKS) <= set(re.findall(r"\]\((http[^)]+)\)", MARKDOWN))
    asked = []
    monkeypatch.setattr(QDesktopServices, "openUrl", asked.append)
    page.findChildren(Prose)[-1].linkActivated.emit(LINKS[4])
    assert asked == [QUrl(LINKS[4])]


def test_what_is_written_is_shown_in_the_colours_of_the_window(page):
    link, strong = QColor("#123456"), QColor("#abcdef")
    shown = rich(
        "One **two** *three* <four>\n[five](http://six.org/)\n\n- seven\n  eight\n- nine", link, strong
    )
    assert "color: #abcdef; font-family: '" in shown
    assert ">two</span> <i>three</i> &lt;four&gt; " in shown
    assert '<a href="http://six.org/" style="color: #123456; text-decoration: none">five</a></p>' in shown
    assert shown.count("<li") == 2
    assert "seven eight" in shown
    for part in page.findChildren(Prose):
        document = QTextDocument()
        document.setHtml(part.text())
        plain_text = " ".join(document.toPlainText().split())
        assert not re.search(r"\*|\]\(|`", plain_text), "no mark of Markdown is left"
        assert QColor(look().accent).name() in part.text() or "](" not in part.markdown


def test_every_setting_of_the_window_is_explained(window):
    for setting in window.training.page.panel.settings.values():
        assert f"**{setting.slider.accessibleName()}**" in MARKDOWN
    change = window.inspector.change
    for name in ("Clamp to", "Scale by", change.silent.text(), change.still.text()):
        assert f"**{name}**" in MARKDOWN


def test_each_step_is_shown_in_the_scene(page, window, qtbot):
    time, view = window.timeline, window.view
    show(page, 0)
    line = window.showing.drawn.scene.timeline
    assert line.digit[1] < time.time < line.fires["input"], "all ink is there, and no signal has left it"
    show(page, 1)
    net, trace = window.desk.session.net, window.desk.session.trace
    loudest = net.offset("hidden1") + int(trace.activation["hidden1"].argmax())
    assert view.selected == loudest
    assert view.camera.flying
    # Lost otherwise: a neuron that adds up, and what it adds up is outside the picture.
    assert view.camera.faces(window.showing.drawn.scene.layout.panels[0])
    goal = view.camera._goal
    view.follow(loudest)
    assert view.camera._goal == goal, "the neuron is in view too"
    show(page, 2)
    assert window.playing.clock.isActive()
    assert time.time == pytest.approx(time.track.beats.beats[1].at)
    assert view.selected == -1
    show(page, 3)
    assert not window.playing.clock.isActive()
    assert time.time == time.track.beats.seconds
    assert window.desk.session.selection == f"output:{trace.prediction}"
    window.top.train.click()
    assert not page.isVisible(), "it lies over the page that was asked for"
    window.actions_by_name["learn"].trigger()
    show(page, 4)
    assert window.inspector.isVisible(), "the neurons below the bars are to be clicked now"
    assert not page.isVisible()
    session = window.desk.session
    qtbot.waitUntil(lambda: bool(session.trace.prediction != session.label), timeout=PATIENCE)
    show(page, 5)
    assert window.training.page.isVisible()
    assert not page.isVisible()
    window.top.inspect.click()
    while steps(window):
        window.desk.undo()
    settled(qtbot, window)


def test_the_page_scrolls_and_closes_by_keys_and_stands_beside_the_scene(page, window):
    QTest.keyClick(page, Qt.Key.Key_PageDown)
    assert page._scroll.verticalScrollBar().value() > 100
    assert page.geometry() == window.inspector.geometry()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_a_copy_without_the_document_says_so(window, monkeypatch, tmp_path):
    monkeypatch.setattr("viz3d.live.lessons.LEARN", tmp_path / "gone.md")
    monkeypatch.setattr(window.helping.page, "buttons", [])
    window.helping.learning.toggle()
    assert "learn.md is missing: install viz3d again" in window.message.messages[-1]
    assert not window.helping.page.isVisible()


def test_the_readme_leads_to_the_page():
    assert LEARN.relative_to(ROOT).as_posix() in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(960, 640), (960, 540)])
def test_a_hint_waits_while_a_question_lies_where_it_would(window, qtbot, size):
    # Lost otherwise: in a low window it stands on the button that answers "later".
    hint, tour, question = window.helping.hint, window.helping.tour, window.question
    window.resize(*size)
    tour.again()
    question.ask("Restore the last session?", "mlp, 6 changes", [("Restore", "", str), ("Later", "", str)])
    lies_on = hint.geometry().intersects(question.geometry())
    assert lies_on
    qtbot.waitUntil(hint.isHidden, timeout=PATIENCE)
    question.leave()
    qtbot.waitUntil(hint.isVisible, timeout=PATIENCE)
    tour.skip()
    window.resize(1440, 900)
