"""What the window says for a while covers nothing that a person needs."""

import pytest
from live_windows import PATIENCE, pictured
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from scenes.lettering.fonts import extent
from viz3d.live.bars import CommandCard, MessageBar
from viz3d.live.widgets.asking.command_box import CommandBox
from viz3d.live.widgets.exporting.slips import ExportSlip, RecordingSlip
from viz3d.live.widgets.sheet import dress


@pytest.fixture
def window(pictured_window):
    return pictured_window


def test_a_message_of_one_line_is_shown_whole(window):
    # Lost otherwise: a long path breaks where its box has one line, and is cut.
    for length in range(30, 70):
        window.desk.said.emit("kept for train --data /home/somebody/" + "x" * length)
        window.message.layout().activate()
        text = window.message._text
        assert text.heightForWidth(text.width()) <= window.message.height() - 16


@pytest.mark.parametrize("size", [(960, 640), (1024, 700), (1440, 900), (2000, 1200)])
def test_a_message_covers_nothing_that_is_written(window, qtbot, size):
    # Lost otherwise: while it tells what was done, the headline cannot be read.
    window.resize(*size)
    qtbot.waitUntil(lambda: window.view._shown.scene.size == size)
    window.desk.said.emit("the layers are others now: the optimizer begins with a fresh state " * 2)
    told, edges = window.message.geometry(), window.view._shown.edges
    written = edges.taken(window.view._shown.scene.seconds, True)
    assert not [box for box in written if box.intersects(QRectF(told))]
    for panel in (window.drawing, window.timeline, window.inspector, window.top, window.viewing.corner):
        assert not panel.geometry().intersects(told)
    assert window.root.rect().contains(told)


def test_what_tells_of_an_export_stays_in_a_window_that_is_made_smaller(window, qtbot):
    # Lost otherwise: it stands below the window's foot, and nobody can cancel the film.
    slip = window.exporting.slip
    slip.begin("film.mp4")
    for size in ((1440, 900), (1024, 700)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: window.view._shown.scene.size == size)
        # The legend, and the corner over it, follow when the size is at rest.
        qtbot.waitUntil(lambda: bool(window.root.rect().contains(slip.geometry())), timeout=PATIENCE)
        assert slip.geometry().bottom() < window.viewing.corner.y()
        assert not slip.geometry().intersects(window.timeline.geometry())
    slip.hide()


def test_what_tells_of_a_recording_leaves_no_room_for_a_film_that_nobody_makes(window, qtbot):
    # Lost otherwise: in a small window it lies over the words of the bars.
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.view._shown.scene.size == (1024, 700))
    recording, film, corner = window.exporting.recording, window.exporting.slip, window.viewing.corner
    recording.toggle()

    def down() -> bool:
        return bool(0 < corner.y() - recording.slip.geometry().bottom() < 24)

    qtbot.waitUntil(down, timeout=PATIENCE)  # the corner follows when the size is at rest
    film.begin("film.mp4")
    assert not film.geometry().intersects(recording.slip.geometry())
    film.hide()
    assert down()
    recording.toggle()


@pytest.mark.parametrize("kind", ["commands", "message", "film", "recording"])
def test_words_of_the_scene_are_not_read_through_what_is_told_over_them(qtbot, qapp, kind):
    # Lost otherwise: the answer shines through what is wrong with a line.
    dress(qapp, "dark")
    makes = {
        "commands": lambda: CommandCard(CommandBox()),
        "message": MessageBar,
        "film": ExportSlip,
        "recording": RecordingSlip,
    }
    card = makes[kind]()
    qtbot.addWidget(card)
    card.resize(360, 140)
    seen = []
    for ground in (Qt.GlobalColor.black, Qt.GlobalColor.white):
        picture = QImage(card.size(), QImage.Format.Format_RGB32)
        picture.fill(ground)
        card.render(picture, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
        seen.append(picture.copy(card.rect().adjusted(16, 4, -16, -4)))
    assert seen[0] == seen[1]


def test_a_message_stays_until_somebody_was_at_the_window(window, qtbot):
    # Lost otherwise: whoever comes back to a film that took minutes does not learn that the disk was full.
    message, interval = window.message, window.message._timer.interval()
    message._timer.setInterval(1)
    window.desk.said.emit("cannot write film.mp4: the disk is full")
    qtbot.waitUntil(lambda: not message._timer.isActive())
    assert message.isVisible()
    QTest.mouseMove(window.view, window.view.rect().center())
    qtbot.waitUntil(message.isHidden)
    window.desk.said.emit("another")
    qtbot.waitUntil(lambda: not message._timer.isActive())
    QTest.keyClick(window, Qt.Key.Key_Shift)
    qtbot.waitUntil(message.isHidden)
    message._timer.setInterval(interval)
    # Who works by keys alone is there, too: the time of a message is not doubled.
    window.desk.said.emit("a third")
    QTest.keyClick(window, Qt.Key.Key_Shift)
    message._timer.timeout.emit()
    assert message.isHidden()


def test_what_holds_no_more_is_taken_away_and_what_was_said_before_it_is_not(window):
    # Lost otherwise: that a film is ready, with a word on strokes that were drawn meanwhile.
    message, text = window.message, window.message._text
    for words in ("film.mp4 is ready", "it is not read yet"):
        window.desk.said.emit(words)
    window.desk.outdated.emit("it is not read yet")
    assert message.isVisible()
    assert (text.text(), message._count.text()) == ("film.mp4 is ready", "")
    window.desk.outdated.emit("it is not read yet")
    assert message.isVisible()
    window.desk.outdated.emit("film.mp4 is ready")
    assert message.isHidden()


@pytest.mark.parametrize("size", [(960, 640), (1024, 700)])
def test_in_a_small_window_a_message_hides_no_name_and_no_number(window, size):
    # Lost otherwise: for eight seconds nobody can read what the layers are, nor how likely a digit is.
    window.resize(*size)
    picture = pictured(window)
    captions = picture.frame.captions
    assert len(captions) > 20
    for words in ("there is nothing to undo", "the optimizer begins with a fresh state " * 3):
        window.desk.said.emit(words)
        told = QRectF(window.message.geometry())
        hidden = [
            each.text
            for each, (left, top, right, bottom) in zip(captions, map(extent, captions), strict=True)
            if told.intersects(QRectF(left, top, right - left, bottom - top))
        ]
        # One as long as three lines may lie over a digit at the edge of a band.
        assert len(hidden) <= (len(words) > 60), hidden
        window.message.close_message()
