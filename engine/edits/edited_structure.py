"""A graph with weights, and the edits that lie on top: what these come to is worked out when asked for."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.chain import Chain
from engine.edits.compile import Draft
from engine.edits.grammar import Edit
from engine.edits.overlay import Overlay
from engine.graph.structure import Structure


@dataclass(frozen=True, eq=False, repr=False)
class EditedStructure(Structure):
    """A graph and its weights, see Structure, with edits that every pass applies on top of them.

    edits: in order, a later one acts on what the earlier ones left. The weights stay as they are, and are
    shared by all that differ in edits only. Nets edited one from the other share the edits that they have in
    common, see `Chain`.
    """

    edits: Sequence[Edit] = ()

    @cached_property
    def overlay(self) -> Overlay:
        """The net's edits made ready for its passes; EngineError names one that cannot be made."""
        return self.draft.overlay

    @cached_property
    def draft(self) -> Draft:
        """What the edits come to, neuron by neuron and synapse by synapse."""
        return Draft(self.weights, self.edits)

    @property
    def drafted(self) -> bool:
        """Whether it is known what the edits come to."""
        return "draft" in self.__dict__

    def draft_after(self, other: EditedStructure) -> None:
        """Know what the edits come to, from what they do in another that this one was edited from, if so."""
        ahead = len(other.edits)
        alike = self.weights is other.weights and not self.drafted
        if alike and Chain.of(self.edits).common(Chain.of(other.edits)) == ahead:
            self.__dict__["draft"] = Draft(self.weights, self.edits[ahead:], other.draft)

    def forget(self) -> None:
        """Let go of what the edits come to, which may be large; it is worked out again when asked for."""
        for name in ("draft", "overlay"):
            self.__dict__.pop(name, None)

    @cached_property
    def fingerprint(self) -> int:
        """A number of weights and edits (CRC-32): nets that differ in either hardly ever have the same."""
        return zlib.crc32("; ".join(map(str, self.edits)).encode(), self.weights.fingerprint)

    def reads(self, name: str) -> tuple[str, ...]:
        """The layers that a layer reads, those of added synapses last."""
        return (*self.layer(name).sources, *self.overlay.sources(name))
