"""What chance does to the live window, see soak.py: each method whose name begins with a letter is a deed."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np

PRESETS = ("mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny", "vit-small")
DESIGNS = (
    "input 28x28\ndense 40 relu\ndense 10 softmax",
    "input 28x28\nconv 6 5x5 relu\npool 2\ndense 10 softmax",
    "input 28x28\ndense 40 rellu\ndense 10 softmax",  # said under the word
)
KEYS = (
    *("Tab", "Backtab", "Left", "Right", "Up", "Down", "Space", "Comma", "Period", "L", "F", "H", "E", "N"),
    *("R", "Escape", "PageUp", "PageDown", "B", "Question"),
)


class Hand:
    """A hand that does what chance says."""

    def __init__(self, window: Any, rng: np.random.Generator, folder: Path) -> None:
        self.window, self.rng, self.folder = window, rng, folder
        self.deeds = {name: deed for name, deed in vars(Hand).items() if not name.startswith("_")}
        (folder / "bad.npz").write_bytes(b"no network")
        (folder / "bad.png").write_bytes(b"no picture")

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

    def sheet_of_layers(self) -> None:
        self.window.top.layers.click()

    def page(self) -> None:
        getattr(self.window.top, str(self.rng.choice(["inspect", "train", "code"]))).click()

    def over_data(self) -> None:
        self.window.inspector.over_data.wanted.emit()

    def read_tests(self) -> None:
        self.window.training.page.panel.test.emit()

    def weights(self) -> None:
        self.window.training.page.panel.weights.emit(str(self.rng.choice(["these", "new", "same"])))

    def images_to_learn_from(self) -> None:
        counts = ((0, 0), (500, 200))[int(self.rng.integers(2))]
        self.window.training.page.panel.images.emit(*counts)

    def rate(self) -> None:
        panel = self.window.training.page.panel
        panel.chosen.emit("lr", float(10 ** self.rng.uniform(-4, -2.5)))
        panel.chosen.emit("batch", float(2 ** self.rng.integers(4, 8)))

    def trainer(self) -> None:
        self.window.training.page.panel.trainer.emit(str(self.rng.choice(["adam", "adamw", "nesterov"])))

    def stop_training(self) -> None:
        self.window.training.page.panel.stop.emit()

    def clear_charts(self) -> None:
        self.window.training.page.panel.cleared.emit()

    def epoch(self) -> None:
        self.window.training.page.panel.epoch.emit()

    def architecture(self) -> None:
        sheets = self.window.training_sheets
        sheets.show_layers(True)
        sheets.layers.field.setPlainText(str(self.rng.choice(DESIGNS)))
        sheets.layers.change.click()
        lw.rest(0.05)
        sheets.close()

    def record(self) -> None:
        self.window.exporting.recording.toggle()

    def export(self) -> None:
        exporting = self.window.exporting
        if exporting.exporter.busy:
            exporting.cancel()
            return
        film = bool(self.rng.integers(2))
        exporting.open("film" if film else "picture")
        if exporting.panel.isHidden():
            return
        exporting.panel.set_file(
            str(self.folder / f"out{self.rng.integers(10**9)}{'.gif' if film else '.png'}")
        )
        exporting.panel.pixels.setText("320x180")
        exporting.panel.start.click()

    def copy(self) -> None:
        self.window.exporting.copy_picture()
        self.window.opening.copy(self.window.opening.script)
        self.window.opening.copy(self.window.opening.python)

    def save_and_open(self) -> None:
        opening = self.window.opening
        net, session, text = (self.folder / name for name in ("net.npz", "kept.viz3d", "acts.txt"))
        opening.save_net(net)
        opening.save_session(session)
        opening.save_script(text)
        opening.open_files([net if self.rng.integers(2) else session])

    def answer_a_question(self) -> None:
        question = self.window.question
        if question.isVisible():
            question.buttons[0].click()

    def drop(self) -> None:
        from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
        from PySide6.QtGui import QDropEvent
        from PySide6.QtWidgets import QApplication

        brought = QMimeData()
        brought.setUrls([QUrl.fromLocalFile(str(self.folder / name)) for name in ("bad.npz", "bad.png")])
        held = Qt.DropAction.CopyAction, brought, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, QDropEvent(QPointF(300, 300), *held))

    def help(self) -> None:
        helping = self.window.helping
        helping.learning.toggle()
        if helping.page.isVisible():
            helping.learning.show(int(self.rng.integers(6)))

    def tour(self) -> None:
        self.window.helping.tour.again()

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
        lw.wait_for(lambda: lw.still(self.window), 120)
