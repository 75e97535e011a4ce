"""The import command: says what it recognised, writes a file for --model, and back; bad input is one line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from run_viz3d import viz3d, viz3d_here

import engine
from engine.foreign import FORMATS, writers

FOLDER = Path(__file__).with_name("foreign").resolve()


def run(folder: Path, *words: str, by=viz3d) -> tuple[int, str, str]:
    done = by("viz3d", "import", *words, folder=folder)
    return done.returncode, done.stdout, done.stderr


def test_it_says_what_the_file_is_and_writes_a_net_that_remembers(tmp_path):
    status, out, err = run(tmp_path, str(FOLDER / "state.pt"), "--out", "my.npz")
    assert (status, err) == (0, "")
    first, note, odd, last = out.splitlines()
    assert first == f"{FOLDER / 'state.pt'}: a PyTorch state_dict with layers fc1, fc2, fc3"
    assert note.startswith("note: taken with ReLU")
    assert odd.startswith("note: it reads 4x4x1 and gives 3 answers")
    assert last == (
        "my.npz: imported, 155 parameters: input 4x4 | dense 6 relu | dense 5 relu | dense 3 log-softmax"
    )
    net = engine.load(tmp_path / "my.npz")
    assert net.provenance["file"] == "state.pt"
    assert net.provenance["imported"] == "a PyTorch state_dict with layers fc1, fc2, fc3"


def test_help_names_every_format_and_does_not_wait_for_the_engine(tmp_path):
    program = (
        "import sys, typer.testing, viz3d.__main__ as main\n"
        "shown = typer.testing.CliRunner().invoke(main.app, ['import', '--help']).output\n"
        "print(shown, 'engine' in sys.modules)"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    said = " ".join(done.stdout.replace("│", " ").split())
    for each in FORMATS:
        assert each.name.split(" ", 1)[1] in said
        assert all(ending in said for ending in each.endings)
    assert all(f"net{ending}" in said for ending in writers())
    assert said.endswith("False")


def test_a_net_goes_to_pytorch_and_back_unchanged(tmp_path, untrained):
    assert run(tmp_path, str(untrained), "--out", "net.safetensors")[0] == 0
    assert run(tmp_path, "net.safetensors", "--out", "back.npz", "--quiet") == (0, "", "")
    net, back = engine.load(untrained), engine.load(tmp_path / "back.npz")
    assert all(np.array_equal(back.parameters[key], array) for key, array in net.parameters.items())


def test_a_mean_and_std_go_into_the_weights(tmp_path):
    words = ["--mean", "0.1307", "--std", "0.3081"]
    assert run(tmp_path, str(FOLDER / "state.pt"), "--out", "my.npz", *words)[0] == 0
    plain = engine.import_net(FOLDER / "state.pt").net
    x = np.random.default_rng(0).random((3, 4, 4), np.float32)
    ours = engine.load(tmp_path / "my.npz").predict(x)
    assert np.allclose(ours, plain.predict((x - np.float32(0.1307)) / np.float32(0.3081)), atol=1e-6)


def test_a_file_is_not_replaced_by_what_is_made_of_it(tmp_path):
    file = tmp_path / "theirs.npz"
    file.write_bytes((FOLDER / "objects.npz").read_bytes())
    status, out, err = run(tmp_path, "theirs.npz", "--out", "theirs.npz")
    assert (status, out) == (2, "")
    assert err == "error: --out theirs.npz is the file that is read: give another name\n"
    assert file.read_bytes() == (FOLDER / "objects.npz").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.pt", "--out", "my.npz"], "cannot read none.pt: No such file or directory"),
        (["{}/state.pt", "--out", "my.pt"], "--out my.pt: end its name in .npz (viz3d) or .safetensors"),
        (["{}/state.pt", "--out", "none/my.npz"], "cannot write none/my.npz: there is no folder none"),
        (["{}/state.pt", "--out", "a.safetensors"], "no description: it was not written by viz3d"),
        (["{}/module.pt", "--out", "my.npz"], "its pickle names __main__.Perceptron"),
        (
            ["{}/state.pt", "--out", "my.npz", "--std", "0"],
            "--mean 0 and --std 0: the std is a number above 0",
        ),
        (["{}/state.pt"], "Missing option '--out' / '-o'; `python -m viz3d import --help` lists the options"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, words, message):
    status, out, err = run(tmp_path, *(word.format(FOLDER) for word in words), by=viz3d_here)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("error: ")
    assert message in err
    assert not list(tmp_path.iterdir())
