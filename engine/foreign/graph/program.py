"""The form that every reader makes of a file: operations in ONNX's words, one behind another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.arrays import Array, Shape


@dataclass(frozen=True)
class Op:
    """One operation: its ONNX kind (Conv, Gemm, Relu...), what errors call it, and what it reads and makes.

    inputs name other operations' outputs, constants or the image; "" stands for one that is left out.
    settings: ONNX's attributes by name, as numbers, texts and lists of them.
    """

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """A network as operations, each behind those that it reads.

    image: the name of the input; shape: its shape with a batch of 1, such as (1, 1, 28, 28). channels: the
    axis of its channels, None where it has none of its own. batch: the batch that the file was written
    for, 0 where it does not tell. notes: what to tell of it.
    """

    ops: Sequence[Op]
    constants: Mapping[str, Array]
    image: str
    shape: Shape
    channels: int | None
    output: str
    batch: int = 1
    notes: tuple[str, ...] = ()


class Chain:
    """Gathers operations that follow each other, for readers of files that tell layers and no graph."""

    def __init__(self, shape: Shape, channels: int | None):
        self.shape = shape
        self.channels = channels
        self.ops: list[Op] = []
        self.constants: dict[str, Array] = {}
        self.last = "the pixels"

    def add(self, kind: str, name: str, *arrays: Array | None, **settings: Any) -> str:
        """One more operation on the newest value; arrays: what else it reads, None for one left out."""
        return self.join(kind, name, (self.last,), *arrays, **settings)

    def join(
        self, kind: str, name: str, sources: Sequence[str], *arrays: Array | None, **settings: Any
    ) -> str:
        """One more operation on values of these names; gives the name of what it makes."""
        return self.put(kind, name, (*sources, *arrays), settings)

    def put(
        self, kind: str, name: str, inputs: Sequence[str | Array | None], settings: Mapping[str, Any]
    ) -> str:
        """The same of inputs in any order: values by name, arrays, None for one left out."""
        place = len(self.ops)
        names = []
        for number, value in enumerate(inputs):
            if isinstance(value, np.ndarray):
                names.append(f"{place}.{number} constant")
                self.constants[names[-1]] = value
            else:
                names.append(value or "")
        self.last = f"{place} {name}"
        self.ops.append(Op(kind, name, tuple(names), (self.last,), settings))
        return self.last

    def program(self) -> Program:
        """The operations so far; the newest value is the output."""
        return Program(self.ops, self.constants, "the pixels", self.shape, self.channels, self.last)
