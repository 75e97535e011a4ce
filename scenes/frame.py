"""Frame: all that a picture shows at one moment, as plain arrays. No VTK, no clock."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.light.focus import Focus
from scenes.light.theme import Colour, Ramp


@dataclass(frozen=True)
class Caption:
    """A line of text.

    Attributes:
        text: what it says.
        at: pixels (x, y) of its anchor, origin top left.
        size: font size in pixels.
        font: "regular", "medium", "semibold", "display" or "display-bold".
        colour: its colour.
        alpha: opacity, 0..1.
        anchor: Pillow's text anchor, such as "ls" (left, baseline) or "mm" (middle, middle).
        outline: the colour of a soft edge around it, for what stands before a bright ground; None for none.
        plate: whether quiet ground of that colour lies behind it, for what strands cross.
    """

    text: str
    at: tuple[float, float]
    size: float
    font: str
    colour: Colour
    alpha: float = 1.0
    anchor: str = "ls"
    outline: Colour | None = None
    plate: bool = False

    def dimmed(self, share: float) -> "Caption":
        """The same line at a share of its opacity; `dataclasses.replace` takes five times as long."""
        alpha, rest = self.alpha * share, (self.anchor, self.outline, self.plate)
        return Caption(self.text, self.at, self.size, self.font, self.colour, alpha, *rest)


@dataclass(frozen=True, eq=False)
class Swatch:
    """A rounded sample of colour in the legend: a ramp from left to right.

    Attributes:
        box: pixels (left, top, right, bottom).
        colours: the ramp, uint8 (256, 3).
        alpha: opacity, 0..1.
    """

    box: tuple[float, float, float, float]
    colours: Ramp
    alpha: float = 1.0


@dataclass(frozen=True)
class Ring:
    """A circle around something.

    Attributes:
        at: pixels (x, y) of its centre, origin top left.
        radius, width: pixels, to the middle of the line, and the line's own.
        colour: its colour.
        alpha: opacity, 0..1.
    """

    at: tuple[float, float]
    radius: float
    width: float
    colour: Colour
    alpha: float = 1.0


@dataclass(frozen=True)
class Ghost:
    """A line over the picture: across a bar where it ended before, or an edge of a layer's frame.

    Attributes:
        start, end: pixels (x, y), origin top left.
        width: pixels.
        colour: its colour.
        alpha: opacity, 0..1.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    colour: Colour
    alpha: float = 1.0


@dataclass(frozen=True)
class Tick:
    """A short text that stands in space and faces the camera; what shines in front of it shines over it.

    Attributes:
        text: what it says.
        at: its place, scene units: the middle of its left side, or of its foot.
        size: of the type, scene units.
        colour: its colour.
        alpha: opacity, 0..1.
        beside: whether it stands to the right of its place; else above it.
    """

    text: str
    at: tuple[float, float, float]
    size: float
    colour: Colour
    alpha: float
    beside: bool


@dataclass(frozen=True, eq=False)
class Inset:
    """A small picture laid over the large one, with a thin frame.

    Attributes:
        box: pixels (left, top, right, bottom).
        cells: uint8 (h, w, 3), each drawn as a rectangle with a gap around it.
        frame: colour of its frame.
        alpha: opacity, 0..1.
        light: whether the gaps between cells are light, as they are on paper, and not dark.
    """

    box: tuple[float, float, float, float]
    cells: NDArray[np.uint8]
    frame: Colour
    alpha: float = 1.0
    light: bool = False


@dataclass(frozen=True, eq=False, repr=False)
class Frame:
    """One moment.

    Attributes:
        t: seconds from the start of the film.
        level: float32 (N,), what each neuron shows, 0..1 of its layer's own maximum: its activation once lit.
        neuron_rgb: uint8 (N, 3), colour by level.
        neuron_size: float32 (N,), radius of a ball in scene units.
        halo_rgba: uint8 (N, 4), soft light around a neuron.
        synapse_rgba: uint8 (K, POINTS, 4), colour and light along each synapse that is shown at the end.
        signal_rgba: uint8 (S, POINTS, 4), the same along each that carries the signal forward.
        bars: float32 (bars,), where each bar ends, 0..1 of its length; the probability once grown.
        winner: 0..1, how far the winner has stepped forward.
        prediction: the class that wins.
        camera: the pose.
        faces: for each face of attention uint8 (cells, 3), the colours of its cells; see Face.
        captions, swatches, rings, insets: text, legend, marks and small pictures, in pixels.
        ticks: the names of bands, in space.
        reach: float32 (6, 5, 3), the lines of a window on the digit and the neuron that looks through it; see
            Reach. None where there is none; reach_alpha: its opacity, 0..1.
        focus: what is lit while all else steps back, None where nothing is: see `Focus`.
        ghosts: where bars ended before the net's edits, the frame of a layer that is selected, and of many
            classes what leads from the answer's neuron to its bar.
    """

    t: float
    level: NDArray[np.float32]
    neuron_rgb: NDArray[np.uint8]
    neuron_size: NDArray[np.float32]
    halo_rgba: NDArray[np.uint8]
    synapse_rgba: NDArray[np.uint8]
    signal_rgba: NDArray[np.uint8]
    bars: NDArray[np.float32]
    winner: float
    prediction: int
    camera: Orbit
    captions: tuple[Caption, ...]
    swatches: tuple[Swatch, ...]
    faces: tuple[NDArray[np.uint8], ...] = ()
    rings: tuple[Ring, ...] = ()
    insets: tuple[Inset, ...] = ()
    reach: NDArray[np.float32] | None = None
    reach_alpha: float = 0.0
    ticks: tuple[Tick, ...] = ()
    focus: Focus | None = None
    ghosts: tuple[Ghost, ...] = ()

    def __repr__(self) -> str:
        return f"<Frame at {self.t:g} s: {len(self.level):,} neurons, {len(self.synapse_rgba):,} synapses>"


@dataclass(frozen=True, eq=False)
class PairFrame:
    """One moment of two scenes.

    Attributes:
        t: seconds from the start of the film.
        left, right: what each shows; in a tall picture the left one stands above.
    """

    t: float
    left: Frame
    right: Frame
