"""What the scene tests share: traces of the bundled nets on a real digit, and nets of other shapes."""

from functools import cache

import numpy as np

import data
import engine

# Of pictures, wide, square and tall.
SIZES = (
    (1920, 1080),
    (1280, 720),
    (640, 360),
    (1080, 1080),
    (1080, 1920),
    (720, 1280),
    (3840, 2160),
    (960, 1080),
    (640, 720),
)


@cache
def trace(preset: str = "mlp", number: int = 3) -> engine.Trace:
    """Trace one of the embedded digits through a bundled net."""
    return engine.load(data.model_path(preset)).trace(data.load("digits").images[number])


@cache
def label(number: int = 3) -> int:
    """Return the true class of the digit that `trace` shows."""
    return int(data.load("digits").labels[number])


def outputs_only(probabilities: np.ndarray) -> engine.Trace:
    """Trace a net whose outputs are these probabilities, whatever the input."""
    with np.errstate(divide="ignore"):
        bias = np.maximum(np.log(probabilities), -50).astype(np.float32)
    net = engine.preset("mlp", np.random.default_rng(0))
    parameters = dict(net.parameters)
    parameters["output.weight"] = np.zeros_like(parameters["output.weight"])
    parameters["output.bias"] = bias
    return net.replace(parameters=parameters).trace(data.load("digits").images[0])


@cache
def untrained(preset: str, number: int = 3) -> engine.Trace:
    """Trace one of the embedded digits through a net that has learned nothing: shapes and kinds are right."""
    return engine.preset(preset, np.random.default_rng(0)).trace(data.load("digits").images[number])
