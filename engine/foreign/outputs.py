"""What output neurons tell: how likely each class is, or numbers, as the file or its owner says."""

from __future__ import annotations

import dataclasses

from engine.foreign.build import Imported
from engine.foreign.one_output import in_two_classes
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
_ONE = "its one output is a number, and no class is chosen"
_TWO = "its one neuron scores the second of two classes, which here have a neuron each"
_NO_TWO = "it ends in one neuron that scores no class: it gives a number"
_OWN = "it ends in a softmax of its own: its outputs are shares, and no numbers each for itself"
_WHOLE = ("softmax", "log-softmax")


def of_outputs(found: Imported, told: str | None, guessed: bool = False) -> Imported:
    """An import with what its outputs tell: classes, or numbers where its owner, or else the file, says so.

    told: see `Told.outputs`. guessed: whether the file holds weights alone, so that no softmax is its own.
    """
    outputs = told or found.outputs
    if found.one is not None or found.net.layers[-1].size == 1:
        return _of_one(found, outputs)
    net, last, of_numbers = found.net, found.net.layers[-1], found.of_numbers
    open_ = outputs is None and net.noun != "digit"
    if outputs == "numbers" or (open_ and of_numbers):
        if last.activation in _WHOLE and not (found.put or guessed):
            return _noted(found, _OWN)
        why = f"{of_numbers}: " if of_numbers and told is None else ""
        return _noted(found, why + _GIVES.format(count=last.size), in_numbers(net))
    # A digit reader may well have learned its classes by such a loss: it stays one, and that is said.
    doubt = f"{of_numbers}: {_MAY}" if outputs is None and of_numbers else ""
    open_ = open_ and of_numbers is not None
    if found.put:
        may = doubt or (_MAY if open_ else "")
        return _noted(found, f"{_PUT}; {may}" if may else _PUT)
    if last.activation in _WHOLE:
        row = len(net.layers[0].shape) == 1  # of pictures nearly all choose a class
        return _noted(found, _MAY) if open_ and guessed and row and found.notes else found
    shares = _SHARES.format(count=last.size, function=last.activation)
    return _noted(found, shares) if open_ else _noted(found, doubt) if doubt else found


def _of_one(found: Imported, outputs: str | None) -> Imported:
    """An import of a net that ends in one neuron, which is a number, or scores the second of two classes."""
    net = found.one or found.net
    if outputs is None:
        return found
    told = found.notes[:-1]  # the last note is of what that neuron was taken for
    if outputs == "numbers":
        task = dataclasses.replace(net.task or Task(noun=net.noun), numbers=True)
        return dataclasses.replace(found, net=dataclasses.replace(net, task=task), notes=(*told, _ONE))
    if found.one is not None:
        return found
    two = in_two_classes(net)
    return dataclasses.replace(found, net=two or net, notes=(*told, _TWO if two else _NO_TWO))


def in_numbers(net: Net) -> Net:
    """The net as one that gives numbers: what its output sums up is what it gives where a softmax was put."""
    last = net.layers[-1]
    function = "identity" if last.activation in _WHOLE else last.activation
    graph = Graph(net.graph.name, (*net.layers[:-1], dataclasses.replace(last, activation=function)))
    weights = Weights(graph, net.parameters)
    task = dataclasses.replace(net.task or Task(noun=net.noun), numbers=True)
    recipe = net.recipe.change(loss="squared-error")
    return dataclasses.replace(net, weights=weights, recipe=recipe, task=task, statistics=None, watch={})


def _noted(found: Imported, note: str, numbers: Net | None = None) -> Imported:
    """The import with one note more; numbers: and this net, in the one way that is left."""
    notes = (*found.notes, note)
    if numbers is None:
        return dataclasses.replace(found, notes=notes)
    return dataclasses.replace(found, net=numbers, notes=notes, readings=())
