"""Focus: synapses of a neuron or a group, or what speaks for a class, lit while all else steps back."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import Kind, Net, Synapses, Trace
from engine.graph.synapses import joined
from engine.synapses.strongest import strongest_around, strongest_of_each
from scenes.errors import SceneError
from scenes.light.drawn_synapses import quotas, starts
from scenes.light.strand_curves import POINTS, bend, bundled, lifts
from scenes.light.theme import Theme, sample
from scenes.space.layout import Layout

Floats = NDArray[np.float32]
MOST = 48
"""Synapses that are drawn at most into the neuron, and as many out of it."""
MOST_OF_GROUP = 96
"""And into a group of neurons, and out of it."""
MOST_OF_CLASS = 360
"""Synapses that are drawn at most for and against a class, shared among the connections."""
REST = np.float32(0.28)
"""What all other synapses keep of their light beside those of a neuron."""
REST_OF_CLASS = np.float32(0.12)
"""And beside those of a class, which run through all of the net."""
DIM = np.float32(0.5)
"""What neurons at no end of a synapse that is lit keep of theirs."""
_PLACE = np.linspace(0.0, 1.0, POINTS, dtype=np.float32)
_CROWDED = np.float32(0.7)  # of their light: those of a class lie over each other
_TOGETHER = np.float32(0.3)  # and those of a group run side by side
_APART = 0.45  # share of its way over which a synapse fades towards the neuron, where it meets all others


@dataclass(frozen=True, eq=False)
class Focus:
    """The strongest synapses of a neuron or a group, one synapse, or those with most evidence for a class.

    Attributes:
        about: the neuron's global id, those of the group, or those of the synapse's ends, source first; none
            of a class.
        source, target: int32 (K,), global ids of the ends that are drawn.
        carrier: int32 (K,), the synapse's own source: another one than is drawn where a neuron is a gate.
        value: float32 (K,), weight x source activation; of one that sends nothing, the weights that would
            carry it; of a class the evidence.
        curves: float32 (K, POINTS, 3), scene units.
        rgba: uint8 (K, POINTS, 4), colour and light along each.
        label: the class; -1 where it is of none.
        among: of how many synapses those of a neuron are the strongest; 0 of all else.
        attends: whether some are attention's products, which have a colour of their own.
        silent: whether what leaves the neuron or the group, or the synapse's source, carries nothing and is
            lit by weight.
        group: whether it is of a group.
    """

    about: tuple[int, ...]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    carrier: NDArray[np.int32]
    value: Floats
    curves: Floats
    rgba: NDArray[np.uint8]
    label: int = -1
    among: int = 0
    attends: bool = False
    silent: bool = False
    group: bool = False

    @property
    def synapse(self) -> bool:
        """Whether it is of one synapse."""
        return len(self.about) == 2 and not self.group

    @property
    def rest(self) -> np.float32:
        """What all other synapses keep of their light, 0..1."""
        return REST if self.label < 0 else REST_OF_CLASS

    def left(self, count: int, inputs: int) -> Floats:
        """What each of the net's neurons keeps of its light, float32 (count,): all at ends of what is lit.

        The first so many, the input's, keep theirs too: the image is what everything is about.
        """
        kept = np.full(count, DIM, dtype=np.float32)
        kept[:inputs] = 1.0
        kept[[*self.about, *self.source, *self.target]] = 1.0
        return kept


def focus_on(trace: Trace, layout: Layout, theme: Theme, neuron: int) -> Focus:
    """Find the strongest synapses of a neuron, of a net that is laid out so, and light them."""
    net = trace.net
    place = layout.panel_of(neuron)
    at = place.layer, neuron - place.start, trace
    into, out = net.synapses_into(*at), net.synapses_out_of(*at)
    parts = [_strongest(into, trace), _strongest(out, trace, neuron)]
    source, target, carrier, value, strength, attention = map(np.concatenate, zip(*parts, strict=True))
    curves = ways(net, layout, source, target)
    rgba = _light(value, strength, attention, _away(target == neuron), theme)
    return Focus(
        (neuron,),
        source,
        target,
        carrier,
        value,
        curves,
        rgba,
        among=len(into) + len(out),
        attends=bool(attention.any()),
        silent=_silent(trace, neuron, carrier),
    )


def focus_on_group(trace: Trace, layout: Layout, theme: Theme, group: tuple[int, ...]) -> Focus:
    """Find the strongest synapses into a group of one layer's neurons, by their global ids, and out of it."""
    if not len(group):
        raise SceneError("a group has one neuron or more, by its number in the net: give some")
    panels = {each: layout.panel_of(each) for each in (min(group), max(group))}
    panel = panels[min(group)]
    if panel is not panels[max(group)]:
        raise SceneError(
            f"a group is of one layer, got neurons of {' and '.join(p.layer for p in panels.values())}"
        )
    net, neurons = trace.net, np.array(group, np.int32)
    around = trace, panel.layer, neurons - panel.start, MOST_OF_GROUP
    found = list(strongest_around(*around))
    silent = not trace.neurons[neurons].any()
    if silent:
        found[1] = strongest_around(*around, by="weight")[1]
    value = np.concatenate([value for _, value in found])
    strength = np.concatenate([np.abs(value) / np.abs(value).max(initial=1e-30) for _, value in found])
    order = np.argsort(strength, kind="stable")  # the brightest is drawn last, over all others
    synapses, value, strength = joined([each for each, _ in found]), value[order], strength[order]
    source, target = (end[order].astype(np.int32) for end in (synapses.source, synapses.target))
    attention = synapses.kind[order] == Kind.ATTENTION
    rgba = _light(value, strength, attention, np.full(POINTS, _APART * _TOGETHER, dtype=np.float32), theme)
    return Focus(
        group,
        source,
        target,
        source,
        value,
        ways(net, layout, source, target),
        rgba,
        attends=bool(attention.any()),
        silent=silent and bool(np.isin(source, neurons).any()),
        group=True,
    )


