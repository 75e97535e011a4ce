"""A training that is refused or stopped: one line says why, and what was there is as it was."""

import signal
import sys
from pathlib import Path

import pytest
from patience import PATIENCE
from training_command import SMALL, refused, start, train

import engine


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"preset": "mpl"}, "unknown preset 'mpl': did you mean mlp? known are mlp, mlp-sigmoid"),
        (
            {"architecture": "input 28x28 | dens 10"},
            '--architecture: column 15, "dens" in "dens 10": unknown layer: did you mean dense?',
        ),
        ({"architecture": "cnn-draw"}, "--architecture cnn-draw: that is the name of a preset: --preset cnn"),
        ({"architecture": "nets/none.txt"}, "--architecture nets/none.txt: there is no such file"),
        (
            {"architecture": "input 28x28 | dense 5"},
            "--architecture: the last layer has 5 neurons, ten digits need 10",
        ),
        ({"architecture": "input 32x32 | dense 10"}, "--architecture: a digit is 28x28 grey pixels"),
        ({"preset": "mlp", "architecture": "input 28x28 | dense 10"}, "--preset and --architecture each"),
        ({"epochs": 0}, "--epochs 0 must be in 1..1,000,000,000"),
        ({"lr": -1.0}, "--lr -1.0 must be a number above 0"),
        (
            {"beta1": 0.5, "optimizer": "sgd"},
            "--beta1 0.5 is for adam, adamw, and this trains with sgd: leave it out, or add --optimizer "
            "adamw",
        ),
        ({"step_every": 2}, "--step-every 2 is for the schedule step, and this one is"),
        ({"step_every": 0, "schedule": "step"}, "--step-every 0 must be in 1"),
        ({"optimizer": "magic"}, "unknown optimizer 'magic': known are sgd, momentum"),
        ({"schedule": "magic"}, "unknown schedule 'magic': known are constant, step, cosine"),
        ({"augment": "magic"}, "augmentation 'magic' is not known: join some of none, rotate, affine"),
        ({"augment": "crop"}, "mlp-sigmoid expects images (B, 28, 28, 1), got (32, 24, 24)"),
        ({"seed": -1}, "--seed -1 is out of range"),
        ({"out": Path("net.pkl")}, "--out net.pkl: a network is saved as a .npz file"),
        ({"out": Path("none/net.npz")}, "cannot write none/net.npz: there is no folder none"),
        ({"out": Path("/proc/net.npz")}, "cannot write /proc/net.npz"),
        ({"data": "nowhere"}, "--data nowhere"),
        ({"images": 0}, "--images 0 is out of range: give 1 or more"),
        ({"images": 1288}, "--images 1288: UCI digits has 1,287 images to learn from: give fewer"),
        ({"tests": 0}, "--tests 0 is out of range: give 1 or more"),
        ({"tests": 100_000}, "--tests 100000: UCI digits has "),
        ({"images": 200, "validation": 200}, "--validation 200 of 200 images leaves none"),
        ({"lr": 1e9, "preset": "mlp", "optimizer": "sgd"}, "training diverged at step"),
    ],
)
def test_bad_input_is_one_line_and_leaves_what_was_there(tmp_path, monkeypatch, capsys, options, message):
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "mlp-sigmoid.npz"
    old.write_bytes(b"the net of yesterday")
    preset = {} if "architecture" in options else {"preset": "mlp-sigmoid"}
    refused(message, **{**preset, "data": "digits", "epochs": 2, **options})
    # A run that breaks has begun, and has said with what.
    assert capsys.readouterr().out in ("", "mlp: 1,690 neurons, 566,528 synapses, 567,434 parameters\n")
    assert old.read_bytes() == b"the net of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["mlp-sigmoid.npz"]


def test_bad_input_ends_with_status_2(tmp_path):
    status, out, err = train(tmp_path, "--preset", "mpl")
    known = ", ".join(engine.presets())
    assert (status, out, err) == (
        2,
        "",
        f"error: unknown preset 'mpl': did you mean mlp? known are {known}\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.slow
def test_ctrl_c_keeps_the_last_whole_epoch(tmp_path):
    process = start(tmp_path, *SMALL, "--epochs", "100000", "--out", "my.npz")
    assert process.stdout.readline().startswith("mlp-sigmoid: 986 neurons")
    for _ in range(3):
        assert process.stdout.readline().startswith("epoch")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE / 1000)
    assert process.returncode == 130
    told = engine.load(tmp_path / "my.npz").provenance
    assert told["epochs"] >= 3
    assert err.startswith(f"stopped in epoch {told['epochs'] + 1} of 100000; my.npz: mlp-sigmoid reads")
    assert err.endswith("; go on with: python -m viz3d.train --resume my.checkpoint.npz\n")
    assert len(err.splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.checkpoint.npz", "my.npz"]


# One image at a time: an epoch that outlasts the test. A run of its own tells when training has begun.
_BEGUN = (
    "import engine, runpy, sys; step = engine.Training.__next__\n"
    "def told(training):\n"
    "    print('begun', flush=True)\n"
    "    return step(training)\n"
    "engine.Training.__next__ = told; sys.argv[0] = 'train'\n"
    "runpy.run_module('viz3d.train', run_name='__main__')"
)
_LONG = ["--preset", "mlp", "--data", "digits", "--batch", "1"]


def _stopped_at_its_first_step(folder: Path, *words: str) -> tuple[str, str]:
    process = start(folder, *_LONG, *words, program=("-c", _BEGUN))
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE / 1000)
    assert process.returncode == 130
    return out.replace("begun\n", ""), err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("there", [True, False])
def test_ctrl_c_in_the_first_epoch_leaves_what_was_there_and_says_whether_it_was(tmp_path, there):
    old = tmp_path / "my.npz"
    if there:
        old.write_bytes(b"the net of yesterday")
    _, err = _stopped_at_its_first_step(tmp_path, "--out", "my.npz")
    kept = "my.npz is as it was" if there else "no my.npz yet, for that takes an epoch"
    again = "python -m viz3d.train --resume my.checkpoint.npz"
    assert err == f"stopped in epoch 1 of 10; {kept}; go on with: {again}\n"
    assert not there or old.read_bytes() == b"the net of yesterday"
    files = ["my.checkpoint.npz", "my.npz"] if there else ["my.checkpoint.npz"]
    assert sorted(path.name for path in tmp_path.iterdir()) == files


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_a_trainer_that_is_stopped_before_its_first_point_has_not_diverged(tmp_path):
    out, err = _stopped_at_its_first_step(tmp_path, "--compare", "adam,sgd", "--out", "c.png")
    assert out == "adam 0.001            was stopped before its first point\n"
    assert err == "stopped: nothing was written\n"
    assert not list(tmp_path.iterdir())
