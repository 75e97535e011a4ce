"""An order that leaves the live window: it travels whole to its own process, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from live_exports import choice
from live_windows import PATIENCE, select

from scenes import Orbit, Recording, SceneError
from viz3d.export.order import Order
from viz3d.live.work.exporter import clear_old


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


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
    line = [sys.executable, "-m", "viz3d.export.from_order", str(folder)]
    # A stdin that is open: somebody waits.
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        told = process.stdout.read()
    assert told.count(b"\n") == 1
    assert told.startswith(b'{"error": "')
    assert not folder.exists()
    folder.mkdir()
    order.write(folder)
    # Lost otherwise: whatever is stopped ahead of reading leaves a network behind in the machine's /tmp.
    subprocess.run(line, stdin=subprocess.DEVNULL, check=False)  # nobody waits
    assert not folder.exists()


def test_orders_that_a_killed_window_left_are_removed_and_no_others(tmp_path):
    names = ("viz3d-export-old", "viz3d-export-new", "elsewhere", "viz3d-export-file")
    old, new, other, file = (tmp_path / name for name in names)
    for folder in (old, new, other):
        folder.mkdir()
        (folder / "net.npz").touch()
    file.touch()
    (tmp_path / "viz3d-export-link").symlink_to(other)
    for each in (old, other, file):
        os.utime(each, (0, 0))
    clear_old(tmp_path)
    assert not old.exists()
    assert (new / "net.npz").exists(), "another window's, which its process is about to read"
    assert (other / "net.npz").exists()
    assert file.exists()


def test_a_recording_travels_as_numbers_and_wrong_ones_are_refused():
    poses = tuple(Orbit((1.0, 2.0, float(k)), 90.0, 40.0 + k / 3, 17.0, 25.0) for k in range(3))
    path = Recording(np.array([0.0, 0.1, 0.3]), np.array([2.0, 2.1, 2.1]), poses)
    again = Recording.of(path.as_array())
    assert again.poses == poses
    for t in (-1.0, 0.05, 0.2, 9.0):
        assert again.at(t) == path.at(t)
    for wrong in (np.zeros((2, 8)), np.zeros((0, 9)), np.zeros((2, 9)), path.as_array() * np.nan):
        with pytest.raises(SceneError, match="record anew"):
            Recording.of(wrong)


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
