"""`load`, the door to all data sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.errors import DataError
from data.paths import FilePath, path_of
from data.sets import download as _download
from data.sets.dataset import Dataset
from data.sets.digits import digits
from data.sets.formats.idx import read_idx_images, read_idx_labels
from data.sets.formats.idx_folder import holds_mnist
from data.sets.known import RELATIVES
from data.sets.mnist import cache_folder, file_of, find_mnist, names_of
from data.sets.own import of_parts, own
from data.sets.relatives import relative
from data.sets.samples import samples_folder
from data.sets.scikit import SCIKIT, scikit, xor
from guarding import in_a_line

KNOWN = ("digits", "mnist", *RELATIVES, "xor", *SCIKIT)
"""The data sets that have a name."""
SAMPLES = "kept samples"


def load(
    name: str,
    split: str = "test",
    *,
    folder: FilePath | None = None,
    download: bool = True,
    notify: Callable[[str], None] | None = None,
    progress: _download.Progress | None = None,
) -> Dataset:
    """A data set by name: "mnist" (train, test), "digits" (train, test, all), or another of KNOWN.

    MNIST is looked for in folder, then VIZ3D_DATA, then the user's cache, then downloaded (this split only;
    notify gets a line, progress gets file name, bytes done, bytes in all). Where no mirror gives it, notify
    gets one line and the embedded digits come back, named "digits", with that line as their note. A relative
    of MNIST is looked for in folder, then the cache, then downloaded. Of sets without a test part some is
    held out, see data.sets.holdout. DataError: unknown name or split, a given folder without the files, a
    damaged file, or not found with download=False; a relative of MNIST also where no mirror gives it.
    """
    if not isinstance(name, str):
        raise DataError(f"a data set is named by text such as 'digits', got {in_a_line(name)}")
    if name not in KNOWN:
        raise DataError(f'unknown data set "{name:.60}": known are {", ".join(KNOWN)}')
    if name == "digits":
        return _embedded(split)
    folder = None if folder is None else path_of(folder)
    if name in RELATIVES:
        return relative(name, split, folder, download, notify, progress)
    if name == "xor" or name in SCIKIT:
        return of_parts(xor() if name == "xor" else scikit(name), split)
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


def load_own(path: FilePath, split: str = "test") -> Dataset:
    """One split, "train" or "test", of the data set in a file or folder of one's own.

    IDX files of any size and classes, a folder of pictures, a table as text, or a .npz. A folder of MNIST's
    files is "mnist". DataError in one line names the file that is wrong, or says what can be read.
    """
    path = path_of(path)
    if holds_mnist(path):
        return load("mnist", split, folder=path)
    return of_parts(own(path), split)


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
    return Dataset("mnist", split, images, labels, called=SAMPLES if _are_samples(folder) else "")


def _are_samples(folder: Path) -> bool:
    """Whether a folder is where a person's own digits are kept, under the names of MNIST's files."""
    try:
        return folder.samefile(samples_folder())
    except OSError:  # nothing is kept so far
        return False


def _embedded(split: str, note: str = "") -> Dataset:
    images, labels = digits(split)
    return Dataset("digits", split, images, labels, note)
