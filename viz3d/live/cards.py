"""Cards: what the inspector shows of a neuron, a synapse or a layer, made from a session's findings."""

from collections.abc import Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from engine import Net, Reading, Synapses
from engine.edits import Edit
from engine.graph import address
from engine.mutate.resize import resizable
from scenes.texts import ENGLISH
from viz3d.findings.deciders import read_without
from viz3d.findings.edited import edits_of_synapse, refused_of, scale_of, shift_of, silent, told
from viz3d.findings.neuron import NeuronFacts, rank_of
from viz3d.findings.weight_pictures import weight_pictures
from viz3d.live.widgets.inspecting.layer_change import LayerChange
from viz3d.live.widgets.inspecting.neuron_card import NeuronCard, SynapseRows
from viz3d.live.widgets.inspecting.synapse_change import SynapseChange
from viz3d.live.widgets.pictures import Values
from viz3d.live.widgets.style import number
from viz3d.session.traced_digit import TracedDigit, place

_ROOM = 1.5  # how far beyond the layer's largest activation the clamp's slider reaches


class Addresses(Sequence[str]):
    """The addresses of neurons by their numbers, each written when it is asked for: a table shows few."""

    def __init__(self, net: Net, neurons: NDArray[np.int64]) -> None:
        self._graph, self._neurons = net.graph, neurons

    def __len__(self) -> int:
        return len(self._neurons)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return [address.write(self._graph, int(each)) for each in self._neurons[at]]
        return address.write(self._graph, int(self._neurons[at]))


def card_of(traced: TracedDigit, before: TracedDigit, neuron: int) -> NeuronCard:
    """The card of a neuron, by its number.

    before: the same digit read by the network as it was chosen; it may have other layers and weights.
    """
    facts = NeuronFacts.of(traced, traced.address(neuron), top=0)
    reading, net = facts.reading, traced.net
    edits, plain = facts.edits, _without_edits(traced, before)
    weights, products = _pictures(facts)
    function, output = facts.output
    return NeuronCard(
        address=reading.address,
        value=reading.activation,
        note=_note(traced, plain, reading, edits),
        without=f"without it {read_without(traced, facts.without)}" if facts.without else "",
        kind=_kind(traced, reading.layer),
        edited=bool(edits),
        excited=facts.excited,
        inhibited=facts.inhibited,
        bias=reading.bias,
        total=reading.sum,
        function=function,
        output=output,
        weights=weights,
        products=products,
        pixels=_grey(traced) if sees_a_part(traced, reading.field) else None,
        field=reading.field,
        incoming=_rows(traced, reading.incoming, reading.incoming_contributions, incoming=True),
        outgoing=_rows(traced, reading.outgoing, reading.outgoing_contributions, incoming=False),
        pushes=reading.gradients.astype(np.float32) if reading.gradients.any() else None,
        classes=net.classes,
        prediction=traced.trace.prediction,
        clamp=_clamp_range(plain, reading.layer),
        scale=scale_of(edits),
        shift=shift_of(edits),
        shifts=_shift_range(traced, reading.layer, shift_of(edits)),
        ablated=silent(edits),
        frozen=any(edit.verb == "freeze" for edit in edits),
        refused=refused_of(net, reading.layer),
    )


def _without_edits(traced: TracedDigit, before: TracedDigit) -> TracedDigit:
    """The same digit read without the edits, by the weights as they are: a training may have changed them."""
    if not traced.net.edits:
        return traced
    if before.net.weights is traced.net.weights and not before.net.edits:
        return before
    return TracedDigit.of(traced.net.without_edits(), traced.digit)


def _pictures(facts: NeuronFacts) -> tuple[Values | None, Values | None]:
    """A neuron's weights and what they find, (h, w) each: those of pixels on the pixels."""
    weights = facts.reading.weights
    if weights is not None and weights.ndim == 2 and facts.from_pixels is not None:
        return weights, facts.from_pixels
    return weight_pictures(facts.traced, facts.reading) or (None, None)


def _grey(traced: TracedDigit) -> NDArray[np.floating[Any]] | None:
    """What a network sees as (h, w) of 0..1: of colours their mean."""
    pixels = traced.pixels
    return pixels.mean(axis=2) if pixels is not None and pixels.ndim == 3 else pixels


