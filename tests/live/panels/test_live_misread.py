"""The search for a misread image: beside the window, the newest one alone, and left at the end."""

from threading import Event, Thread

import pytest
from live_windows import PATIENCE

import data
import engine
from viz3d.live.work import misread as module
from viz3d.live.work.misread import MisreadFinder

NET = engine.load(data.model_path("mlp-sigmoid"))
DIGITS = data.load("digits", "test")


@pytest.fixture
def finder(qapp):
    finder = MisreadFinder()
    yield finder
    finder.close()


def test_the_next_misread_image_is_found_around_the_end(finder, qtbot):
    wrong = (NET.predict(DIGITS.images).argmax(axis=1) != DIGITS.labels).nonzero()[0]
    for begin, expected in ((0, wrong[0]), (int(wrong[0]) + 1, wrong[1]), (int(wrong[-1]) + 1, wrong[0])):
        with qtbot.waitSignal(finder.found, timeout=PATIENCE) as heard:
            finder.ask(NET, DIGITS, begin, "mine")
        found = heard.args[0]
        assert (found.place, found.stamp) == (expected, "mine")


class Gate:
    """Holds each look at images until it is let go, and counts them."""

    def __init__(self, monkeypatch):
        self.looked, self.open, self.count = Event(), Event(), 0
        monkeypatch.setattr(module, "_misread", self)

    def __call__(self, net, images, places):
        self.count += 1
        self.looked.set()
        assert self.open.wait(PATIENCE / 1000)
        return -1


def test_another_request_ends_a_search(finder, qtbot, monkeypatch):
    gate, heard = Gate(monkeypatch), []
    finder.found.connect(lambda found: heard.append(found.stamp))
    finder.ask(NET, DIGITS, 0, "first")
    assert gate.looked.wait(PATIENCE / 1000)
    finder.ask(NET, DIGITS, 0, "second")
    gate.open.set()
    qtbot.waitUntil(lambda: bool(heard), timeout=PATIENCE)
    assert heard == ["second"]
    assert gate.count == 1 + -(-len(DIGITS) // 200)


def test_to_close_ends_a_search(finder, monkeypatch):
    # Lost otherwise: a window that is closed stays until all images are read.
    gate = Gate(monkeypatch)
    finder.ask(NET, DIGITS, 0)
    assert gate.looked.wait(PATIENCE / 1000)
    closing = Thread(target=finder.close)
    closing.start()
    while not finder._closed:
        pass
    gate.open.set()
    closing.join()
    assert gate.count == 1
