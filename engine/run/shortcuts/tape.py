"""A pass through the layers that is recorded once, and from then on made at one go where it can be.

Python takes longer to call a small compiled loop than the loop takes. Where a layer does nothing but such
calls, and buffers lie where they lay, these are made again without it: with neither lock nor look-ups.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

from engine.graph.layer import Layer


@dataclass
class _Stretch:
    """Layers one behind another whose calls are made again without Python.

    recording: their calls. ends: how many calls are done after each layer. sources: the layers that they send
    gradients to.
    """

    recording: Any
    layers: list[Layer]
    ends: list[int]
    sources: list[str]


class Tape:
    """One way of a pass, forward or backward, of one part of a batch.

    What it holds is good for one set of buffers; of another, it is recorded anew.
    """

    def __init__(self) -> None:
        self._buffers: tuple[Any, ...] = ()
        self._steps: list[Layer | _Stretch] = []
        self._sent: list[str] | None = None

    def forget(self) -> None:
        """Record anew at the next pass."""
        self._buffers, self._steps = (), []

    def replays(self, *sources: str) -> None:
        """Say of the layer that `over` has yielded last that all it did was calls of compiled loops.

        sources: the layers that it has sent gradients to, on the way back.
        """
        self._sent = list(sources)

    def holds(self, *buffers: Any) -> bool:
        """Whether a pass with these very buffers, see `over`, is recorded."""
        known = len(self._buffers) == len(buffers)
        return known and all(map(is_, self._buffers, buffers))

    def over(
        self, layers: Sequence[Layer], used: bool, buffers: tuple[Any, ...], written: set[str]
    ) -> Generator[Layer]:
        """Yield the layers that the caller has to work on, in order; all others are replayed in between.

        The first pass with these buffers yields all layers and records their calls. Where a loop chooses
        otherwise than it did then, all layers from there on are yielded.

        used: whether the tape is used at all. buffers: objects that are the same as long as no array has
        moved. written: layers whose gradients hold something so far; those of replayed layers are added.
        """
        if not used:
            yield from layers
            return
        if self.holds(*buffers):
            left = yield from self._again(written)
            if left is not None:
                self.forget()
                yield from layers[layers.index(left) :]
            return
        self.forget()
        steps: list[Layer | _Stretch] = []
        for layer in layers:
            recording = _recording()
            self._sent = None
            with recording.open():
                yield layer
            if self._sent is None:
                steps.append(layer)
            elif steps and isinstance(steps[-1], _Stretch):
                steps[-1].recording.and_then(recording)
                steps[-1].layers.append(layer)
                steps[-1].ends.append(len(steps[-1].recording))
                steps[-1].sources += self._sent
            else:
                steps.append(_Stretch(recording, [layer], [len(recording)], self._sent))
        self._buffers, self._steps = buffers, steps

    def _again(self, written: set[str]) -> Generator[Layer, None, Layer | None]:
        """Go through what is recorded; the layer from which on it no longer holds, if there is one."""
        for step in self._steps:
            if isinstance(step, Layer):
                yield step
                continue
            made = step.recording.run()
            if made < len(step.recording):
                return step.layers[bisect_right(step.ends, made)]
            written.update(step.sources)
        return None


def _recording() -> Any:
    # Numba takes a second to import: only training pays it.
    from engine.kernels.parts import Recording  # noqa: PLC0415

    return Recording()
