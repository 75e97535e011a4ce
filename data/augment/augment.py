"""Training images made new: shifted, turned, scaled, bent, cropped, for each image of a batch its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.augment.hands import hands
from data.augment.pens import penned
from data.augment.style import Style, restyled
from data.augment.warp import CHUNK, Floats, Images, mapped, read_at, smooth_fields
from data.errors import DataError
from guarding import in_a_line

Change = Callable[[Images, np.random.Generator], Images]

AUGMENTATIONS = ("none", "rotate", "affine", "elastic", "crop", "style", "hands", "pens")
SIDE = 24
_MOST_LIMIT = 10_000  # pixels, degrees or shares: further nothing is left of an image


@dataclass(frozen=True)
class Affine:
    """Limits of random affine maps, each drawn uniformly from -limit to +limit.

    shift: pixels; turn: degrees; scale: share of the size; shear: share of the height.
    """

    shift: float = 1.5
    turn: float = 10.0
    scale: float = 0.1
    shear: float = 0.1

    def times(self, strength: float) -> Affine:
        """These limits, all of them `strength` times as wide."""
        return Affine(*(strength * limit for limit in (self.shift, self.turn, self.scale, self.shear)))


@dataclass(frozen=True)
class Elastic:
    """Random smooth displacements (Simard, Steinkraus and Platt 2003, section 2).

    reach: their standard deviation in pixels, rows and columns alike; sigma: the Gaussian's, in pixels. The
    paper's sigma 4 and alpha 34 are a reach of 1.38.
    """

    reach: float = 1.0
    sigma: float = 4.0


def affine(
    images: Images,
    rng: np.random.Generator,
    *,
    shift: float = 1.5,
    turn: float = 10.0,
    scale: float = 0.1,
    shear: float = 0.1,
) -> Images:
    """Each image moved by its own random affine map, bilinear, black outside: uint8 (N, h, w) to the same.

    The limits are those of Affine. DataError where one is below 0.
    """
    for name, limit in (("shift", shift), ("turn", turn), ("scale", scale), ("shear", shear)):
        _check_limit(name, limit)
    return distort(images, rng, Affine(shift, turn, scale, shear), None)


def elastic(images: Images, rng: np.random.Generator, *, reach: float = 1.0, sigma: float = 4.0) -> Images:
    """Each image bent by its own random displacement field, see Elastic: uint8 (N, h, w) to the same."""
    for name, limit in (("reach", reach), ("sigma", sigma)):
        _check_limit(name, limit)
    return distort(images, rng, None, Elastic(reach, sigma))


def distort(
    images: Images, rng: np.random.Generator, affine: Affine | None, elastic: Elastic | None
) -> Images:
    """Affine map and elastic displacement of each image, uint8 (N, h, w), in one reading: blurred once."""
    _check(images, rng)
    count, shape = len(images), (images.shape[1], images.shape[2])
    drawn = affine or Affine(0, 0, 0, 0)
    maps = _maps(count, rng, drawn)
    shift = rng.uniform(-drawn.shift, drawn.shift, (count, 1, 2)).astype(np.float32)[:, 0]
    out = np.empty_like(images)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        rows, columns = mapped(maps[part], shift[part], shape)
        if elastic is not None:
            rows += elastic.reach * smooth_fields(len(rows), rng, shape, elastic.sigma)
            columns += elastic.reach * smooth_fields(len(rows), rng, shape, elastic.sigma)
        out[part] = read_at(images[part], rows, columns)
    return out


def _maps(count: int, rng: np.random.Generator, limits: Affine) -> Floats:
    """Matrices (count, 2, 2) from a place in the new image to that in the old one, both from the centre."""
    angle = np.deg2rad(rng.uniform(-limits.turn, limits.turn, count))
    size = 1 + rng.uniform(-limits.scale, limits.scale, (count, 1, 1))
    lean = rng.uniform(-limits.shear, limits.shear, count)
    cos, sin, zero, one = np.cos(angle), np.sin(angle), np.zeros(count), np.ones(count)
    rotation = np.stack([cos, -sin, sin, cos], axis=-1).reshape(count, 2, 2)
    slant = np.stack([one, zero, lean, one], axis=-1).reshape(count, 2, 2)
    return np.asarray(rotation @ slant / size, np.float32)


def _check_images(images: Images) -> None:
    if not isinstance(images, np.ndarray) or images.ndim != 3:
        told = images.shape if isinstance(images, np.ndarray) else in_a_line(images)
        raise DataError(f"images are uint8 (N, h, w), got {told}")


def _check(images: Images, rng: np.random.Generator) -> None:
    _check_images(images)
    if not isinstance(rng, np.random.Generator):
        example = "such as np.random.default_rng(0)"
        raise DataError(f"a generator of random numbers is needed, {example}, got {in_a_line(rng)}")


def _check_limit(name: str, limit: float) -> None:
    if not isinstance(limit, Real) or not 0 <= limit <= _MOST_LIMIT:
        raise DataError(f"{name} {in_a_line(limit)}: give a number from 0 to {_MOST_LIMIT}")


def random_crop(images: Images, rng: np.random.Generator, side: int = SIDE) -> Images:
    """A random square of each image: uint8 (N, h, w) to (N, side, side), every place as likely."""
    _check(images, rng)
    count, height, width = images.shape
    if not 1 <= side <= min(height, width):
        fix = "take less" if side > 0 else "give 1 pixel or more"
        raise DataError(f"a crop of {side}x{side} does not fit images of {height}x{width}: {fix}")
    windows = np.lib.stride_tricks.sliding_window_view(images, (side, side), (1, 2))
    top, left = (rng.integers(0, room + 1, count) for room in (height - side, width - side))
    return np.ascontiguousarray(windows[np.arange(count), top, left])


def rotations(
    images: Images, labels: NDArray[np.integer[Any]], degrees: float = 15.0
) -> tuple[Images, NDArray[np.integer[Any]]]:
    """Every image, then every image turned by +degrees, then by -degrees: three times as many, with labels.

    images uint8 (N, h, w), labels (N,). An expansion of the set, not a draw. +degrees is anticlockwise.
    """
    _check_images(images)
    if not isinstance(labels, np.ndarray) or labels.shape != images.shape[:1]:
        told = labels.shape if isinstance(labels, np.ndarray) else in_a_line(labels)
        raise DataError(f"labels are ({len(images)},), one an image, got {told}")
    if not isinstance(degrees, Real) or not abs(degrees) <= _MOST_LIMIT:
        raise DataError(f"degrees are a number, such as 15, got {in_a_line(degrees)}")
    turned = [images]
    for sign in (1, -1):
        angle = np.deg2rad(sign * degrees)
        matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
        new = np.empty_like(images)
        for start in range(0, len(images), CHUNK):
            part = images[start : start + CHUNK]
            maps = np.broadcast_to(matrix, (len(part), 2, 2))
            still = np.zeros((len(part), 2), np.float32)
            new[start : start + CHUNK] = read_at(part, *mapped(maps, still, part.shape[1:]))
        turned.append(new)
    return np.concatenate(turned), np.tile(labels, 3)


@dataclass(frozen=True)
class Augmentation:
    """What becomes of a training set: first expanded once, then each batch changed anew.

    hands: how many other forms of ones, fours and sevens are added, pens: how many images are added in
    another pen, both as a strength; turned: add the two rotations of each image; style is the first change;
    crop: side of a random crop, the last change.
    """

    name: str = "none"
    hands: float = 0.0
    pens: float = 0.0
    turned: bool = False
    affine: Affine | None = None
    elastic: Elastic | None = None
    crop: int | None = None
    style: Style | None = None

    def expand(
        self, images: Images, labels: NDArray[np.integer[Any]], rng: np.random.Generator
    ) -> tuple[Images, NDArray[np.integer[Any]]]:
        """The set that an epoch goes through: images uint8 (N, h, w) and labels (N,), N or 3 N of them."""
        if self.hands:
            images, labels = hands(images, labels, rng, self.hands)
        if self.pens:
            images, labels = penned(images, labels, rng, self.pens)
        return rotations(images, labels) if self.turned else (images, labels)

    @property
    def change(self) -> Change | None:
        """What is done to each batch (images, rng) -> images, or None."""
        return self._changed if self.style or self.affine or self.elastic or self.crop else None

    def _changed(self, images: Images, rng: np.random.Generator) -> Images:
        if self.style:
            images = restyled(images, rng, self.style)
        if self.affine or self.elastic:
            images = distort(images, rng, self.affine, self.elastic)
        return images if self.crop is None else random_crop(images, rng, self.crop)


def augmentation(name: str) -> Augmentation:
    """The augmentation of that name: "none", or one or more of the others joined by +.

    hands: the set with more ones, fours and sevens, in forms that MNIST has seldom; pens: the set with some
    digits once more, in thin and thick pens; rotate: the set with each image turned by 15 degrees both ways;
    style, affine, elastic: a random hand, map or field for each image of each batch, with a strength if one
    is given ("affine:0.5+elastic:1.2"); crop: a random 24x24 of each. Their order in the name is of
    no matter. DataError names what is not known.
    """
    if not isinstance(name, str):
        raise DataError(f"an augmentation is text such as 'hands+pens', got {in_a_line(name)}")
    strengths: dict[str, float] = {}
    for word in name.split("+"):
        kind, colon, number = word.partition(":")
        if kind not in AUGMENTATIONS or kind in strengths:
            what = "is named twice" if kind in strengths else "is not known"
            raise DataError(
                f"augmentation {in_a_line(kind)} {what}: join some of {', '.join(AUGMENTATIONS)} with +"
            )
        strengths[kind] = _strength(kind, number) if colon else 1.0
    if "none" in strengths and len(strengths) > 1:
        raise DataError(f"augmentation {in_a_line(name)}: none goes with no other")
    return Augmentation(
        name,
        hands=strengths.get("hands", 0.0),
        pens=strengths.get("pens", 0.0),
        turned="rotate" in strengths,
        affine=Affine().times(strengths["affine"]) if "affine" in strengths else None,
        elastic=Elastic(strengths["elastic"]) if "elastic" in strengths else None,
        crop=SIDE if "crop" in strengths else None,
        style=Style().times(strengths["style"]) if "style" in strengths else None,
    )


def _strength(kind: str, number: str) -> float:
    if kind not in ("style", "affine", "elastic", "hands", "pens"):
        raise DataError(
            f"augmentation {kind!r} takes no strength: only style, affine, elastic, hands and pens do"
        )
    try:
        strength = float(number)
    except ValueError:
        strength = -1.0
    if not 0 < strength <= 5:
        raise DataError(f"augmentation {kind}:{number}: a strength is a number above 0, up to 5")
    return strength
