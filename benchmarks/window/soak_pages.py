"""What chance does to the live window's pages, training and files, see soak.py."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np
from soak_hand import BATCHES, TRAINERS, Hand

DESIGNS = (
    "input 28x28\ndense 40 relu\ndense 10 softmax",
    "input 28x28\nconv 6 5x5 relu\npool 2\ndense 10 softmax",
    "input 28x28\ndense 40 rellu\ndense 10 softmax",  # said under the word
)


class PagesHand(Hand):
    """A hand that trains, exports, saves and opens as well."""

    def __init__(self, window: Any, rng: np.random.Generator, folder: Path) -> None:
        super().__init__(window, rng, folder)
        (folder / "bad.npz").write_bytes(b"no network")
        (folder / "bad.png").write_bytes(b"no picture")

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
        panel.chosen.emit("batch", float(self.rng.choice(BATCHES)))

    def trainer(self) -> None:
        self.window.training.page.panel.trainer.emit(str(self.rng.choice(TRAINERS)))

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
        self.window.writing.copy(self.window.writing.script)
        self.window.writing.copy(self.window.writing.python)

    def save_and_open(self) -> None:
        opening, writing = self.window.opening, self.window.writing
        net, session, text = (self.folder / name for name in ("net.npz", "kept.viz3d", "acts.txt"))
        writing.save_net(net)
        writing.save_session(session)
        writing.save_script(text)
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
