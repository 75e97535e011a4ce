"""A net in the making: layers that may still change, each with numbers for its neurons, and views of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.blocks import Block, Conv, Dense, PatchEmbedding, TokenDense, TokenHead
from engine.errors import EngineError
from engine.limits import LAYERS, check_count

MOST_NUMBERS = 1 << 26
"""Numbers of a layer's weights, and of all layers' neurons: no digit reader comes near."""
LINEAR = (Conv, Dense, PatchEmbedding, TokenDense, TokenHead)
"""Blocks whose outputs' scale and shift can go into their own parameters."""


@dataclass(eq=False)
class Node:
    """A layer so far. name: as the file has it. base: the number of its first neuron."""

    name: str
    shape: Shape
    base: int
    block: Block | None = None
    sources: list[Node] = field(default_factory=list)
    parameters: dict[str, Array] = field(default_factory=dict)
    activation: str = "identity"
    dropout: float = 0.0

    @property
    def size(self) -> int:
        """Count of its neurons."""
        return size_of(self.shape)

    @property
    def numbers(self) -> Array:
        """The numbers of its neurons, in its shape."""
        return np.arange(self.base, self.base + self.size).reshape(self.shape)

    @property
    def linear(self) -> bool:
        """Whether a scale and shift of its outputs can still go into its parameters."""
        return isinstance(self.block, LINEAR) and self.activation == "identity" and not self.dropout


@dataclass(frozen=True, eq=False)
class View:
    """A foreign tensor: which neuron each of its numbers is, times a scale, plus an offset.

    index: neurons' numbers in the tensor's shape, batch of 1 included; -1: the offset alone. scale, offset:
    float64 of that shape, None for 1 and for 0.
    """

    index: Array
    scale: Array | None = None
    offset: Array | None = None

    @cached_property
    def span(self) -> tuple[int, int]:
        """The least and the largest number in it; of an empty one the largest is -1."""
        return int(self.index.min(initial=1 << 62)), int(self.index.max(initial=-1))

    @property
    def plain(self) -> bool:
        """Whether its numbers are neurons' activations as they are."""
        return self.scale is None and self.offset is None and bool((self.index >= 0).all())

    def turned(self, change: Callable[[Array], Array]) -> View:
        """The tensor whose parts are moved or taken by the same function."""
        return View(
            change(self.index),
            None if self.scale is None else change(self.scale),
            None if self.offset is None else change(self.offset),
        )

    def full(self) -> tuple[Array, Array]:
        """Scale and offset in the tensor's shape."""
        scale = np.ones(self.index.shape) if self.scale is None else self.scale
        return scale, np.zeros(self.index.shape) if self.offset is None else self.offset

    def affine(self, times: Array | float, plus: Array | float) -> View:
        """The tensor times one array plus another, both of shapes that go with its own."""
        scale, offset = self.full()
        scale = np.where(self.index < 0, 1, scale * times)
        offset = offset * times + plus
        close = np.abs(scale - 1).max(initial=0) < 1e-6
        return View(self.index, None if close else scale, offset if offset.any() else None)


class Draft:
    """The layers in the order in which they were made."""

    def __init__(self, shape: Shape):
        self.nodes = [Node("the pixels", shape, 0)]
        self.neurons = size_of(shape)

    @property
    def image(self) -> Node:
        """The input."""
        return self.nodes[0]

    def add(
        self,
        name: str,
        block: Block,
        sources: Sequence[Node],
        parameters: Mapping[str, Array] | None = None,
    ) -> Node:
        """One more layer; EngineError, which names it, where its block does not fit what it reads.

        And where there are more than a net may have: what each operation asks of all layers takes long.
        """
        check_count(len(self.nodes) + 1, LAYERS, "layers")
        try:
            shape = block.shape([source.shape for source in sources])
            expected = block.parameter_shapes([source.shape for source in sources])
        except EngineError as error:
            raise EngineError(f"{name}: {error}") from None
        given = {key: np.asarray(array, np.float64) for key, array in (parameters or {}).items()}
        for key, needed in expected.items():
            if key not in given or given[key].shape != needed:
                got = given[key].shape if key in given else "missing"
                raise EngineError(f"{name}: its {key} is {got}, needed is {needed}")
        node = Node(name, shape, self.neurons, block, list(sources), given)
        self.neurons += node.size
        if self.neurons > MOST_NUMBERS:
            raise EngineError(f"{name}: it and the layers before it have {self.neurons:,} neurons, too many")
        self.nodes.append(node)
        return node

    def owners(self, index: Array) -> list[Node]:
        """The layers whose neurons a tensor has, in order."""
        bases = np.array([node.base for node in self.nodes])
        order = np.argsort(bases)
        wanted = index[index >= 0]
        places = np.unique(np.searchsorted(bases[order], wanted, side="right") - 1)
        return [self.nodes[order[place]] for place in places]

    def read(self, node: Node) -> bool:
        """Whether a layer reads this one."""
        return any(node in other.sources for other in self.nodes)

    def behind(self, output: Node) -> Iterator[Node]:
        """The layers that lead to this one, in order, and it."""
        needed, todo = set[int](), [output]
        while todo:
            node = todo.pop()
            if id(node) not in needed:
                needed.add(id(node))
                todo += node.sources
        # A layer may have been made anew after those that read it.
        done, rest = set[int](), [node for node in self.nodes if id(node) in needed]
        while rest:
            node = next(n for n in rest if all(id(s) in done for s in n.sources))
            rest.remove(node)
            done.add(id(node))
            yield node
