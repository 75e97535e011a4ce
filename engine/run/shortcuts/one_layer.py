"""One layer as a step of its own in a fast pass, with what is edited of its synapses."""

from __future__ import annotations

from typing import ClassVar

from engine.graph.layer import Layer


class OneLayer:
    """What leaves no other layer out, and reads its sources as itself; see `fused.Fused`."""

    layer: Layer
    left_out: ClassVar[tuple[Layer, ...]] = ()
    replays: ClassVar[bool] = False
    adds: ClassVar[bool] = False

    @property
    def reads(self) -> str:
        """The layer as which it reads its sources."""
        return self.layer.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The layers that it reads."""
        return self.layer.sources