def focus_on_synapse(trace: Trace, layout: Layout, theme: Theme, source: int, target: int) -> Focus:
    """Light the synapses between two neurons, given by their global ids; there may be none."""
    layout.panel_of(source)
    place = layout.panel_of(target)
    into = trace.net.synapses_into(place.layer, target - place.start, trace)
    mine = np.flatnonzero(into.source == source)
    value = (into.weight[mine] * trace.neurons[into.source[mine]]).astype(np.float32)
    ends = np.full(len(mine), source, np.int32), np.full(len(mine), target, np.int32)
    # It is bright whatever it carries: one that carries nothing is to be seen too.
    strength = np.ones(len(mine), np.float32)
    signed = np.where(value == 0, into.weight[mine], value).astype(np.float32)
    attention = into.kind[mine] == Kind.ATTENTION
    rgba = _light(signed, strength, attention, _PLACE, theme)
    rgba[..., 3] = 200
    curves = ways(trace.net, layout, *ends)
    attends, silent = bool(attention.any()), _silent(trace, source, ends[0])
    return Focus((source, target), *ends, ends[0], value, curves, rgba, attends=attends, silent=silent)


def ways(net: Net, layout: Layout, source: NDArray[np.int32], target: NDArray[np.int32]) -> Floats:
    """The curves (K, POINTS, 3) between neurons, by global ids (K,), whether synapses join them or not."""
    first = np.array([panel.start for panel in layout.panels])
    pairs = {pair: number for number, pair in enumerate(net.connections)}
    names = [panel.layer for panel in layout.panels]
    ends = [np.searchsorted(first, end, side="right") - 1 for end in (source, target)]
    # A gate's layer may have no connection of its own to the target.
    number = [pairs.get((names[a], names[b]), -1) for a, b in zip(*ends, strict=True)]
    lift = lifts(net, layout, source, target, np.array(number, dtype=np.int32))
    return bend(layout.positions[source], layout.positions[target], layout.orientation.flow, lift)


