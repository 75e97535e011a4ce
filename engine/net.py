"""The net: a frozen value, a directed graph of layers with their parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine import text
from engine.arrays import Array, ArrayMap, Shape, by_layer
from engine.blocks import Dense, Kind, Wiring
from engine.edits.compile import Draft
from engine.edits.grammar import Edit
from engine.edits.overlay import Overlay
from engine.errors import EngineError, check_text
from engine.graph import address
from engine.graph import repr as brief
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.graph.rules import check_layers, check_parameters, parameter_shapes
from engine.graph.synapses import Synapses
from engine.mutate import surgery
from engine.mutate.statements import mutate
from engine.run import trace
from engine.run.predict import predict
from engine.run.trace import Trace
from engine.synapses import views as synapses
from engine.synapses.handles import Neuron, Synapse


@dataclass(frozen=True, eq=False, repr=False)
class Net:
    """A network as a value: layers, each after its sources, and read-only parameters.

    The first layer is "input", the last "output". Parameters are keyed "<layer>.<name>", such as
    "hidden1.weight". A neuron's id is its layer's offset plus its flat (C order) index in the layer.
    """

    name: str
    title: str
    layers: tuple[Layer, ...]
    parameters: Mapping[str, Array]
    recipe: Recipe = field(default_factory=Recipe)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        check_layers(self.layers)
        check_parameters(self.parameter_shapes, self.parameters)
        ordered = ArrayMap({name: self.parameters[name] for name in self.parameter_shapes})
        object.__setattr__(self, "parameters", ordered)
        # A copy: what the caller does with the original later is not this net's.
        object.__setattr__(self, "provenance", dict(self.provenance))

    def __repr__(self) -> str:
        return brief.of_net(self)

    def layer(self, name: str) -> Layer:
        """The layer of that name; EngineError lists the layers."""
        return self.layers[self.index(name)]

    def index(self, name: str) -> int:
        """The layer's place in `layers`; EngineError lists the layers."""
        if name not in self._indices:
            raise EngineError(f"{self.name} has no layer {name!r}: it has {', '.join(self._indices)}")
        return self._indices[name]

    def offset(self, name: str) -> int:
        """The id of the layer's first neuron."""
        return self._offsets[self.index(name)]

    @cached_property
    def neuron_count(self) -> int:
        """Count of neurons, the input's included."""
        return sum(layer.size for layer in self.layers)

    @cached_property
    def edge_count(self) -> int:
        """Count of synapses between neurons; a bias is none. Computed from shapes, not enumerated."""
        return synapses.count(self)

    @cached_property
    def edge_counts(self) -> dict[Kind, int]:
        """Count of synapses of each kind that the net has: learned weights, identity links, attention..."""
        return synapses.count_by_kind(self)

    @cached_property
    def parameter_count(self) -> int:
        """Count of unique trainable numbers."""
        return sum(array.size for array in self.parameters.values())

    @cached_property
    def flatten_count(self) -> int:
        """Neurons, and as many links, that a drawing with flatten layers would add; here a flatten is a view.

        One for each number that a dense layer reads from maps, the input's pixels left out.
        """
        reads = [self.layer(s) for n in self.layers if isinstance(n.block, Dense) for s in n.sources]
        return sum(source.size for source in reads if len(source.shape) > 1 and source.block is not None)

    @cached_property
    def overlay(self) -> Overlay:
        """The net's edits made ready for its passes; EngineError names one that cannot be made."""
        return self.draft.overlay

    @cached_property
    def draft(self) -> Draft:
        """What the edits come to, neuron by neuron and synapse by synapse."""
        return Draft(self, self.edits)

    @cached_property
    def text(self) -> str:
        """The architecture as text, see `engine.text`; EngineError where a layer has no words."""
        return text.write(self.layers)

    @cached_property
    def connections(self) -> tuple[tuple[str, str], ...]:
        """(source layer, target layer) pairs that synapses link, in order.

        A layer that does nothing but gate the synapses of others (the keys of attention) is no source here.
        """
        pairs = [(source, layer.name) for layer in self.layers for source in layer.sources]
        # Synapses that edits have added may join layers that had none.
        pairs += [(n.source, name) for name, links in self.overlay.links.items() for n in links]
        return tuple(pair for pair in dict.fromkeys(pairs) if synapses.pair_count(self, *pair))

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
    def _indices(self) -> dict[str, int]:
        return {layer.name: i for i, layer in enumerate(self.layers)}

    @cached_property
    def _offsets(self) -> list[int]:
        offsets = np.cumsum([0, *(layer.size for layer in self.layers)])
        return [int(offset) for offset in offsets]

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The parameters' dtype: float32, or float64 for gradient checks."""
        for array in self.parameters.values():
            return array.dtype
        return np.dtype(np.float32)

    def own_parameters(self, name: str) -> dict[str, Array]:
        """One layer's parameters under their short names ("weight", "bias")."""
        return self.owned_parameters.get(name, {})

    @cached_property
    def owned_parameters(self) -> dict[str, dict[str, Array]]:
        """The parameters by layer, under their short names."""
        return by_layer(self.parameters)

    def wiring(self, name: str, activations: Mapping[str, Array] | None = None) -> Wiring:
        """What the synapses view of a layer's block reads; activations where weights depend on the input."""
        layer = self.layer(name)
        inputs = tuple(activations[s] for s in layer.sources) if activations is not None else ()
        shapes = tuple(self.layer(source).shape for source in layer.sources)
        return Wiring(shapes, layer.shape, self.own_parameters(name), inputs)

    def replace(
        self,
        parameters: Mapping[str, Array] | None = None,
        provenance: Mapping[str, Any] | None = None,
        recipe: Recipe | None = None,
    ) -> Net:
        """The same graph with other parameters (all of them), provenance or recipe."""
        return dataclasses.replace(
            self,
            parameters=self.parameters if parameters is None else parameters,
            provenance=self.provenance if provenance is None else provenance,
            recipe=self.recipe if recipe is None else recipe,
        )

    def mutate(self, text: str) -> Net:
        """A net mutated by a text such as "ablate hidden1:17; prune hidden2 30%"; this one is unchanged.

        What can be written: see `engine.edits` and `engine.mutate`. EngineError says what cannot be done.
        """
        return mutate(self, check_text(text, "a mutation", "ablate hidden1:17; prune hidden2 30%"))

    def with_edits(self, more: tuple[Edit, ...]) -> Net:
        """A net with these edits on top of its own; EngineError names one that cannot be made."""
        edited = self._with(edits=(*self.edits, *more))
        edited.__dict__["draft"] = Draft(self, more, self.draft)
        return edited

    def diff(self, other: Net) -> tuple[str, ...]:
        """What differs between two nets, a line for each: layers, learned numbers, edits."""
        return surgery.diff(self, other)

    def _with(self, **changes: Any) -> Net:
        """A copy with other edits: what was checked and worked out of the graph holds for it too."""
        _ = self._offsets, self.owned_parameters, self.dtype  # what every copy will need is worked out once
        other = object.__new__(Net)
        stale = ("overlay", "draft", "connections", "edge_count", "edge_counts")
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in stale})
        other.__dict__.update(changes)
        return other

    def neuron(self, where: str) -> Neuron:
        """The neuron of an address such as "hidden1:17", or a group of them, to read or to change.

        The address of a neuron whose number is known: engine.graph.address.write(net, number).
        """
        where = check_text(where, "a neuron's address", "hidden1:17").strip()
        return Neuron(self, where, tuple(address.neurons(self, where).tolist()))

    def synapse(self, where: str) -> Synapse:
        """The synapse of an address such as "input:14,14 -> hidden1:3", to change or to add."""
        where = check_text(where, "a synapse's address", "input:14,14 -> hidden1:3").strip()
        return Synapse(self, where, *address.synapse(self, where))

    def astype(self, dtype: npt.DTypeLike) -> Net:
        """The same net with parameters of another float dtype."""
        return self.replace({name: array.astype(dtype) for name, array in self.parameters.items()})

    def trace(self, image: Array, gradients_of: int | None = None, base: Trace | None = None) -> Trace:
        """One image's way through the net, see Trace; uint8 is scaled by 1/255, floats are taken as they are.

        gradients_of: a class; the trace then has the derivative of its score by every activation. base: a
        trace of the same image by a net that this one was edited from: only what follows the edits is worked
        out anew, the rest is taken over. Where nothing can be (the base is of another image or of a net with
        other layers, or a pixel is edited) all is worked out anew: the trace is the same, and takes longer.
        """
        return trace.trace(self, image, gradients_of, base)

    def predict(
        self, images: Array, batch: int = 1024, crops: int = 1, rng: np.random.Generator | None = None
    ) -> Array:
        """Probabilities (B, classes) of images (B, 28, 28) uint8 or (B, *input shape) float.

        crops: of a net that looks at less than a whole digit, the mean over so many crops: on an even grid
        (4, 9, 16, 25), or at random places drawn from rng. 1 is the centre.
        """
        return predict(self, images, batch, crops, rng)

    def synapses_into(self, layer: str, index: int, trace: Trace | None = None) -> Synapses:
        """Every synapse that ends in neuron `index` of a layer; computed weights are those of a trace."""
        return synapses.into(self, layer, index, trace)

    def synapses_out_of(self, layer: str, index: int, trace: Trace | None = None) -> Synapses:
        """Every synapse that starts in neuron `index` of a layer; trace as in `synapses_into`.

        Of a neuron that gates synapses (a key, an attention) these too: what its activation multiplies.
        """
        return synapses.out_of(self, layer, index, trace)

    def synapses(self, source: str, target: str, trace: Trace | None = None) -> Synapses:
        """Every synapse between two layers that are connected; trace as in `synapses_into`."""
        return synapses.between(self, source, target, trace)

    def synapse_count(self, source: str, target: str) -> int:
        """Count of synapses between two layers that are connected, computed and not enumerated."""
        return synapses.pair_count(self, source, target)

    def iter_synapses(
        self, chunk: int = 1 << 18, between: tuple[str, str] | None = None, trace: Trace | None = None
    ) -> Iterator[Synapses]:
        """Every synapse of the net, or between two layers, at most `chunk` at a time; trace as above."""
        return synapses.chunks(self, chunk, between, trace)
