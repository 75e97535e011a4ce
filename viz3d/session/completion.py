"""Completion: what the last word of a line may become, for shells and windows."""

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from data import bundled_models
from engine import Net
from engine.blocks.activations import activation, activations
from engine.edits import NEURON, SYNAPSE
from engine.graph import layer_axes
from viz3d.command.choice.wanted import SPLITS
from viz3d.command.wording import short
from viz3d.session.acts.number import naming
from viz3d.session.traced_digit import TracedDigit

Offers = Iterator[tuple[str, str]]
"""Words, each with a remark."""
More = Callable[[list[str], str, TracedDigit], Offers]

DIGITS = tuple((str(label), "") for label in range(10))
_NEURONS = (*NEURON, "remove")
_SYNAPSES = tuple(verb for verb in SYNAPSE if verb not in NEURON)
_LAYERS = ("prune", "noise", "grow")
_WEIGHTS = ("weight",)
_FILES = ("crossover",)
EDITS = (*_NEURONS, *_SYNAPSES, *_LAYERS, *_WEIGHTS, *_FILES)
"""All verbs of a mutation, those of neurons first."""
_BRIGHTEST = 200


def completions(
    line: str,
    traced: TracedDigit,
    first: Mapping[str, str] = MappingProxyType({}),
    more: More | None = None,
) -> list[tuple[str, str]]:
    """What the last word of a line, that behind its last space, may become, each with a remark.

    first: words that may begin a line besides edits. more: what may follow them, by the words before, the
    last one and the digit.
    """
    line = line.rpartition(";")[2].lstrip()
    *before, last = line.split(" ")
    if not before:
        choices = [*first.items(), *((word, "change the network") for word in EDITS)]
        return [(word, told) for word, told in choices if word.startswith(last)]
    if before[0] == "mutate":
        before = before[1:]
        if not before:
            return [(word, "") for word in EDITS if word.startswith(last)]
    offered = (*_arguments(before, last, traced), *(more(before, last, traced) if more else ()))
    return [(word, told) for word, told in offered if word.startswith(last)]


def layers(net: Net) -> Offers:
    """The layers between input and output."""
    for layer in net.layers[1:-1]:
        yield layer.name, f"{layer.size:,} neurons"


def neurons(word: str, traced: TracedDigit) -> Offers:
    """Layers; behind a layer's colon its heads and brightest neurons; behind an axis' name its numbers."""
    net = traced.net
    name, colon, place = word.partition(":")
    if not colon:
        yield from ((f"{layer.name}:", f"{layer.size:,} neurons") for layer in net.layers)
    elif name in {layer.name for layer in net.layers}:
        yield from _axes(net, name, place)
        values = traced.trace.display(name)
        for i in np.argsort(-values, kind="stable")[:_BRIGHTEST].tolist():
            yield traced.address(net.offset(name) + i), short(float(values[i]))


def _arguments(before: list[str], last: str, traced: TracedDigit) -> Offers:
    verb, net, place = before[0], traced.net, len(before)
    yield from ((word, "") for word in _choices(verb, place))
    if verb == "class":
        yield from ((name, "") for name in net.classes)
    elif verb == "number" and place == 1:
        yield from ((naming(traced, at), f"{value:g}") for at, (_, value) in enumerate(traced.numbers))
    if verb in _LAYERS:
        if place == 1:
            yield from layers(net)
    elif verb in ("select", *_NEURONS, *_SYNAPSES):
        if place == 1 or before[-1] == "->":
            yield from neurons(last, traced)
        elif verb in ("select", *_SYNAPSES) and place == 2:
            yield "->", ""
    elif verb in (*_FILES, "model") and place == 1:
        yield from ((path.name, "") for path in sorted(Path().glob("*.npz")))
    elif verb in _WEIGHTS and place == 1:
        yield from ((f"{name}:", "") for name in net.parameters)


def _choices(verb: str, place: int) -> Collection[str]:
    """What may stand as a line's word at a place, where that is one of a few."""
    digits = [word for word, _ in DIGITS]
    match verb, place:
        case ("digit", 1):
            return digits
        case ("label", 1):
            return [*digits, "none"]
        case ("net", 1):
            return bundled_models()
        case ("data", 1):
            return SPLITS
        case ("function", 2):
            return [name for name in activations() if not activation(name).rowwise]
    return ()


def _axes(net: Net, name: str, place: str) -> Offers:
    """Groups of a layer's neurons by name, such as one head, and then one of its tokens."""
    layer = net.layer(name)
    *given, begun = place.split(",")
    taken = {part.rstrip("0123456789-*") for part in given}
    known = layer_axes.lengths(net.graph, layer, split="head" in taken)
    if layer_axes.heads(net.graph, layer) and not taken & {"head", "feature"}:
        known = {"head": layer_axes.heads(net.graph, layer), **known}
    named = [axis for axis in known if axis not in taken and (place or axis == "head")]
    for axis in named:
        if axis.startswith(begun.rstrip("0123456789")):
            for i in range(known[axis]):
                yield f"{name}:{''.join(f'{part},' for part in given)}{axis}{i}", f"of {known[axis]:,}"
