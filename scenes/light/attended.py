"""Attended: how brightly each pixel of a face of attention is lit."""

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


def lights(face: Face, neurons: Neurons) -> tuple[float, float]:
    """Seconds until which all of a face is dark, and from which on time changes nothing of it."""
    scores, pixels = neurons.fires[face.score], neurons.fires[face.pixel]
    return float(scores.min()), float(max(scores.max(), pixels.max())) + 1.001 * neurons.rise


def at(face: Face, share: Floats, neurons: Neurons, level: Floats, theme: Theme, t: float) -> Floats:
    """Colours of a face's cells at time t, near the camera: float32 (n, 3), 0..255.

    level: float32 (N,), of the neurons then.

    A cell is the digit's pixel on a ground, once its score lights; both are the greener the more attention.
    """
    lit = smooth(np.clip((t - neurons.fires[face.score]) / neurons.rise, 0.0, 1.0)).astype(np.float32)
    ink = (lit * level[face.pixel])[:, None]
    ground, written = (sample(ramp, lit * share).astype(np.float32) for ramp in (theme.face, theme.face_ink))
    colours: Floats = ground + (written - ground) * ink
    return colours


def seen(colours: Floats, theme: Theme, left: float) -> NDArray[np.uint8]:
    """The colours from a distance that leaves so much of them, 0..1: uint8 (n, 3); see neurons.seen."""
    paper = np.array(theme.background if theme.ink else (0, 0, 0), dtype=np.float32)
    rgb: NDArray[np.uint8] = (colours * left + paper * (1 - left)).astype(np.uint8)
    return rgb
