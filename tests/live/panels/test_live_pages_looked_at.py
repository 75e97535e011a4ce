"""Each page of the window at the smallest size people have: words whole, buttons in sight, nothing stale."""

import numpy as np
import pytest
from live_colours import contrast
from live_windows import opened, pictured, select, settled, shown
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot
from walk_checks import cut_words

from viz3d.live.view.overlay.lettering import Spot, card_box, tag_box
from viz3d.live.widgets.sheet import dress
from viz3d.live.widgets.style import CAPTION, look
from viz3d.session.acts.design import Design

OWN = "input 28x28 | dense 37 relu as thinking_hard | dense 12 tanh as x2 | dense 10 softmax"


@pytest.fixture(scope="module")
def low(request, qapp, tmp_path_factory):
    """A window of 1024 x 700, for all tests of the file."""
    window = opened(QtBot(request), tmp_path_factory.mktemp("low"))
    window.resize(1024, 700)
    yield window
    window.close()


def synapse(window):
    layer = window.desk.session.net.layers[1].name
    return f"input:14,14 -> {layer}:3"


def pages(window):
    """What opens each page, by its name."""
    first = window.desk.session.net.layers[1].name
    picks = ("", "input:10,10", f"{first}:7", "output:4", first, "input", "output", f"{first}:0-5")
    opens = {f"select {where}": lambda where=where: select(window, where) for where in picks}
    opens["synapse"] = lambda: select(window, synapse(window))
    for name in ("train", "code", "inspect"):
        opens[name] = lambda name=name: getattr(window.top, name).click()
    for what in ("film", "picture"):
        opens[what] = lambda what=what: window.exporting.open(what)
    opens["no export"] = window.exporting.panel.hide
    opens["architecture"] = lambda: window.training_sheets.show_layers(True)
    opens["no architecture"] = window.training_sheets.close
    return opens


def sideways(window):
    """Pages that are wider than their card: with a finger they would slip to the side."""
    pages = [each for each in window.findChildren(QScrollArea) if each.isVisible()]
    return [
        each.widget().width() - each.viewport().width()
        for each in pages
        if each.horizontalScrollBar().maximum()
    ]


@pytest.mark.parametrize("text", ["", OWN])
def test_no_words_are_cut_on_any_page_at_the_least_size(qtbot, low, text):
    if text:
        low.desk.do(Design.of(text))
        settled(qtbot, low)
    for name, deed in pages(low).items():
        deed()
        qtbot.wait(1)

        def all_fits(name=name):
            assert cut_words(low) == [], name
            assert sideways(low) == [], name

        qtbot.waitUntil(all_fits)  # it may take several turns until all is laid out
    if text:
        low.desk.undo()


def test_what_changes_a_neuron_is_in_sight_without_scrolling(qtbot, low):
    select(low, "hidden1:7")
    inspector = low.inspector
    for press in (inspector.change.silent, inspector.change.menu_button, inspector.steps._undo):
        qtbot.waitUntil(lambda press=press: press.visibleRegion().boundingRect().size() == press.size())
    low.resize(1440, 900)
    qtbot.waitUntil(lambda: not inspector.steps.isVisible())  # those of the list are in sight

    def height(part):
        return part.mapTo(low, QPoint(0, 0)).y()

    inspector.change.silent.click()
    for press, silent in (("_undo", False), ("_redo", True), ("_undo", False)):
        getattr(inspector.steps, press).click()
        assert inspector.change.silent.isChecked() == silent
    # In a high window the facts come first, as they are read.
    qtbot.waitUntil(lambda: height(low.inspector.change) > height(low.inspector.pushes))
    qtbot.waitUntil(lambda: not low.inspector.findChild(QScrollArea).verticalScrollBar().maximum())
    low.resize(1024, 700)


def test_the_answer_is_seen_whole_without_scrolling(qtbot, low):
    select(low, "")
    qtbot.waitUntil(lambda: not low.inspector.findChild(QScrollArea).verticalScrollBar().maximum())


def test_no_letters_are_smaller_than_a_caption(low):
    low.top.train.click()
    sizes = {part.font().pixelSize() for part in low.findChildren(QWidget) if part.isVisible()}
    axes = [
        chart.plot.getAxis(at)
        for chart in (low.training.page.panel.charts.loss,)
        for at in ("left", "bottom")
    ]
    sizes |= {axis.style["tickFont"].pixelSize() for axis in axes}
    assert min(size for size in sizes if size > 0) >= CAPTION
    low.top.inspect.click()


