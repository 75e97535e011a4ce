"""What passes between the window in a browser and the person's own machine: copies, files, several pages."""

import json

import numpy as np
import pytest
from live_pages import Page, asked, pointer
from live_windows import PATIENCE, refusals, settled, steps
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage
from scene_fixtures import trace

import data
from viz3d.live.web import files, handler
from viz3d.live.web.files import Dropped, plain_name
from viz3d.session.session import Session


@pytest.fixture
def window(served_window):
    return served_window


def brought(qtbot, server, name, content, **headers):
    given = {"Content_Type": "application/octet-stream"} | headers
    return asked(qtbot, server, "POST", f"/file?name={name}", content, **given)[0]


def png(tmp_path):
    """A file that holds a digit on paper."""
    digit = (trace("mlp").activation["input"].reshape(28, 28) * 255).astype("uint8")
    Image.fromarray(255 - digit).resize((280, 280)).save(tmp_path / "digit.png")
    return (tmp_path / "digit.png").read_bytes()


def test_what_is_copied_in_the_window_can_be_fetched(window, server, qtbot):
    page = Page(qtbot, server).settle()
    assert asked(qtbot, server, "GET", "/copied")[0] == 204
    window.writing.copy(window.writing.script)
    page.settle()
    assert page.copied == 1
    status, headers, text = asked(qtbot, server, "GET", "/copied")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert text.decode() == window.writing.script()
    QGuiApplication.clipboard().setImage(QImage(30, 20, QImage.Format.Format_RGB32))
    page.settle()
    assert page.copied == 2
    _, headers, picture = asked(qtbot, server, "GET", "/copied")
    assert headers["Content-Type"] == "image/png"
    assert (QImage.fromData(picture).width(), QImage.fromData(picture).height()) == (30, 20)


def test_a_picture_that_is_dropped_in_the_browser_is_read(window, server, qtbot, tmp_path):
    assert brought(qtbot, server, "my%20four.png", png(tmp_path)) == 204
    qtbot.waitUntil(lambda: len(window.desk.session.done) == 1, timeout=PATIENCE)
    settled(qtbot, window)
    [step] = steps(window)
    assert step.startswith("image ")
    assert "my four.png" in step


def test_a_script_outlives_a_picture_that_is_dropped_in_the_browser(window, server, qtbot, tmp_path):
    # Lost otherwise: the script names a file that goes with the window, and cannot be run again.
    assert brought(qtbot, server, "four.png", png(tmp_path)) == 204
    qtbot.waitUntil(lambda: len(window.desk.session.done) == 1, timeout=PATIENCE)
    settled(qtbot, window)
    lines, python = window.writing.script(), window.writing.python()
    assert "four.png" not in lines + python
    again = Session.play(lines.splitlines())
    assert np.array_equal(again.digit.image, window.desk.session.digit.image)
    assert np.array_equal(again.trace.probabilities, window.desk.session.trace.probabilities)


def test_a_network_that_is_dropped_in_the_browser_is_told_to_go_with_the_window(window, server, qtbot):
    assert brought(qtbot, server, "mine.npz", data.model_path("mlp").read_bytes()) == 204
    qtbot.waitUntil(lambda: len(window.desk.session.done) == 1, timeout=PATIENCE)
    settled(qtbot, window)
    window.writing.copy(window.writing.script)
    assert window.message.messages[-1].endswith(
        "mine.npz goes with the window: save the network, and name that"
    )


def test_ten_bad_files_are_ten_messages_and_change_nothing(window, server, qtbot):
    for k in range(10):
        assert brought(qtbot, server, f"bad{k}.{('png', 'npz')[k % 2]}", b"no such thing") == 204
    qtbot.waitUntil(lambda: "bad9" in str(refusals(window)), timeout=PATIENCE)
    assert steps(window) == []
    assert len(refusals(window)) == 10
    assert all(f"bad{k}" in told for k, told in enumerate(refusals(window)))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 403),
        ({"Content_Type": "image/png"}, 415),
        ({"Content_Length": str(files.MOST_FILE + 1)}, 413),
        ({"X_Page": "another"}, 409),
        ({"Origin": "http://viz3d.example"}, 403),
    ],
)
def test_a_file_that_may_not_come_in_is_refused(window, server, qtbot, headers, status):
    assert brought(qtbot, server, "x.png", b"abc", **headers) == status
    assert steps(window) == []


def test_a_name_says_nothing_of_where_a_file_goes(tmp_path):
    # Lost otherwise: a page could write outside the folder.
    for name, plain in [
        ("../../x.png", "x.png"),
        ("C:\\a\\b.npz", "b.npz"),
        ("..", "file"),
        ("", "file"),
        ("a\0b\n.png", "a_b_.png"),
        ("x" * 300 + ".png", "x" * 76 + ".png"),
    ]:
        assert plain_name(name) == plain
    dropped = Dropped(tmp_path)
    first, second = (dropped.take("../x.png", 3, lambda count, b=b: b[:count]) for b in (b"abc", b"xyz"))
    assert first != second
    assert first.parent.parent == second.parent.parent == tmp_path
    assert (first.read_bytes(), second.read_bytes()) == (b"abc", b"xyz")
    assert dropped.take("x.png", 3, lambda count: b"abc"[:count]) == first, "the same file again"
    assert dropped.take("cut.png", 9, lambda _: b"") is None


def test_of_too_many_files_the_oldest_go(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILES", 10)
    dropped = Dropped(tmp_path)
    kept = [dropped.take(f"{k}.png", 4, bytes) for k in range(4)]
    assert [file.exists() for file in kept] == [False, False, True, True]


def test_the_page_that_came_last_has_the_window_and_the_other_is_told(window, server, qtbot):
    first, second = (Page(qtbot, server, name) for name in ("one", "two"))
    assert first.begin().settle().number
    pad = window.drawing.pad
    deeds = [pointer(window, pad, 50, 50, "move"), pointer(window, pad, 50, 50, "down", held=1)]
    assert asked(qtbot, server, "POST", "/deeds", json.dumps(deeds), X_Page="one")[0] == 204
    second.begin()
    assert first.look() == 409
    assert asked(qtbot, server, "POST", "/deeds", "[]", X_Page="one")[0] == 409
    assert asked(qtbot, server, "GET", "/copied", X_Page="one")[0] == 409
    qtbot.waitUntil(lambda: server.relay.hands._held == 0, timeout=PATIENCE)
    second.settle()
    assert second.image.size() == window.size()
    first.begin()
    assert second.look() == 409
    first.number = 0
    assert first.settle().image.size() == window.size()


def test_a_page_that_waits_hears_at_once_that_the_window_went_elsewhere(window, server, qtbot, monkeypatch):
    page = Page(qtbot, server, "one").begin().settle()
    monkeypatch.setattr(handler, "_PATIENCE", PATIENCE)
    server.pictures.wanted.connect(lambda: server.holder.take("two") if page.number else None)
    assert page.look() == 409


def test_a_page_is_told_that_the_window_was_closed(window, server, qtbot):
    page = Page(qtbot, server).settle()
    server.pictures.wanted.connect(server.pictures.close)
    assert page.look() == 410
