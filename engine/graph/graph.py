"""The graph: which layers there are and what follows from it; and what it has learned, for its blocks."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from engine.arrays import Array, ArrayMap, Shape, by_layer
from engine.blocks import Block, Dense, Kind, Wiring
from engine.blocks.activations import activation
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.graph.region import Region
from engine.graph.rules import check_layers, check_parameters, parameter_shapes
from engine.spill import Spill, spilled
from guarding import in_a_line


@dataclass(frozen=True, eq=False, repr=False)
class Graph:
    """The structure of a net: layers, each after its sources. It knows no weight, no edit and no image.

    name: what messages call it. The first layer is "input", the last "output"; EngineError where the layers
    form no graph. A neuron's id is its layer's offset plus its flat (C order) index in the layer.
    """

    name: str
    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        check_layers(self.layers)

    def __repr__(self) -> str:
        return f"<Graph {self.name}: {self.neuron_count:,} neurons in {len(self.layers)} layers>"

    def __getstate__(self) -> dict[str, Any]:
        # What was looked up on the way is looked up again by whoever unpickles it.
        return {"name": self.name, "layers": self.layers}

    def layer(self, name: str) -> Layer:
        """The layer of that name; EngineError lists the layers."""
        try:
            return self._by_name[name]
        except (KeyError, TypeError):
            return self.layers[self.index(name)]

    def index(self, name: str) -> int:
        """The layer's place in `layers`; EngineError lists the layers."""
        if not isinstance(name, str) or name not in self._indices:
            raise EngineError(
                f"{self.name} has no layer {in_a_line(name)}: it has {', '.join(self._indices)}"
            )
        return self._indices[name]

    def offset(self, name: str) -> int:
        """The id of the layer's first neuron."""
        return self._offsets[self.index(name)]

    def layer_of(self, number: int) -> Layer:
        """The layer of the neuron of an id, which is there."""
        return self.layers[bisect_right(self._offsets, number) - 1]

    @cached_property
    def neuron_count(self) -> int:
        """Count of neurons, the input's included."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def parameter_shapes(self) -> dict[str, Shape]:
        """Names and shapes that the graph asks for, in the order of the flat parameter numbering."""
        return parameter_shapes(self.layers)

    @cached_property
    def parameter_offsets(self) -> dict[str, int]:
        """The first number of each array in the flat parameter numbering."""
        sizes = [int(np.prod(shape)) for shape in self.parameter_shapes.values()]
        return dict(zip(self.parameter_shapes, np.cumsum([0, *sizes[:-1]]).tolist(), strict=True))

    @cached_property
    def first_parameters(self) -> dict[str, int]:
        """The first number of each layer that learns, in the flat parameter numbering."""
        first: dict[str, int] = {}
        for name, offset in self.parameter_offsets.items():
            first.setdefault(name.rpartition(".")[0], offset)
        return first

    @cached_property
    def parameter_count(self) -> int:
        """Count of unique trainable numbers."""
        return sum(int(np.prod(shape)) for shape in self.parameter_shapes.values())

    @cached_property
    def flatten_count(self) -> int:
        """Neurons, and as many links, that a drawing with flatten layers would add; here a flatten is a view.

        One for each number that a dense layer reads from maps, the input's pixels left out.
        """
        reads = [self.layer(s) for n in self.layers if isinstance(n.block, Dense) for s in n.sources]
        return sum(source.size for source in reads if len(source.shape) > 1 and source.block is not None)

    @cached_property
    def source_shapes(self) -> Mapping[str, tuple[Shape, ...]]:
        """The shapes of what each layer reads."""
        return {each.name: tuple(self.layer(s).shape for s in each.sources) for each in self.layers}

    @cached_property
    def depths(self) -> Mapping[str, int]:
        """Steps of the longest path from the input to each layer: the order in which layers fire."""
        depth: dict[str, int] = {}
        for layer in self.layers:
            depth[layer.name] = max((depth[source] + 1 for source in layer.sources), default=0)
        return depth

    @cached_property
    def named(self) -> dict[str, tuple[Layer, Region]]:
        """What `engine.graph.address.places` has found so far, by address."""
        return {}

    @cached_property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """What `engine.graph.layer_axes.axes` has found so far, by layer."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, Layer]:
        return {layer.name: layer for layer in self.layers}

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {layer.name: i for i, layer in enumerate(self.layers)}

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = np.cumsum([0, *(layer.size for layer in self.layers)])
        return [int(offset) for offset in offsets]


