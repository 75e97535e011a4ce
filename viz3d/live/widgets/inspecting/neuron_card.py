"""What the inspector shows of a neuron, as plain values."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from viz3d.live.widgets.pictures import Values

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SynapseRows:
    """Synapses of one neuron, into it or out of it: arrays (n,) in any order.

    Attributes:
        names: address of the neuron at the other end.
        neurons: its number, int64.
        weight: of the synapse.
        activation: of the neuron that it comes from.
        contribution: weight x activation.
    """

    names: Sequence[str] = ()
    neurons: NDArray[np.int64] = dataclasses.field(default_factory=lambda: np.zeros(0, np.int64))
    weight: Floats = dataclasses.field(default_factory=lambda: np.zeros(0, np.float32))
    activation: Floats = dataclasses.field(default_factory=lambda: np.zeros(0, np.float32))
    contribution: Floats = dataclasses.field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True, eq=False)
class NeuronCard:
    """A neuron, for one image.

    Attributes:
        address: as people type it, `hidden1:201`.
        value: its activation, and `note`: a few words on it.
        without: what is read without it, "" where it is silent, or cannot be.
        kind: what it is, in capitals.
        edited: whether a person changed it: its value stands in the accent then.
        excited, inhibited, bias, total: the terms above 0 and below 0 of its sum, its bias, the sum itself.
        function, output: name of its activation function, "" without one, and what that makes of the sum.
        weights, products: what it looks at and what it finds there, (h, w) each; None where it is no picture.
        pixels: what the net sees, (h, w) of 0..1, where the neuron can see a part of it alone; field: that
            part: first row, first column, last row, last column.
        incoming, outgoing: its synapses.
        pushes: what one unit more of it does to each class's score, (k,); None where nobody hears it.
        classes, prediction: names of the classes, and which one is the answer.
        clamp: lowest and highest value that the clamp's slider offers.
        scale: what its activation is multiplied by, 1 where it is not scaled.
        shift: what is added to its bias; shifts: the least and the most that the slider offers.
        ablated, frozen: whether it is silenced; whether training leaves it as it is.
        refused: what cannot be done to it, of ablate, freeze, clamp, scale and shift.
    """

    address: str
    value: float
    note: str = ""
    without: str = ""
    kind: str = "NEURON"
    edited: bool = False
    excited: float = 0.0
    inhibited: float = 0.0
    bias: float = 0.0
    total: float = 0.0
    function: str = ""
    output: float = 0.0
    weights: Values | None = None
    products: Values | None = None
    pixels: Values | None = None
    field: tuple[int, int, int, int] = (0, 0, 0, 0)
    incoming: SynapseRows = dataclasses.field(default_factory=SynapseRows)
    outgoing: SynapseRows = dataclasses.field(default_factory=SynapseRows)
    pushes: Floats | None = None
    classes: tuple[str, ...] = ()
    prediction: int = -1
    clamp: tuple[float, float] = (0.0, 1.0)
    scale: float = 1.0
    shift: float = 0.0
    shifts: tuple[float, float] = (-1.0, 1.0)
    ablated: bool = False
    frozen: bool = False
    refused: tuple[str, ...] = ()

    @property
    def sums(self) -> bool:
        """Whether it adds up what reaches it: a pixel is what it is, and so is a number."""
        return self.kind not in ("PIXEL", "NUMBER")
