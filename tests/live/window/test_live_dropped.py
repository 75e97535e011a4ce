"""Files that are let go of over the window: networks, pictures, sessions, and what is none of these."""

import itertools
import json
import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from live_windows import PATIENCE, drop, settled, steps
from PIL import Image, ImageDraw
from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

import data
import engine
from viz3d.live.control.keeping import opening
from viz3d.live.training import runs
from viz3d.live.work.training.run import TrainingRun
from viz3d.session.acts.change import Mutate


def nielsen(path: Path) -> Path:
    """A network as the program of Nielsen's book saves it: 784, 12 and 10 neurons, sigmoid."""
    rng = np.random.default_rng(0)
    sizes = (784, 12, 10)
    layers = {
        "sizes": list(sizes),
        "weights": [rng.normal(0, 0.1, (b, a)).tolist() for a, b in itertools.pairwise(sizes)],
        "biases": [rng.normal(0, 0.1, (b, 1)).tolist() for b in sizes[1:]],
        "cost": "CrossEntropyCost",
    }
    path.write_text(json.dumps(layers))
    return path


@pytest.mark.parametrize("name", ["theirs.json", "no ending"])
def test_a_network_of_another_system_is_imported_beside_the_window(
    window, qtbot, tmp_path, monkeypatch, name
):
    # Lost otherwise: it is refused as "not an image", though every command takes it.
    before, seen, line = window.desk.session.net, [], window.command
    show = line.show_work
    monkeypatch.setattr(line, "show_work", lambda *told: (show(*told), seen.append(line._work.isVisible())))
    drop(window, nielsen(tmp_path / name))
    qtbot.waitUntil(lambda: window.desk.session.net is not before, timeout=PATIENCE)
    assert seen[0], "what its file leaves open is tried out, which takes long: that is told"
    named = window.top.networks.text(), window.training.page.panel._title.text(), window.windowTitle()
    assert named == (name, name, f"{name} – viz3d"), "everywhere as the person knows it"
    assert not seen[-1]
    settled(qtbot, window)
    assert [layer.size for layer in window.desk.session.net.layers] == [784, 12, 10]
    assert any("right" in told for told in window.message.messages), "it is told how it reads"
    assert window.desk.session.script()[-1] == f"model {tmp_path / name}"
    window.desk.undo()
    assert window.desk.session.net is before


def test_files_that_are_nothing_of_use_bring_a_line_each_and_change_nothing(window, qtbot, tmp_path):
    for name in ("empty.png", "empty.npz", "empty.viz3d"):
        (tmp_path / name).touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.txt").write_text("hello\n")
    (tmp_path / "other.json").write_text('{"a": 1}')
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (tmp_path / "cut.npz").write_bytes(data.model_path("mlp").read_bytes()[:500])
    Image.new("L", (30, 30), 255).save(tmp_path / "blank.png")
    (tmp_path / "damaged.onnx").write_bytes(b"\xff\x00" * 40)
    bad = [file for file in sorted(tmp_path.iterdir()) if file.suffix not in (".ini", ".viz3d")]
    bad += [tmp_path / "gone.png", tmp_path / "gone.npz"]
    before, lines = window.desk.session.state, []
    window.desk.said.connect(lambda line: lines.append(line) if "is being read" not in line else None)
    drop(window, *bad)
    # What may be a network is read beside the window.
    qtbot.waitUntil(lambda: len(lines) == len(bad), timeout=PATIENCE)
    drop(window, tmp_path / "empty.viz3d")
    qtbot.waitUntil(lambda: "empty.viz3d is no session" in lines[-1], timeout=PATIENCE)
    assert len(lines) == 12
    assert any("damaged.onnx: it is damaged" in line for line in lines), "nobody meant it as a picture"
    assert not any(line.startswith("--") for line in lines), "no option of a command: nobody gave one here"
    assert all(sum(file.name in line for line in lines) == 1 for file in bad)
    assert not any("\n" in line for line in lines)
    assert window.desk.session.state is before


