"""Scene: a trace made ready to be drawn; `frame(t)` is a pure function of time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.errors import SceneError
from scenes.frame import Frame
from scenes.lettering import captions
from scenes.lettering.paint_key import key
from scenes.light import neurons, pulse
from scenes.light.drawn_synapses import DrawnSynapses, select
from scenes.light.neurons import Neurons
from scenes.light.paint import Paint, coat
from scenes.light.theme import Theme, calm, theme
from scenes.motion.easing import between, out_cubic, smooth
from scenes.motion.timeline import Timeline, plan
from scenes.space.camera_path import Path, camera_path
from scenes.space.layout import Layout, arrange, orientation

SYNAPSES = 4320
"""Synapses that a film draws unless told otherwise: more turn to mud."""


@dataclass(frozen=True, eq=False)
class Scene:
    """All that does not change during a film. Plain arrays: it can be pickled to a worker process.

    Attributes:
        size: width and height of the picture in pixels.
        theme, layout, timeline, drawn, path: colours, places, beats, synapses and camera.
        neurons: each neuron's level, size and the moment when it lights.
        light: the drawn synapses at rest.
        probabilities: float32 (classes,), where the bars end.
        words: the texts of the picture.
    """

    size: tuple[int, int]
    theme: Theme
    layout: Layout
    timeline: Timeline
    drawn: DrawnSynapses
    path: Path
    neurons: Neurons
    light: pulse.Light
    probabilities: NDArray[np.float32]
    words: captions.Words

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return self.timeline.seconds

    @property
    def prediction(self) -> int:
        """The class that wins."""
        return int(np.argmax(self.probabilities))

    @property
    def painted(self) -> bool:
        """Whether some layers show paint in place of their activation."""
        return self.neurons.coat is not None

    def frame(self, t: float) -> Frame:
        """What the picture shows at time t in seconds; times outside the film show its ends."""
        t = min(max(float(t), 0.0), self.seconds)
        line = self.timeline
        winner = float(smooth(between(t, *line.answer)))
        camera = self.path.at(t)
        look = neurons.look(self.neurons, self.theme, t, winner)
        grown = float(out_cubic(between(t, *line.bars)))
        texts, swatches, rings = captions.lay_out(
            self.words, self.layout, camera, self.size, self.theme, line, t
        )
        return Frame(
            t=t,
            level=look.level,
            neuron_rgb=look.rgb,
            neuron_size=look.size,
            halo_rgba=look.halo,
            synapse_rgba=pulse.light(self.drawn, self.light, line, t),
            bars=self.probabilities * np.float32(grown),
            winner=winner,
            prediction=self.prediction,
            camera=camera,
            captions=texts,
            swatches=swatches,
            rings=rings,
        )


def compose(
    trace: Trace,
    *,
    size: tuple[int, int] = (1920, 1080),
    seconds: float = 10.5,
    theme_name: str = "dark",
    label: int | None = None,
    source: str = "",
    synapses: int = SYNAPSES,
    title: str = captions.TITLE,
    mutated: str = "",
    paint: Paint | None = None,
) -> Scene:
    """Make a scene of one digit's way through a net.

    Args:
        trace: every neuron's value for the digit.
        size: width and height in pixels; a tall picture gets the portrait layout.
        seconds: length of the film.
        theme_name: "dark" or "light".
        label: the true class, where it is known.
        source: where the digit comes from, such as "MNIST test image #1166".
        synapses: about how many synapses to draw, shared among the connections.
        title: the headline.
        mutated: how the net was mutated, as text; its history unless given.
        paint: colours for the neurons of some layers in place of their activation; all else then steps back.

    Raises:
        SceneError: a value cannot be drawn.
        EngineError: the paint is for a layer that the net does not have.
    """
    if min(size) < 64:
        raise SceneError(f"a picture of {size[0]}x{size[1]} pixels is too small to read: give at least 64x64")
    if synapses < 0:
        raise SceneError(f"{synapses} synapses cannot be drawn: give 0 or more")
    colours = theme(theme_name) if paint is None else calm(theme(theme_name))
    layers = None if paint is None else coat(paint, trace.net, seconds)
    layout = arrange(trace.net, orientation(size))
    line = plan(trace.net, seconds)
    path = camera_path(layout, size, line, paint is not None)
    drawn = select(trace, layout, synapses)
    balls = neurons.prepare(trace, layout, drawn, line, path.end, colours, layers)
    words = captions.write(
        trace,
        label=label,
        source=source,
        drawn=len(drawn),
        attends=bool(drawn.attention.any()),
        title=title,
        mutated=mutated,
        paint=None if paint is None else key(paint, trace.net, colours),
    )
    return Scene(
        size=size,
        theme=colours,
        layout=layout,
        timeline=line,
        drawn=drawn,
        path=path,
        neurons=balls,
        light=pulse.prepare(drawn, colours, balls.fog, line, None if layers is None else layers.neurons),
        probabilities=trace.probabilities.astype(np.float32),
        words=captions.settle(words, layout, path.end, size, colours, line),
    )
