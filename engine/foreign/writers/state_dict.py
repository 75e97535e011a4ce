"""A net as a PyTorch state_dict: the parameters under the names of its module."""

from __future__ import annotations

from engine.arrays import Array
from engine.errors import EngineError
from engine.net import Net
from engine.text.torch_weights import torch_weights


def to_tensors(net: Net) -> dict[str, Array]:
    """The net's parameters under the names of its `engine.torch_module`; EngineError where it has edits."""
    if net.edits:
        raise EngineError(
            f"{net.name} has edits of single neurons or synapses ({len(net.edits)}), "
            "which such a file cannot hold: export the net without them"
        )
    return torch_weights(net)
