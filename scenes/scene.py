"""Scene: a trace made ready to be drawn; `frame(t)` is a pure function of time."""

from dataclasses import dataclass
from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.frame import Frame
from scenes.lettering import captions
from scenes.lettering.paint_key import key
from scenes.light import neurons, pulse
from scenes.light.drawn_synapses import DrawnSynapses, select
from scenes.light.neurons import Neurons
from scenes.light.paint import coat
from scenes.light.theme import Theme, calm, theme
from scenes.look import Changes, Look
from scenes.motion.easing import between, out_cubic, smooth
from scenes.motion.timeline import Timeline, plan
from scenes.space.camera_path import Path, camera_path
from scenes.space.layout import Layout, arrange, orientation


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
        shown = neurons.at(self.neurons, self.theme, t, winner)
        grown = float(out_cubic(between(t, *line.bars)))
        texts, swatches, rings = captions.lay_out(
            self.words, self.layout, camera, self.size, self.theme, line, t
        )
        return Frame(
            t=t,
            level=shown.level,
            neuron_rgb=shown.rgb,
            neuron_size=shown.size,
            halo_rgba=shown.halo,
            synapse_rgba=pulse.light(self.drawn, self.light, line, t),
            bars=self.probabilities * np.float32(grown),
            winner=winner,
            prediction=self.prediction,
            camera=camera,
            captions=texts,
            swatches=swatches,
            rings=rings,
        )


def compose(trace: Trace, look: Look | None = None, **changes: Unpack[Changes]) -> Scene:
    """Make a scene of one digit's way through a net: `compose(trace, size=(1280, 720))`.

    Args:
        trace: every neuron's value for the digit.
        look: all that can be chosen about the picture, see Look.
        changes: fields of the look by name, in place of its own.

    Raises:
        TypeError: a look has no field of that name.
        SceneError: a value cannot be drawn.
        EngineError: the paint is for a layer that the net does not have.
    """
    look = (look or Look()).changed(**changes)
    paint, size = look.paint, look.size
    colours = theme(look.theme) if paint is None else calm(theme(look.theme))
    layers = None if paint is None else coat(paint, trace.net, look.seconds)
    layout = arrange(trace.net, orientation(size))
    line = plan(trace.net, look.seconds)
    path = camera_path(layout, size, line, paint is not None)
    drawn = select(trace, layout, look.synapses)
    balls = neurons.prepare(trace, layout, drawn, line, path.end, colours, layers)
    words = captions.write(
        trace,
        look,
        drawn=len(drawn),
        attends=bool(drawn.attention.any()),
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
