"""What explains the window: the page that teaches, the tour, tips, names of beats, the legend."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from live_hands import LEFT, click, drag
from live_windows import PATIENCE, opened, select, settled, steps
from PySide6.QtCore import QPoint, QSettings, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

import engine
from viz3d.live.control.teaching.touring import STOPS
from viz3d.live.lessons import LEARN, STEPS, lessons, read_lessons
from viz3d.live.view.page import _entry_wide
from viz3d.live.widgets.beats import short
from viz3d.live.widgets.style import look
from viz3d.live.widgets.teaching.learn_page import plain
from viz3d.live.widgets.teaching.prose import Prose, rich
from viz3d.session.change import UseNet

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
def window(request, qapp, tmp_path_factory):
    window = opened(QtBot(request), tmp_path_factory.mktemp("guide"))
    yield window
    window.close()


@pytest.fixture
def page(window):
    page = window.helping.page
    if not page.isVisible():
        window.actions_by_deed["learn"].trigger()
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
    assert '<b style="color: #abcdef">two</b> <i>three</i> &lt;four&gt; ' in shown
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
        assert f"**{setting.slider.accessibleName().removesuffix(' β1')}**" in MARKDOWN
    change = window.inspector.change
    for name in ("Clamp to", "Scale by", change.silent.text(), change.still.text()):
        assert f"**{name}**" in MARKDOWN


def test_each_step_is_shown_in_the_scene(page, window, qtbot):
    time, view = window.timeline, window.view
    show(page, 0)
    assert 0 < time.time < time.track.beats.beats[1].at
    show(page, 1)
    net, trace = window.desk.session.net, window.desk.session.trace
    loudest = net.offset("hidden1") + int(trace.activation["hidden1"].argmax())
    assert view.selected == loudest
    assert view.camera.flying
    show(page, 2)
    assert window.playing.clock.isActive()
    assert time.time == pytest.approx(time.track.beats.beats[1].at)
    assert view.selected == -1
    show(page, 3)
    assert not window.playing.clock.isActive()
    assert time.time == time.track.beats.seconds
    assert window.desk.session.selection == f"output:{trace.prediction}"
    show(page, 4)
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
    assert "docs/learn.md is missing" in window.message.messages[-1]
    assert not window.helping.page.isVisible()


# The tour.


@pytest.fixture
def tour(window):
    window.helping.tour.again()
    yield window.helping.tour
    window.helping.tour.skip()


def deeds(window):
    """Each deed, done by hand."""
    pad, net = window.drawing.pad, window.desk.session.net
    return {
        "draw": lambda: drag(pad, (110, 20), (108, 60), (106, 100), (104, 140), (102, 190)),
        "watch": lambda: QTest.mouseClick(window.timeline.play, LEFT),
        "pick": lambda: window.view.picked.emit(net.offset("hidden1") + 201),
        "change": lambda: QTest.mouseClick(window.inspector.change.silent, LEFT),
        "compare": lambda: QTest.keyClick(window, Qt.Key.Key_B),
        "train": lambda: QTest.mouseClick(window.top.train, LEFT),
    }


def test_each_hint_goes_when_its_deed_is_done_and_the_next_comes(tour, window):
    hint = window.helping.hint
    for stop, (name, deed) in zip(STOPS, deeds(window).items(), strict=True):
        assert tour.stop is stop
        assert stop.name == name
        assert hint.isVisible()
        assert window.root.rect().contains(hint.geometry())
        deed()
    assert not hint.isVisible()
    window.top.inspect.click()
    window.playing.play(False)
    again = QSettings(window.settings.fileName(), QSettings.Format.IniFormat)
    assert set(str(again.value("tour")).split()) == {stop.name for stop in STOPS}
    while steps(window):
        window.desk.undo()


def test_a_deed_ahead_of_its_hint_counts_and_skip_ends_it(tour, window):
    select(window, "hidden1:3")
    deeds(window)["draw"]()
    tour.did("watch")
    assert tour.stop.name == "change"
    QTest.mouseClick(window.helping.hint.skip, LEFT)
    assert tour.stop is None
    assert not window.helping.hint.isVisible()
    entry = next(e for e in window.top.help.menu().actions() if e.text().startswith("Take the tour"))
    entry.trigger()
    assert tour.stop is STOPS[0]
    while steps(window):
        window.desk.undo()


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900)])
def test_hints_stand_beside_what_they_point_at(tour, window, qtbot, size):
    window.resize(*size)
    for stop, panel in zip(STOPS[:2], (window.drawing, window.timeline), strict=True):
        qtbot.waitUntil(
            lambda panel=panel: bool(
                not window.helping.hint.geometry().intersects(panel.geometry().adjusted(0, 2, 0, 0))
            ),
            timeout=PATIENCE,
        )
        assert window.root.rect().contains(window.helping.hint.geometry())
        tour.did(stop.name)
    window.resize(1440, 900)


# Tips.


def test_whatever_takes_the_focus_has_a_name_and_a_sentence(window):
    select(window, "hidden1:201")
    for part in window.root.findChildren(QWidget):
        if part.focusPolicy() != Qt.FocusPolicy.NoFocus and part is not window.question:
            assert part.accessibleName(), part
            assert part.toolTip() or part.accessibleDescription(), part.accessibleName()


# Names of beats, and the legend, in a small window.


def test_names_become_short_in_ways_that_can_be_told_apart():
    assert [short(name) for name in ("Hidden 2", "Block 1", "Output", "Max-pool 1")] == [
        "H2",
        "B1",
        "Output",
        "M1",
    ]
    assert [short(name, words=True) for name in ("Output", "Digit", "Answer")] == ["Out", "Digit", "Ans"]


@pytest.mark.parametrize("net", ["mlp", "vit-small", "cnn-draw", "own"])
@pytest.mark.parametrize("size", [(1024, 700), (1280, 800)])
def test_every_beat_has_its_name_in_a_small_window(qtbot, qapp, tmp_path, net, size):
    import numpy as np

    act = UseNet(net)
    if net == "own":
        maps = "conv 6 5x5 relu | pool 2 | conv 8 3x3 relu | pool 2"
        text = f"input 28x28 | {maps} | dense 40 tanh | dense 10 softmax"
        engine.save(engine.build(text, np.random.default_rng(0)), tmp_path / "own.npz")
        act = UseNet(None, tmp_path / "own.npz")
    window = opened(qtbot, tmp_path, act)
    window.resize(QSize(*size))
    settled(qtbot, window)
    track = window.timeline.track
    for beat in track.beats.beats:
        track.go(beat.at)
        named = track.names()
        boxes = [box for box, _, _ in named]
        assert all("…" not in text for _, text, _ in named)
        # The current name is whole: it may lie over the points of the next ones.
        (now,) = [box for box, _, current in named if current]
        under = [each for each in track.beats.beats if now.left() < track._x(each.at) - 18 < now.right()]
        assert len(named) >= len(track.beats.beats) - len(under)
        assert all(one.right() < other.left() for one, other in pairwise(boxes))
    edges = window.view._shown.edges
    end, key = edges.scene.seconds, edges.scene.words.key
    rows = edges._legend_rows(end)
    told = [text for row in rows for _, _, text in row]
    assert {key.warm, key.cool} <= set(told)
    assert any(text.startswith(("activation", "away from its usual")) for text in told)
    assert told[-1] in (key.drawn, f"{key.drawn.partition(' ')[0]} synapses drawn")
    assert all(sum(map(_entry_wide, row)) <= edges._legend_box(end).width() for row in rows)
    box = edges._legend_box(end)
    assert box.right() <= window.inspector.x()
    assert not box.toRect().adjusted(0, 0, 0, -8).intersects(window.timeline.geometry())
    window.close()


def test_the_legend_is_one_row_where_there_is_room(window):
    edges = window.view._shown.edges
    assert [len(edges._legend_rows(t)) for t in (3.0, edges.scene.seconds)] == [1, 1]


def test_a_digit_that_is_taken_by_a_click_is_no_drawing(tour, window):
    click(window.drawing.samples, 38 * 3 + 5, 5)
    assert tour.stop is STOPS[0]
    window.desk.undo()


def test_the_documents_links_to_the_house_are_there():
    readme = Path(LEARN).parents[1] / "README.md"
    assert "docs/learn.md" in readme.read_text(encoding="utf-8")


def test_a_press_on_a_hint_stays_with_it(tour, window):
    seen = []
    window.view.picked.connect(seen.append)
    QTest.mouseClick(window.helping.hint, LEFT, pos=QPoint(30, 30))
    assert seen == []
