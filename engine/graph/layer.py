"""A layer: a named group of neurons with a shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from engine.arrays import Shape, size_of
from engine.blocks import Block
from engine.blocks.activations import activation
from engine.errors import EngineError


@dataclass(frozen=True)
class Layer:
    """A named group of neurons: what computes it, from which layers, through which activation function.

    shape is (n,), (h, w, c) or (tokens, d); block is None for the input. dropout is the share of its neurons
    that are silenced, at random, in each training step.
    """

    name: str
    title: str
    shape: Shape
    block: Block | None = None
    sources: tuple[str, ...] = ()
    activation: str = "identity"
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if not self.shape or any(length < 1 for length in self.shape):
            raise EngineError(f"layer {self.name} has shape {self.shape}: every length must be 1 or more")
        if not 0 <= self.dropout < 1:
            raise EngineError(f"layer {self.name} has dropout {self.dropout}: it must be in 0..1, 1 excluded")
        if (self.block is None) != (not self.sources):
            raise EngineError(
                f"layer {self.name} needs both a block and its source layers, or neither (the input)"
            )
        activation(self.activation)

    @cached_property
    def size(self) -> int:
        """Count of neurons."""
        return size_of(self.shape)
