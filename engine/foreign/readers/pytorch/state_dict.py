"""A PyTorch state_dict becomes a net."""

from __future__ import annotations

from collections.abc import Mapping

from engine.arrays import Array
from engine.foreign.build import Imported, Told
from engine.foreign.readers.pytorch.architecture import with_architecture
from engine.foreign.readers.pytorch.weights import from_modules


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
