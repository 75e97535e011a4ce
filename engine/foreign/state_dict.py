"""A PyTorch state_dict becomes a net, and a net one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported, Told
from engine.foreign.readers.architecture import with_architecture
from engine.foreign.readers.weights import from_modules
from engine.net import Net
from engine.text.torch_weights import torch_weights


def from_tensors(
    tensors: Mapping[str, Array], file: str, told: Told, *, stored: bool, text: str | None = None
) -> Imported:
    """The net of a state_dict's tensors, in the file's order.

    stored: whether that is the order in which the module has them. text: its architecture (see
    `engine.text`), where the file tells it.
    """
    if told.architecture is not None:
        return with_architecture(tensors, file, told.architecture, "--architecture", told.order, stored)
    if text is not None:
        return with_architecture(tensors, file, text, "it")
    return from_modules(tensors, file, told, stored)


def to_tensors(net: Net) -> dict[str, Array]:
    """The net's parameters under the names of its `engine.torch_module`; EngineError where it has edits."""
    if net.edits:
        raise EngineError(
            f"{net.name} has edits of single neurons or synapses ({len(net.edits)}), "
            "which a state_dict cannot hold: export the net without them"
        )
    return torch_weights(net)