def test_of_several_files_each_is_opened_and_of_the_web_it_is_told_what_to_do(window, qtbot, tmp_path):
    engine.save(engine.load(data.model_path("mlp-sigmoid")), tmp_path / "mine.npz")
    picture = np.full((60, 60), 255, np.uint8)
    picture[12:48, 28:33] = 0
    Image.fromarray(picture).save(tmp_path / "one.png")
    drop(window, tmp_path / "mine.npz", tmp_path / "one.png")
    qtbot.waitUntil(lambda: window.desk.session.digit.source == "one.png", timeout=PATIENCE)
    settled(qtbot, window)
    assert window.desk.session.net.name == "mlp-sigmoid"
    assert window.desk.session.digit.source == "one.png"
    drop(window, QUrl("https://example.org/four.png"))
    assert (
        window.message.messages[-1]
        == "https://example.org/four.png is no file on this machine: save it first"
    )
    nothing = QMimeData()
    nothing.setData("text/uri-list", b"")  # its program has ended
    drop(window, brought=nothing)
    assert window.message.messages[-1].startswith("what was dropped did not come")


def no_digit(path):
    """A house."""
    page = Image.new("L", (200, 200), 255)
    draw = ImageDraw.Draw(page)
    for box in ([50, 90, 150, 160], [90, 120, 112, 160]):
        draw.rectangle(box, outline=0, width=6)
    draw.line([40, 95, 100, 35, 160, 95], fill=0, width=6)
    page.save(path)
    return path


def test_a_digit_that_seems_crossed_out_or_none_is_shown_and_that_is_told(window, qtbot, tmp_path):
    # Lost otherwise: it is answered for without a word, or refused with an option that no window has.
    page = Image.new("L", (200, 200), 255)
    draw = ImageDraw.Draw(page)
    draw.line([70, 60, 130, 60, 95, 150], fill=0, width=9)
    draw.line([55, 50, 145, 160], fill=0, width=9)
    draw.line([145, 50, 55, 160], fill=0, width=9)
    page.save(tmp_path / "struck.png")
    drop(window, tmp_path / "struck.png")
    qtbot.waitUntil(lambda: window.desk.session.digit.source == "struck.png", timeout=PATIENCE)
    settled(qtbot, window)
    told = "struck.png: the digit in it seems crossed out, and is read all the same"
    assert told in window.message.messages
    assert window.desk.session.script()[-1].endswith("struck.png pick 1")
    drop(window, no_digit(tmp_path / "house.png"))
    qtbot.waitUntil(lambda: window.desk.session.digit.source == "house.png", timeout=PATIENCE)
    settled(qtbot, window)
    told = "house.png: what is seen in it looks like no digit, and is read all the same"
    assert told in window.message.messages


def test_of_several_digits_it_is_told_which_is_pale_and_the_next_is_taken_each_time(window, qtbot, tmp_path):
    # Lost otherwise: commands say that number 2 is much paler, and the window says nothing of it.
    digits = data.load("digits").images
    ink = np.zeros((120, 290))
    for number, pen in enumerate((0.85, 0.2, 0.85)):
        ink[20:104, 15 + 90 * number :][:, :84] = pen * np.kron(digits[3 + number], np.ones((3, 3))) / 255
    Image.fromarray((240 * (1 - ink)).astype(np.uint8)).save(tmp_path / "row.png")
    for turn in (1, 2):
        drop(window, tmp_path / "row.png")
        told = f"number 2 much paler than the rest; this is number {turn}: open the file again for the next"
        qtbot.waitUntil(
            lambda told=told: f"row.png: 3 digits are seen, {told}" in window.message.messages,
            timeout=PATIENCE,
        )


@pytest.mark.parametrize("name", ["notes.txt", "letter.docx"])
def test_of_a_file_that_is_nothing_known_it_is_told_what_can_be_opened(window, qtbot, tmp_path, name):
    # Lost otherwise: that it is no image sounds as if networks and sessions could not be dropped.
    (tmp_path / name).write_text("hello")
    drop(window, tmp_path / name)
    qtbot.waitUntil(lambda: name in str(window.message.messages), timeout=PATIENCE)
    assert "give a picture (PNG, " in window.message.messages[-1]
    assert "a network (.npz, " in window.message.messages[-1]
    assert "a session (.viz3d)" in window.message.messages[-1]


def test_a_picture_that_a_browser_gives_with_its_place_in_the_web_is_read(window):
    brought = QMimeData()
    brought.setUrls([QUrl("https://example.org/four.png")])
    page = QImage(60, 60, QImage.Format.Format_RGB32)
    page.fill(0xFFFFFFFF)
    for y in range(12, 48):
        for x in range(28, 33):
            page.setPixel(x, y, 0xFF000000)
    brought.setImageData(page)
    drop(window, brought=brought)
    assert window.desk.session.trace.prediction == 1
    assert not window.message.messages


