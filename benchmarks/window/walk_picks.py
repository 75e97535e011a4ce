"""What is drawn, picked and changed in the live window, see walk.py: each part yields their names."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np

FOUR = (  # on the pad, as shares of its side
    ((0.52, 0.21), (0.33, 0.35), (0.30, 0.575), (0.54, 0.52), (0.66, 0.51)),
    ((0.675, 0.246), (0.61, 0.464), (0.55, 0.886)),
)


class Picks:
    """A window that is opened and stands still. folder: for files that are made on the way."""

    def __init__(self, window: Any, folder: Path) -> None:
        self.window, self.folder = window, folder
        self._steps = window.desk.steps()[1]  # that it was opened with

    @property
    def _net(self) -> Any:
        return self.window.desk.session.net

    def _select(self, where: str) -> None:
        self.window.command.entered.emit(f"select {where or 'none'}")

    def _back(self) -> None:
        """Undo what was done on the way."""
        self.window.desk.jump(self._steps)

    def _neuron(self, layer: Any) -> str:
        """The neuron of a layer that is brightest just now."""
        trace = self.window.desk.shown.traced
        values = np.asarray(trace.trace.activation[layer.name]).reshape(-1)
        return str(trace.address(self._net.offset(layer.name) + int(np.argmax(values))))

    def _middle(self) -> Any:
        """The first layer behind the input that has weights."""
        return self._net.layers[1]

    # What a person meets first.

    def opening(self) -> Iterator[str]:
        tour = self.window.helping.tour
        tour.again()
        for name in ("draw", "watch", "pick", "change", "compare", "train"):
            yield f"tour-{name}"
            tour.did(name)

    def answering(self) -> Iterator[str]:
        yield "answer"
        if self.window.drawing.pad.isEnabled() and self.window.drawing.pad.isVisible():
            self.window.drawing.pad.clear()
            yield "pad-empty"
            self._draw()
            yield "pad-drawn"
            self.window.drawing.meant.chosen.emit(9)
            yield "pad-meant"
        self._back()

    def _draw(self) -> None:
        pad = self.window.drawing.pad
        for stroke in FOUR:
            points = [(x * pad.width(), y * pad.height()) for x, y in stroke]
            lw.press(pad, *points[0])
            for (x, y), (u, v) in pairwise(points):
                for k in range(1, 9):
                    lw.press(pad, x + (u - x) * k / 8, y + (v - y) * k / 8, "move")
            lw.press(pad, *points[-1], "release")
            lw.rest(0.05)

    def playing(self) -> Iterator[str]:
        beats = self.window.timeline.track.beats.beats
        for at in (0, len(beats) // 2, len(beats) - 1):
            self.window.playing.pause_at(beats[at].name)
            yield f"beat-{at}"
        self.window.playing.to_end()

    # What is picked, and changed.

    def inspecting(self) -> Iterator[str]:
        from PySide6.QtWidgets import QScrollArea

        inspector, net = self.window.inspector, self._net
        self._select(self._neuron(self._middle()))
        yield "neuron"
        inspector._tabs[1].click()
        yield "neuron-out"
        inspector._tabs[0].click()
        inspector.over_data.wanted.emit()
        lw.wait_for(self.window.over_data._panel._found.isVisible, 90)
        bar = inspector.findChild(QScrollArea).verticalScrollBar()
        lw.rest(0.05)
        bar.setValue(bar.maximum())
        yield "neuron-over-data"
        bar.setValue(0)
        self._select(self._neuron(net.layers[0]))
        yield "neuron-input"
        self._select(self._neuron(net.layers[-1]))
        yield "neuron-output"
        if len(net.layers) > 3:
            self._select(self._neuron(net.layers[len(net.layers) // 2]))
            yield "neuron-middle"

    def layers_picked(self) -> Iterator[str]:
        kinds: dict[str, Any] = {}
        for layer in self._net.layers:
            kinds.setdefault(type(layer.block).__name__, layer)
        for name in dict.fromkeys(layer.name for layer in (*kinds.values(), self._net.layers[-1])):
            self._select(name)
            yield f"layer-{name}"
        self._select(f"{self._middle().name}:0-5")
        yield "group"
        for kind, where in self._wholes().items():
            self._select(where)
            yield kind

    def _wholes(self) -> dict[str, str]:
        """A map and a head, of networks that have some."""
        found = {}
        for layer in self._net.layers[1:]:
            block = type(layer.block).__name__
            if block in ("Conv", "MaxPool"):
                found[f"map-{block}"] = f"{layer.name}:map1"
            elif block in ("Attention", "AttentionScores"):
                found[f"head-{block}"] = f"{layer.name}:head1"
        return found

    def _synapse(self) -> str:
        traced = self.window.desk.session.traced
        layer = next(
            each for each in self._net.layers[1:] if len(self._net.synapses_into(each.name, 0).source)
        )
        found = self._net.synapses_into(layer.name, min(3, layer.size - 1))
        at = len(found.source) // 2
        return f"{traced.address(int(found.source[at]))} -> {traced.address(int(found.target[at]))}"

    def synapse(self) -> Iterator[str]:
        self._select(self._synapse())
        yield "synapse"

    def hover(self) -> Iterator[str]:
        from viz3d.live.view.overlay.lettering import spot

        self._select("")
        view = self.window.view
        lw.wait_for(lambda: lw.still(self.window), 120)
        number = self.window.desk.session.traced.trace.net.offset(self._middle().name)
        values = np.asarray(self.window.desk.shown.traced.trace.activation[self._middle().name]).reshape(-1)
        for neuron in number + np.argsort(-values)[:20]:
            at = spot(view.picture.scene, view.camera.pose, int(neuron))
            if at is not None and view.neuron_at(at.x, at.y) == neuron:
                lw.press(view, at.x, at.y, "move", buttons=False)
                lw.rest(0.3)
                break
        yield "hover-neuron"
        lw.press(view, 3, view.height() - 3, "move", buttons=False)
        lw.rest(0.2)

    def menus(self) -> Iterator[str]:
        from PySide6.QtCore import QPoint
        from PySide6.QtWidgets import QApplication

        window, place = self.window, self.window.view.mapToGlobal(QPoint(360, 200))
        for name, where in (
            ("neuron", self._neuron(self._middle())),
            ("synapse", self._synapse()),
            ("layer", self._middle().name),
        ):
            self._select(where)
            window.editing.menus.popup(place)
            yield f"menu-{name}"
            window.editing.menus.menu.close()
        self._select("")
        for name, opens in (
            ("views", partial(window.viewing.popup, place)),
            ("light", window.lighting.popup),
        ):
            opens()
            yield f"menu-{name}"
            QApplication.activePopupWidget().close()
        for name in ("networks", "export", "help"):
            button = getattr(window.top, name)
            button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))
            yield f"menu-{name}"
            button.menu().close()
        self._select(self._neuron(self._middle()))
        lw.rest(0.1)  # until its card is laid out
        more = window.inspector.change.menu_button
        more.menu().popup(more.mapToGlobal(QPoint(0, more.height())))
        yield "menu-more"
        more.menu().close()

    def changing(self) -> Iterator[str]:
        window = self.window
        first = self._middle()
        where = self._neuron(first)
        self._select(where)
        for line in (f"ablate {where}", f"scale {first.name}:0 2", f"shift {first.name}:1 0.5"):
            window.command.entered.emit(line)
        yield "changed-neuron"
        self._select("")
        yield "changed-answer"
        window.desk.undo()
        yield "changed-undone"
        window.desk.compare(True)
        yield "changed-compared"
        window.desk.compare(False)
        self._back()

    def typing(self) -> Iterator[str]:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        line = self.window.command.line
        self.window.activateWindow()
        line.setFocus()
        QTest.keyClicks(line, "a")
        yield "command-completion"
        line._popup.hide()
        line.clear()
        QTest.keyClicks(line, "ablate nowhere:1 and then some more that cannot be understood")
        line._popup.hide()
        QTest.keyClick(line, Qt.Key.Key_Return)
        yield "command-wrong"
        line.clear()
        self.window.command.show_error("")
        self.window.setFocus()
