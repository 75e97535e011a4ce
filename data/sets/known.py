"""MNIST's relatives by name: what their files and classes are called, and their published checksums.

The checksums are the MD5 that torchvision publishes and checks (torchvision/datasets/mnist.py). Kuzushiji
49 and the rest of EMNIST have no name here: no checksum was found for them, or they are the same files again.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

from data.sets.dataset import DIGITS
from data.sets.download import Known

PAIRS = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
_BALANCED = (*DIGITS, *ascii_uppercase, *"abdefghnqrt")
EMNIST_CLASSES = {
    "emnist-letters": tuple(ascii_uppercase),
    "emnist-balanced": _BALANCED,
    "emnist-bymerge": _BALANCED,
    "emnist-byclass": (*DIGITS, *ascii_uppercase, *ascii_lowercase),
    "emnist-digits": DIGITS,
    "emnist-mnist": DIGITS,
}
"""Of EMNIST's sets (Cohen et al. 2017, table II); its letters are numbered from 1, in both cases alike."""


@dataclass(frozen=True)
class Relative:
    """A published set in MNIST's format.

    mirrors: where its files lie; files: size and checksum of each; archive: the zip that holds all files,
    where they are published in one.
    """

    title: str
    noun: str
    classes: tuple[str, ...]
    mirrors: tuple[str, ...]
    files: dict[str, Known]
    archive: str = ""


def _four(sizes: tuple[int, ...], sums: tuple[str, ...]) -> dict[str, Known]:
    names = (*PAIRS["train"], *PAIRS["test"])
    return {name: Known(size, f"md5:{sum_}") for name, size, sum_ in zip(names, sizes, sums, strict=True)}


_EMNIST = {
    "mirrors": (
        "https://biometrics.nist.gov/cs_links/EMNIST/",
        "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
    ),
    "files": {"gzip.zip": Known(561_753_746, "md5:58c8d27c78d21e728a6bc7b3cc06412e")},
    "archive": "gzip.zip",
}

RELATIVES: dict[str, Relative] = {
    "fashion-mnist": Relative(
        "Fashion-MNIST",
        "garment",
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        _four(
            (26_421_880, 29_515, 4_422_102, 5_148),
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
        ),
    ),
    "kmnist": Relative(
        "Kuzushiji-MNIST",
        "character",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        _four(
            (18_165_135, 29_497, 3_041_136, 5_120),
            (
                "bdb82020997e1d708af4cf47b453dcf7",
                "e144d726b3acfaa3e44228e80efcd344",
                "5c965bf0a639b31b8f53240b1b52f4d7",
                "7320c461ea6c1c855c0b718fb2a4b134",
            ),
        ),
    ),
    "emnist-letters": Relative(
        "EMNIST letters",
        "letter",
        EMNIST_CLASSES["emnist-letters"],
        **_EMNIST,  # type: ignore[arg-type]
    ),
    "emnist-balanced": Relative(
        "EMNIST balanced",
        "character",
        EMNIST_CLASSES["emnist-balanced"],
        **_EMNIST,  # type: ignore[arg-type]
    ),
}


def relative_of(folder: str, labels_md5: str) -> str:
    """The name of the set that a folder of MNIST's file names holds, empty where it cannot be told.

    By the checksum of a labels file, else by the folder's name: such as FashionMNIST, kmnist.
    """
    for name, relative in RELATIVES.items():
        sums = [known.checksum for file, known in relative.files.items() if "labels" in file]
        if f"md5:{labels_md5}" in sums:
            return name
    plain = folder.lower().replace("_", "").replace("-", "")
    if "fashion" in plain:
        return "fashion-mnist"
    return "kmnist" if "kmnist" in plain or "kuzushijimnist" in plain else ""