@pytest.mark.parametrize("leave", ["another act", "another page", "Esc", "keys elsewhere"])
def test_what_was_wrong_with_a_line_goes_with_the_line(qtbot, low, leave):
    line = low.command.line
    low.activateWindow()
    line.setFocus()
    qtbot.waitUntil(lambda: bool(line.hasFocus()))
    QTest.keyClicks(line, "ablate nowhere:1")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.property("wrong")
    if leave == "another act":
        select(low, "hidden1:3")
    elif leave == "another page":
        low.top.train.click()
        low.top.inspect.click()
    elif leave == "Esc":
        select(low, "hidden1:3")
        QTest.keyClicks(line, "ablate nowhere:1")
        QTest.keyClick(line, Qt.Key.Key_Return)
        QTest.keyClick(line, Qt.Key.Key_Escape)
        assert not line.text()
        assert low.desk.session.selection == "hidden1:3", "Esc leaves the line, not what is selected"
    else:
        low.drawing.samples.setFocus()
    assert not line.property("wrong")
    line.setText("")


@pytest.mark.parametrize("first", ["slip", "message"])
def test_a_message_stands_over_the_slip_of_an_export(qtbot, low, first):
    low.resize(1440, 900)
    said = "nothing was recorded: turn the net, or let it play, while it records"
    deeds = [lambda: low.exporting.slip.begin("a-film.mp4"), lambda: low.desk.said.emit(said)]
    for deed in deeds if first == "slip" else reversed(deeds):
        deed()
    slip, message = low.exporting.slip.geometry(), low.message.geometry()
    assert not QRect(message).intersects(slip)
    low.exporting.slip.hide()
    low.message.close_message()
    low.resize(1024, 700)


def test_a_sheet_that_opens_covers_no_message(qtbot, low):
    low.resize(1440, 900)
    low.desk.said.emit("training mlp: 1,690 neurons, 566,528 synapses, 567,434 parameters")
    low.top.train.click()
    low.training_sheets.show_layers(True)
    message = low.message.geometry()
    for at in (message.topLeft(), message.center(), message.bottomRight()):
        assert low.message.isAncestorOf(low.root.childAt(at)) or low.root.childAt(at) is low.message
    low.training_sheets.close()
    low.top.inspect.click()
    low.message.close_message()
    low.resize(1024, 700)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_titles_of_menus_and_steps_that_were_undone_can_be_read(qapp, tmp_path, theme):
    window = shown(tmp_path, theme=theme)
    window.desk.enter("ablate hidden1:3")
    window.desk.undo()
    undone = window.inspector.edits.list.item(1)
    assert undone.font().strikeOut()
    assert contrast(undone.foreground().color(), look().popup) >= 4.5
    assert f"QMenu::item:disabled {{ color: rgba({look().faint.red()}, " in qapp.styleSheet()
    assert contrast(look().faint, look().popup) >= 4.5
    window.close()
    dress(qapp, "dark")


def test_a_chart_of_losses_that_lie_close_together_has_numbers(qapp):
    from viz3d.live.widgets.training.line_chart import LineChart

    dress(qapp, "dark")
    chart = LineChart("Loss", "excite")
    for losses in ([2.30, 2.29, 2.27, 2.25], [2.3, 1.0, 0.4, 0.1], [0.5, 0.5]):
        chart.set_curve(range(len(losses)), losses, losses)
        low, high = chart.plot.getPlotItem().viewRange()[1]
        ticks = [at for at, _ in chart.plot.getAxis("left")._tickLevels[0]]
        assert sum(low <= tick <= high for tick in ticks) >= 2, losses
        assert low <= min(losses) <= max(losses) <= high
        assert (low <= 0) == (min(losses) < max(losses) / 2), "a curve that hardly moves is seen to move"


def test_the_line_for_changes_gives_way_to_the_facts_of_another_network(low):
    low.desk.enter("net vit-small")
    low.top._row.activate()
    box = low.command_card.geometry().adjusted(8, 0, -8, 0)
    assert low.top.facts.geometry().right() + 8 <= box.left()
    low.desk.undo()


