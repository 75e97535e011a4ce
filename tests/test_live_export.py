"""Export from the live window: what is on screen becomes a file, while the window goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from live_hands import drag
from live_windows import PATIENCE, opened, select, settled, steps
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from scenes import Recording, stage_of
from viz3d.export.order import Order
from viz3d.live.widgets.exporting.export_panel import ExportChoice

LONG = 4 * PATIENCE  # a process is started, and draws behind all others
STROKE = ((110, 20), (108, 60), (106, 100), (104, 140), (102, 190))
SMALL = "160x90"


@pytest.fixture
def window(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    window = opened(qtbot, tmp_path)
    yield window
    window.close()


def choice(out, film=True, **changes):
    ending = Path(out).suffix
    plain = {
        "film": film,
        "ending": ending,
        "size": SMALL,
        "theme": "dark",
        "camera": "screen",
        "out": str(out),
    }
    return ExportChoice(**(plain | changes))


def ended(qtbot, window):
    qtbot.waitUntil(lambda: not window.exporting.exporter.busy, timeout=LONG)


def begun(qtbot, window, out):
    """Begin a long film, and wait until some of its pictures are done."""
    done = []
    window.exporting.exporter.progressed.connect(lambda number, _of: done.append(number))
    window.exporting.panel.wanted.emit(choice(out))
    qtbot.waitUntil(lambda: bool(done and done[-1] > 1), timeout=LONG)
    return window.exporting.exporter._process.processId()


def runs(process):
    """Whether a process runs still; one that has ended and that nobody has asked about does not."""
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def left_in(folder):
    return sorted(file.name for file in folder.rglob("*") if file.is_file() and file.name != "live.ini")


@pytest.mark.usefixtures("screen")
def test_a_still_is_what_was_on_screen_while_one_draws_on(window, qtbot, tmp_path):
    window.command.entered.emit("ablate hidden1:0-60")
    select(window, "hidden2:17")
    settled(qtbot, window)
    window.view.camera.turn(25, 10)
    wanted = choice(tmp_path / "four.png", film=False, theme="light")
    order = window.exporting.order(wanted)
    window.exporting.panel.wanted.emit(wanted)
    assert window.exporting.slip.isVisible()
    drag(window.drawing.pad, *STROKE)
    assert steps(window)[-1] == "a drawing"
    ended(qtbot, window)
    assert "four.png: " in window.message.messages[-1]
    assert not window.exporting.slip.isVisible()
    shot = order.shot()
    frame = shot.frame(shot.seconds)
    assert len(frame.ghosts) >= 1
    assert frame.focus.about == order.net.neuron("hidden2:17").numbers
    assert "hidden2:17" in {mark.text for mark in shot.scene.words.marks}
    assert frame.camera.azimuth == pytest.approx(order.camera.azimuth)
    with stage_of(shot, order.output.supersample) as stage:
        np.testing.assert_array_equal(np.asarray(Image.open("four.png")), stage.draw_at(shot.seconds))
    assert left_in(tmp_path) == ["four.png"]


def test_a_film_of_a_selected_synapse_lights_it(window, qtbot, tmp_path):
    # Lost otherwise: what is shown on screen is not in the film of it.
    where = "hidden1:201 -> hidden2:17"
    select(window, where)
    settled(qtbot, window)
    order = window.exporting.order(choice(tmp_path / "a.mp4"))
    ends = order.net.neuron("hidden1:201").numbers + order.net.neuron("hidden2:17").numbers
    shot = order.shot()
    frame = shot.frame(shot.seconds)
    assert frame.focus.about == ends
    assert len(frame.focus.source) == 1
    (mark,) = [mark for mark in shot.scene.words.marks if mark.text == where]
    assert mark.ends == tuple((end,) for end in ends)
    assert len(frame.rings) == 2


def test_a_film_of_a_selected_layer_frames_it(window, qtbot, tmp_path):
    # Lost otherwise: what is shown on screen is not in the film of it.
    select(window, "hidden2")
    settled(qtbot, window)
    order = window.exporting.order(choice(tmp_path / "a.mp4"))
    assert order.selected == "hidden2"
    assert order.shot().layer == "hidden2"


def test_a_film_stays_on_its_last_picture_and_has_subtitles_as_the_card_says(window, tmp_path):
    panel = window.exporting.panel
    window.exporting.open("film")
    panel.hold.setText("1,5")
    QTest.mouseClick(panel.subtitles, Qt.MouseButton.LeftButton)
    order = window.exporting.order(panel.choice)
    order.write(tmp_path)
    again = Order.read(tmp_path).output
    assert (again.hold, again.subtitles) == (order.output.hold, order.output.subtitles) == (1.5, True)
    panel.what.set_value("picture")
    panel._follow()
    assert not panel.hold.isEnabled()
    still = window.exporting.order(panel.choice)
    assert (still.output.hold, still.output.subtitles) == (0, False)
    panel.what.set_value("film")
    panel._follow()
    panel.hold.setText("soon")
    QTest.mouseClick(panel.start, Qt.MouseButton.LeftButton)
    assert "'soon' is no number of seconds" in panel.error.text()


@pytest.mark.usefixtures("screen")
def test_a_film_that_is_cancelled_leaves_no_file_and_no_process(window, qtbot, tmp_path):
    process = begun(qtbot, window, tmp_path / "long.mp4")
    window.exporting.panel.wanted.emit(choice(tmp_path / "other.mp4"))
    assert "another file is being made" in window.exporting.panel.error.text()
    QTest.mouseClick(window.exporting.slip.cancel, Qt.MouseButton.LeftButton)
    ended(qtbot, window)
    assert not runs(process)
    assert left_in(tmp_path) == []
    assert window.message.messages == []
    assert not window.exporting.slip.isVisible()


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_window_that_is_closed_ends_its_film(window, qtbot, qtlog, capfd, tmp_path):
    process = begun(qtbot, window, tmp_path / "long.gif")
    window.close()
    assert not runs(process)
    assert left_in(tmp_path) == []
    assert [record.message for record in qtlog.records] == []
    assert "arn" not in capfd.readouterr().err


@pytest.mark.usefixtures("screen")
def test_the_film_follows_a_recorded_camera(window, qtbot, tmp_path):
    recording, clock = window.exporting.recording, iter(np.arange(0.0, 90.0, 0.05))
    recording._clock = lambda: float(next(clock))
    window.timeline.track.go(4.0)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert recording.slip.isVisible()
    drag(window.view, (500, 300), (520, 300), (560, 310))
    window.timeline.track.go(5.0)
    seen = window.view.camera.pose
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert not recording.slip.isVisible()
    kept = recording.kept
    assert kept.seconds == pytest.approx(0.15)
    assert kept.at(0.0)[0] == 4.0
    assert kept.at(9.0) == (5.0, seen)
    window.exporting.panel.wanted.emit(choice(tmp_path / "frames", camera="recorded"))
    order = window.exporting.order(choice(tmp_path / "frames", camera="recorded"))
    shot = order.shot()
    ended(qtbot, window)
    files = left_in(tmp_path)
    assert len(files) == len(order.output.times) > 3
    with stage_of(shot, 2) as stage:
        for number, file in enumerate(files):
            picture = np.asarray(Image.open(tmp_path / "frames" / file))
            np.testing.assert_array_equal(picture, stage.draw_at(number / 30))
    assert shot.frame(0.0).camera.azimuth != shot.frame(0.15).camera.azimuth
    assert shot.frame(0.0).t == 4.0
    assert shot.frame(0.2).t == pytest.approx(5.0)
    # What is told follows the film's own time, and begins with what was going on.
    film, told = shot.scene.story(), shot.story()
    assert told[0] == (0.0, [text for at, text in film if at <= 4.0][-1])
    assert [text for _, text in told] == [text for at, text in film if told[0][1] == text or 4 < at <= 5]


def test_a_rest_of_the_hand_is_no_part_of_a_recording(window):
    recording, clock = window.exporting.recording, iter((0.0, 10.0, 10.05))
    recording._clock = lambda: next(clock)
    recording.toggle()
    window.view.camera.turn(5, 0)
    window.view.camera.turn(5, 0)
    recording.toggle()
    assert recording.kept.seconds == pytest.approx(0.45)
    recording._clock = lambda: 20.0
    recording.toggle()
    recording.toggle()
    assert recording.kept is None
    assert "nothing was recorded" in window.message.messages[-1]


def test_what_cannot_be_exported_is_told_on_the_card_and_nothing_begins(window, tmp_path):
    (tmp_path / "mine.mp4").write_bytes(b"mine")
    wrong = {
        "give WIDTHxHEIGHT": choice("a.mp4", size="large"),
        "too small": choice("a.mp4", size="10x10"),
        "lays the net out anew": choice("a.mp4", size="90x160"),
        "the endings are": choice("a.avi"),
        "a picture ends in .png": choice("a.png"),
        "no folder": choice(tmp_path / "gone" / "a.mp4"),
        "is there already": choice(tmp_path / "mine.mp4"),
        "name a file": choice(""),
    }
    for words, wanted in wrong.items():
        window.exporting.panel.wanted.emit(wanted)
        assert words in window.exporting.panel.error.text()
        assert not window.exporting.exporter.busy
    assert (tmp_path / "mine.mp4").read_bytes() == b"mine"


def test_the_card_names_a_new_file_whose_ending_is_that_of_its_kind(window, tmp_path):
    (tmp_path / "renders").mkdir()
    (tmp_path / "renders" / "mlp-4.mp4").touch()
    panel = window.exporting.panel
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert panel.isVisible()
    assert panel.choice.out == str(Path("renders/mlp-4-2.mp4"))
    QTest.mouseClick(panel.ending._buttons[".gif"], Qt.MouseButton.LeftButton)
    assert panel.choice.out.endswith("mlp-4-2.gif")
    QTest.mouseClick(panel.what._buttons["picture"], Qt.MouseButton.LeftButton)
    assert panel.choice.out.endswith("mlp-4-2.png")
    panel.set_file("a.webm")
    assert (panel.choice.film, panel.choice.ending) == (True, ".webm")
    assert not panel.camera._buttons["recorded"].isEnabled()
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()


@pytest.mark.usefixtures("screen")
def test_the_picture_on_screen_is_copied(window, qtbot):
    from viz3d.live.view.scene_view import SceneView

    window.exporting.copy_picture()
    assert "no picture yet" in window.message.messages[-1]
    view = SceneView()
    qtbot.addWidget(view)
    view.resize(560, 380)
    view.show()
    drawn = window.showing.drawn
    view.show_scene(drawn.scene, None, drawn.trace)
    qtbot.waitUntil(lambda: bool(view.picture and view.picture.wish is view._asked), timeout=PATIENCE)
    window.exporting._view = view
    window.exporting.copy_picture()
    view.close_painter()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (560, 336)
    assert image.pixelColor(280, 160) != image.pixelColor(1, 330)


def test_an_order_travels_whole_and_a_damaged_one_is_one_line(window, tmp_path):
    window.command.entered.emit("ablate hidden1:0-60")
    select(window, "hidden1:201")
    order = window.exporting.order(choice("a.mp4", camera="screen"))
    folder = tmp_path / "order"
    folder.mkdir()
    order.write(folder)
    again = Order.read(folder)
    assert again.output == order.output
    assert (again.camera, again.view, again.selected) == (order.camera, order.view, order.selected)
    np.testing.assert_array_equal(again.image, order.image)
    np.testing.assert_array_equal(again.before, order.before)
    one, other = order.net.trace(order.image), again.net.trace(again.image)
    assert all(np.array_equal(one.pre[name], other.pre[name]) for name in one.pre)
    (folder / "net.npz").write_bytes(b"nothing")
    line = [sys.executable, "-m", "viz3d.export.fulfil", str(folder)]
    # A stdin that is open: somebody waits.
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        told = process.stdout.read()
    assert told.count(b"\n") == 1
    assert told.startswith(b'{"error": "')
    assert not folder.exists()


def test_a_recording_travels_as_numbers_and_wrong_ones_are_refused():
    from scenes import Orbit, SceneError

    poses = tuple(Orbit((1.0, 2.0, float(k)), 90.0, 40.0 + k / 3, 17.0, 25.0) for k in range(3))
    path = Recording(np.array([0.0, 0.1, 0.3]), np.array([2.0, 2.1, 2.1]), poses)
    again = Recording.of(path.as_array())
    assert again.poses == poses
    for t in (-1.0, 0.05, 0.2, 9.0):
        assert again.at(t) == path.at(t)
    for wrong in (np.zeros((2, 8)), np.zeros((0, 9)), np.zeros((2, 9)), path.as_array() * np.nan):
        with pytest.raises(SceneError, match="record anew"):
            Recording.of(wrong)


@pytest.mark.usefixtures("screen")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing kills so hard")
@pytest.mark.slow
def test_a_film_dies_with_a_window_that_is_killed(window, tmp_path):
    order = window.exporting.order(choice(tmp_path / "long.mp4"))
    folder = tmp_path / "order"
    folder.mkdir()
    order.write(folder)
    script = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "viz3d.export.fulfil", sys.argv[1]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
child.wait()
"""
    line = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        told = (json.loads(line) for line in parent.stdout)
        assert any(words.get("done", 0) > 1 for words in told)
        parent.kill()
        # The pipe is closed when the last process that holds it has gone.
        parent.stdout.read()
    assert not runs(child)
    assert left_in(tmp_path) == []
    assert not folder.exists()


def test_an_order_that_is_cancelled_at_once_is_not_begun_in_the_next_ones_place(window, qtbot, monkeypatch):
    exporter, begun = window.exporting.exporter, []
    monkeypatch.setattr(
        "viz3d.live.work.exporter.QProcess.start", lambda _of, _program, line: begun.append(line)
    )
    first = window.exporting.order(choice("first.mp4"))
    second = window.exporting.order(choice("second.mp4"))
    exporter.export(first)
    exporter.cancel()
    assert not exporter.busy
    exporter.export(second)
    exporter._written.emit("written late", first)
    qtbot.waitUntil(lambda: bool(begun), timeout=PATIENCE)
    assert [Order.read(Path(line[-1])).output.out for line in begun] == ["second.mp4"]
    window.close()
    assert not Path(begun[0][-1]).exists()
