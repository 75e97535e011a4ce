"""Attended: how brightly each pixel of a face of attention is lit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.light.neurons import Neurons
from scenes.light.theme import Theme, sample
from scenes.motion.easing import smooth
from scenes.space.tokens.faces import Face

Floats = NDArray[np.float32]


def shares(trace: Trace, face: Face) -> Floats:
    """How much the class token attends to each cell's patch, over its most in any head: (n,), 0..1."""
    scores: Floats = trace.neurons[face.score].astype(np.float32)
    return scores / np.float32(max(float(scores.max(initial=0.0)), 1e-30))


@dataclass(frozen=True, eq=False)
class Lights:
    """A face through a film: what time changes of it.

    Attributes:
        face, share: see `at`.
        until, since: seconds until which all of it is dark, and from which on it stays as it is.
        dark, lit: its colours then, see `at`.
    """

    face: Face
    share: Floats
    until: float
    since: float
    dark: Floats
    lit: Floats

    def at(self, neurons: Neurons, level: Floats, theme: Theme, t: float) -> Floats:
        """Its colours at time t, see `at`; not to be written to."""
        if t <= self.until:
            return self.dark
        return self.lit if t >= self.since else at(self.face, self.share, neurons, level, theme, t)


def left_of(faces: tuple[Face, ...], left: Floats) -> list[float]:
    """What distance leaves of each face, 0..1: of its scores, of what it leaves of all neurons (N,)."""
    return [float(left[face.score].mean()) for face in faces]


def lights(face: Face, share: Floats, neurons: Neurons, theme: Theme) -> Lights:
    """What time changes of a face, worked out once; share: float32 (n,), 0..1, what its cells show."""
    scores, pixels = neurons.fires[face.score], neurons.fires[face.pixel]
    # Between these times it changes; of paint nothing is known, that may dry at any time.
    until, since = float(scores.min()), float(max(scores.max(), pixels.max())) + 1.001 * neurons.rise
    if neurons.coat is not None:
        until, since = -np.inf, np.inf
    dark, lit = (at(face, share, neurons, neurons.level, theme, t) for t in (-np.inf, np.inf))
    return Lights(face, share, until, since, dark, lit)


def at(face: Face, share: Floats, neurons: Neurons, level: Floats, theme: Theme, t: float) -> Floats:
    """Colours of a face's cells at time t, near the camera: float32 (n, 3), 0..255.

    A cell is the digit's pixel on a ground, once its score lights; both are the greener the more attention.

    level: float32 (N,), of the neurons then.
    """
    lit = smooth(np.clip((t - neurons.fires[face.score]) / neurons.rise, 0.0, 1.0)).astype(np.float32)
    ink = (lit * level[face.pixel])[:, None]
    ground, written = (sample(ramp, lit * share).astype(np.float32) for ramp in (theme.face, theme.face_ink))
    colours: Floats = ground + (written - ground) * ink
    return colours


def seen(colours: Floats, theme: Theme, left: float) -> NDArray[np.uint8]:
    """The colours from a distance that leaves so much of them, 0..1: uint8 (n, 3); see lighting.seen."""
    paper = np.array(theme.background if theme.ink else (0, 0, 0), dtype=np.float32)
    rgb: NDArray[np.uint8] = (colours * left + paper * (1 - left)).astype(np.uint8)
    return rgb
