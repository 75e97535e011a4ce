"""The training command: its file is what the provenance says, and its command makes it again."""

import logging
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from training_command import SMALL, train, train_here

import data
import engine
from engine.kernels import compile
from viz3d.train import compare


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("train")
    status, out, err = train(folder, *SMALL, "--augment", "affine", "--half", "--out", "my.npz")
    assert (status, err) == (0, "")
    return folder / "my.npz", out


def test_each_epoch_has_its_line_and_the_last_line_names_the_file(trained):
    path, out = trained
    lines = out.splitlines()
    assert len(lines) == 5
    assert lines[0] == "mlp-sigmoid: 986 neurons, 109,184 synapses, 109,386 parameters"
    assert lines[3] == "my-report.png and my-report.json: the report"
    for number, line in enumerate(lines[1:3], 1):
        assert line.startswith(f"epoch   {number}/2  loss 0.")
        assert "train" in line
        assert "test" in line
    told = engine.load(path).provenance
    assert f"{told['test_correct']} of {told['test_images']} test images right" in lines[4]
    assert lines[4].startswith("my.npz: mlp-sigmoid")


def test_the_accuracy_in_the_file_is_that_of_the_file(trained):
    net = engine.load(trained[0], expect="mlp-sigmoid")
    tests = data.load("digits", "test")
    assert engine.evaluate(net, tests.images, tests.labels).accuracy == net.provenance["test_accuracy"]


@pytest.mark.slow
def test_the_command_in_the_file_makes_the_same_net_again(trained, tmp_path):
    net = engine.load(trained[0])
    words = shlex.split(net.provenance["command"])
    assert words[:3] == ["python", "-m", "viz3d.train"]
    status, _, err = train_here(tmp_path, *words[3:], "--quiet")
    assert (status, err) == (0, "")
    again = engine.load(tmp_path / "my.npz")
    assert dict(again.provenance) == dict(net.provenance)
    assert all(np.array_equal(array, again.parameters[name]) for name, array in net.parameters.items())


def train_in_a_container(folder: Path, *words: str) -> tuple[int, str, str]:
    """Train where neither the checkout nor the home can be written, which as root must be feigned."""
    (folder / "file").touch()
    code = """
import numba.core.caching
from viz3d.command import cli
from viz3d.train.command import train
def denied(self):
    raise PermissionError(13, "Permission denied")
numba.core.caching._CacheLocator.ensure_cache_path = denied
cli.run(cli.single_command(train), "train")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "MPLCONFIGDIR": str(folder / "file" / "none")},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_where_nothing_can_be_cached_the_same_net_is_trained_and_one_line_says_so(trained, tmp_path):
    words = [*SMALL, "--augment", "affine", "--half", "--out", "my.npz"]
    status, _, err = train_in_a_container(tmp_path, *words)
    assert status == 0, err
    assert len(err.splitlines()) == 1
    assert "set NUMBA_CACHE_DIR to a folder" in err
    one, other = (engine.load(path).parameters for path in (trained[0], tmp_path / "my.npz"))
    assert all(np.array_equal(array, other[name]) for name, array in one.items())


@pytest.mark.parametrize("quiet", [True, False])
def test_a_quiet_comparison_is_quiet_where_nothing_can_be_cached(tmp_path, monkeypatch, caplog, quiet):
    begun = compare.trainers

    def denied(*given):
        compile._tell_no_cache(PermissionError(13, "Permission denied"))
        return begun(*given)

    logging.getLogger("engine").setLevel(logging.NOTSET)  # what was quiet before lasts as long as its process
    monkeypatch.setattr(compile, "_TOLD", [])
    monkeypatch.setattr(compare, "trainers", denied)
    words = ["--compare", "sgd", "--epochs", "1", "--images", "50", "--tests", "10", "--out", "c.png"]
    status, out, err = train_here(tmp_path, *SMALL[:4], *words, *["--quiet"][: 1 if quiet else 0])
    assert status == 0
    assert (out + err == "") == quiet
    assert ("NUMBA_CACHE_DIR" in caplog.text) != quiet
    assert (tmp_path / "c.png").stat().st_size


def test_it_learns_from_its_seed_and_the_first_images_and_is_tested_on_the_first_tests(tmp_path):
    words = ("--preset", "cnn-fast", "--data", "digits", "--epochs", "1", "--images", "500", "--tests", "200")
    status, out, err = train_here(tmp_path, *words, "--seed", "3", "--out", "few.npz")
    assert (status, err) == (0, "")
    assert out.startswith("cnn-fast: ")
    assert " synapses, 4 kernels, 6,810 parameters\n" in out
    net = engine.load(tmp_path / "few.npz")
    told = net.provenance
    assert (told["training_images"], told["test_images"], told["seed"]) == (500, 200, 3)
    assert " --images 500 --tests 200 " in told["command"]
    # That very training, made by hand.
    images, tests = data.load("digits", "train"), data.load("digits", "test")
    training = engine.fit(
        engine.preset("cnn-fast", np.random.default_rng(3)),
        images.images[:500],
        images.labels[:500],
        rng=np.random.default_rng([3, 1]),
        epochs=1,
    )
    *_, last = training
    assert all(np.array_equal(a, net.parameters[name]) for name, a in last.snapshot().parameters.items())
    correct = engine.evaluate(net, tests.images[:200], tests.labels[:200]).correct
    assert told["test_correct"] == correct
    again = train_here(tmp_path, "--test", "--model", "few.npz", "--data", "digits", "--tests", "200")
    assert again[0] == 0
    assert again[1].startswith(f"cnn-fast reads {correct} of the first 200 test images of UCI digits right")


@pytest.mark.slow
def test_an_architecture_of_ones_own_is_trained_from_text_or_file(tmp_path):
    text = "input 28x28 | dense 20 relu | dropout 0.1 | dense 10 softmax"
    (tmp_path / "mine.txt").write_text("# small\n" + text.replace(" | ", "\n") + "\n", encoding="utf-8")
    nets = []
    for given in (text, "mine.txt"):
        status, out, err = train_here(
            tmp_path, "--architecture", given, "--data", "digits", "--epochs", "2", "--lr", "0.01"
        )
        assert (status, err) == (0, "")
        assert out.splitlines()[-1].startswith("custom.npz: custom reads")
        nets.append(engine.load(tmp_path / "custom.npz"))
    assert all(net.text == text for net in nets)
    assert all(np.array_equal(a, nets[1].parameters[name]) for name, a in nets[0].parameters.items())
    assert nets[0].provenance["test_accuracy"] > 0.7
    told = shlex.split(nets[1].provenance["command"])
    assert told[told.index("--architecture") + 1] == text
