"""Statistics: what neurons usually do over a data set, and which class each prefers, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.arrays import Array, Shape, read_only
from engine.graph.repr import Brief

NO_CLASS = 255
"""The preferred class of a neuron that treats all classes alike, such as one that is always silent."""


@dataclass(frozen=True, eq=False, repr=False)
class LayerStatistics(Brief):
    """What each neuron of a layer does over many images; arrays (size,), read-only.

    preferred: uint8, the class on whose images its mean activation is largest; NO_CLASS where none is.
    choosiness: float32, how far that mean is above the mean of all classes' means, in their standard
    deviations: at most the root of classes - 1. mean, deviation: float32, of its activation over all images.
    """

    preferred: Array
    choosiness: Array
    mean: Array
    deviation: Array

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, read_only(getattr(self, field.name)))

    def resized(self, shape: Shape, units: Array) -> LayerStatistics:
        """The statistics of a layer that was resized along its last axis; shape: that which it has since.

        units: places of its units on that axis before, -1 for a new one, of which nothing is known yet.
        """

        def along(values: Array, fresh: int) -> Array:
            taken = np.take(values.reshape(shape), np.maximum(units, 0), axis=-1)
            return np.where(units >= 0, taken, np.array(fresh, values.dtype)).reshape(-1)

        names = [field.name for field in fields(self)]
        return LayerStatistics(
            *(along(getattr(self, name), NO_CLASS if name == "preferred" else 0) for name in names)
        )


@dataclass(frozen=True, eq=False, repr=False)
class Statistics(Brief):
    """What the neurons of some layers of a net do over a data set; see `engine.statistics_of`.

    layers: by layer name. images: how many there were. source: what they were, in words. net: the
    fingerprint of the net that was looked at; a net that was changed since has another, see
    `Net.statistics_hold`.
    """

    layers: Mapping[str, LayerStatistics]
    images: int
    source: str
    net: int

    def resized(self, shapes: Mapping[str, Shape], units: Array) -> Statistics:
        """The statistics of a net, of which the layers named in shapes were resized; see LayerStatistics."""
        return replace(
            self,
            layers={
                name: each.resized(shapes[name], units) if name in shapes else each
                for name, each in self.layers.items()
            },
        )
