"""All that is told of each layer with a digit: how it is made, what it holds, and the gradients."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import engine
from engine import Attention, AttentionScores, LayerNorm, Panel, PatchEmbedding, Picture, TokenDense
from engine.graph.layer import Layer
from engine.studies.layer_pictures import maps_first
from viz3d.command.wording import counted
from viz3d.findings.layer_strips import Strip, strip
from viz3d.session.traced_digit import TracedDigit

BINS = 32
"""Bars of a histogram."""
GRADIENT = "gradient of"
"""How the name of a gradient's strip begins."""


@dataclass(frozen=True, eq=False)
class LayerPanel:
    """One layer of a page.

    made: how, such as "5 x 5 window, stride 1", "" where there is nothing to tell. formula: how its count of
    parameters comes about. function: its activation function. low, high: of its activations, of which
    histogram int64 (BINS,) counts how many lie in each of as many equal parts. strips: its values.
    """

    layer: Layer
    made: str
    formula: str
    parameters: int
    low: float
    high: float
    histogram: NDArray[np.int64]
    strips: tuple[Strip, ...]

    @property
    def size(self) -> str:
        """Its shape and its count of neurons, in words."""
        shape, count = self.layer.shape, self.layer.size
        lengths = " × ".join(map(str, shape))
        neurons = counted(count, "neuron")
        return neurons if len(shape) == 1 else f"{lengths} = {neurons}"

    @property
    def function(self) -> str:
        """Its activation function; "" where there is none."""
        return "" if self.layer.activation == "identity" else self.layer.activation

    @property
    def count(self) -> str:
        """Its parameters and how their count comes about."""
        products = self.formula.partition(" = ")[0].replace("x", "×")
        return f"{products} = {self.parameters:,} parameters" if products else "no parameters"


@dataclass(frozen=True, eq=False)
class LayersFacts:
    """The panels of all layers. target: the class by whose loss the gradients are."""

    traced: TracedDigit
    target: int
    panels: tuple[LayerPanel, ...]

    @classmethod
    def of(cls, traced: TracedDigit) -> "LayersFacts":
        """Look at all layers; gradients are for the digit's label, and without one for what is read."""
        label = traced.digit.label
        if traced.net.gives_numbers:  # it has no class that could be the label
            return cls(traced, 0, tuple(_panel(traced, panel) for panel in engine.pictures(traced.trace)))
        target = traced.trace.prediction if label is None else label
        panels = engine.pictures(traced.trace, target)
        return cls(traced, target, tuple(_panel(traced, panel) for panel in panels))

    @property
    def gradients(self) -> str:
        """Which loss the gradients are of, in words."""
        if self.traced.net.gives_numbers:
            return "a number has no label: there are no gradients of a loss"
        why = "its label" if self.traced.digit.label is not None else "what is read: no label is known"
        named = self.traced.named(self.target)
        return f"gradients of the loss for {self.traced.one}{named}, {why}"

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON values; of pictures the least and the greatest value."""
        return {"target": self.target, "panels": [_told(panel) for panel in self.panels]}


def _told(panel: LayerPanel) -> dict[str, Any]:
    return {
        "layer": panel.layer.name,
        "shape": list(panel.layer.shape),
        "made": panel.made,
        "parameters": panel.parameters,
        "formula": panel.formula,
        "function": panel.layer.activation,
        "histogram": {"low": panel.low, "high": panel.high, "counts": panel.histogram.tolist()},
        "values": {each.name: {"low": each.low, "high": each.high} for each in panel.strips},
    }


def _panel(traced: TracedDigit, panel: Panel) -> LayerPanel:
    layer = traced.net.layer(panel.name)
    values = panel.activation.values
    low, high = panel.activation.low, panel.activation.high
    # Where all values are one, they all fall into the middle.
    ends = (low, high) if high > low else (low - 0.5, high + 0.5)
    return LayerPanel(
        layer,
        _made(panel, layer),
        panel.formula,
        panel.parameter_count,
        low,
        high,
        np.histogram(values, BINS, ends)[0],
        (*_of_neurons(traced, panel, layer), *_of_weights(panel)),
    )


def _of_neurons(traced: TracedDigit, panel: Panel, layer: Layer) -> list[Strip]:
    neurons = maps_first(layer, np.arange(layer.size).reshape(layer.shape))

    def of(name: str, picture: Picture, ramp: str = "heat") -> Strip:
        return strip(name, picture.values, ramp, neurons)

    attention = isinstance(layer.block, AttentionScores)
    strips = [of("activations", panel.activation, "attend" if attention else "heat")]
    if not np.array_equal(panel.pre_activation.values, panel.activation.values):
        strips.append(of("pre-activations", panel.pre_activation))
    last = layer is traced.net.layers[-1]
    if panel.gradient is not None:
        # A loss is told of the output's sums; see engine.pictures.
        by = "pre-activations" if last else "activations"
        strips.append(of(f"{GRADIENT} {by}", panel.gradient, "signed"))
    if layer.activation == "log-softmax" and last:
        strips.insert(0, strip("probabilities", traced.trace.probabilities[None], neurons=neurons))
    return strips


def _of_weights(panel: Panel) -> list[Strip]:
    strips = []
    for name, picture in panel.weights.items():
        strips.append(strip(f"{name}s" if name == "weight" else name, picture.values, "signed"))
        if name in panel.weight_gradients:
            strips.append(
                strip(f"{GRADIENT} {strips[-1].name}", panel.weight_gradients[name].values, "signed")
            )
    return strips


def _made(panel: Panel, layer: Layer) -> str:
    words = []
    if panel.window is not None:
        stride = " × ".join(map(str, panel.stride)) if isinstance(panel.stride, tuple) else panel.stride
        words.append("{} × {} window, stride {}".format(*panel.window, stride))
    match layer.block:
        case AttentionScores(heads=heads):
            words.append(f"{heads} heads: rows look at columns")
        case LayerNorm() | TokenDense() | Attention() | PatchEmbedding():
            words.append("a row for each token")
    if layer.dropout:
        words.append(f"dropout {layer.dropout:.4g}")
    return ", ".join(words)
