"""A PyTorch state_dict becomes a net."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported
from engine.foreign.readers.pytorch.architecture import with_architecture
from engine.foreign.readers.pytorch.checkpoints import check_alone, weights_alone
from engine.foreign.readers.pytorch.resnets import resnet
from engine.foreign.readers.pytorch.stack import TORCH, Habits
from engine.foreign.readers.pytorch.transformers import text_of
from engine.foreign.readers.pytorch.weights import from_modules
from engine.foreign.told import Told


def from_tensors(
    tensors: Mapping[str, Array],
    file: str,
    told: Told,
    *,
    stored: bool,
    text: str | None = None,
    habits: Habits = TORCH,
) -> Imported:
    """The net of a state_dict's tensors, in the file's order.

    stored: whether that is the order in which the module has them. text: its architecture (see
    `engine.text`), where the file tells it. habits: of the system that wrote it.
    """
    weights, notes = weights_alone(tensors)
    if told.architecture is not None:
        found = with_architecture(
            weights, file, told.architecture, "--architecture", told.order, stored, habits
        )
    elif text is not None:
        found = with_architecture(tensors, file, text, "it")
    else:
        if (text := None if told else text_of(weights)) is not None:
            raise EngineError(
                "by its names it is a transformer, and how many heads it has no shape tells: give "
                f'--architecture "{text}" with that number for N (timm and Hugging Face mostly have '
                "the width / 64), if it has its norms ahead and gelu; else give it as ONNX"
            )
        check_alone(weights)
        resnets = not told and habits is TORCH
        found = (resnet(weights, file, stored) if resnets else None) or from_modules(
            weights, file, told, stored, habits
        )
    return dataclasses.replace(found, notes=(*notes, *found.notes)) if notes else found
