"""Datasets, drawings and the bundled trained models."""

from data.augment.augment import (
    AUGMENTATIONS,
    Augmentation,
    affine,
    augmentation,
    elastic,
    random_crop,
    rotations,
)
from data.errors import (
    CrossedOutError,
    DataError,
    DoubtfulError,
    NoInkError,
    NoPictureError,
    SeveralDigitsError,
    TooPaleError,
    UnlikeDigitsError,
)
from data.models import bundled_models, model_path
from data.paths import path_of
from data.photo.read import Reading, count_digits, digit_from_image, read_digit
from data.photo.sources.files import Source
from data.sets.dataset import DIGITS, Dataset
from data.sets.datasets import KNOWN, load, load_own
from data.sets.formats.idx import read_idx_images, read_idx_labels
from data.sets.formats.pictures import read_picture, resized
from data.sets.mnist import find_mnist
from data.sets.numerals import place_of_class, place_of_digit
from data.sets.samples import Kept, keep_sample, samples_folder
from guarding import guard

__all__ = [
    "AUGMENTATIONS",
    "DIGITS",
    "KNOWN",
    "Augmentation",
    "CrossedOutError",
    "DataError",
    "Dataset",
    "DoubtfulError",
    "Kept",
    "NoInkError",
    "NoPictureError",
    "Reading",
    "SeveralDigitsError",
    "Source",
    "TooPaleError",
    "UnlikeDigitsError",
    "affine",
    "augmentation",
    "bundled_models",
    "count_digits",
    "digit_from_image",
    "elastic",
    "find_mnist",
    "keep_sample",
    "load",
    "load_own",
    "model_path",
    "path_of",
    "place_of_class",
    "place_of_digit",
    "random_crop",
    "read_digit",
    "read_idx_images",
    "read_idx_labels",
    "read_picture",
    "resized",
    "rotations",
    "samples_folder",
]

guard(globals(), __all__, DataError)