def focus_on_class(trace: Trace, layout: Layout, theme: Theme, label: int) -> Focus:
    """Find what speaks most for a class or against it, connection by connection, see `engine.evidence`."""
    net = trace.net
    parts, numbers, strengths = [], [], []
    shares = quotas(net, MOST_OF_CLASS)
    for number, (synapses, value) in enumerate(strongest_of_each(trace, shares, by="evidence", of=label)):
        size = np.abs(value).astype(np.float32)
        told = starts(synapses), synapses.target, synapses.source, value
        parts.append([each[::-1] for each in told])
        numbers.append(np.full(len(value), number, np.int32))
        strengths.append(size[::-1] / max(float(size.max(initial=0.0)), 1e-30))
    *ends, value = (np.concatenate(each) for each in zip(*parts, strict=True))
    source, target, carrier = (end.astype(np.int32) for end in ends)
    strength = np.concatenate(strengths)
    none = np.zeros(len(value), dtype=np.bool_)
    curves = bundled(net, layout, source, target, np.concatenate(numbers), value)
    rgba = _light(value, strength, none, np.full(POINTS, _APART * _CROWDED, dtype=np.float32), theme)
    return Focus((), source, target, carrier, value.astype(np.float32), curves, rgba, label)


def _strongest(
    synapses: Synapses, trace: Trace, neuron: int = -1
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], Floats, Floats, NDArray[np.bool_]]:
    """Source, target, carrier, value as in Focus, strength 0..1, attention: of the strongest, weakest first.

    neuron: whose own synapses they are, where they leave it; where it is silent, none carries anything.
    """
    value = synapses.weight * trace.neurons[synapses.source]
    if neuron >= 0 and not value.any():
        value = synapses.weight
    size = np.abs(value)
    kept = np.argsort(size, kind="stable")[-MOST:]
    kept = kept[size[kept] > 0]
    strength = size[kept] / max(float(size.max(initial=0.0)), 1e-30)
    # Of attention's products the neuron may be the one that gates: what it opens starts at it.
    opens = (synapses.gate[kept] == neuron) & (neuron >= 0)
    return (
        np.where(opens, neuron, synapses.source[kept]).astype(np.int32),
        synapses.target[kept],
        synapses.source[kept],
        value[kept].astype(np.float32),
        strength.astype(np.float32),
        synapses.kind[kept] == Kind.ATTENTION,
    )


def _silent(trace: Trace, neuron: int, carrier: NDArray[np.int32]) -> bool:
    """Whether a neuron sends nothing along the synapses that it carries; False where it carries none."""
    return bool(not trace.neurons[neuron] and (carrier == neuron).any())


def _away(into: NDArray[np.bool_]) -> Floats:
    """How far each point is from where all meet, float32 (K, POINTS): 0..1 of the way."""
    away: Floats = np.where(into[:, None], 1.0 - _PLACE, _PLACE)
    return away


def _light(
    value: Floats, strength: Floats, attention: NDArray[np.bool_], away: Floats, theme: Theme
) -> NDArray[np.uint8]:
    """Colours by sign, and light by strength; where all meet, they must not add up to white.

    away: (K, POINTS) or (POINTS,), see `_away`.
    """
    bright = 0.35 + 0.65 * strength
    signed = np.where(value[:, None] > 0, sample(theme.excite, bright), sample(theme.inhibit, bright))
    rgba = np.zeros((len(value), POINTS, 4), dtype=np.uint8)
    rgba[..., :3] = np.where(attention[:, None], sample(theme.attend, bright), signed)[:, None]
    rgba[..., 3] = 255 * (0.06 + 0.50 * strength[:, None] ** 1.2) * np.clip(away / _APART, 0.1, 1.0)
    return rgba
