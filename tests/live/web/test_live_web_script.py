"""The page's own script, run by node where that is there, against the window: what a browser's page does."""

import json
import shutil
import subprocess
from contextlib import contextmanager

import pytest
from live_windows import PATIENCE, settled, steps
from project import WINDOWS
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication, QImage

from viz3d.live.web import handler

NODE = shutil.which("node") or shutil.which("nodejs")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not there")


class Browser:
    """A page that runs in node."""

    def __init__(self, qtbot, server, run):
        self._qtbot, self._server, self._run = qtbot, server, run

    def do(self, deed, **rest):
        """Have something done; what the page shows then."""
        self._run.stdin.write(json.dumps({"do": deed, **rest}) + "\n")
        self._run.stdin.flush()
        return json.loads(self._run.stdout.readline())

    def until(self, holds):
        """Wait until what the page shows is so."""
        self._qtbot.waitUntil(lambda: bool(holds(self.do("tell"))), timeout=PATIENCE)
        return self.do("tell")

    def point(self, window, widget, kind, x, y, held=0):
        place = widget.mapTo(window, QPoint(x, y))
        event = {"offsetX": place.x(), "offsetY": place.y(), "button": 0, "buttons": held, "detail": 1}
        return self.do("event", at="seen", name=kind, event=event)

    def finger(self, window, widget, kind, x, y, number=1, by="touch"):
        """A finger, or a "pen", on a page that shows the window as large as it is."""
        place = widget.mapTo(window, QPoint(round(x), round(y)))
        event = {"offsetX": place.x(), "offsetY": place.y(), "pointerId": number, "pointerType": by}
        return self.do("event", at="seen", name=f"pointer{kind}", event=event | {"timeStamp": 1000 * x})

    def key(self, name, pressed, **held):
        event = {"key": name, "code": name, **held}
        return self.do("event", at="window", name="keydown" if pressed else "keyup", event=event)


@contextmanager
def page(qtbot, server):
    words = [NODE, str(WINDOWS / "page_in_node.js"), server.url, *map(str, handler.SCRIPTS)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, **pipes) as run:
        browser = Browser(qtbot, server, run)
        # Until the window has the page's size a hand on the page is where it would be in one of that before.
        size = ["1200px", "800px"]
        browser.until(lambda shown: shown["drawn"] and not shown["words"] and shown["size"] == size)
        yield browser
        run.stdin.close()


