"""The window in a browser: what it shows goes out, a hand comes in, and nobody else does."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from inherited_signals import inherited
from live_pages import Page, asked, clicked, done, pointer, pressed, shows
from live_windows import PATIENCE, settled, steps
from run_viz3d import viz3d_here

from viz3d.command.errors import UserError
from viz3d.live.web.handler import MOST_BYTES, MOST_DEEDS
from viz3d.live.web.server import served


@pytest.fixture
def window(served_window):
    return served_window


def test_a_stroke_in_the_browser_changes_the_answer_and_the_picture(window, server, qtbot):
    page = Page(qtbot, server).settle()
    assert page.image.size() == window.size()
    assert shows(page, window)
    before = page.image.copy()
    pad = window.drawing.pad
    stroke = [pointer(window, pad, 110, 20, "move"), pointer(window, pad, 110, 20, "down", held=1)]
    stroke += [pointer(window, pad, 110 - y // 20, y, "move", held=1) for y in range(20, 191, 10)]
    done(qtbot, server, *stroke, pointer(window, pad, 101, 190, "up"))
    assert steps(window) == ["a drawing"]
    assert window.desk.session.trace.prediction == 1
    settled(qtbot, window)
    page.settle()
    assert page.image != before
    assert shows(page, window)


def test_keys_are_shortcuts_and_letters_and_what_is_pasted_is_text(window, server, qtbot):
    line = window.command.line
    done(qtbot, server, *clicked(window, line, 40, 10))
    done(qtbot, server, {"do": "text", "text": "ablate hid"}, *pressed(*"den1:17"), *pressed("Enter"))
    assert steps(window) == ["ablate hidden1:17"]
    settled(qtbot, window)
    window.view.setFocus()
    done(qtbot, server, *pressed("z", ctrl=True))
    assert steps(window) == []


def test_what_a_hand_does_while_a_step_is_waited_for_comes_after_it(window, server, qtbot):
    # Lost otherwise: an undo amid another one takes back what nobody asked for.
    window.command.entered.emit("ablate hidden1:17")
    window.view.setFocus()
    window.training.page.holding = True
    done(qtbot, server, *pressed("z", ctrl=True))
    qtbot.wait(1)
    assert steps(window) == ["ablate hidden1:17"]
    window.training.page.holding = False
    qtbot.waitUntil(lambda: steps(window) == [], timeout=PATIENCE)


def test_a_wheel_zooms_a_menu_opens_and_is_shown_and_a_size_is_taken(window, server, qtbot):
    pose = window.view.camera.pose
    spot = pointer(window, window.view, 500, 300, "move")
    done(qtbot, server, spot | {"do": "wheel", "dx": 0, "dy": -300})
    qtbot.waitUntil(lambda: bool(window.view.camera.pose.distance < pose.distance), timeout=PATIENCE)
    page = Page(qtbot, server).settle()
    before = page.image.copy()
    held = {"button": 2, "buttons": 2}
    done(qtbot, server, spot | {"do": "down"} | held, spot | {"do": "up"} | held | {"buttons": 0})
    page.settle()
    place = spot["x"] + 20, spot["y"] + 20
    assert before.pixel(*place) != page.image.pixel(*place)
    done(qtbot, server, *pressed("Escape"), {"do": "size", "width": 1100, "height": 700})
    assert (window.width(), window.height()) == (1100, 700)
    done(qtbot, server, {"do": "size", "width": 10, "height": 99999})
    assert (window.width(), window.height()) == (960, 2160)


@pytest.mark.parametrize(
    ("way", "path", "changed", "status"),
    [
        ("GET", "/picture", {"Authorization": None}, 403),
        ("GET", "/picture", {"Authorization": "Bearer wrong"}, 403),
        ("GET", "/", {}, 403),
        ("GET", "/?token=wrong", {}, 403),
        ("POST", "/deeds", {"Authorization": "Bearer ä"}, 403),
        ("GET", "/picture", {"Host": "viz3d.example"}, 421),
        ("GET", "/picture", {"Host": "viz3d.example:{port}"}, 421),
        ("GET", "/picture", {"Host": "127.0.0.1:1"}, 421),
        ("POST", "/deeds", {"Origin": "http://viz3d.example"}, 403),
        ("POST", "/deeds", {"Origin": "null"}, 403),
        ("GET", "/page.html", {}, 404),
        ("GET", "/../server.py", {}, 404),
        ("POST", "/picture", {}, 404),
        ("POST", "/deeds", {"Content-Type": "text/plain"}, 415),
        ("PUT", "/deeds", {}, 501),
    ],
)
def test_who_has_no_token_or_comes_by_another_name_is_refused(
    window, server, qtbot, way, path, changed, status
):
    # Lost otherwise: any page of the web, or any person on this machine, could use the window.
    port = server.server_port
    changed = {name.replace("-", "_"): text and text.format(port=port) for name, text in changed.items()}
    body = json.dumps([{"do": "size", "width": 1200, "height": 800}]) if way != "GET" else None
    found, _, answer = asked(qtbot, server, way, path, body, **changed)
    assert found == status
    assert server.token.encode() not in answer
    assert (b"open the whole address" in answer) == (path in ("/", "/?token=wrong")), "no blank page"
    assert window.width() != 1200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("{}", 400),
        ("[1]", 400),
        ("[" * 50_000, 400),
        (json.dumps([{"do": "text", "text": ""}] * (MOST_DEEDS + 1)), 400),
        (" " * (MOST_BYTES + 1), 413),
    ],
)
def test_what_is_too_much_or_no_list_of_deeds_is_refused(window, server, qtbot, body, status):
    assert asked(qtbot, server, "POST", "/deeds", body)[0] == status
    assert window.message.messages == []


@pytest.mark.parametrize(
    "deed",
    [
        {},
        {"do": "fly"},
        {"do": ["down"]},
        {"do": "down", "x": "1", "y": 1, "button": 0, "buttons": 1},
        {"do": "down", "x": 1, "y": 1, "button": -1, "buttons": 1},
        {"do": "move", "x": float("nan"), "y": 1, "buttons": 0},
        {"do": "finger", "x": 1, "y": 1, "number": 1, "phase": "fly"},
        {"do": "finger", "x": 1, "y": 1, "number": "1", "phase": "down"},
        {"do": "wheel", "x": 1, "y": 1, "dx": 0, "dy": 1e300},
        {"do": "key", "key": 7, "pressed": True},
        {"do": "text", "text": "x" * 5000},
        {"do": "size", "width": None, "height": 3},
    ],
)
def test_what_is_no_deed_is_told_and_does_nothing(window, server, qtbot, deed):
    done(qtbot, server, deed, {"do": "size", "width": 1200, "height": 800})
    assert "the browser sent what is no deed of a hand" in window.message.messages[-1]
    assert window.width() != 1200


def test_the_page_holds_no_token_and_may_load_nothing_from_elsewhere(window, server, qtbot):
    parts = urlsplit(server.url)
    status, headers, page = asked(qtbot, server, "GET", f"{parts.path}?{parts.query}", Authorization=None)
    assert status == 200
    assert server.token.encode() not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"http://" not in page
    assert b"https://" not in page


def test_it_listens_on_this_machine_alone_until_it_ends(window, qtbot):
    with served(window, 0, window.desk.said.emit) as server:
        assert server.server_address[0] == "127.0.0.1"
        port = server.server_port
        again = served(window, port, window.desk.said.emit)
        with pytest.raises(UserError, match=f"--port {port} cannot be listened on"):
            again.__enter__()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE / 1000)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--port", "8000"], "--port is for --web: add it, or leave it out"),
        (["--web", "--port", "80"], "--port 80 is out of range: give 1024 to 65535"),
    ],
)
def test_a_port_that_makes_no_sense_is_refused_in_one_line(tmp_path, words, says):
    done = viz3d_here("viz3d.live", *words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"error: {says}\n"


def test_the_command_prints_one_address_and_ends_cleanly_with_ctrl_c(tmp_path):
    words = ["-m", "viz3d.live", "--web", "--data", "digits", "--preset", "mlp-sigmoid"]
    unseen = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "QT_QPA_PLATFORM")}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with inherited():
        run = subprocess.Popen([sys.executable, *words], env=unseen | home, **pipes)
    with run:
        told, _, url = run.stdout.readline().rpartition(" ")
        assert told == "the window is at"
        parts = urlsplit(url.strip())
        line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE / 1000)
        line.request("GET", f"{parts.path}?{parts.query}")
        assert line.getresponse().status == 200
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE / 1000)
    assert (run.returncode, out) == (130, "")
    assert "Traceback" not in err
