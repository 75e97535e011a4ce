"""What a hand points at in a view, and picks."""

from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal

from scenes import Focus, Orbit, Scene
from scenes.space.layout import Layout
from viz3d.live.view import pointing
from viz3d.live.view.beneath import beneath_nothing
from viz3d.live.view.pen import Pen
from viz3d.live.view.pointing import NOTHING, Thing
from viz3d.live.work.painter import Picture


class Picker(Pen):
    """A widget whose neurons, synapses, layers and bars are pointed at and picked.

    `hovered` and `bar_hovered` bring the neuron and the bar under the pointer, -1 for none.

    Attributes:
        marked: what is selected.
    """

    picked = Signal(int)
    synapse_picked = Signal(int, int)
    layer_picked = Signal(str)
    bar_picked = Signal(int)
    hovered = Signal(int)
    bar_hovered = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.marked = NOTHING
        self._behind = False
        self._pointed = NOTHING
        self._rests: QPointF | None = None  # where the pointer is, unless it leads something
        # The places and the pose as it was found; places that are gone are no others.
        self._found_from: tuple[ref[Layout], Orbit] | None = None
        self._lit_last: tuple[ref[Scene], Focus] | None = None  # of what was selected, and in which scene

    def set_behind(self, on: bool) -> None:
        """Tell whether another network is asked for than is drawn: then there is nothing to point at."""
        self._behind = on
        if on:
            self._point(NOTHING)

    def neuron_at(self, x: float, y: float, more: float = 0.0) -> int:
        """The neuron at a place of the view, or one whose edge is within so many px; -1 for none."""
        seen = None if self._behind else self.seen()
        return -1 if seen is None else pointing.neuron_at(seen, (x, y), more)

    def thing_at(self, x: float, y: float) -> Thing:
        """What is seen at a place of the view."""
        seen = None if self._behind else self.seen()
        return NOTHING if seen is None else pointing.thing_at(seen, (x, y), self._strands(seen))

    def _strands(self, seen: Picture) -> Focus | None:
        """The lit synapses of what is selected; while a picture lights others, those that it lit before.

        A pointer on its way to a strand's end crosses neurons: theirs are lit until the next picture comes.
        """
        focus, own = seen.frame.focus, self.marked.neurons
        if own and focus is not None and focus.about == own:
            self._lit_last = ref(seen.scene), focus
        scene, known = self._lit_last or (None, None)
        mine = known is not None and known.about == own and scene is not None and scene() is seen.scene
        return known if mine else None

    def place_of(self, neuron: int) -> NDArray[np.floating[Any]] | None:
        """Where a neuron stands in space, None for none."""
        raise NotImplementedError

    def mark(self, thing: Thing) -> None:
        """Mark what is selected."""
        raise NotImplementedError

    def leaveEvent(self, event: QEvent) -> None:
        """Point at none."""
        self._rests = None
        self._show_pen(None, Qt.KeyboardModifier.NoModifier)
        self._point(NOTHING)

    def _hover(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Point at what is under the pointer, unless that is a pen."""
        self._rests = at
        pen = self._show_pen(at, keys)
        thing = NOTHING if pen else self.thing_at(at.x(), at.y())
        self._point(thing)
        shape = Qt.CursorShape.PointingHandCursor if thing else Qt.CursorShape.ArrowCursor
        self.setCursor(Qt.CursorShape.CrossCursor if pen else shape)

    def _look_again(self, *, moving: bool) -> None:
        """A picture has come: point at what it shows under a pointer that rests while all else has moved.

        While it still moves, and beside what was selected by then, nothing new is lit: what went away from
        under the pointer is let go.
        """
        seen = self.seen()
        if seen is not None:
            self._strands(seen)
        if self._rests is None or self._pen_place is not None or seen is None:
            return
        layout, pose = seen.scene.layout, seen.frame.camera
        if self._found_from is not None and self._found_from[0]() is layout and self._found_from[1] == pose:
            return
        thing = self.thing_at(self._rests.x(), self._rests.y())
        self._found_from = None if moving else (ref(layout), pose)
        if moving or self.marked:
            self._point(thing if thing == self._pointed else NOTHING)
        else:
            self._hover(self._rests, Qt.KeyboardModifier.NoModifier)

    def _pick(self, thing: Thing) -> None:
        if thing.bar >= 0:
            self.bar_picked.emit(thing.bar)
            return
        self.mark(thing)
        if thing.synapse is not None:
            self.synapse_picked.emit(*thing.synapse)
        elif thing.layer:
            self.layer_picked.emit(thing.layer)
        else:
            self.picked.emit(thing.neuron)

    def _point(self, thing: Thing) -> None:
        before, self._pointed = self._pointed, thing
        if thing != before:
            self.update(beneath_nothing(self))
            self.hovered.emit(thing.neuron)
            if thing.bar != before.bar:
                self.bar_hovered.emit(thing.bar)
