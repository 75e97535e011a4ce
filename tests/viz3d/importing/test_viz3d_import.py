"""The import command: says what it recognised, writes a file for --model, and back; bad input is one line."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import own_data
import pytest
from patience import PATIENCE
from project import FOREIGN
from run_viz3d import viz3d, viz3d_here
from safetensors.numpy import save_file

import data
import engine
from engine.foreign.registry import FORMATS, writers
from viz3d.command.choice.digits import knowing
from viz3d.command.choice.models import choose_net, how_imported, how_to_sort
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError


def run(folder: Path, *words: str, by=viz3d) -> tuple[int, str, str]:
    done = by("viz3d", "import", *words, folder=folder)
    return done.returncode, done.stdout, done.stderr


def test_it_says_what_the_file_is_and_writes_a_net_that_remembers(tmp_path):
    status, out, err = run(tmp_path, str(FOREIGN / "state.pt"), "--out", "my.npz")
    assert (status, err) == (0, "")
    first, note, odd, last = out.splitlines()
    assert first == f"{FOREIGN / 'state.pt'}: a PyTorch state_dict with layers fc1, fc2, fc3"
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
        "shown = typer.testing.CliRunner().invoke(main.application(), ['import', '--help']).output\n"
        "print(shown, 'engine' in sys.modules)"
    )
    words = [sys.executable, "-c", program]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE / 1000, check=True
    )
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


def test_of_a_long_network_the_beginning_and_the_end_are_told(tmp_path):
    """Of two hundred branches 7,362 characters were printed, and what was said of the file scrolled away."""
    deep = "input 4 | " + "dense 5 relu | " * 60 + "dense 3 softmax"
    engine.save(engine.build(deep, np.random.default_rng(0), name="deep"), tmp_path / "deep.npz")
    status, out, _ = run(tmp_path, "deep.npz", "--out", "deep.safetensors", by=viz3d_here)
    last = out.splitlines()[-1]
    assert (status, len(last) < 800) == (0, True)
    begins, _, ends = last.partition("| … ")
    assert begins.startswith(
        "deep.safetensors: written, deep with 1,813 parameters: input 4 | dense 5 relu | dense 5 relu"
    )
    left = int(re.match(r"(\d+) more … \| dense 5 relu \| dense 3 softmax \(as code: ", ends)[1])
    assert begins.count("dense 5") + left + 1 == 60
    assert last.endswith("python -m viz3d presets --code deep.npz)")


def test_a_mean_and_std_go_into_the_weights(tmp_path):
    words = ["--mean", "0.1307", "--std", "0.3081"]
    assert run(tmp_path, str(FOREIGN / "state.pt"), "--out", "my.npz", *words)[0] == 0
    plain = engine.import_net(FOREIGN / "state.pt").net
    x = np.random.default_rng(0).random((3, 4, 4), np.float32)
    ours = engine.load(tmp_path / "my.npz").predict(x)
    assert np.allclose(ours, plain.predict((x - np.float32(0.1307)) / np.float32(0.3081)), atol=1e-6)


def test_a_file_is_not_replaced_by_what_is_made_of_it(tmp_path):
    file = tmp_path / "theirs.npz"
    file.write_bytes((FOREIGN / "objects.npz").read_bytes())
    status, out, err = run(tmp_path, "theirs.npz", "--out", "theirs.npz")
    assert (status, out) == (2, "")
    assert err == "error: --out theirs.npz is the file that is read: give another name\n"
    assert file.read_bytes() == (FOREIGN / "objects.npz").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["none.pt", "--out", "my.npz"], "cannot read none.pt: No such file or directory"),
        (["{}/state.pt", "--out", "my.pt"], "--out my.pt: end its name in .npz (viz3d) or .safetensors"),
        (["{}/state.pt", "--out", "none/my.npz"], "cannot write none/my.npz: there is no folder none"),
        (
            ["{}/state.pt", "--out", "a.safetensors"],
            "state.pt --out state.npz, then python -m viz3d import state.npz",
        ),
        (["{}/module.pt", "--out", "my.npz"], "its pickle names __main__.Perceptron"),
        (
            ["{}/state.pt", "--out", "my.npz", "--std", "0"],
            "--mean 0 and --std 0: the std is a number above 0",
        ),
        (["{}/state.pt", "--out", "my.npz", "--mean", "nan"], "--mean nan: give a number"),
        (["http://a.org/b.pt", "--out", "my.npz"], "http://a.org/b.pt: nothing is fetched from the net"),
        (["{}/state.pt"], "--out is missing; `python -m viz3d import --help` lists the options"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(tmp_path, words, message):
    status, out, err = run(tmp_path, *(word.format(FOREIGN) for word in words), by=viz3d_here)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("error: ")
    assert message in err
    assert not list(tmp_path.iterdir())


def bundled(name: str) -> engine.Net:
    return engine.load(data.model_path(name))


def test_what_a_file_leaves_open_is_tried_out_on_digits_and_said(tmp_path):
    """Activations and the scale of pixels: a guess in silence reads half of the digits wrong."""
    net = engine.rescaled(bundled("mlp-sigmoid"), 1.0, -1.0)
    save_file(engine.torch_weights(net), tmp_path / "net.safetensors")
    status, out, err = run(tmp_path, "net.safetensors", "--out", "my.npz", by=viz3d_here)
    assert (status, err) == (0, "")
    assert "note: taken with sigmoid after each layer" in out
    assert "as digits suggest: the file does not say" in out
    assert re.search(r"note: its functions are a guess: .*sigmoid \([\d.]+%\).*--activation NAME says", out)
    assert "note: of 8 scales of its pixels that were tried, inverted, 1.." in out
    assert "taken with ReLU" not in out
    share = float(re.search(r"it reads ([\d.]+)% of", out)[1])
    assert share > 80


def test_a_network_that_reads_no_digits_says_so_and_keeps_the_usual_way(tmp_path):
    save_file(
        engine.torch_weights(engine.preset("mlp-sigmoid", np.random.default_rng(0))),
        tmp_path / "a.safetensors",
    )
    status, out, _ = run(tmp_path, "a.safetensors", "--out", "my.npz", by=viz3d_here)
    assert status == 0
    assert "taken with ReLU after each layer" in out
    assert re.search(
        r"note: it reads [\d.]+% of a few of .* at best, of 24 ways that were tried: it is not trained", out
    )


def test_activation_order_and_architecture_are_options(tmp_path):
    path = tmp_path / "a.safetensors"
    arrays = {"b": (4, 16), "a": (4, 4), "c": (3, 4)}
    save_file({f"{name}.weight": np.ones(shape, np.float32) for name, shape in arrays.items()}, path)
    words = ["a.safetensors", "--out", "my.npz", "--activation", "tanh", "--order", "b, a,c"]
    status, out, _ = run(tmp_path, *words, by=viz3d_here)
    assert (status, out.splitlines()[-1].split(": ", 2)[2]) == (
        0,
        "input 4x4 | dense 4 tanh | dense 4 tanh | dense 3 log-softmax",
    )
    text = "input 4x4 | dense 4 sigmoid | dense 4 relu | dense 3 softmax"
    status, out, _ = run(tmp_path, *words[:3], "--order", "b,a,c", "--architecture", text, by=viz3d_here)
    assert (status, out.splitlines()[-1].split(": ", 2)[2]) == (0, text)
    status, _, err = run(tmp_path, *words[:3], "--architecture", "input 4x4 | dense 9 softmax", by=viz3d_here)
    assert status == 2
    assert "which its tensors do not fit" in err
    status, _, err = run(
        tmp_path, str(FOREIGN / "branches-old.onnx"), "--out", "o.npz", "--order", "a", by=viz3d_here
    )
    assert (status, len(err.splitlines())) == (2, 1)
    assert "which says itself how it goes on" in err


def test_a_model_of_another_system_is_imported_on_the_way(tmp_path):
    engine.export_net(bundled("cnn-fast"), tmp_path / "theirs.onnx")
    done = viz3d_here(
        "viz3d",
        "train",
        "--test",
        "--model",
        "theirs.onnx",
        "--data",
        "digits",
        "--tests",
        "40",
        folder=tmp_path,
    )
    assert done.returncode == 0
    assert "theirs.onnx: an ONNX model (opset 20, written by viz3d)" in done.stderr
    assert "to keep it: python -m viz3d import theirs.onnx --out theirs.npz" in done.stderr
    net = choose_net(None, tmp_path / "theirs.onnx")
    images = data.load("digits", "test").images[:50]
    assert np.abs(net.predict(images) - bundled("cnn-fast").predict(images)).max() < 1e-5
    with pytest.raises(UserError, match="holds a net of preset cnn-fast, not mlp"):
        choose_net("mlp", tmp_path / "theirs.onnx")


def test_a_damaged_model_of_another_system_is_one_line(tmp_path):
    for name in ("branches-new.onnx", "sequential.h5", "script.pt"):
        content = (FOREIGN / name).read_bytes()
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        done = viz3d_here("viz3d", "train", "--test", "--model", name, "--data", "digits", folder=tmp_path)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_statistics_do_not_replace_a_file_of_another_system(tmp_path):
    arrays = {"W1": np.ones((784, 4)), "b1": np.ones(4), "W2": np.ones((4, 10)), "b2": np.ones(10)}
    np.savez(tmp_path / "theirs.npz", **arrays)
    before = (tmp_path / "theirs.npz").read_bytes()
    done = viz3d_here("viz3d", "statistics", "--model", "theirs.npz", "--data", "digits", folder=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "is a network of another system, which stays: give --out net.npz" in done.stderr
    assert (tmp_path / "theirs.npz").read_bytes() == before
    words = ("statistics", "--model", "theirs.npz", "--data", "digits", "--out", "mine.npz")
    assert viz3d_here("viz3d", *words, folder=tmp_path).returncode == 0
    # The file that keeps it is one of viz3d, of which nothing is left to say.
    assert not how_imported(choose_net(None, tmp_path / "mine.npz"))


def test_an_imported_network_of_rows_names_its_classes_by_the_data_that_it_is_shown(tmp_path):
    """Four numbers of a flower are no picture, and its answer is a name."""
    table = own_data.flowers(tmp_path / "flowers.csv")
    rng = np.random.default_rng(0)
    shapes = {"W1": (4, 8), "b1": (8,), "W2": (8, 3), "b2": (3,)}
    arrays = {name: rng.normal(0, 1, shape) for name, shape in shapes.items()}
    np.savez(tmp_path / "theirs.npz", **arrays)
    net = choose_net(None, tmp_path / "theirs.npz")
    assert net.layers[0].shape == (4,)
    assert "gives 3 answers: --data takes data of that kind" in " ".join(how_imported(net))
    assert "by the class that each prefers" in how_to_sort(net, tmp_path / "theirs.npz")
    shown = knowing(net, Wanted(of_class="virginica", data=str(table)))
    assert shown.classes == ("setosa", "versicolor", "virginica")
    words = ("inspect", "--model", "theirs.npz", "--data", str(table), "--class", "virginica")
    told = viz3d_here("viz3d", *words, folder=tmp_path)
    assert told.returncode == 0, told.stderr
    assert re.search(r"example #2 \(row \d+\): virginica", told.stdout), "a class has its name, not a number"
    words = ("train", "--test", "--model", "theirs.npz", "--data", str(table), "--json")
    done = viz3d_here("viz3d", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "versicolor" in done.stdout
    other = own_data.pictures(tmp_path / "pets")
    assert knowing(net, Wanted(data=str(other))).task is None, "it is of another kind, which is told of later"


def test_a_link_in_a_circle_is_no_network(tmp_path):
    (tmp_path / "loop.onnx").symlink_to(tmp_path / "loop.onnx")
    status, _, err = run(tmp_path, "loop.onnx", "--out", "my.npz")
    assert status == 2
    assert len(err.splitlines()) == 1
    assert "loop.onnx" in err
