"""What the edits of a network do to one neuron or one synapse of it."""

import math
from collections.abc import Sequence

from engine import Net
from engine.edits import Edit
from engine.graph import address


def edits_of_neuron(net: Net, neuron: int) -> tuple[Edit, ...]:
    """The edits of neurons that reach the one of this number, alone or in a group, in order."""
    layer = address.write(net.graph, neuron).partition(":")[0]
    near = [edit for edit in net.edits if not edit.synapse and edit.layer == layer]
    return tuple(edit for edit in near if neuron in address.neurons(net.graph, edit.where))


def edits_of_synapse(net: Net, source: int, target: int) -> tuple[Edit, ...]:
    """The edits of the synapse between two neurons, by their numbers, alone or in a group, in order."""
    ends = source, target
    near = (edit for edit in net.edits if edit.synapse)
    return tuple(
        edit
        for edit in near
        if all(
            neuron in address.neurons(net.graph, end)
            for neuron, end in zip(ends, address.ends(edit.where), strict=True)
        )
    )


def scale_of(edits: Sequence[Edit]) -> float:
    """What edits of a neuron multiply its activation by."""
    return math.prod(edit.value or 0.0 for edit in edits if edit.verb == "scale")


def shift_of(edits: Sequence[Edit]) -> float:
    """What edits of a neuron add to its bias."""
    return sum(edit.value or 0.0 for edit in edits if edit.verb == "shift")


def function_of(net: Net, neuron: int) -> str:
    """The activation function of the neuron of this number, as its edits have it."""
    given = [edit.function for edit in edits_of_neuron(net, neuron) if edit.function is not None]
    layer = net.layers[net.index(address.write(net.graph, neuron).partition(":")[0])]
    return given[-1] if given else layer.activation


def silent(edits: Sequence[Edit]) -> bool:
    """Whether edits of a neuron leave it ablated: a later clamp holds it at another value."""
    held = [edit.verb for edit in edits if edit.verb in ("ablate", "clamp")]
    return bool(held) and held[-1] == "ablate"


def told(edits: Sequence[Edit]) -> str:
    """What edits of a neuron do to it, in words, such as "clamp 4.2, frozen"; "" where there are none."""
    words = (
        "frozen" if edit.verb == "freeze" else str(edit).replace(f" {edit.where}", "", 1) for edit in edits
    )
    return ", ".join(["silenced"] if silent(edits) else words)


def refused_of(net: Net, layer: str) -> tuple[str, ...]:
    """What the engine does to no neuron of a layer: an output is the answer, a pixel learns nothing."""
    ends = {net.layers[0].name: ("shift", "freeze"), net.layers[-1].name: ("ablate", "clamp", "scale")}
    return ends.get(layer, ())
