"""What a data set is, and `load`, the door to all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.sets import download as _download
from data.sets.digits import digits
from data.sets.idx import read_idx_images, read_idx_labels
from data.sets.mnist import cache_folder, file_of, find_mnist, names_of

KNOWN = ("digits", "mnist")


@dataclass(frozen=True)
class Dataset:
    """Images uint8 (N, 28, 28), white ink on black, with labels uint8 (N,), 0..9.

    name is what the images truly are ("mnist" or "digits"); note says in one line why they are not what was
    asked for.
    """

    name: str
    split: str
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    note: str = ""

    def __len__(self) -> int:
        return len(self.labels)

    def example(self, digit: int, watch: Mapping[str, Sequence[int]] | None = None) -> int:
        """Number of the image to show for a digit: the one that watch names, else the first.

        watch: image numbers, one for each digit, by data set and split, such as "mnist:test"; one that is no
        image of the digit here is passed over. DataError where the data set has no image of the digit.
        """
        named = (watch or {}).get(f"{self.name}:{self.split}", ())[digit : digit + 1]
        for number in named:
            if 0 <= number < len(self) and self.labels[number] == digit:
                return number
        places = np.flatnonzero(self.labels == digit)
        if not len(places):
            raise DataError(f"{self.name} {self.split} has no image of a {digit}: take another digit")
        return int(places[0])


def load(
    name: str,
    split: str = "test",
    *,
    folder: Path | None = None,
    download: bool = True,
    notify: Callable[[str], None] | None = None,
    progress: _download.Progress | None = None,
) -> Dataset:
    """A data set by name: "mnist" (train, test) or the embedded "digits" (train, test, all).

    MNIST is looked for in folder, then VIZ3D_DATA, then the user's cache, then downloaded (this split only;
    notify gets a line, progress gets file name, bytes done, bytes in all). Where no mirror gives it, notify
    gets one line and the embedded digits come back, named "digits", with that line as their note. DataError:
    unknown name or split, a given folder without the files, a damaged file, or not found with download=False.
    """
    if name not in KNOWN:
        raise DataError(f'unknown data set "{name}": known are {", ".join(KNOWN)}')
    if name == "digits":
        return _embedded(split)
    names_of(split)
    mnist_folder = find_mnist(folder, split)
    if mnist_folder is None:
        if not download:
            raise DataError(
                f"MNIST ({split}) was not found in {cache_folder()}; set VIZ3D_DATA to its folder"
            )
        try:
            mnist_folder = _download.fetch(split, cache_folder(), notify=notify, progress=progress)
        except _download.DownloadError as error:
            note = f"MNIST could not be downloaded: {error}; using the embedded digits (UCI) instead"
            if notify is not None:
                notify(note)
            return _embedded(split, note)
    return _read_mnist(mnist_folder, split)


def _read_mnist(folder: Path, split: str) -> Dataset:
    images_name, labels_name = names_of(split)
    images_path, labels_path = file_of(folder, images_name), file_of(folder, labels_name)
    if images_path is None or labels_path is None:
        raise DataError(f"{folder}: the MNIST files were removed while they were read; try again")
    images, labels = read_idx_images(images_path), read_idx_labels(labels_path)
    if len(images) != len(labels):
        raise DataError(
            f"{folder}: {len(images):,} images but {len(labels):,} labels; {images_path.name} and "
            f"{labels_path.name} do not belong together, fetch both again"
        )
    return Dataset("mnist", split, images, labels)


def _embedded(split: str, note: str = "") -> Dataset:
    images, labels = digits(split)
    return Dataset("digits", split, images, labels, note)
