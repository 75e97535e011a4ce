"""Paint: numbers about a net's neurons, such as the results of a study, as the colour of whole layers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Net
from guarding import in_a_line
from scenes.errors import SceneError
from scenes.light.theme import Theme, sample
from scenes.motion.easing import between, smooth

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Paint:
    """Colours for the neurons of some layers, in place of their activation; see `scaled`.

    Attributes:
        values: by layer name, float32 of as many values as the layer has neurons, in the order of their ids
            or in the layer's shape: -1..1 where signed, else 0..1. 0 is pale and small, 1 warm, -1 cool.
        title: what is shown, for the legend, such as "images read right without each neuron".
        low, high: in words, what the colours of -1 (or 0 where not signed) and of 1 stand for.
        signed: whether values run to both sides of 0.
    """

    values: Mapping[str, Floats]
    title: str
    low: str
    high: str
    signed: bool = True

    @classmethod
    def scaled(
        cls, amounts: Mapping[str, NDArray[np.generic]], title: str, low: str, high: str, signed: bool = True
    ) -> "Paint":
        """Paint amounts of any unit: the largest of all, by its size, gets the full colour.

        amounts: by layer, a number for each of its neurons, in the layer's shape or flat.
        low, high: words in which "{}" stands for that largest amount, such as "{} fewer".
        """
        for what, text in (("title", title), ("low", low), ("high", high)):
            _check_text(what, text, filled=what != "title")
        if not isinstance(amounts, Mapping):
            like = "a layer's name and a number for each of its neurons, {'hidden3': (128,)}"
            raise SceneError(f"amounts are by layer, as {like}, got {in_a_line(amounts)}")
        exact = {name: _numbers(name, each) for name, each in amounts.items()}
        most = max((float(np.abs(each).max(initial=0.0)) for each in exact.values()), default=0.0)
        # Where nothing matters, all is pale, and the ends stand for one unit.
        most = most or 1.0
        values = {name: (each / most).astype(np.float32) for name, each in exact.items()}
        unit = f"{most:,.4g}"
        return cls(values, title, low.format(unit), high.format(unit), signed)


def _check_text(what: str, text: object, filled: bool) -> None:
    """SceneError where a legend's text is none; filled: whether an amount is put into it."""
    if not isinstance(text, str):
        raise SceneError(f"{what} is text for the legend, got {in_a_line(text)}")
    try:
        text.format("1") if filled else None
    except (ValueError, LookupError, AttributeError):
        raise SceneError(f"{what} {in_a_line(text)}: a place for the amount is written {{}}") from None


def _numbers(name: str, amounts: object) -> NDArray[np.float64]:
    try:
        return np.asarray(amounts, dtype=np.float64)
    except (TypeError, ValueError):
        raise SceneError(f"amounts of '{name}' are numbers, one a neuron, got {in_a_line(amounts)}") from None


@dataclass(frozen=True, eq=False)
class Coat:
    """Paint laid on a net's neurons.

    Attributes:
        layers: names of the painted layers.
        neurons: int32 (P,), global ids of the neurons of painted layers.
        value: float32 (P,), -1..1.
        dries: seconds between which the colours come up, at the start of a film: they tell of the net, not of
            the digit, and wait for no signal.
    """

    layers: tuple[str, ...]
    neurons: NDArray[np.int32]
    value: Floats
    dries: tuple[float, float]

    def at(self, t: float) -> Floats:
        """What each painted neuron shows at time t, float32 (P,): its value from when the colours are up."""
        shown: Floats = self.value * np.float32(smooth(between(t, *self.dries)))
        return shown


def colour(value: Floats, theme: Theme) -> NDArray[np.uint8]:
    """Colours (..., 3) of values -1..1 of any shape."""
    return sample(theme.paint, (value + 1.0) / 2.0)


def coat(paint: Paint, net: Net, seconds: float) -> Coat:
    """Lay paint on a net in a film of so many seconds.

    Raises:
        EngineError: the net has no such layer.
        SceneError: a layer's values are too many, too few or out of range.
    """
    if not paint.values:
        raise SceneError("paint for no layer: give the values of one at least")
    ids, values = [], []
    for name, given in paint.values.items():
        layer, flat = net.layer(name), np.asarray(given, dtype=np.float32).reshape(-1)
        if len(flat) != layer.size:
            raise SceneError(f"paint for '{name}' has {len(flat)} values: give {layer.size}, one a neuron")
        low = -1.0 if paint.signed else 0.0
        if not (np.isfinite(flat).all() and flat.min() >= low and flat.max() <= 1.0):
            raise SceneError(f"paint for '{name}' has values outside {low:g}..1: divide by the largest")
        ids.append(net.offset(name) + np.arange(layer.size, dtype=np.int32))
        values.append(flat)
    dries = 0.02 * seconds, 0.08 * seconds
    return Coat(tuple(paint.values), np.concatenate(ids).astype(np.int32), np.concatenate(values), dries)
