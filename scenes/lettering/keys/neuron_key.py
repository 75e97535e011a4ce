"""NeuronKey: what the brightness of the neurons means, in words."""

from dataclasses import dataclass

import numpy as np

from engine import Trace
from scenes.light.level import FAR, NEAR, is_map, told_by_deviation
from scenes.light.neurons import Neurons
from scenes.light.theme import Ramp, Theme
from scenes.texts import ENGLISH, Texts


@dataclass(frozen=True)
class NeuronKey:
    """The legend of the neurons.

    Attributes:
        title: what is shown.
        ends: what the scale's left end, its middle and its right end stand for.
        signed: whether the scale has two sides: left of its middle what lies below.
    """

    title: str
    ends: tuple[str, str, str]
    signed: bool

    def colours(self, theme: Theme) -> Ramp:
        """The scale."""
        return np.concatenate([theme.chill[::-2], theme.heat[::2]]) if self.signed else theme.heat


def neuron_key(trace: Trace, shown: Neurons, texts: Texts = ENGLISH) -> NeuronKey:
    """Put into words what the neurons of a picture show."""
    net = trace.net
    if any(told_by_deviation(net, layer) for layer in net.layers):
        ends = f"−{FAR:.0f}σ", f"±{NEAR:.0f}σ", f"+{FAR:.0f}σ"
        return NeuronKey(texts.say("scale.usual"), ends, signed=True)
    title = texts.say("scale.activation")
    if (shown.below & (shown.level > 0)).any():
        most = texts.say("scale.max")
        return NeuronKey(title, (f"−{most}", "0", most), signed=True)
    most = texts.say("scale.maps" if any(is_map(net, layer) for layer in net.layers) else "scale.layer")
    return NeuronKey(title, ("0", "", most), signed=False)
