"""Small networks of others read whole digits on their own scale; files that are no networks are told so."""

import re
from dataclasses import replace

import numpy as np
import pytest
from run_viz3d import viz3d, viz3d_here

import data
import engine
from viz3d.command.choice.foreign import read_foreign
from viz3d.command.choice.models import choose_net
from viz3d.command.errors import UserError


def test_a_small_network_reads_whole_digits_on_its_own_scale_and_is_said_to(tmp_path, capsys):
    # Lost otherwise: of scikit-learn's 8x8 digits, counts of 0..16, it saw the middle of a picture.
    weights = _learned_from_counts()
    np.savez(tmp_path / "small.npz", **weights)
    done = viz3d("viz3d", "import", "small.npz", "--out", "mine.npz", folder=tmp_path)
    assert done.returncode == 0
    out = done.stdout
    assert "of the embedded digits right" in out
    assert "0..16 fits it best" in out
    assert float(re.search(r"it reads ([\d.]+)%", out)[1]) > 85
    told = viz3d("viz3d.train", "--test", "--model", "mine.npz", "--data", "digits", folder=tmp_path)
    assert "reads 8x8: each digit is brought to that" in told.stderr


@pytest.mark.parametrize(("side", "framing"), [(8, "whole"), (16, "whole"), (14, "ink"), (24, "whole")])
def test_what_a_network_saw_of_digits_in_training_is_found_out_and_kept(tmp_path, side, framing, monkeypatch):
    """One that learned from shrunk pictures was shown their ink alone, or their middle, and misread them."""
    monkeypatch.setenv("VIZ3D_DATA", str(tmp_path / "none"))
    weights = _learned(side, framing)
    np.savez(tmp_path / "small.npz", **weights)
    found = read_foreign(tmp_path / "small.npz", engine.Told(activation="relu"), (0.0, 1.0))
    assert found.net.framing == framing
    line = next(line for line in found.lines if "in training it saw digits" in line)
    so, usual = (float(each) for each in re.findall(r"([\d.]+)%", line))
    assert so > usual + 5
    assert so > 80
    digits = data.load("digits", "all")
    assert engine.evaluate(found.net, digits.images, digits.labels).accuracy > 0.8
    engine.save(found.net, tmp_path / "mine.npz")
    assert choose_net(model=tmp_path / "mine.npz").framing == framing
    told = read_foreign(tmp_path / "small.npz", engine.Told(activation="relu", framing="middle"), (0.0, 1.0))
    assert told.net.framing == "middle", "its owner knows"
    if side == 8:
        assert "saw digits in another way than middle (--framing)" in " ".join(told.lines), "or is mistaken"
    assert not [line for line in told.lines if "in training" in line]


def test_a_network_that_reads_digits_as_is_usual_is_told_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("VIZ3D_DATA", str(tmp_path / "none"))
    np.savez(tmp_path / "small.npz", **_learned(8, ""))
    found = read_foreign(tmp_path / "small.npz", engine.Told(activation="relu"), (0.0, 1.0))
    assert found.net.framing == ""
    assert not [line for line in found.lines if "in training" in line]


@pytest.mark.parametrize(
    ("shape", "framing"),
    [("32x32", "padded"), ("36x36", "whole"), ("32x32x3", "padded"), ("28x28x3", "whole")],
)
def test_a_network_of_large_or_coloured_pictures_that_learned_digits_reads_them(
    tmp_path, shape, framing, monkeypatch, capsys
):
    """LeNet-5's 32x32, and digits shown in three colours: such networks read pictures, and no digits."""
    monkeypatch.setenv("VIZ3D_DATA", str(tmp_path / "none"))
    net = _net_of(shape, framing)
    engine.export_net(replace(net, framing=""), tmp_path / "large.onnx")
    found = read_foreign(tmp_path / "large.onnx", engine.Told(), (0.0, 1.0))
    assert found.net.framing == framing
    assert found.net.noun == "digit"
    assert [
        line for line in found.lines if "digits" in line and (f"{framing} " in line or "enlarged" in line)
    ] or ("three colours" in " ".join(found.lines))
    digits = data.load("digits", "all")
    assert engine.evaluate(found.net, digits.images, digits.labels).accuracy > 0.8
    engine.save(found.net, tmp_path / "mine.npz")
    done = viz3d_here(
        "viz3d.inspect", "--model", "mine.npz", "--digit", "3", "--data", "digits", folder=tmp_path
    )
    assert done.returncode == 0
    assert f"reads {shape}: each digit " in done.stderr


