"""Classes that are digits by other names: zero to nine, "0 - zero", digit_3."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.sets.dataset import DIGITS, Labelled, Parts, as_labels, one_of
from data.sets.numerals import digit_called


def digits_named(parts: Parts) -> Parts:
    """The same under the digits' own names, where its pictures' classes are digits by others; it is said.

    So a network of digits reads them, and an example of "three" is a three. Classes that are digits by name
    stand in the digits' order, since the usual networks number them so.
    """
    if parts.train[0].ndim < 3:
        return parts
    numbers = [digit_called(name) for name in parts.classes]
    known = [number for number in numbers if number is not None]
    classes = tuple(DIGITS[number] for number in sorted(known))
    if len(known) < len(numbers) or len(set(known)) < len(known) or parts.classes == classes:
        return parts
    place = np.searchsorted(np.sort(known), known)
    told = next(
        (f'"{name.strip()}" for {n}' for name, n in zip(parts.classes, known, strict=True) if name != str(n)),
        "",
    )

    def moved(half: Labelled) -> Labelled:
        return half[0], as_labels(place[half[1]], len(classes))

    said = (
        f"its classes are digits by other names, {told}" if told else "its classes are in the digits' order"
    )
    return replace(
        parts,
        train=moved(parts.train),
        test=None if parts.test is None else moved(parts.test),
        classes=classes,
        noun=one_of(classes, parts.train[0]) if parts.noun == "image" else parts.noun,
        said=(*parts.said, said),
    )
