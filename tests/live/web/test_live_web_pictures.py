"""Pictures of the window in a browser: what changed alone, in haste and then well, as fine as its screen."""

import subprocess
import sys

import numpy as np
import pytest
from live_pages import Page, clicked, done, pointer, pressed, shows
from live_windows import PATIENCE, settled, steps
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from viz3d.live.web import pictures as web_pictures
from viz3d.live.web.tiles import TILE, all_tiles, changed_tiles, rectangles


@pytest.fixture
def window(served_window):
    return served_window


def test_a_letter_that_is_typed_sends_a_small_part_of_the_picture(window, server, qtbot):
    page = Page(qtbot, server)
    window.playing.to_end()
    settled(qtbot, window)
    page.settle()
    whole = page.bytes[0]
    done(qtbot, server, *clicked(window, window.command.line, 40, 10))
    page.settle()
    page.bytes.clear()
    done(qtbot, server, *pressed("a"))
    page.settle()
    assert 0 < max(page.bytes) < whole / 5
    assert shows(page, window)


def test_what_is_sent_in_haste_is_sent_well_when_nothing_moves(window, server, qtbot, monkeypatch):
    # Lost otherwise: small text stays blurred after the last move.
    page = Page(qtbot, server).settle()
    page.bytes.clear()
    with monkeypatch.context() as patch:
        patch.setattr(web_pictures, "_STILL", 10**6)  # a busy machine sends it well before that
        window.answer.setVisible(not window.answer.isVisible())
        page.settle()
    hasty = max(page.bytes)
    assert page.look() == 200
    assert page.bytes[-1] > hasty
    assert shows(page, window)


def test_a_page_that_missed_pictures_is_sent_all(window, server, qtbot):
    page = Page(qtbot, server).settle()
    page.number = 10**6
    assert page.look() == 200
    assert [part[:4] for part in page.parts] == [[0, 0, window.width(), window.height()]]


def test_the_pointers_shape_is_told(window, server, qtbot):
    page = Page(qtbot, server).settle()
    done(qtbot, server, pointer(window, window.drawing.pad, 60, 60, "move"))
    qtbot.waitUntil(lambda: server.relay.hands.cursor() == "crosshair", timeout=PATIENCE)
    page.settle()
    assert page.cursor == "crosshair"
    done(qtbot, server, pointer(window, window.command.line, 40, 10, "move"))
    page.settle()
    assert page.cursor == "text"


def test_keys_and_buttons_are_let_go_when_the_browser_has_gone(window, server, qtbot):
    # Lost otherwise: the window compares, or draws, until somebody comes again.
    window.view.setFocus()
    done(qtbot, server, {"do": "key", "key": "b", "pressed": True})
    pad = window.drawing.pad
    done(qtbot, server, pointer(window, pad, 50, 50, "move"), pointer(window, pad, 50, 50, "down", held=1))
    done(qtbot, server, pointer(window, pad, 90, 90, "move", held=1))
    assert window.desk.comparing
    server.pictures.left.emit()
    assert not window.desk.comparing
    done(qtbot, server, pointer(window, pad, 150, 150, "move", held=0))
    assert server.relay.hands._held == 0
    assert len(steps(window)) == 1


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (65, 130), (1440, 900)])
def test_rectangles_hold_the_tiles_that_changed_and_no_others(size):
    rng = np.random.default_rng(7)
    whole = QSize(*size)
    assert [box.size() for box in rectangles(all_tiles(whole), whole)] == [whole]
    for share in (0.0, 0.02, 0.3):
        mask = rng.random(all_tiles(whole).shape) < share
        boxes = rectangles(mask, whole)
        told = np.zeros_like(mask, dtype=int)
        for box in boxes:
            told[
                box.top() // TILE : box.bottom() // TILE + 1, box.left() // TILE : box.right() // TILE + 1
            ] += 1
        assert told.max(initial=0) <= 1
        assert np.all(told[mask] == 1)
        assert len(boxes) == 1 or np.array_equal(told > 0, mask)


def test_one_pixel_changes_one_tile():
    before = QImage(200, 130, QImage.Format.Format_RGB32)
    before.fill(0)
    after = before.copy()
    after.setPixel(199, 129, 1)
    found = changed_tiles(before, after)
    assert found.shape == (3, 4)
    assert np.argwhere(found).tolist() == [[2, 3]]
    assert changed_tiles(QImage(), after).all()


FINE = """
import os, sys
from viz3d.live.command import _UNSEEN
os.environ["QT_QPA_PLATFORM"] = _UNSEEN
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QLabel
from viz3d.live.web.hands import Hands
from viz3d.live.web.pictures import Pictures
app = QApplication([])
window = QLabel("text")
window.show()
hands = Hands(window)
pictures = Pictures(window, hands.cursor)
for ratio in (1, 2, 1.4, 1):
    hands.do({"do": "size", "width": 1100, "height": 700, "ratio": ratio})
    pause = QEventLoop(); QTimer.singleShot(300, pause.quit); pause.exec()
    image = pictures._seen([])
    print(window.width(), window.height(), image.width(), image.height(), image.devicePixelRatio())
hands.do({"do": "size", "width": 9999, "height": 9999, "ratio": 2})
print(window.width(), window.height())
"""


def test_the_picture_is_as_fine_as_the_browsers_screen():
    run = subprocess.run(
        [sys.executable, "-c", FINE], check=False, capture_output=True, text=True, timeout=PATIENCE / 1000
    )
    assert run.stdout.splitlines() == [
        "1100 700 1100 700 1.0",
        "1100 700 2200 1400 2.0",
        "1100 700 1650 1050 1.5",
        "1100 700 1100 700 1.0",
        "1920 1080",
    ], run.stderr
