"""What the tests of edited presets share: every kind of mutation, drawn from the net itself."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import data
import engine
from engine import EngineError, Layer, Net, Trace
from engine.edits import NEURON, SYNAPSE
from engine.graph import address, layer_axes

ON_NEURONS = {
    "ablate": "",
    "clamp": "0.7",
    "scale": "-1.6",
    "shift": "0.4",
    "function": "tanh",
    "freeze": "",
    "hold": "",
}
ON_SYNAPSES = {"cut": "", "set": "0.9", "scale": "-0.5", "nudge": "0.3", "add": "0.8"}
SURGERY = ("crossover", "grow", "remove", "weight", "noise", "prune")

# Stands for the number of the unit of a layer that has the brightest neuron.
_BRIGHTEST = "BRIGHTEST"

# Why an edit makes no sense on a kind of layer: what is refused must say one of these.
REFUSALS = (
    "the answer is read from",
    "a pixel has no bias and learns nothing",
    "a softmax belongs to a whole row of neurons",
    "has learned no weights",
    "takes a maximum, it adds nothing up",
    "cannot lose or gain neurons",
)


@dataclass(frozen=True, eq=False)
class Edited:
    """A preset under all that can be done to it.

    steps: surgery, each with the net before and after it; base: the net after all of it. edits: each can be
    made on base by itself, and the neuron that it moves first; net: base with all of them. refused: (verb,
    layer, why).
    """

    first: Net
    steps: tuple[tuple[str, Net, Net], ...]
    base: Net
    edits: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, str, str], ...]
    net: Net
    image: np.ndarray


def kinds(net: Net) -> list[Layer]:
    """One layer of each kind that the net has: its block, how many layers it reads, its function.

    Of several the middle one: it has layers ahead of it and behind it.
    """
    found: dict[tuple[object, ...], list[Layer]] = {}
    for layer in net.layers:
        what = "input" if layer.block is None else layer.block.kind
        key = (what, len(layer.sources), layer.activation, layer is net.layers[-1])
        found.setdefault(key, []).append(layer)
    return [alike[len(alike) // 2] for alike in found.values()]


@cache
def edited(name: str, trained: bool) -> Edited:
    """A preset, fresh and of other sizes and crossed with another, or as it was trained, under all edits."""
    assert set(ON_NEURONS) == set(NEURON)
    assert set(ON_SYNAPSES) == set(SYNAPSE)
    image = data.load("digits").images[7]
    first = engine.load(data.model_path(name)) if trained else engine.preset(name, np.random.default_rng(0))
    refused: list[tuple[str, str, str]] = []
    steps = list(_operate(first, image, refused, resize=not trained))
    base = steps[-1][2]
    trace, edits = base.trace(image), []
    for layer in kinds(base):
        for verb, text, number in _edits(base, trace, layer):
            try:
                base.mutate(text)
            except EngineError as error:
                refused.append((verb, layer.name, str(error)))
            else:
                edits.append((text, number))
    net = base.mutate("; ".join(text for text, _ in edits))
    return Edited(first, tuple(steps), base, tuple(edits), tuple(refused), net, image)


def _operate(
    net: Net, image: np.ndarray, refused: list[tuple[str, str, str]], *, resize: bool
) -> Iterator[tuple[str, Net, Net]]:
    for verb, where, told in _surgery(net, resize=resize):
        statement = told
        if _BRIGHTEST in told:
            values = np.abs(net.trace(image).activation[where])
            statement = told.replace(_BRIGHTEST, str(values.argmax() % values.shape[-1]))
        try:
            after = net.mutate(statement)
        except EngineError as error:
            refused.append((verb, where, str(error)))
            continue
        yield statement, net, after
        net = after


def _surgery(net: Net, *, resize: bool) -> Iterator[tuple[str, str, str]]:
    """(verb, layer, statement): each of the verbs of surgery on a layer of each kind."""
    if resize:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "other.npz"
            engine.save(engine.preset(net.name, np.random.default_rng(1)), path)
            yield "crossover", "", f"crossover {path} seed 1"
    layers = kinds(net)
    if resize:
        for layer in layers:
            yield (
                "remove",
                layer.name,
                f"remove {layer.name}:{layer_axes.axes(net.graph, layer)[-1]}{_BRIGHTEST}",
            )
            yield "grow", layer.name, f"grow {layer.name} 2 seed 2"
    for layer in layers:
        for own, array in net.own_parameters(layer.name).items():
            first = ",".join("0" * array.ndim)
            # A weight of 0 is there for `hold` to hold.
            yield "weight", layer.name, f"weight {layer.name}.{own}:{first} {0 if own == 'weight' else 0.5}"
        yield "noise", layer.name, f"noise {layer.name} 0.1 seed 3"
        yield "prune", layer.name, f"prune {layer.name} 20%"


def _edits(net: Net, trace: Trace, layer: Layer) -> Iterator[tuple[str, str, int]]:
    """(verb, statement, the neuron that it moves): each edit of neurons, and of synapses into a layer.

    Each on a neuron of its own, so that none hides another, and where much is to be moved.
    """
    at = net.offset(layer.name)
    order = np.argsort(-np.abs(trace.activation[layer.name]), axis=None, kind="stable") + at
    for place, (verb, value) in enumerate(ON_NEURONS.items()):
        number = int(order[place])
        where = address.write(net.graph, number)
        if verb == "hold":
            where = layer.name
        elif verb == "freeze" and layer.block is not None:
            where = f"{layer.name}:{layer_axes.axes(net.graph, layer)[-1]}{(number - at) % layer.shape[-1]}"
        yield verb, f"{verb} {where} {value}".strip(), number
    after = order[len(ON_NEURONS) :] if layer.size > len(ON_NEURONS) + len(ON_SYNAPSES) + 2 else order
    for slot, source in enumerate(layer.sources):
        for place, (verb, value) in enumerate(ON_SYNAPSES.items()):
            number = int(after[place])
            if verb == "add" and slot:
                continue
            start = _source(net, trace, verb, layer, source, number)
            if start is not None:
                ends = f"{address.write(net.graph, start)} -> {address.write(net.graph, number)}"
                yield verb, f"{verb} {ends} {value}".strip(), number
        single, group = (int(number) for number in after[len(ON_SYNAPSES) : len(ON_SYNAPSES) + 2])
        start = _source(net, trace, "noise", layer, source, single)
        if start is not None:
            ends = f"{address.write(net.graph, start)} -> {address.write(net.graph, single)}"
            yield "noise", f"noise {ends} 0.5 seed 4", single
            yield "scale", f"scale {source} -> {address.write(net.graph, group)} 0.5", group


def _source(net: Net, trace: Trace, verb: str, layer: Layer, source: str, number: int) -> int | None:
    """The source of that neuron's strongest synapse from a layer; for "add" the brightest that has none."""
    into = net.synapses_into(layer.name, number - net.offset(layer.name), trace)
    if verb == "add":
        ahead = np.abs(trace.neurons[: net.offset(layer.name)])
        ahead[into.source] = 0
        return int(ahead.argmax()) if ahead.any() else None
    first = net.offset(source)
    mine = (into.source >= first) & (into.source < first + net.layer(source).size)
    if not mine.any():
        return None
    strength = np.abs(into.weight[mine] * trace.neurons[into.source[mine]])
    return int(into.source[mine][strength.argmax()])
