"""What a single output neuron tells: how likely one of two classes is, or a number."""

from __future__ import annotations

import dataclasses

import numpy as np

from engine.blocks import Dense, TokenHead
from engine.foreign.build import Imported
from engine.graph.graph import Graph, Weights
from engine.net import Net

_SCORE = {"sigmoid": 1.0, "identity": 1.0, "tanh": 2.0}
"""By which factor a neuron's sum z is the score of the second class: sigmoid(2z) is (1 + tanh z) / 2."""
_TWO = "it ends in one neuron with a sigmoid: here they are two, classes 0 and 1, of the same probabilities"
_NUMBER = "it ends in one neuron: what it tells is a number, no class"
_OF_TWO = f"{_NUMBER}; with data of two classes it is the score of the second"
_ALWAYS = "it ends in a softmax of one neuron, which is the same whatever it reads: train it with a sigmoid"


def in_two_classes(net: Net) -> Net | None:
    """The net with two classes of which its one neuron scores the second: softmax(0, z) is sigmoid(z).

    z is what a sigmoid, a tanh (-1 for the first class, 1 for the second) or nothing stands behind. None
    where the net does not end so, or has edits.
    """
    last = net.layers[-1]
    if last.size != 1 or last.activation not in _SCORE or net.edits:
        return None
    if not isinstance(last.block, Dense | TokenHead):
        return None
    block = dataclasses.replace(last.block, units=2)
    made = dataclasses.replace(last, block=block, shape=(2,), activation="softmax")
    parameters = dict(net.parameters)
    for name in block.parameter_shapes(net.graph.source_shapes[last.name]):
        array = parameters[f"{last.name}.{name}"]
        score = array * array.dtype.type(_SCORE[last.activation])
        parameters[f"{last.name}.{name}"] = np.concatenate([np.zeros_like(array), score], axis=-1)
    graph = Graph(net.graph.name, (*net.layers[:-1], made))
    recipe = net.recipe.change(loss="cross-entropy")
    weights = Weights(graph, parameters)
    return dataclasses.replace(net, weights=weights, recipe=recipe, statistics=None, watch={})


def of_one_output(found: Imported, of_two: str = "") -> Imported:
    """An import with what its one output neuron tells: classes behind a sigmoid, else said to be a number.

    of_two: what in the file tells that a sum is the score of the second of two classes.
    """
    last = found.net.layers[-1]
    if not found.net.gives_numbers:
        return found
    if of_two and last.activation == "identity" and (net := in_two_classes(found.net)) is not None:
        note = f"{of_two}: its one sum scores the second of two classes, which here have a neuron each"
        return dataclasses.replace(found, net=net, notes=(*found.notes, note), one=found.net)
    if last.activation == "sigmoid" and (net := in_two_classes(found.net)) is not None:
        return dataclasses.replace(found, net=net, notes=(*found.notes, _TWO), one=found.net)
    if last.activation in ("softmax", "log-softmax"):
        note = _ALWAYS
    else:
        note = _NUMBER if in_two_classes(found.net) is None else _OF_TWO
    return dataclasses.replace(found, notes=(*found.notes, note))
