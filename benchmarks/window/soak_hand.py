"""What chance does to the live window, see soak.py: each method whose name begins with a letter is a deed."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np

PRESETS = ("mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny", "vit-small")
TRAINERS, BATCHES = ("adam", "adamw", "nesterov"), (16, 32, 64, 128)
KEYS = (
    *("Tab", "Backtab", "Left", "Right", "Up", "Down", "Space", "Comma", "Period", "L", "F", "H", "E", "N"),
    *("R", "Escape", "PageUp", "PageDown", "B", "Question"),
)


class Hand:
    """A hand that does what chance says, in the scene and on the panels beside it. folder: for its files."""

    def __init__(self, window: Any, rng: np.random.Generator, folder: Path) -> None:
        self.window, self.rng, self.folder = window, rng, folder
        kinds = reversed([kind for kind in type(self).__mro__ if kind is not object])
        known = {name: deed for kind in kinds for name, deed in vars(kind).items()}
        self.deeds = {name: deed for name, deed in known.items() if not name.startswith("_")}

    def _neuron(self) -> str:
        traced = self.window.desk.session.traced
        first, count = traced.net.layers[0].size, traced.net.neuron_count
        return str(traced.address(int(self.rng.integers(first, count))))

    def _place(self, widget: Any) -> tuple[float, float]:
        return float(self.rng.uniform(0, widget.width())), float(self.rng.uniform(0, widget.height()))

    def _stroke(self, widget: Any, count: int) -> None:
        x, y = self._place(widget)
        lw.press(widget, x, y)
        for _ in range(count):
            x, y = x + float(self.rng.normal(0, 14)), y + float(self.rng.normal(4, 14))
            lw.press(widget, x, y, "move")
            lw.rest(0.01)
        lw.press(widget, x, y, "release")

    def _enter(self, line: str) -> None:
        self.window.command.entered.emit(line)

    def draw(self) -> None:
        self._stroke(self.window.drawing.pad, int(self.rng.integers(3, 25)))

    def paint_pixels(self) -> None:
        self._stroke(self.window.drawing.seen, 6)

    def clear(self) -> None:
        self.window.drawing.pad.clear()

    def undo_stroke(self) -> None:
        self.window.drawing.pad.undo()

    def digit(self) -> None:
        self.window.drawing.samples.chosen.emit(int(self.rng.integers(10)))

    def next_digit(self) -> None:
        self.window.digits.step(int(self.rng.choice([-1, 1])))

    def random_digit(self) -> None:
        self.window.digits.take_random()

    def misread(self) -> None:
        self.window.digits.take_misread()

    def point(self) -> None:
        for _ in range(8):
            lw.press(self.window.view, *self._place(self.window.view), "move", buttons=False)

    def pick(self) -> None:
        at = self._place(self.window.view)
        lw.press(self.window.view, *at)
        lw.press(self.window.view, *at, "release")

    def select(self) -> None:
        self._enter(f"select {self._neuron()}")

    def walk(self) -> None:
        self.window.picking.walk(int(self.rng.choice([-1, 1])))

    def fly(self) -> None:
        self.window.picking.fly()

    def home(self) -> None:
        self.window.view.view_from(str(self.rng.choice(["home", "front", "side", "top"])))

    def turn(self) -> None:
        self._stroke(self.window.view, 12)

    def touch(self) -> None:
        from PySide6.QtCore import QPoint
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        part = self.window.view if self.rng.random() < 0.5 else self.window.inspector
        fingers, device = int(self.rng.integers(1, 3)), self._screen()
        places = [QPoint(*map(int, self._place(part))) for _ in range(fingers)]
        for deed in ("press", *["move"] * int(self.rng.choice([0, 0, 3, 9])), "release"):
            event = QTest.touchEvent(part, device)
            for number in range(fingers):
                getattr(event, deed)(number, places[number], part)
                places[number] += QPoint(*map(int, self.rng.normal(0, 12, 2)))
            event.commit()
            lw.rest(1.0 if deed == "press" and self.rng.random() < 0.2 else 0.02)  # long enough for a menu
        if (menu := QApplication.activePopupWidget()) is not None:
            menu.close()

    def _screen(self) -> Any:
        """The touch screen."""
        from PySide6.QtTest import QTest

        self._device = getattr(self, "_device", None) or QTest.createTouchDevice()
        return self._device

    def edit(self) -> None:
        verb = str(self.rng.choice(["ablate {}", "clamp {} 0.8", "scale {} 2", "shift {} 0.5", "freeze {}"]))
        self._enter(verb.format(self._neuron()))

    def wrong_edit(self) -> None:
        self._enter("ablate nowhere:1")

    def slide(self) -> None:
        change = self.window.inspector.change
        for value in np.linspace(0.2, float(self.rng.uniform(0.3, 2.5)), 5):
            change.sliding.emit("scale", float(value))
            lw.rest(0.02)
        change.chosen.emit("scale", float(value))

    def silence(self) -> None:
        self.window.editing.neuron.turn_ablated()

    def undo(self) -> None:
        self.window.desk.undo()

    def redo(self) -> None:
        self.window.desk.redo()

    def jump(self) -> None:
        self.window.desk.jump(int(self.rng.integers(len(self.window.desk.steps()[0]) + 1)))

    def compare(self) -> None:
        self.window.desk.compare(True)
        lw.rest(0.05)
        self.window.desk.compare(False)

    def network(self) -> None:
        self.window.top.preset.emit(str(self.rng.choice(PRESETS)))

    def train(self) -> None:
        self.window.training.turn_to("train")
        self.window.training.page.toggle()

    def step_of_training(self) -> None:
        self.window.training.page.panel.step.emit()

    def scrub_training(self) -> None:
        run = self.window.training.page.trainer.run
        if run is not None:
            self.window.training.page.panel.scrubbed.emit(int(self.rng.integers(run.step + 1)))

    def turn_page(self) -> None:
        self.window.training.turn_to(str(self.rng.choice(["train", "inspect"])))

    def play(self) -> None:
        self.window.playing.toggle()

    def scrub(self) -> None:
        self.window.timeline.track.go(float(self.rng.uniform(0, 10)))

    def beat(self) -> None:
        self.window.playing.step(int(self.rng.choice([-1, 1])))

    def resize(self) -> None:
        for _ in range(3):
            self.window.resize(int(self.rng.integers(960, 1600)), int(self.rng.integers(640, 1000)))
            lw.rest(0.03)

    def theme(self) -> None:
        self.window.theming.turn()

    def hide(self) -> None:
        self.window.hide()
        lw.rest(0.05)
        self.window.show()

    def synapse(self) -> None:
        traced = self.window.desk.session.traced
        net = traced.net
        layer = net.layers[int(self.rng.integers(1, len(net.layers)))]
        found = net.synapses_into(layer.name, int(self.rng.integers(layer.size)))
        if len(found.source):
            at = int(self.rng.integers(len(found.source)))
            ends = f"{traced.address(int(found.source[at]))} -> {traced.address(int(found.target[at]))}"
            self._enter(
                str(self.rng.choice(["select {}", "cut {}", "scale {} 2", "set {} 0.1"])).format(ends)
            )

    def layer(self) -> None:
        layer = str(self.rng.choice([each.name for each in self.window.desk.session.net.layers[1:]]))
        self._enter(str(self.rng.choice(["prune {} 5%", "noise {} 0.05", "select {}"])).format(layer))

    def label(self) -> None:
        self.window.drawing.meant.chosen.emit(int(self.rng.integers(-1, 10)))

    def draw_in_scene(self) -> None:
        self.window.drawing.in_scene.click()
        self._stroke(self.window.view, 6)
        self.window.drawing.in_scene.click()

    def light(self) -> None:
        show = str(self.rng.choice(["evidence", "contribution", "weight", "gradient"]))
        self.window.lighting.choose(show=show, sign=int(self.rng.integers(-1, 2)))
        if show == "evidence":
            self.window.lighting.choose(of=int(self.rng.integers(10)))

    def pace(self) -> None:
        self.window.timeline.speed.emit(float(self.rng.choice([0.5, 1.0, 2.0])))
        self.window.timeline.loop.click()

    def key(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        key = getattr(Qt.Key, f"Key_{self.rng.choice(KEYS)}")
        QTest.keyClick(QApplication.focusWidget() or self.window, key)

    def fly_to_a_layer(self) -> None:
        stops = self.window.view.stops()
        if stops:
            self.window.view.fly_to_layers(stops[int(self.rng.integers(len(stops)))][1])

    def _come_to_rest(self) -> None:
        """Stop what goes on by itself, and see that the picture of what is shown comes."""
        self.window.training.page.trainer.hold()
        self.window.playing.play(False)
        self.window.viewing.turn(False)  # a key may have pressed that button
        lw.wait_for(lambda: lw.still(self.window), 120)
