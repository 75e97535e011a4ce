"""The net: a frozen value, a graph with what it has learned, and what was done to it since."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.blocks import Kind
from engine.chain import Chain
from engine.edits.compile import Draft
from engine.edits.edited_structure import EditedStructure
from engine.edits.grammar import Edit, makes_edits
from engine.errors import EngineError, check_kind, check_text, float_type
from engine.graph import address
from engine.graph.graph import Graph, Weights
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.graph.repr import of_net
from engine.graph.synapses import Synapses
from engine.statistics import Statistics
from engine.task import FRAMINGS, ROW, Task, usual_noun
from guarding import in_a_line

if TYPE_CHECKING:
    from engine.run.trace import Trace
    from engine.synapses.handles import Neuron, Synapse

# What a net's verbs do lies in rooms above this one, and is imported in each: pyproject.toml lists them.
# ruff: noqa: PLC0415


@dataclass(frozen=True, eq=False, repr=False)
class Net(EditedStructure):
    """A network as a value: a graph, its weights, the edits that lie on top, and the tale of what was done.

    title, weights, edits: see EditedStructure. recipe: how it is trained. provenance: JSON values that tell
    where it comes from. history: every mutation, edits and surgery, one statement each, the first one first.
    statistics: what its neurons do over a data set, None where nobody looked. watch: numbers of images worth
    watching, one for each class (-1 for none), by what they are images of, such as "mnist:test". task: what
    it is for; None where nobody said. framing: what an input of another size is shown of a whole digit,
    "middle", "ink", "whole" or "padded"; "": as is usual at its size, see `engine.run.whole_digits`.
    """

    recipe: Recipe = field(default_factory=Recipe)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    history: Sequence[str] = ()
    statistics: Statistics | None = None
    watch: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    task: Task | None = None
    framing: str = ""

    def __post_init__(self) -> None:
        if self.framing not in ("", *FRAMINGS):
            raise EngineError(f"framing {in_a_line(self.framing)}: give {', '.join(FRAMINGS)}, or nothing")
        # A copy: what the caller does with the original later is not this net's.
        object.__setattr__(self, "provenance", dict(self.provenance))
        object.__setattr__(self, "edits", Chain.of(self.edits))
        object.__setattr__(self, "history", Chain.of(self.history))

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        layers: tuple[Layer, ...],
        parameters: Mapping[str, Array],
        recipe: Recipe | None = None,
        **more: Any,
    ) -> Net:
        """A net of layers and parameters keyed "<layer>.<name>", such as "hidden1.weight"; checked.

        more: provenance, edits, history, statistics, watch, task, framing.
        """
        return cls(title, Weights(Graph(name, layers), parameters), recipe=recipe or Recipe(), **more)

    def __repr__(self) -> str:
        return of_net(self.graph, self.history)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, their numbers where they have none; those of numbers are y0, y1, y2..."""
        count, named = self.layers[-1].size, self.task.classes if self.task else ()
        before = "y" if self.gives_numbers and count > 1 else ""
        return named if len(named) == count else tuple(f"{before}{place}" for place in range(count))

    @property
    def gives_numbers(self) -> bool:
        """Whether it chooses no class: it ends in one neuron, or its task says that each gives a number."""
        return self.layers[-1].size == 1 or (self.task is not None and self.task.numbers)

    @property
    def reads_numbers(self) -> bool:
        """Whether what comes in is no picture: scaled or named numbers, or a row too short for one."""
        named = self.task is not None and bool(self.task.low or self.task.columns)
        return len(self.layers[0].shape) == 1 and (named or self.layers[0].size <= ROW)

    @property
    def noun(self) -> str:
        """What one input is called: what the task says; without one a digit, where it may be one."""
        shape, outputs = self.layers[0].shape, self.layers[-1].size
        return self.task.noun if self.task else usual_noun(shape, outputs, self.framing)

    @cached_property
    def edge_count(self) -> int:
        """Count of synapses between neurons; a bias is none. Computed from shapes, not enumerated."""
        from engine.synapses import views

        return views.count(self)

    @cached_property
    def edge_counts(self) -> dict[Kind, int]:
        """Count of synapses of each kind that the net has: learned weights, identity links, attention..."""
        from engine.synapses import views

        return views.count_by_kind(self)

    @property
    def statistics_hold(self) -> bool:
        """Whether the statistics are of this very net: not of one that was edited or trained since."""
        return self.statistics is not None and self.statistics.net == self.fingerprint

    @cached_property
    def text(self) -> str:
        """The architecture as text, see `engine.text`; EngineError where a layer has no words."""
        from engine.text import write

        return write(self.layers)

    @cached_property
    def connections(self) -> tuple[tuple[str, str], ...]:
        """(source layer, target layer) pairs that synapses link, in order.

        A layer that does nothing but gate the synapses of others (the keys of attention) is no source here.
        """
        return tuple(pair for pair, count in self._pair_counts.items() if count)

    @cached_property
    def _pair_counts(self) -> Mapping[tuple[str, str], int]:
        from engine.synapses import views

        return views.pair_counts(self)

    def replace(
        self,
        parameters: Mapping[str, Array] | None = None,
        provenance: Mapping[str, Any] | None = None,
        recipe: Recipe | None = None,
    ) -> Net:
        """The same graph with other parameters (all of them), provenance or recipe."""
        if recipe is not None:
            check_kind(recipe, Recipe, "a recipe", "net.recipe")
        if not isinstance(provenance, Mapping | None):
            raise EngineError(
                f"provenance is values by name, as net.provenance has them, got {in_a_line(provenance)}"
            )
        return dataclasses.replace(
            self,
            weights=self.weights if parameters is None else Weights(self.graph, parameters),
            provenance=self.provenance if provenance is None else provenance,
            recipe=self.recipe if recipe is None else recipe,
        )

    def mutate(self, text: str) -> Net:
        """A net mutated by a text such as "ablate hidden1:17; prune hidden2 30%"; this one is unchanged.

        What can be written: see `engine.edits` and `engine.mutate`. EngineError says what cannot be done.
        """
        from engine.mutate import mutate

        return mutate(self, check_text(text, "a mutation", "ablate hidden1:17; prune hidden2 30%"))

    def with_edits(self, more: Sequence[Edit], told: str | None = None) -> Net:
        """A net with these edits on top of its own; EngineError names one that cannot be made.

        told: the statement that made them, for the history; unless given, each tells itself.
        """
        if not isinstance(more, tuple | list | Chain) or not all(isinstance(each, Edit) for each in more):
            raise EngineError(f"edits are several engine.Edit, got {in_a_line(more)}: net.mutate takes text")
        statements = map(str, more) if told is None else (told,)
        draft = Draft(self.weights, more, self.draft)
        # As `dataclasses.replace` makes it, in a third of its time: a drag edits at each move of the mouse.
        edited, own = object.__new__(type(self)), self.__dict__
        edited.__dict__.update({name: own[name] for name in _FIELDS})
        edits, history = Chain.of(self.edits).then(more), Chain.of(self.history).then(statements)
        edited.__dict__.update(edits=edits, history=history, draft=draft)
        return edited

    def without_edits(self) -> Net:
        """The same net with none of its edits; what surgery did to it stays, and stays told."""
        told = [statement for statement in self.history if not makes_edits(statement)]
        return dataclasses.replace(self, edits=(), history=told)

    def noted(self, *statements: str) -> Net:
        """The same net with more to tell of what was done to it."""
        return dataclasses.replace(self, history=Chain.of(self.history).then(statements))

    def diff(self, other: Net) -> tuple[str, ...]:
        """What differs between two nets, a line for each: layers, learned numbers, edits."""
        from engine.mutate.surgery import diff

        return diff(self, other)

    def neuron(self, where: str) -> Neuron:
        """The neuron of an address such as "hidden1:17", or a group of them, to read or to change.

        The address of a neuron whose number is known: engine.graph.address.write(net.graph, number).
        """
        from engine.synapses.handles import Neuron

        where = check_text(where, "a neuron's address", "hidden1:17").strip()
        return Neuron(self, where, tuple(address.neurons(self.graph, where).tolist()))

    def synapse(self, where: str) -> Synapse:
        """The synapse of an address such as "input:14,14 -> hidden1:3", to change or to add."""
        from engine.synapses.handles import Synapse

        where = check_text(where, "a synapse's address", "input:14,14 -> hidden1:3").strip()
        return Synapse(self, where, *address.synapse(self.graph, where))

    def astype(self, dtype: npt.DTypeLike) -> Net:
        """The same net with parameters of another float dtype; EngineError where it is none."""
        floats = float_type(dtype)
        return self.replace({name: array.astype(floats) for name, array in self.parameters.items()})

    def trace(self, image: Array, gradients_of: int | None = None, base: Trace | None = None) -> Trace:
        """One image's way through the net, see Trace; uint8 is scaled by 1/255, floats are taken as they are.

        gradients_of: a class; the trace then has the derivative of its score by every activation. base: a
        trace of the same image by a net that this one was edited from: only what follows the edits is worked
        out anew, the rest is taken over. Where nothing can be (the base is of another image or of a net with
        other layers) all is worked out anew: the trace is the same, and takes longer.
        """
        from engine.run.trace import trace

        return trace(self, image, gradients_of, base)

    def predict(
        self, images: Array, batch: int = 1024, crops: int = 1, rng: np.random.Generator | None = None
    ) -> Array:
        """Probabilities (B, classes) of images (B, 28, 28) uint8 or (B, *input shape) float; or its numbers.

        crops: of a net that looks at a part of a digit, such as 24x24, the mean over so many: on an even grid
        (4, 9, 16, 25), or at random places drawn from rng. 1 is the centre.
        """
        from engine.run.predict import predict

        return predict(self, images, batch, crops, rng)

    def synapses_into(self, layer: str, index: int, trace: Trace | None = None) -> Synapses:
        """Every synapse that ends in neuron `index` of a layer; computed weights are those of a trace."""
        from engine.synapses import views

        return views.into(self, layer, index, trace)

    def synapses_out_of(self, layer: str, index: int, trace: Trace | None = None) -> Synapses:
        """Every synapse that starts in neuron `index` of a layer; trace as in `synapses_into`.

        Of a neuron that gates synapses (a key, an attention) these too: what its activation multiplies.
        """
        from engine.synapses import views

        return views.out_of(self, layer, index, trace)

    def synapses(self, source: str, target: str, trace: Trace | None = None) -> Synapses:
        """Every synapse between two layers that are connected; trace as in `synapses_into`."""
        from engine.synapses import views

        return views.between(self, source, target, trace)

    def synapse_count(self, source: str, target: str) -> int:
        """Count of synapses between two layers that are connected, computed and not enumerated."""
        from engine.synapses import views

        return views.pair_count(self, source, target)

    @cached_property
    def synapse_counts(self) -> tuple[int, ...]:
        """Count of synapses of each of `connections`, in their order."""
        return tuple(self._pair_counts[pair] for pair in self.connections)

    def iter_synapses(
        self, chunk: int = 1 << 18, between: tuple[str, str] | None = None, trace: Trace | None = None
    ) -> Iterator[Synapses]:
        """Every synapse of the net, or between two layers, at most `chunk` at a time; trace as above."""
        from engine.synapses import views

        return views.chunks(self, chunk, between, trace)


def check_net(given: object) -> None:
    """EngineError where something else is given than a net, such as its file's name."""
    check_kind(given, Net, "a net", "engine.load(FILE)")


_FIELDS = tuple(each.name for each in dataclasses.fields(Net))
