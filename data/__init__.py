"""Datasets, drawings and the bundled trained models."""

from .augment import (
    AUGMENTATIONS,
    Augmentation,
    affine,
    augmentation,
    elastic,
    random_crop,
    rotations,
)
from .datasets import Dataset, load
from .errors import DataError
from .idx import read_idx_images, read_idx_labels
from .mnist import find_mnist
from .models import bundled_models, model_path
from .pictures import digit_from_image

__all__ = [
    "AUGMENTATIONS",
    "Augmentation",
    "DataError",
    "Dataset",
    "affine",
    "augmentation",
    "bundled_models",
    "digit_from_image",
    "elastic",
    "find_mnist",
    "load",
    "model_path",
    "random_crop",
    "read_idx_images",
    "read_idx_labels",
    "rotations",
]
