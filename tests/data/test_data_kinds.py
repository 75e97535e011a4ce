"""What a function of `data` cannot use is told in one line: its name, the value and what to give."""

import inspect
from contextlib import suppress

import numpy as np
import pytest

import data
from data import DataError

WRONG = (None, 2.5, -1, "nonsense", "", b"x", [], {}, np.zeros((2, 3, 4)), object(), [object()], 1j)
WRONG += (float("nan"), 10**30, "x" * 5000, "a\0b")
IMAGES = np.zeros((3, 28, 28), np.uint8)


@pytest.fixture
def given(tmp_path, monkeypatch):
    """For each function what it takes; what is kept goes to a folder of the test."""
    monkeypatch.setenv("VIZ3D_SAMPLES", str(tmp_path))
    rng = np.random.default_rng(0)
    images, file = {"images": IMAGES, "rng": rng}, str(tmp_path / "nothing.gz")
    called = {"text": "3", "names": ("1", "3")}
    return {
        data.Augmentation: {"name": "none", "affine": None},
        data.Dataset: {"name": "x", "split": "test", "images": IMAGES, "labels": np.zeros(3, int)},
        data.affine: {**images, "shift": 1.0, "turn": 1.0, "scale": 0.1, "shear": 0.1},
        data.augmentation: {"name": "affine"},
        data.count_digits: {"source": IMAGES[0]},
        data.digit_from_image: {"source": IMAGES[0], "pick": 1},
        data.elastic: {**images, "reach": 1.0, "sigma": 4.0},
        data.find_mnist: {"folder": None, "split": "train"},
        data.keep_sample: {"image": IMAGES[0], "label": 1, "folder": tmp_path, "classes": ("a", "b")},
        data.load: {"name": "digits", "split": "test"},
        data.load_own: {"path": file, "split": "test"},
        data.model_path: {"preset": "mlp"},
        data.path_of: {"place": "x"},
        data.place_of_class: called,
        data.place_of_digit: called,
        data.random_crop: {**images, "side": 24},
        data.read_digit: {"source": IMAGES[0], "pick": 1},
        data.read_idx_images: {"path": file},
        data.read_idx_labels: {"path": file},
        data.read_picture: {"source": file, "size": (8, 8), "colour": False},
        data.resized: {"picture": IMAGES[0], "size": (8, 8)},
        data.rotations: {"images": IMAGES, "labels": np.zeros(3, int), "degrees": 3.0},
    }


@pytest.mark.filterwarnings("ignore")
def test_no_argument_of_another_kind_brings_up_a_raw_error(given):
    functions = {getattr(data, name) for name in data.__all__ if inspect.isfunction(getattr(data, name))}
    assert functions - set(given) == {data.bundled_models, data.samples_folder}, "they take nothing"
    for function, right in given.items():
        for name in right:
            for wrong in WRONG:
                with suppress(DataError):  # nothing else comes of it
                    function(**{**right, name: wrong})
                    continue
                with pytest.raises(DataError) as caught:
                    function(**{**right, name: wrong})
                told = str(caught.value)
                assert "\n" not in told, (function, name, wrong)
                assert len(told) < 400, (function, name, wrong)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: data.affine(IMAGES, np.random.default_rng(0), shift="far"), "shift 'far': give a number"),
        (lambda: data.affine(IMAGES, np.random.default_rng(0), turn=-1), "turn -1: give a number from 0"),
        (lambda: data.random_crop(IMAGES, np.random.default_rng(0), -1), "give 1 pixel or more"),
        (lambda: data.place_of_class(3, ("a", "b")), "text 3: give text"),
        (lambda: data.load("digits", []), "split []: give text"),
        (lambda: data.load_own("x" * 5000), "5,000 letters are more than a name has room for"),
        (lambda: data.read_digit("a\0b"), "no name holds a NUL"),
    ],
)
def test_a_raw_value_gets_the_fix(call, told):
    with pytest.raises(DataError) as caught:
        call()
    assert told in str(caught.value)