def test_no_frame_is_drawn_around_the_scene_when_what_had_the_keys_is_hidden(qtbot, low):
    low.activateWindow()
    low.setFocus()  # whatever another test has left: a page that goes gives the keys back
    low.exporting.open("film")
    low.exporting.panel.pixels.setFocus()
    qtbot.waitUntil(lambda: bool(low.exporting.panel.pixels.hasFocus()))
    low.exporting.panel.hide()
    assert low.focusWidget() is low


def test_from_the_side_no_bar_lies_under_the_answer(qtbot, low):
    low.resize(1280, 720)
    settled(qtbot, low)
    low.viewing.see("side")
    qtbot.waitUntil(lambda: not low.view.camera.flying)
    picture = pictured(low)
    answer = low.view._shown.edges.taken(picture.frame.t, True)[2]
    quads = picture.scene.layout.bars.quads(np.ones(10, np.float32))
    places = picture.frame.camera.project(quads.reshape(-1, 3), picture.scene.size)
    assert not any(answer.contains(*place) for place in places.tolist())
    low.viewing.see("home")
    low.resize(1024, 700)


def test_the_address_of_what_is_selected_is_not_written_over_the_headline():
    at, bounds = Spot(100.0, 60.0, 7.0), QRectF(0, 0, 400, 300)
    headline = QRectF(0, 10, 200, 40)
    above, below = tag_box("hidden1:3", at, bounds), tag_box("hidden1:3", at, bounds, [headline])
    assert above.intersects(headline)
    assert not below.intersects(headline)
    assert bounds.contains(below)


def test_the_list_of_edits_shows_whole_lines_alone(qtbot, low):
    for k in range(4):
        low.desk.enter(f"ablate hidden1:{k}")
    select(low, "hidden1:7")
    shown = low.inspector.edits.list
    high = shown.sizeHintForRow(0)

    def whole():
        seen = shown.viewport().mask().boundingRect().height()
        return bool(seen == shown.viewport().height() // high * high > 0)

    qtbot.waitUntil(whole)
    low.desk.jump(0)


@pytest.mark.parametrize("place", [(300, 300), (2, 2), (598, 4), (3, 396), (598, 398)])
def test_the_card_of_a_neuron_never_lies_over_it(place):
    # Lost otherwise: at the edges of the scene the card hides what it tells of.
    bounds, at = QRectF(0, 0, 600, 400), Spot(*place, 9.0)
    box = card_box(140.0, at, bounds)
    assert bounds.contains(box)
    assert not box.intersects(QRectF(at.x - 6, at.y - 6, 12, 12))


def test_what_was_done_last_stays_in_sight_as_the_list_loses_room(qtbot, qapp, tmp_path):
    # Lost otherwise: the newest edits lie below what the list shows, and seem not to be done.
    window = opened(qtbot, tmp_path)
    window.resize(1024, 700)
    for k in range(9):
        window.desk.enter(f"ablate hidden1:{k}")
    shown = window.inspector.edits.list
    qtbot.waitUntil(lambda: shown.viewport().height() < 3 * shown.sizeHintForRow(0))
    last = shown.item(9)
    qtbot.waitUntil(lambda: shown.viewport().mask().contains(shown.visualItemRect(last).center()))
    window.close()


@pytest.mark.parametrize("size", [(1024, 700), (1280, 720)])
def test_each_layer_is_named_where_a_window_opens(qtbot, low, size):
    low.resize(*size)
    select(low, "")
    told = {caption.text for caption in pictured(low).frame.captions}
    assert {"Input", "Hidden 1", "Hidden 2", "Hidden 3", "Output"} <= told
    low.resize(1024, 700)


def test_beside_a_sheet_that_hides_the_scene_the_answer_is_told(qtbot, low):
    # Lost otherwise: who draws while the layers are open sees no answer, and an empty field beside the pad.
    select(low, "")
    assert low.strip.isHidden()
    low.top.layers.click()
    qtbot.waitUntil(low.strip.isVisible)
    others = low.drawing, low.timeline, low.inspector, low.sheets.layers.sheet
    assert not any(low.strip.geometry().intersects(other.geometry()) for other in others)
    assert low.strip._answer is low.answer.bars._answer
    low.top.layers.click()
    qtbot.waitUntil(low.strip.isHidden)