def test_a_file_of_a_slow_disk_leaves_the_window_free_and_those_behind_it_wait(
    window, qtbot, tmp_path, monkeypatch
):
    ended, asked_in = threading.Event(), []

    def slow(file):
        asked_in.append(threading.current_thread())
        assert ended.wait(PATIENCE / 1000)
        return False

    monkeypatch.setattr(opening, "is_theirs", slow)
    picture = np.full((60, 60), 255, np.uint8)
    picture[12:48, 28:33] = 0
    Image.fromarray(picture).save(tmp_path / "one.png")
    drop(window, tmp_path / "one.png")
    drop(window, tmp_path / "gone.png")
    qtbot.waitUntil(
        lambda: any("one.png is being read" in each for each in window.message.messages), timeout=PATIENCE
    )
    QTest.keyClick(window, Qt.Key.Key_3)
    assert window.desk.session.label == 3, "the window obeys meanwhile"
    ended.set()
    qtbot.waitUntil(lambda: window.desk.session.digit.source == "one.png", timeout=PATIENCE)
    qtbot.waitUntil(lambda: "gone.png" in window.message.messages[-1], timeout=PATIENCE)
    assert threading.main_thread() not in asked_in
    # Lost otherwise: who comes back from elsewhere waits for what was read long ago.
    assert not any("being read" in each for each in window.message._unread), window.message._unread


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with a name")
def test_a_folder_and_a_pipe_are_told_and_nobody_waits_for_what_never_comes(window, qtbot, tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "many").mkdir()
    drop(window, tmp_path / "pipe.png", tmp_path / "many")
    qtbot.waitUntil(lambda: "many is a folder" in str(window.message.messages), timeout=PATIENCE)
    assert "pipe.png is no plain file" in str(window.message.messages)


def test_a_network_that_is_read_as_an_edit_waits_for_a_step_comes_after_the_edit(
    window, qtbot, tmp_path, untrained, monkeypatch
):
    # Lost otherwise: the edit changes the neuron of that name in a network that nobody edited.
    ended, under_way, plain = threading.Event(), threading.Event(), TrainingRun.advance

    def slow(run):
        if run.step > run.first:
            under_way.set()
            assert ended.wait(PATIENCE / 1000)
        return plain(run)

    monkeypatch.setattr(TrainingRun, "advance", slow)
    monkeypatch.setattr(runs, "_SOON", 0.01)
    window.training.page.panel.images.emit(200, 100)
    window.training.page.toggle()
    qtbot.waitUntil(under_way.is_set, timeout=PATIENCE)
    reader = window.opening._reader
    reader._maker.made.connect(lambda _: QTimer.singleShot(200, ended.set))
    drop(window, untrained)
    window.desk.do(Mutate("ablate hidden1:18"))
    qtbot.waitUntil(lambda: reader._file is None, timeout=PATIENCE)
    first, *others = (step.split()[0] for step in steps(window))
    # The run goes on behind the edit, and may have come to a step before the network was read.
    assert (first, [act for act in others if act != "train"]) == ("train", ["ablate", "model"])


def test_text_that_is_dropped_is_told_to_be_no_file(window):
    # Lost otherwise: the pointer tells that it was taken, and nothing comes of it.
    brought = QMimeData()
    brought.setText("ablate hidden1:3")
    drop(window, brought=brought)
    assert window.message.messages[-1].startswith("text was dropped: drop a file, or a picture")
    assert not steps(window)


def test_what_was_read_as_the_window_closed_is_not_done_any_more(window, qtbot):
    reader, done = window.opening._reader, []
    emit = reader._maker.made.emit
    window.close()
    emit(lambda: done.append(1))  # it was under way between the threads
    qtbot.wait(1)
    assert done == []


def test_what_was_made_while_a_change_waits_comes_after_it(window, qtbot):
    # Lost otherwise: a network that was imported meanwhile is what the change then changes.
    work, made, told = window.editing.entering.work, threading.Event(), []

    def make():
        yield 0.0
        made.set()

    def wait():
        assert made.wait(PATIENCE / 1000)
        qtbot.waitUntil(lambda: not work._maker._request, timeout=PATIENCE)
        qtbot.wait(1)
        told.append("change")

    window.desk.changing.connect(wait)
    work.begin("importing", make(), lambda _: told.append("made"), stopped="", changes=False)
    window.desk.make_way()
    qtbot.waitUntil(lambda: "made" in told, timeout=PATIENCE)
    assert told == ["change", "made"]
