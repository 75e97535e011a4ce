"""Files that hold data and are not read: why not, and what to do instead, by the ends of their names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_SAVE = "numpy.savez('set.npz', x=images, y=labels)"
_UNREAD = (
    ((".zip", ".tar", ".tgz", ".tar.gz", ".7z", ".rar"), "an archive: unpack it, and give the folder"),
    ((".parquet", ".arrow", ".feather"), f"a table of another kind: load it in Python and save it, {_SAVE}"),
    (
        (".pkl", ".pickle", ".pkl.gz", ".joblib"),
        f"a pickle, which could run code and so is never opened: load it where you trust it, and {_SAVE}",
    ),
    ((".pt", ".pth"), f"a file of PyTorch's: load it in Python and save its arrays, {_SAVE}"),
    ((".npy",), f"one array: put images and labels into one file, {_SAVE}"),
    ((".mat",), f"a MATLAB file: load it with scipy.io.loadmat and {_SAVE}"),
    ((".h5", ".hdf5"), f"an HDF5 file: load it with h5py and {_SAVE}"),
    ((".xls", ".xlsx", ".ods"), "a spreadsheet: save it as CSV (UTF-8)"),
    (
        (".json", ".jsonl", ".arff", ".libsvm", ".svm", ".tfrecord", ".lmdb"),
        f"no table: save it as CSV, or {_SAVE}",
    ),
)
_CIFAR = ("data_batch_1", "test_batch", "batches.meta")


def way_round(name: str) -> str:
    """What a file of this name is and what to do with it; "" where nothing is known of it."""
    lower = name.lower()
    return next((told for ends, told in _UNREAD if lower.endswith(ends)), "")


def unread_in(files: Iterable[Path]) -> str:
    """The first of a folder's files that holds data which is not read, and what to do; "" where none is."""
    names = sorted(path.name for path in files)
    if set(_CIFAR) & set(names):
        return (
            "its batches are pickles, which could run code and so are never opened: give CIFAR's binary "
            "version (cifar-10-binary.tar.gz), unpacked"
        )
    return next((f"{name} is {told}" for name in names if (told := way_round(name))), "")
