"""What the README says is true: its code runs, its pictures are there, its figures are the code's own."""

import re

import pytest
from PIL import Image
from project import ROOT

import data
import engine

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("screen")
def test_the_python_of_the_readme_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert names["trace"].prediction == 0
    assert (tmp_path / "zero.png").stat().st_size > 10_000
    assert len(names["net"].diff(names["changed"])) > 1


@pytest.mark.usefixtures("screen")
def test_the_python_of_its_own_page_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(code, "python.md", "exec"), names)
    # What its comments say of shapes.
    shapes = {
        "probabilities": (510, 10),
        "hidden": (512,),
        "many": (510, 512),
        "matrix": (784, 512),
        "slopes": (512,),
        "weights": (28, 28),
        "lost": (128,),
    }
    assert {name: names[name].shape for name in shapes} == shapes
    assert names["survey"].by_class.shape == (10, 128)
    assert names["pixels"].shape == (720, 1280, 3)
    assert len(names["losses"]) > 1
    assert names["weight"] == names["net"].parameters["hidden2.weight"][17, 5]
    assert {each.name for each in tmp_path.iterdir()} == {
        "hidden.npz",
        "both.png",
        "changed.npz",
        "worth.png",
    }


@pytest.mark.skipif(data.find_mnist() is None, reason="needs MNIST")
def test_the_python_of_the_page_on_data_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    image = Image.fromarray(data.load("digits").images[3])
    for place in ("my-four.jpg", "pets/cat/1.png", "pets/dog/7.jpg"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        image.save(tmp_path / place)
    page = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(code, "data/README.md", "exec"), names)
    assert len(names["mnist"].images) == 60_000
    assert len(names["digits"].images) == 510
    assert names["image"].shape == (28, 28)
    assert names["pets"].classes == ("cat", "dog")


def test_the_pictures_of_the_readme_are_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) >= 3
    for picture in pictures:
        assert (ROOT / picture).stat().st_size > 10_000


@pytest.mark.parametrize("preset", data.bundled_models())
def test_the_figures_of_the_readme_are_the_nets_own(preset: str) -> None:
    net = engine.load(data.model_path(preset))
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{preset}` |")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[2:5] == [f"{net.neuron_count:,}", f"{net.edge_count:,}", f"{net.parameter_count:,}"]
    assert cells[5] == f"{100 * net.provenance['test_accuracy']:.2f} %"


def test_every_command_of_the_readme_is_one_that_exists() -> None:
    for command in set(re.findall(r"python -m (viz3d\.?\w*)", README)):
        place = ROOT / command.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), command
