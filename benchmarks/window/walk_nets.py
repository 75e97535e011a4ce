"""Networks and data that walk.py opens the live window with."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

OWN = "input 28x28 | dense 37 relu as thinking_hard | dense 12 tanh as x2 | dense 10 softmax"
_CLOTHES = "T-shirt, Trouser, Pullover, Dress, Coat, Sandal, Shirt, Sneaker, Bag, Ankle boot"


@dataclass(frozen=True)
class Case:
    """A session to begin with: its network's file or preset, its data, and what it is to read."""

    model: Path | None
    preset: str | None
    data: str
    take: Any
    design: str = ""


def case(name: str, folder: Path) -> Case:
    """The session of a name; files that it needs are written into the folder."""
    from viz3d.session.acts.take import TakeDigit, TakeSample

    made = {"xor": _xor, "clothes": _clothes, "letters": _letters, "thousand": _thousand}
    made["flowers"] = _flowers
    if name in made:
        data, text = made[name](folder)
        return Case(_trained(folder / f"{name}-net.npz", data, text), None, data, TakeSample("test:1"))
    if name == "own":
        return Case(None, "mlp", "digits", TakeDigit(4), OWN)
    if Path(name).suffix:
        return Case(Path(name), None, "digits", TakeDigit(4))
    return Case(None, name, "digits", TakeDigit(4))


def _xor(_folder: Path) -> tuple[str, str]:
    return "xor", "input 2 | dense 4 tanh | dense 2 softmax"


def _flowers(folder: Path) -> tuple[str, str]:
    """A table of three kinds of flowers by four lengths with long names, as Iris has them."""
    rng, place = np.random.default_rng(0), folder / "flowers.csv"
    lines = ["sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),kind"]
    for kind, middle in {"setosa": (5, 3.4, 1.5, 0.2), "versicolor": (5.9, 2.8, 4.3, 1.3),
                         "virginica": (6.6, 3, 5.6, 2)}.items():  # fmt: skip
        rows = np.maximum(rng.normal(middle, 0.3, (50, 4)), 0.1)
        lines += [",".join(f"{each:.1f}" for each in row) + f",{kind}" for row in rows]
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(place), "input 4 | dense 8 relu | dense 3 softmax"


def _clothes(folder: Path) -> tuple[str, str]:
    """Ten classes with names, as Fashion-MNIST has them: shapes of stripes, told by their width."""
    text = "input 28x28 | conv 8 5x5 relu | pool 2 | dense 48 relu | dense 10 softmax"
    return _images(folder / "clothes", _CLOTHES.split(", "), 28, 60), text


def _letters(folder: Path) -> tuple[str, str]:
    text = "input 28x28 | dense 64 relu | dense 32 relu | dense 26 softmax"
    return _images(folder / "letters", list(string.ascii_uppercase), 28, 40), text


def _thousand(folder: Path) -> tuple[str, str]:
    names = [f"{kind} {number}" for kind in _CLOTHES.split(", ") for number in range(100)]
    return _images(folder / "thousand", names, 16, 4), "input 16x16 | dense 64 relu | dense 1000 softmax"


def _images(place: Path, names: list[str], side: int, each: int) -> str:
    """Write so many images of each class: a bright field whose size and place tell it, with some noise."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(len(names)), each)
    rows, columns = np.mgrid[:side, :side]
    turn = labels[:, None, None] * 2.399963
    away = 0.25 * side * np.sqrt(labels / len(names))[:, None, None]
    middle = side / 2 + rng.normal(0, 0.4, (2, len(labels), 1, 1))
    far = np.hypot(rows - middle[0] - away * np.sin(turn), columns - middle[1] - away * np.cos(turn))
    ink = np.clip(side * (0.1 + 0.02 * (labels % 5))[:, None, None] - far + 1, 0, 1)
    images = np.clip(255 * ink + rng.normal(0, 12, far.shape) * (ink > 0), 0, 255).astype(np.uint8)
    np.savez(place.with_suffix(".npz"), x=images, y=labels, classes=np.array(names))
    return str(place.with_suffix(".npz"))


def _trained(place: Path, data: str, text: str) -> Path:
    """Train a network a little, so that its bars and matrices show something; return its file."""
    import subprocess
    import sys

    if not place.exists():
        line = [sys.executable, "-m", "viz3d.train", "--data", data, "--architecture", text]
        subprocess.run([*line, "--epochs", "12", "--out", str(place)], check=True, stdout=subprocess.DEVNULL)
    return place