def sees_a_part(traced: TracedDigit, field: tuple[int, int, int, int]) -> bool:
    """Whether a receptive field is a part of the picture, and more than one pixel of it."""
    pixels, (top, left, bottom, right) = traced.pixels, field
    if pixels is None or top < 0:
        return False
    return 1 < (bottom - top + 1) * (right - left + 1) < pixels.shape[0] * pixels.shape[1]


def _rows(traced: TracedDigit, synapses: Synapses, terms: np.ndarray, *, incoming: bool) -> SynapseRows:
    ends = (synapses.source if incoming else synapses.target).astype(np.int64)
    return SynapseRows(
        names=Addresses(traced.net, ends),
        neurons=ends,
        weight=synapses.weight.astype(np.float32),
        activation=traced.trace.neurons[synapses.source],
        contribution=terms.astype(np.float32),
    )


def _kind(traced: TracedDigit, layer: str) -> str:
    net, reads = traced.net, "NUMBER" if traced.numbers else "PIXEL"
    kinds = {net.layers[0].name: reads, net.layers[-1].name: "OUTPUT"}
    return kinds.get(layer, "NEURON")


def _note(traced: TracedDigit, plain: TracedDigit, reading: Reading, edits: Sequence[Edit]) -> str:
    """How it stands among the neurons of its layer, without edits; of an output its probability."""
    net, layer = traced.net, reading.layer
    index = reading.neuron - net.offset(layer)
    if layer == net.layers[-1].name:
        name, chance = traced.named(index), ENGLISH.percent(float(traced.trace.probabilities[index]))
        kinds = {"softmax": "probability of {}", "log-softmax": "logarithm of the probability of {}, {}"}
        return kinds.get(reading.function, "score of {}; probability {}").format(name, chance)
    if layer == net.layers[0].name and traced.numbers and net.task is not None and not edits:
        name, found = traced.numbers[index]
        return f"{name} {found:.6g}, as the network takes it"
    rank, among = rank_of(plain if edits else traced, reading.neuron)
    place = f"number {rank:,} of {among:,}"
    if edits and all(edit.verb == "freeze" for edit in edits):
        return f"{told(edits)}, {place}"
    if edits:
        was = number(float(plain.trace.neurons[reading.neuron]))
        return f"{told(edits)}; it was {was}, {place}"
    return f"{reading.function}, {place}" if len(reading.incoming) else place


def _clamp_range(traced: TracedDigit, layer: str) -> tuple[float, float]:
    """From 0, or the lowest activation of the layer, to beyond its highest."""
    values = traced.trace.activation[layer]
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    return _ROOM * low, _ROOM * high or (0.0 if low else 1.0)


def _shift_range(traced: TracedDigit, layer: str, shift: float) -> tuple[float, float]:
    """As far as the largest sum of the layer, to either side."""
    most = max(float(np.abs(traced.trace.pre[layer]).max()), abs(shift), 1.0)
    return -most, most


def synapse_change(traced: TracedDigit, where: str) -> SynapseChange:
    """What the sliders of a synapse begin with, by its address; it need not be there."""
    net = traced.net
    source, target = address.synapse(net.graph, where)
    layer, index = place(net, target)
    into = net.synapses_into(layer, index, traced.trace)
    mine = np.flatnonzero(into.source == source)
    weight = float(into.weight[mine].sum()) if len(mine) else None
    largest = float(np.abs(into.weight).max(initial=0.0)) or 1.0
    edited = bool(edits_of_synapse(net, source, target))
    offered = weight or float(f"{largest:.2g}")
    most = _ROOM * max(largest, abs(offered))
    step = float(f"{largest / 10:.1g}")
    return SynapseChange(where, weight, offered, most, step, float(traced.trace.neurons[source]), edited)


def layer_change(traced: TracedDigit, name: str) -> LayerChange:
    """What is told of a layer beside what changes it."""
    net = traced.net
    weight = net.own_parameters(name).get("weight")
    zeros = 0.0 if weight is None else float((weight == 0).mean())
    return LayerChange(name, weight is not None, resizable(net, name), zeros)