def test_a_network_of_pictures_that_reads_no_digits_is_left_as_it_is(tmp_path):
    net = engine.build("input 32x32x3 | dense 16 relu | dense 10 softmax", np.random.default_rng(0))
    engine.export_net(net, tmp_path / "photos.onnx")
    found = read_foreign(tmp_path / "photos.onnx", engine.Told(), None)
    assert found.net.framing == ""
    assert found.net.noun == "image"
    assert "note: it reads 32x32x3 and gives 10 answers" in " ".join(found.lines)
    with pytest.raises(
        engine.EngineError, match="framing middle: it reads 32x32x3: give padded or whole or ink"
    ):
        engine.import_net(tmp_path / "photos.onnx", engine.Told(framing="middle"))


def _learned(side: int, framing: str) -> dict[str, np.ndarray]:
    """The weights of a network that learned the embedded digits, shown them so."""
    learned = _net_of(f"{side}x{side}", framing).parameters
    return {
        f"{new}.{part}": learned[f"{old}.{part}"].T
        for old, new in (("hidden1", "fc1"), ("output", "fc2"))
        for part in ("weight", "bias")
    }


def _net_of(shape: str, framing: str) -> engine.Net:
    """A network of such pictures that learned the embedded digits, shown them so."""
    digits = data.load("digits", "train")
    rng = np.random.default_rng(0)
    net = engine.build(f"input {shape} | dense 32 relu | dense 10 softmax", rng)
    recipe = engine.Recipe("cross-entropy", "adam", lr=1e-2, batch=32, epochs=6)
    training = engine.fit(replace(net, framing=framing), digits.images, digits.labels, rng=rng, recipe=recipe)
    for _ in training:
        pass
    return training.snapshot()


def _learned_from_counts() -> dict[str, np.ndarray]:
    digits = data.load("digits", "train")
    rng = np.random.default_rng(0)
    net = engine.build("input 8x8 | dense 32 relu | dense 10 softmax", rng)
    recipe = engine.Recipe("cross-entropy", "adam", lr=1e-2, batch=32, epochs=8)
    training = engine.fit(net, digits.images, digits.labels, rng=rng, recipe=recipe)
    for _ in training:
        pass
    learned = dict(training.snapshot().parameters)
    learned["hidden1.weight"] = learned["hidden1.weight"] / 16
    first, last = ("hidden1", "fc1"), ("output", "fc2")
    return {
        f"{new}.{part}": learned[f"{old}.{part}"].T
        for old, new in (first, last)
        for part in ("weight", "bias")
    }


def test_a_file_that_is_away_or_no_network_is_said_with_what_mends_it(tmp_path, monkeypatch, untrained):
    # Lost otherwise: a person at a terminal is told of Python, or of nothing to do.
    monkeypatch.chdir(tmp_path)
    for read in (engine.load, engine.import_net):
        with pytest.raises(
            engine.EngineError, match=r"nope\.npz: No such file.*: give .*looked for in"
        ) as found:
            read("nope.npz")
        assert str(tmp_path) in str(found.value)
    text = tmp_path / "text.png"
    text.write_text("words")
    with pytest.raises(UserError, match=r"text\.png is no network, or is damaged: give a \.npz") as refused:
        choose_net(model=text)
    assert "engine." not in str(refused.value)
    done = viz3d_here("viz3d", "import", str(untrained), "--out", "mine.safetensors", folder=tmp_path)
    assert "mine.safetensors: written, " in done.stdout