def test_the_page_takes_the_browsers_size_and_draws_where_the_hand_draws(served, qtbot):
    window, server = served
    with page(qtbot, server) as browser:
        assert (window.width(), window.height()) == (1200, 800)
        pad = window.drawing.pad
        browser.point(window, pad, "mousemove", 110, 20)
        browser.point(window, pad, "mousedown", 110, 20, held=1)
        for y in range(30, 191, 10):
            browser.point(window, pad, "mousemove", 110 - y // 20, y, held=1)
        browser.point(window, pad, "mouseup", 101, 190)
        qtbot.waitUntil(lambda: steps(window) == ["a drawing"], timeout=PATIENCE)
        assert window.desk.session.trace.prediction == 1
        assert browser.until(lambda shown: shown["cursor"] == "crosshair")


def test_a_finger_draws_and_two_zoom_and_leave_no_dot(served, qtbot):
    # A browser makes a mouse of taps alone: on a touch screen nothing could be drawn, turned or dragged.
    window, server = served
    with page(qtbot, server) as browser:
        pad, view = window.drawing.pad, window.view
        assert browser.finger(window, pad, "down", 110, 20)["done"]  # else a mouse comes too
        for y in range(30, 191, 10):
            browser.finger(window, pad, "move", 110 - y // 20, y)
        browser.finger(window, pad, "up", 101, 190)
        qtbot.waitUntil(lambda: steps(window) == ["a drawing"], timeout=PATIENCE)
        assert window.desk.session.trace.prediction == 1
        before = view.camera.pose.distance
        browser.finger(window, view, "down", 500, 300)
        browser.finger(window, view, "down", 540, 300, number=2)
        for x in range(560, 701, 20):
            browser.finger(window, view, "move", x, 300, number=2)
        browser.finger(window, view, "up", 700, 300, number=2)
        browser.finger(window, view, "move", 520, 330)
        browser.finger(window, view, "up", 520, 330)
        qtbot.waitUntil(lambda: bool(view.camera.pose.distance < before / 3), timeout=PATIENCE)
        near = view.camera.pose.distance
        for number, x in enumerate((500, 540, 700)):
            browser.finger(window, view, "down", x, 300, number=number)
        browser.finger(window, view, "up", 500, 300, number=0)
        browser.finger(window, view, "move", 530, 300, number=1)
        browser.finger(window, view, "up", 530, 300, number=1)
        browser.finger(window, view, "up", 700, 300, number=2)
        browser.finger(window, pad, "down", 60, 60)
        browser.finger(window, pad, "move", 61, 61)  # as any does
        browser.finger(window, pad, "down", 90, 60, number=2)
        browser.finger(window, pad, "up", 60, 60)
        browser.finger(window, pad, "up", 90, 60, number=2)
        browser.finger(window, pad, "down", 160, 60)
        browser.finger(window, pad, "move", 162, 120)
        browser.finger(window, pad, "up", 162, 120)
        scale = 280 / pad.width()
        qtbot.waitUntil(lambda: bool(pad.picture()[round(90 * scale), round(161 * scale)]), timeout=PATIENCE)
        assert not pad.picture()[round(60 * scale), round(60 * scale)]
        assert near * 0.8 < view.camera.pose.distance < near, "of two that are left"


def test_a_finger_that_rests_on_the_page_opens_the_menu(served, qtbot):
    window, server = served
    QGuiApplication.styleHints().setMousePressAndHoldInterval(40)
    with page(qtbot, server) as browser:
        asked = []
        window.view.menu_asked.connect(lambda _on, place: asked.append(window.view.mapFromGlobal(place)))
        browser.finger(window, window.view, "down", 500, 300)
        qtbot.waitUntil(lambda: asked == [QPoint(500, 300)], timeout=PATIENCE)
        browser.finger(window, window.view, "up", 500, 300)


def test_the_hand_that_holds_a_pen_may_lie_on_the_screen(served, qtbot):
    # It ended the stroke, and zoomed.
    window, server = served
    with page(qtbot, server) as browser:
        pad = window.drawing.pad
        before = window.view.camera.pose
        browser.finger(window, pad, "down", 180, 200)
        browser.finger(window, pad, "down", 110, 20, number=2, by="pen")
        browser.finger(window, pad, "down", 200, 180, number=3)
        for y in range(30, 191, 10):
            browser.finger(window, pad, "move", 110 - y // 20, y, number=2, by="pen")
            browser.finger(window, pad, "move", 180, 200 + y % 3)
        browser.finger(window, pad, "up", 200, 180, number=3)
        browser.finger(window, pad, "up", 101, 190, number=2, by="pen")
        browser.finger(window, pad, "up", 180, 200)
        qtbot.waitUntil(lambda: steps(window) == ["a drawing"], timeout=PATIENCE)
        assert window.desk.session.trace.prediction == 1
        assert window.view.camera.pose == before


def test_a_page_without_room_for_the_window_shows_it_smaller_and_the_hand_stays_where_it_is(served, qtbot):
    # Its lower panels were cut off, and no way led there.
    window, server = served
    with page(qtbot, server) as browser:
        browser.do("resize", width=800, height=400)
        qtbot.waitUntil(lambda: bool((window.width(), window.height()) == (1280, 640)), timeout=PATIENCE)
        browser.until(lambda shown: shown["size"] == ["800px", "400px"])
        spot = window.drawing.pad.mapTo(window, QPoint(100, 100)) * 0.625
        event = {"offsetX": spot.x(), "offsetY": spot.y(), "button": 0, "buttons": 1, "detail": 1}
        browser.do("event", at="seen", name="mousedown", event=event)
        browser.do("event", at="seen", name="mousemove", event=event | {"offsetY": spot.y() + 30})
        browser.do("event", at="seen", name="mouseup", event=event | {"buttons": 0})
        qtbot.waitUntil(lambda: steps(window) == ["a drawing"], timeout=PATIENCE)
        across = round(100 / window.drawing.pad.width() * 280)
        assert window.drawing.pad.picture()[across + 10, across]


def test_keys_that_are_held_are_let_go_when_the_page_is_left(served, qtbot):
    window, server = served
    with page(qtbot, server) as browser:
        window.view.setFocus()
        assert browser.key("b", True)["done"]
        qtbot.waitUntil(lambda: bool(window.desk.comparing), timeout=PATIENCE)
        browser.do("event", at="window", name="blur", event={})
        qtbot.waitUntil(lambda: not window.desk.comparing, timeout=PATIENCE)
        # A paste comes as what is pasted.
        assert not browser.key("v", True, ctrlKey=True)["done"]


def test_what_is_copied_in_the_window_comes_to_the_browsers_clipboard(served, qtbot):
    window, server = served
    with page(qtbot, server) as browser:
        window.writing.copy(window.writing.script)
        shown = browser.until(lambda shown: shown["copied"])
        assert shown["copied"] == [["text", len(window.writing.script())]]
        assert browser.until(lambda shown: shown["words"])["words"][0] == "Copied to your clipboard"
        browser.do("forbid")
        QGuiApplication.clipboard().setImage(QImage(30, 20, QImage.Format.Format_RGB32))
        offered = ["Copied in the window, not yet to your clipboard", "Copy", "Save as a file"]
        browser.until(lambda shown: shown["words"] == offered)
        browser.do("press", choice=1)
        refused = ["This browser keeps its clipboard to itself", "Save as a file"]
        browser.until(lambda shown: shown["words"] == refused)


def test_a_file_that_is_dropped_on_the_page_is_opened_and_one_too_large_is_not_sent(served, qtbot):
    window, server = served
    with page(qtbot, server) as browser:
        dragged = {"at": "window", "event": {"relatedTarget": None}}
        for name, over in (("dragover", True), ("dragleave", False), ("dragover", True)):
            assert browser.do("event", name=name, **dragged)["over"] == over
        shown = browser.do("drop", name="bad.png", text="no picture")
        assert not shown["over"]
        qtbot.waitUntil(lambda: bool(window.message.messages), timeout=PATIENCE)
        assert "bad.png" in window.message.messages[-1]
        shown = browser.do("drop", name="big.npz", size=1 << 27)
        assert shown["words"] == ["big.npz is larger than 64 MiB: open it by the window's menu"]
    settled(qtbot, window)


def test_the_page_that_lost_the_window_says_so_and_can_have_it_back(served, qtbot):
    _, server = served
    with page(qtbot, server) as first, page(qtbot, server) as second:
        told = ["The window is used by another page of a browser now.", "Use it here"]
        assert first.until(lambda shown: shown["away"])["words"] == told
        drawn = first.do("tell")["drawn"]
        first.do("press", choice=1)
        first.until(lambda shown: not shown["away"] and not shown["words"] and shown["drawn"] > drawn)
        assert second.until(lambda shown: shown["away"])["words"] == told


def test_the_page_says_that_the_window_was_closed(served, qtbot):
    _, server = served
    with page(qtbot, server) as browser:
        server.pictures.close()
        assert browser.until(lambda shown: shown["away"])["words"] == ["The window was closed."]


def test_the_page_says_when_nobody_answers_and_goes_on_when_somebody_does(served, qtbot, monkeypatch):
    _, server = served
    with page(qtbot, server) as browser:
        monkeypatch.setattr(handler.Handler, "do_GET", lambda self: self._answer(500))
        server.pictures.wake()
        shown = browser.until(lambda shown: shown["away"])
        assert shown["words"][0].startswith("The window does not answer")
        monkeypatch.undo()
        browser.until(lambda shown: not shown["away"] and not shown["words"])
