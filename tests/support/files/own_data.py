"""Small data sets of one's own, written as people have them."""

import gzip
import struct
from pathlib import Path

import numpy as np
from PIL import Image

from data import Dataset, load_own

RNG = np.random.default_rng


def both(where: Path) -> tuple[Dataset, Dataset]:
    """The training and the test examples of a set."""
    return load_own(where, "train"), load_own(where, "test")


def idx(path: Path, values: np.ndarray) -> None:
    """Write an IDX file, packed where its name ends in .gz."""
    header = struct.pack(">HBB", 0, 8, values.ndim) + struct.pack(f">{values.ndim}I", *values.shape)
    content = header + np.ascontiguousarray(values, np.uint8).tobytes()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def idx_set(
    folder: Path, stem: str, labels: np.ndarray, shape: tuple[int, ...] = (28, 28), part="train"
) -> Path:
    """Images of noise with these labels, as `stemtrain-images-idx3-ubyte.gz` and its labels."""
    folder.mkdir(parents=True, exist_ok=True)
    images = RNG(0).integers(0, 256, (len(labels), *shape))
    idx(folder / f"{stem}{part}-images-idx{len(shape) + 1}-ubyte.gz", images)
    idx(folder / f"{stem}{part}-labels-idx1-ubyte.gz", labels)
    return folder


def pictures(folder: Path, classes=("cat", "dog"), each: int = 12, size=(9, 7), colour: bool = True) -> Path:
    """Pictures in a sub-folder for each class; the first channel's mean tells the class."""
    rng = RNG(0)
    for place, name in enumerate(classes):
        (folder / name).mkdir(parents=True)
        for number in range(each):
            pixels = rng.integers(0, 60, (size[1], size[0], 3)).astype(np.uint8)
            pixels[..., 0] += np.uint8(place * (180 // max(len(classes) - 1, 1)))
            picture = pixels if colour else np.ascontiguousarray(pixels[..., 0])
            Image.fromarray(picture).save(folder / name / f"{number:03d}.png")
    return folder


def flowers(path: Path, each: int = 20) -> Path:
    """A table of three kinds of flowers that two of its four columns part."""
    rng = RNG(0)
    lines = ["length,width,petal length,petal width,species"]
    for place, name in enumerate(("setosa", "versicolor", "virginica")):
        for row in rng.normal((5 + place, 3, 1 + 2 * place, 0.2 + place), 0.2, (each, 4)).round(2):
            lines.append(",".join(map(str, row)) + f",{name}")
    path.write_text("\n".join(lines) + "\n")
    return path


def kaggle(path: Path) -> Path:
    """A table of 40 images of 8x8 pixels in ten classes, `label,pixel0,...`."""
    rng = RNG(0)
    names = ",".join(f"pixel{i}" for i in range(64))
    lines = [f"label,{names}"]
    for row in range(40):
        lines.append(",".join(map(str, [row % 10, *rng.integers(0, 256, 64)])))
    path.write_text("\n".join(lines) + "\n")
    return path
