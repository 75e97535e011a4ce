"""What a page in a browser asks of the live window, and what it shows, for tests."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from live_windows import PATIENCE, opened
from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from viz3d.live.web import handler
from viz3d.live.web.pictures import _STILL
from viz3d.live.web.server import served


@contextmanager
def window_served(qtbot, tmp_path):
    """In the block, a live window and what serves it."""
    window = opened(qtbot, tmp_path)
    QApplication.setCursorFlashTime(0)  # a cursor that blinks is news without end
    with served(window, 0, window.desk.said.emit) as server:
        yield window, server
    window.close()


def asked(qtbot, server, way, path, body=None, **headers):
    """Status, headers and body of an answer, while the window goes on; a header None is not sent."""
    given = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}

    def ask():
        line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE / 1000)
        line.request(way, path, body, {name: value for name, value in given.items() if value is not None})
        answer = line.getresponse()
        found = answer.status, answer.headers, answer.read()
        line.close()
        return found

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(ask)
        qtbot.waitUntil(lambda: bool(future.done()), timeout=PATIENCE)
        return future.result()


def done(qtbot, server, *deeds):
    """Have deeds done; those that a window waits with for something are then still to come."""
    status, _, _ = asked(qtbot, server, "POST", "/deeds", json.dumps(deeds))
    assert status == 204
    # The answer tells that they have come: a window that is not active yet does them some turns later.
    relay = server.relay
    qtbot.waitUntil(lambda: not relay._deeds or relay._held(), timeout=PATIENCE)


class Page:
    """What a page shows: a picture, put together of the parts that came."""

    def __init__(self, qtbot, server, name=""):
        self._qtbot, self._server, self._name = qtbot, server, name
        self.number, self.cursor, self.copied = 0, "", 0
        self.image, self.bytes = QImage(), []

    def begin(self):
        """Use the window from now on."""
        assert asked(self._qtbot, self._server, "POST", "/begin", "{}", X_Page=self._name)[0] == 204
        return self

    def look(self):
        """The status of an answer; what it brings is shown."""
        query = f"after={self.number}&cursor={self.cursor}&copied={self.copied}"
        found = asked(self._qtbot, self._server, "GET", f"/picture?{query}", X_Page=self._name)
        status, headers, body = found
        if status == 200:
            width, height, ratio = json.loads(headers["X-Size"])
            if self.image.size() != QSize(width, height):
                self.image = QImage(width, height, QImage.Format.Format_RGB32)
            self.ratio, self.parts = ratio, json.loads(headers["X-Parts"])
            for x, y, wide, high, length in self.parts:
                part, body = QImage.fromData(body[:length]), body[length:]
                assert part.size() == QSize(wide, high)
                with QPainter(self.image) as painter:
                    painter.drawImage(x, y, part)
            assert body == b""
            self.number, self.cursor = int(headers["X-Number"]), headers["X-Cursor"]
            self.copied = int(headers["X-Copied"])
            self.bytes.append(sum(part[4] for part in self.parts))
        return status

    def settle(self):
        """Look until nothing new comes, however slowly the window looks for it."""
        pictures = self._server.pictures
        with patience_of(0.2):
            while self.look() != 204 or pictures._changed or pictures._still <= _STILL:
                pass
        return self


@contextmanager
def patience_of(seconds):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handler, "_PATIENCE", seconds)
        yield


def shows(page, window):
    """Whether a page shows what the window has painted, but for what JPEG costs."""
    seen = page.image.convertToFormat(QImage.Format.Format_RGB32)
    there = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    first, second = (np.frombuffer(each.constBits(), np.uint8).astype(int) for each in (seen, there))
    return first.shape == second.shape and np.abs(first - second).mean() < 2


def pointer(window, widget, x, y, kind, button=0, held=0):
    place = widget.mapTo(window, QPoint(x, y))
    return {"do": kind, "x": place.x(), "y": place.y(), "button": button, "buttons": held}


def clicked(window, widget, x, y):
    return [
        pointer(window, widget, x, y, "move"),
        pointer(window, widget, x, y, "down", held=1),
        pointer(window, widget, x, y, "up"),
    ]


def pressed(*keys, **held):
    return [{"do": "key", "key": key, "pressed": on, **held} for key in keys for on in (True, False)]
