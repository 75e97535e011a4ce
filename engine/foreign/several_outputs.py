"""What several output neurons tell: how likely each class is, or numbers, each for itself."""

from __future__ import annotations

import dataclasses

from engine.foreign.build import Imported
from engine.graph.graph import Graph, Weights
from engine.net import Net
from engine.task import Task

_PUT = "the file ends in sums (logits): a softmax, which changes no answer, is put behind them"
_MAY = "if they are numbers and no scores of classes, as a regressor gives, import it with --outputs numbers"
_SHARES = (
    "it ends in {count} neurons ({function}), told here as shares of their sum, as of classes of which "
    "one is right; where several may be (labels), or they are numbers, import it with --outputs numbers"
)
_GIVES = "its {count} outputs are numbers, and no class is chosen"
_OWN = "it ends in a softmax of its own: its outputs are shares, and no numbers each for itself"
_WHOLE = ("softmax", "log-softmax")


def of_several_outputs(found: Imported, outputs: str | None, bare: bool = False) -> Imported:
    """An import with what its output neurons tell: classes, or numbers where the file or its owner says so.

    outputs: see `Told`. bare: whether the file holds weights alone, so that no softmax is its own.
    """
    net, last, of_numbers = found.net, found.net.layers[-1], found.of_numbers
    if last.size == 1:
        return found
    open_ = outputs is None and net.noun != "digit"
    if outputs == "numbers" or (open_ and of_numbers):
        if last.activation in _WHOLE and not (found.put or bare):
            return _noted(found, _OWN)
        why = f"{of_numbers}: " if of_numbers and outputs is None else ""
        notes = (*found.notes, why + _GIVES.format(count=last.size))
        return dataclasses.replace(found, net=in_numbers(net), notes=notes, readings=())
    open_ = open_ and of_numbers is not None
    may = open_ and len(net.layers[0].shape) == 1  # of pictures nearly all choose a class
    if found.put:
        return _noted(found, f"{_PUT}; {_MAY}" if may else _PUT)
    if last.activation in _WHOLE:
        return (
            _noted(found, _MAY) if may and bare and found.notes else found
        )  # viz3d's own tell their functions
    return _noted(found, _SHARES.format(count=last.size, function=last.activation)) if open_ else found


def in_numbers(net: Net) -> Net:
    """The net as one that gives numbers: what its output sums up is what it gives where a softmax was put."""
    last = net.layers[-1]
    function = "identity" if last.activation in _WHOLE else last.activation
    graph = Graph(net.graph.name, (*net.layers[:-1], dataclasses.replace(last, activation=function)))
    weights = Weights(graph, net.parameters)
    task = dataclasses.replace(net.task or Task(noun=net.noun), numbers=True)
    recipe = net.recipe.change(loss="squared-error")
    return dataclasses.replace(net, weights=weights, recipe=recipe, task=task, statistics=None, watch={})


def _noted(found: Imported, note: str) -> Imported:
    return dataclasses.replace(found, notes=(*found.notes, note))
