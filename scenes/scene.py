"""Scene: a trace made ready to be drawn; `frame(t)` is a pure function of time."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenes.again import Again
from scenes.camera.orbit import Orbit
from scenes.camera.path import Path
from scenes.frame import Frame, Tick
from scenes.lettering import captions, steady
from scenes.lettering.in_space import ticks
from scenes.lettering.in_space.covered import uncovered
from scenes.lettering.in_space.leader import leader, zero_line
from scenes.light import attended, lighting, neurons, pulse, window
from scenes.light.attended import Lights
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.focus import Focus
from scenes.light.lighting import LitNeurons
from scenes.light.neurons import Neurons
from scenes.light.theme import Theme, sample
from scenes.moment import Moment, seconds_of
from scenes.motion.easing import between, out_cubic, smooth
from scenes.motion.timeline import Timeline
from scenes.site import Site
from scenes.space.layout import Layout
from scenes.space.page import Free
from scenes.space.reach import Reach
from scenes.space.rows import row_classes, row_shares, zero_of


@dataclass(frozen=True, eq=False, repr=False)
class Scene:
    """All that does not change during a film. Plain arrays: it can be pickled to a worker process.

    Attributes:
        site, theme: all that does not depend on the image: places, beats and camera; and colours.
        drawn, light: the synapses that explain the answer, and their light at rest.
        signal, signal_light: those that carry the signal forward.
        neurons: each neuron's level, size and the moment when it lights.
        attended: for each face of attention float32 (cells,), what it shows, 0..1; see attended.shares.
        probabilities: float32 (classes,); see also `shares`.
        words: the texts of the picture.
        numbers: whether they are no probabilities but numbers, each for itself; scale: all for which the bars
            have one scale, those of another picture beside it too, see `row_shares`.
        reach: what one neuron of a convolution sees, None where the picture tells of none.
        ended: whether its last picture alone is worked out, see `compose`.
        fades: whether its film begins with its last picture, which dissolves.
    """

    site: Site
    theme: Theme
    drawn: DrawnSynapses
    light: pulse.Light
    signal: DrawnSynapses
    signal_light: pulse.Light
    neurons: Neurons
    attended: tuple[NDArray[np.float32], ...]
    probabilities: NDArray[np.float32]
    words: captions.Words
    reach: Reach | None = None
    numbers: bool = False
    scale: NDArray[np.float32] | None = None
    ended: bool = False
    fades: bool = True

    def __repr__(self) -> str:
        told, best = f"{self.size[0]}x{self.size[1]} pixels, {self.seconds:g} s", self.prediction
        surest = float(self.probabilities[best])
        read = f"gives {surest:.4g}" if self.numbers else f"reads {best} with probability {surest:.4f}"
        return f"<Scene of {told}: {read}>"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels."""
        return self.site.size

    @property
    def layout(self) -> Layout:
        """Where all neurons stand."""
        return self.site.layout

    @property
    def timeline(self) -> Timeline:
        """When things happen."""
        return self.site.timeline

    @property
    def path(self) -> Path:
        """The camera's way."""
        return self.site.path

    @property
    def seconds(self) -> float:
        """Length of the film, with its pauses."""
        return self.timeline.pauses.seconds

    @property
    def prediction(self) -> int:
        """The class that wins; of several numbers the one that is explained, else that furthest from 0."""
        return self.words.prediction

    @cached_property
    def rows(self) -> list[int]:
        """The class of each bar, see scenes.space.rows; the bar for all others of many has none."""
        return row_classes(self.probabilities, self.numbers)

    @cached_property
    def shares(self) -> NDArray[np.float32]:
        """Where each bar ends: float32 (bars,)."""
        return row_shares(self.probabilities, self.probabilities, self.numbers, self.scale)

    @property
    def zero(self) -> float:
        """Where each bar begins, 0..1 of its length; see `zero_of`."""
        return zero_of(self.probabilities if self.scale is None else self.scale, self.numbers)

    @cached_property
    def staying(self) -> NDArray[np.bool_]:
        """Connections whose signal stays at the end, see pulse.stays."""
        return pulse.stays(self.signal, self.drawn)

    @property
    def painted(self) -> bool:
        """Whether some layers show paint in place of their activation."""
        return self.neurons.coat is not None

    @property
    def bare(self) -> bool:
        """Whether the picture has no text, nor what only a text explains."""
        return self.site.bare

    def frame(self, t: float, pose: Orbit | None = None, free: Free | None = None) -> Frame:
        """What the picture shows at time t in seconds; times outside the film show its ends.

        pose: where a free camera stands; without one the film's own camera is at that moment.
        free: see `seen`.
        """
        return self.seen(self.moment(t), pose, free)

    def moment(self, t: float) -> Moment:
        """All that time t in seconds decides, wherever the camera stands."""
        line = self.timeline
        t = line.pauses.film_at(seconds_of(t))  # from here on, and in what follows, it is the film's own
        winner = float(smooth(between(t, *line.answer)))
        lines, seen = (None, 0.0) if self.reach is None else window.at(self.reach, line, t)
        shown, faces = self._rested if winner == 1.0 and t > self.neurons.rest else self._shown(t, winner)
        return Moment(
            t=t,
            winner=winner,
            grown=float(out_cubic(between(t, *line.bars))),
            neurons=shown,
            synapses=pulse.back(self.drawn, self.light, line, t),
            signal=pulse.forth(self.signal, self.signal_light, line, t, self.staying),
            faces=faces,
            reach=lines,
            reach_alpha=seen,
            ticks=() if self.bare else self._ticks(ticks.seen(line, t), winner),
        )

    def _ticks(self, shown: float, winner: float) -> tuple[tuple[Tick, ...], ...]:
        """The names of bands; those of the last moment where they are as they were: most of a film."""
        laid = self._laid.get((shown, winner))
        if laid is None:
            end = self.path.at(self.timeline.seconds)
            laid = ticks.lay_out(self.words, self.layout, self.theme, shown, winner, end)
            self._laid.clear()
            self._laid[shown, winner] = laid
        return laid

    @cached_property
    def _laid(self) -> dict[tuple[float, float], tuple[tuple[Tick, ...], ...]]:
        return {}

    def _shown(self, t: float, winner: float) -> tuple[LitNeurons, tuple[NDArray[np.float32], ...]]:
        """The neurons at a time, and the faces of attention."""
        shown = lighting.at(self.neurons, self.theme, t, winner)
        faces = (each.at(self.neurons, shown.level, self.theme, t) for each in self._faces_lit)
        return shown, tuple(faces)

    @cached_property
    def _faces_lit(self) -> list[Lights]:
        faces = zip(self.layout.faces, self.attended, strict=True)
        return [attended.lights(face, share, self.neurons, self.theme) for face, share in faces]

    @cached_property
    def _rested(self) -> tuple[LitNeurons, tuple[NDArray[np.float32], ...]]:
        """The same once all neurons have lit: a third of a film."""
        return self._shown(self.timeline.seconds, 1.0)

    def dissolve(self, t: float) -> float:
        """Share of the last picture, with which a film begins, in that at time t in seconds; see Clip."""
        at = self.timeline.pauses.film_at(float(t))
        return 1.0 - float(smooth(between(at, *self.timeline.dissolve))) if self.fades else 0.0

    def still(self) -> "Scene":
        """The same scene without its last picture at its beginning; see Clip."""
        return replace(self, fades=False)

    def beats(self) -> list[tuple[float, str]]:
        """All that happens, in order; see Clip."""
        return captions.beats(self.words, self.timeline)

    def story(self) -> list[tuple[float, str]]:
        """What is said of it; see Clip."""
        told, shown_at = captions.told(self.words, self.timeline), self.timeline.pauses.shown_at
        return [(shown_at(at), texts[0]) for at, texts in told]

    def seen(
        self,
        moment: Moment,
        pose: Orbit | None = None,
        free: Free | None = None,
        focus: Focus | None = None,
    ) -> Frame:
        """The frame of a moment from a pose; while only the camera moves, this alone is needed.

        free: where labels in space may stand, for a picture whose headline, answer and legend are written by
            another; without it the frame has them all.
        focus: what is lit while all else steps back: a neuron with its synapses, one synapse, or a class.
        """
        camera = self.path.at(moment.t) if pose is None else pose
        fog = neurons.fog(self.neurons, self.layout, camera)
        clear = self._again("clear", neurons.clear, self.neurons, fog)
        left = clear if focus is None else clear * focus.left(len(fog), self.layout.panels[0].stop)
        rgb, halo = self._again("neurons", lighting.seen, moment.neurons, self.theme, left)
        synapses = self._again("synapses", pulse.seen, self.drawn, self.light, moment.synapses, fog)
        signal = self._again("signal", pulse.seen, self.signal, self.signal_light, moment.signal, fog)
        if focus is not None:
            synapses, signal = synapses.copy(), signal.copy()
            for rgba in (synapses, signal):
                rgba[..., 3] = rgba[..., 3] * focus.rest
            # Warm and cool are those of what is lit alone: they may mean something else there.
            synapses[..., :3] = sample(self.theme.signal, self.drawn.strength)[:, None]
        frame = Frame(
            t=moment.t,
            level=moment.neurons.level,
            neuron_rgb=rgb,
            neuron_size=moment.neurons.size,
            halo_rgba=halo,
            synapse_rgba=synapses,
            signal_rgba=signal,
            bars=self.zero + (self.shares - np.float32(self.zero)) * np.float32(moment.grown),
            winner=moment.winner,
            prediction=self.prediction,
            camera=camera,
            captions=(),
            swatches=(),
            faces=self._again("faces", self._faces, moment.faces, left),
            reach=moment.reach,
            reach_alpha=moment.reach_alpha,
            focus=focus,
        )
        return frame if self.bare else self._lettered(frame, moment.ticks, pose, free)

    def _faces(
        self, faces: tuple[NDArray[np.float32], ...], left: NDArray[np.float32]
    ) -> tuple[NDArray[np.uint8], ...]:
        """Colours of the faces of attention, as far as distance leaves their scores (N,) theirs."""
        near = zip(faces, self._again("shares", attended.left_of, self.layout.faces, left), strict=True)
        return tuple(attended.seen(colours, self.theme, share) for colours, share in near)

    @cached_property
    def _again(self) -> Again:
        return Again()

    @cached_property
    def _passing(self) -> dict[steady.Key, tuple[steady.Span, ...]]:
        """When names that come and go on the camera's way are left out."""
        return steady.passing(
            self.words, lambda t: self.site.view(self.theme, self.path.at(t), t), self.timeline.seconds
        )

    def _lettered(
        self, frame: Frame, panels: tuple[tuple[Tick, ...], ...], pose: Orbit | None, free: Free | None
    ) -> Frame:
        """A frame with its texts, and with what they explain."""
        words, t, camera = self.words, frame.t, frame.camera
        roaming = pose is not None and pose != self.path.at(t)
        view = self.site.view(self.theme, camera, t, free=free, roaming=roaming)
        texts, swatches, rings, insets = captions.lay_out(words, view, free)
        if not roaming and free is None and t < self.timeline.answer[1]:
            texts = tuple(steady.without(texts, words, self._passing, t))
        if roaming:
            taken = free.taken if free else ()
            panels = ticks.clear(panels, texts, self.layout, camera, self.size, taken)
            panels = uncovered(panels, self.layout, frame.neuron_size, camera, self.size)
        panels = ticks.inside(panels, camera, self.size)
        return replace(
            frame,
            captions=texts,
            swatches=swatches,
            rings=rings,
            insets=insets,
            ghosts=(*leader(words, view, texts, frame.winner), *zero_line(view, self.zero)),
            ticks=tuple(tick for each in panels for tick in each),
        )
