"""Files that are let go of over the window: networks, pictures, sessions, and what is none of these."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from live_windows import PATIENCE, drop, settled
from PIL import Image
from PySide6.QtCore import QUrl

import data
import engine


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
def test_a_network_of_another_system_is_imported_beside_the_window(window, qtbot, tmp_path, name):
    # Lost otherwise: it is refused as "not an image", though every command takes it.
    before = window.desk.session.net
    drop(window, nielsen(tmp_path / name))
    assert window.command._work.isVisible(), "what its file leaves open is tried out, which takes long"
    qtbot.waitUntil(lambda: window.desk.session.net is not before, timeout=PATIENCE)
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
    bad = [file for file in sorted(tmp_path.iterdir()) if file.suffix not in (".ini", ".viz3d")]
    bad.append(tmp_path / "gone.png")
    before, told = window.desk.session.state, []
    window.desk.said.connect(told.append)
    drop(window, *bad)
    # What may be a network is read beside the window.
    qtbot.waitUntil(lambda: len(told) == len(bad), timeout=PATIENCE)
    drop(window, tmp_path / "empty.viz3d")
    qtbot.waitUntil(lambda: "empty.viz3d is no session" in told[-1], timeout=PATIENCE)
    assert len(told) == 10
    assert all(sum(file.name in line for line in told) == 1 for file in bad)
    assert not any("\n" in line for line in told)
    assert window.desk.session.state is before


def test_of_several_files_each_is_opened_and_of_the_web_it_is_told_what_to_do(window, qtbot, tmp_path):
    engine.save(engine.load(data.model_path("mlp-sigmoid")), tmp_path / "mine.npz")
    picture = np.full((60, 60), 255, np.uint8)
    picture[12:48, 28:33] = 0
    Image.fromarray(picture).save(tmp_path / "one.png")
    drop(window, tmp_path / "mine.npz", tmp_path / "one.png")
    settled(qtbot, window)
    assert window.desk.session.net.name == "mlp-sigmoid"
    assert window.desk.session.digit.source == "one.png"
    drop(window, QUrl("https://example.org/four.png"))
    assert (
        window.message.messages[-1]
        == "https://example.org/four.png is no file on this machine: save it first"
    )
