"""Small networks of others read whole digits on their own scale; files that are no networks are told so."""

import re

import numpy as np
import pytest
from run_viz3d import viz3d, viz3d_here

import data
import engine
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