class Step(NamedTuple):
    """All that one layer's forward pass of a single example needs, looked up once.

    fire(sums, out): its activation function; passes: whether that leaves the sums as they are.
    """

    name: str
    sources: tuple[str, ...]
    shape: Shape
    dtype: np.dtype[Any]
    block: Block
    parameters: Mapping[str, Array]
    fire: Callable[[Array, Array], None]
    passes: bool


@dataclass(frozen=True, eq=False, repr=False)
class Weights:
    """A graph and all that it has learned, as its blocks read it: read-only arrays of one float dtype.

    arrays: "<layer>.<name>", such as "hidden1.weight" -> array; EngineError where they do not fit the graph.
    """

    graph: Graph
    arrays: Mapping[str, Array]

    def __post_init__(self) -> None:
        shapes = self.graph.parameter_shapes
        check_parameters(shapes, self.arrays)
        object.__setattr__(self, "arrays", ArrayMap({name: self.arrays[name] for name in shapes}))

    def __getstate__(self) -> dict[str, Any]:
        return {"graph": self.graph, "arrays": self.arrays}

    def __repr__(self) -> str:
        return f"<Weights of {self.graph.name}: {self.arrays}>"

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays, be they in memory or not."""
        return self.graph.parameter_count * self.dtype.itemsize

    def put_away(self, spill: Spill) -> None:
        """Have the arrays in a file alone until one is asked for; in memory where they cannot be written."""
        _ = self.dtype  # told without them from now on
        object.__setattr__(self, "arrays", spilled(self.arrays, spill))
        for name in ("by_layer", "steps"):  # they hold arrays, too
            self.__dict__.pop(name, None)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The arrays' dtype: float32, or float64 for gradient checks."""
        return next((array.dtype for array in self.arrays.values()), np.dtype(np.float32))

    @cached_property
    def fingerprint(self) -> int:
        """A number of the arrays (CRC-32): equal ones have the same, others hardly ever."""
        value = 0
        for name, array in self.arrays.items():
            value = zlib.crc32(array.reshape(-1).data, zlib.crc32(name.encode(), value))
        return value

    @cached_property
    def by_layer(self) -> dict[str, dict[str, Array]]:
        """The arrays of each layer under their short names ("weight", "bias")."""
        return by_layer(self.arrays)

    def of(self, layer: str) -> dict[str, Array]:
        """One layer's arrays under their short names; none where it has learned nothing."""
        return self.by_layer.get(layer, {})

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The forward pass of one example, layer by layer after the input."""
        return tuple(
            Step(
                layer.name,
                layer.sources,
                layer.shape,
                self.dtype,
                layer.block,
                self.of(layer.name),
                activation(layer.activation).forward,
                layer.activation == "identity",
            )
            for layer in self.graph.layers
            if layer.block is not None
        )

    def edge_count(self, source: str, target: str) -> int:
        """How many synapses a layer's block has from one of its sources, without any edit."""
        return self.edge_counts[source, target]

    @cached_property
    def edge_counts(self) -> Mapping[tuple[str, str], int]:
        """How many synapses each block has from each source, by (source, layer), in the graph's order."""
        return {
            (source, layer.name): layer.block.edge_count(self.wiring(layer.name), slot)
            for layer in self.graph.layers
            if layer.block is not None
            for slot, source in enumerate(layer.sources)
        }

    @cached_property
    def edge_kinds(self) -> Mapping[tuple[str, str], Kind]:
        """What the weights are that a layer's block has from each of its sources: all are of one kind."""
        none = np.empty(0, np.int64)
        return {
            (source, layer.name): layer.block.edges(self.wiring(layer.name), slot, none).kind
            for layer in self.graph.layers
            if layer.block is not None
            for slot, source in enumerate(layer.sources)
        }

    def wiring(self, name: str, activations: Mapping[str, Array] | None = None) -> Wiring:
        """What the synapses view of a layer's block reads; activations where weights depend on the input.

        EngineError where there is no such layer, or no activation of one that it reads.
        """
        layer = self.graph.layer(name)
        if activations is not None and not isinstance(activations, Mapping):
            like = "as trace.activation has them"
            raise EngineError(f"activations are arrays by layer, {like}, got {in_a_line(activations)}")
        if activations is not None and (lost := [s for s in layer.sources if s not in activations]):
            raise EngineError(f"activations lack layer {lost[0]}, which {name} reads: give its too")
        inputs = tuple([activations[s] for s in layer.sources]) if activations is not None else ()
        return Wiring(self.graph.source_shapes[name], layer.shape, self.of(name), inputs)
