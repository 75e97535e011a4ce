"""Geometry: what two scenes share where one stage shows both without building anew."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from scenes.scene import Scene


def same_geometry(a: Scene, b: Scene) -> bool:
    """Whether two scenes differ in values alone: all else that is built is equal."""
    painted = [scene.neurons.coat and scene.neurons.coat.layers for scene in (a, b)]
    return (
        (a.size, a.bare, a.words.classes) == (b.size, b.bare, b.words.classes)
        and painted[0] == painted[1]
        and a.drawn.quotas == b.drawn.quotas
        and a.signal.quotas == b.signal.quotas
        and _equal(a.theme, b.theme)
        and _equal(a.layout, b.layout)
    )


def _equal(a: Any, b: Any) -> bool:
    """Whether two values are equal, dataclasses and tuples of arrays too."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if is_dataclass(a):
        return all(_equal(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(_equal, a, b))
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) else bool(a == b)
