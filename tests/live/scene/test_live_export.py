"""Export from the live window: what is on screen becomes a file, while the window goes on."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
from live_exports import STROKE, begun, choice, ended, left_in, runs
from live_hands import drag
from live_windows import PATIENCE, select, settled, steps
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from scenes import stage_of


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


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
    # Of a size that has room for the synapse's name: without one there are no rings.
    order = window.exporting.order(choice(tmp_path / "a.mp4", size="1280x720"))
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


@pytest.mark.usefixtures("screen")
def test_a_film_that_is_cancelled_leaves_what_was_there_and_no_process(window, qtbot, tmp_path):
    (tmp_path / "long.mp4").write_bytes(b"an earlier film")
    window.exporting._agreed = str(tmp_path / "long.mp4")
    process = begun(qtbot, window, tmp_path / "long.mp4")
    window.exporting.panel.wanted.emit(choice(tmp_path / "other.mp4"))
    assert "another file is being made" in window.exporting.panel.error.text()
    QTest.mouseClick(window.exporting.slip.cancel, Qt.MouseButton.LeftButton)
    ended(qtbot, window)
    assert not runs(process)
    assert left_in(tmp_path) == ["long.mp4"]
    assert (tmp_path / "long.mp4").read_bytes() == b"an earlier film"
    assert window.message.messages == [f"{tmp_path / 'long.mp4'}: cancelled, what was there before stays"]
    window.exporting.exporter.cancelled.emit("new.mp4")
    assert window.message.messages[-1] == "new.mp4: cancelled, no file was made"
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
    assert window.exporting.panel.camera.value == "recorded"  # which is what it was recorded for
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
    qtbot.waitUntil(lambda: bool(view.picture and view.picture.request is view._asked), timeout=PATIENCE)
    window.exporting._view = view
    window.exporting.copy_picture()
    view.close_painter()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (560, 336)
    assert image.pixelColor(280, 160) != image.pixelColor(1, 330)


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
line = [sys.executable, "-m", "viz3d.export.from_order", sys.argv[1]]
child = subprocess.Popen(line, stdin=subprocess.PIPE)
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


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands for the process")
def test_closing_waits_for_no_process_that_has_begun_nothing(window, qtbot, tmp_path, monkeypatch):
    # Lost otherwise: on a busy machine the window is shut for 25 seconds, in which the process only imports.
    slow, late = tmp_path / "python", tmp_path / "late"
    slow.write_text(f"#!/bin/sh\nsleep 20\ntouch {late}\n")
    slow.chmod(0o755)
    monkeypatch.setattr("viz3d.live.work.exporter.sys.executable", str(slow))
    window.exporting.panel.wanted.emit(choice(tmp_path / "a.mp4"))
    exporter = window.exporting.exporter
    qtbot.waitUntil(lambda: bool(exporter._process and exporter._process.processId()), timeout=PATIENCE)
    window.close()
    assert not late.exists()
