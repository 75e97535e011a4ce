"""Datasets, drawings and the bundled trained models."""

from .augment import affine
from .datasets import Dataset, load
from .errors import DataError
from .idx import read_idx_images, read_idx_labels
from .mnist import find_mnist
from .models import bundled_models, model_path
from .pictures import digit_from_image

__all__ = [
    "DataError",
    "Dataset",
    "affine",
    "bundled_models",
    "digit_from_image",
    "find_mnist",
    "load",
    "model_path",
    "read_idx_images",
    "read_idx_labels",
]
