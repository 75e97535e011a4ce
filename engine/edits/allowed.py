"""Which edits make sense: EngineError says why one does not, and what to write instead."""

from __future__ import annotations

from engine.blocks.activations import activation, activations, is_activation
from engine.edits.grammar import Edit
from engine.errors import EngineError
from engine.graph.layer import Layer

MOST = 4_000_000
"""Synapses that one edit may name: more would take a gigabyte."""


def check_neurons(edit: Edit, layer: Layer, last: bool) -> None:
    """EngineError where a verb makes no sense on neurons of a layer; last: whether it is the net's output."""
    if last and edit.verb not in ("shift", "freeze", "hold"):
        raise EngineError(
            f"{edit}: the answer is read from {layer.name}: shift its bias, or edit what feeds it"
        )
    if layer.block is None and edit.verb not in ("ablate", "clamp", "scale"):
        raise EngineError(f"{edit}: a pixel has no bias and learns nothing: ablate, clamp or scale it")
    if edit.function is not None and not is_activation(edit.function):
        given = [name for name in activations() if not activation(name).rowwise]
        raise EngineError(f"{edit}: unknown activation {edit.function!r}: known are {', '.join(given)}")
    if edit.function is not None and (
        activation(edit.function).rowwise or activation(layer.activation).rowwise
    ):
        raise EngineError(f"{edit}: a softmax belongs to a whole row of neurons: it cannot be given or taken")


def check_there(edit: Edit, count: int) -> None:
    """EngineError where an edit names no synapse, or more than can be told one by one."""
    if not count:
        raise EngineError(f"{edit}: there is no such synapse: add it first")
    if count > MOST:
        raise EngineError(f"{edit}: it names {count:,} synapses: name no more than {MOST:,} at once")
