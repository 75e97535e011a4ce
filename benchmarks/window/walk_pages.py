"""The sheets and pages of the live window, see walk.py: each part yields names of what it opens."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import live_window as lw
from walk_picks import Picks

_STEPS, _FEW = 24, 4  # of training, before it is looked at
_PATIENCE = 60  # seconds in which the first of both are waited for


class Pages(Picks):
    """A window whose every part can be opened."""

    def sheets(self) -> Iterator[str]:
        from PySide6.QtWidgets import QScrollArea

        window = self.window
        window.top.layers.click()
        lw.rest(0.3)
        yield "layers"
        bar = window.sheets.layers.sheet.findChild(QScrollArea).verticalScrollBar()
        bar.setValue(bar.maximum())
        yield "layers-end"
        window.top.layers.click()
        window.top.code.click()
        page = window.sheets.code.page
        for name, tab in page.tabs.items():
            tab.click()
            yield f"code-{name}"
        window.top.inspect.click()

    def training(self) -> Iterator[str]:
        window = self.window
        page = window.training.page
        window.top.train.click()
        yield "train-begun-not"
        yield from self._training_menus()
        page.panel.layers_button.click()
        yield "train-architecture"
        sheet = window.training_sheets.layers
        sheet.field.setPlainText(sheet.field.toPlainText().replace("input", "imput", 1))
        sheet.change.click()
        yield "train-architecture-wrong"
        window.training_sheets.close()
        page.panel.weights.emit("new")
        page.toggle()
        self._await_steps(page.trainer)
        yield "train-running"
        if page.trainer.running:  # a small network is at its end by now
            page.toggle()
        page.trainer.hold()
        lw.rest(0.3)
        yield "train-paused"
        page.panel.scrubbed.emit(page.trainer.run.step // 2)
        yield "train-scrubbed"
        page.panel.images.emit(0, 400)
        page.panel.test.emit()
        report = window.training_sheets.report
        lw.wait_for(report.isVisible, 240)
        yield "test"
        report.wrong.click()
        yield "test-misread"
        window.training_sheets.close()
        page.panel.stop.emit()
        window.top.inspect.click()
        self._back()

    def _training_menus(self) -> Iterator[str]:
        from PySide6.QtCore import QPoint
        from PySide6.QtWidgets import QScrollArea

        page = self.window.training.page
        bar = page.findChild(QScrollArea).verticalScrollBar()
        for name, button in (("images", page.panel.source), ("trainer", page.panel.trainer_button)):
            bar.setValue(bar.maximum() if name == "trainer" else 0)
            lw.rest(0.05)
            button.menu().popup(button.mapToGlobal(QPoint(0, button.height())))
            yield f"train-{name}"
            button.menu().close()
        bar.setValue(0)

    def _await_steps(self, trainer: Any) -> None:
        """Wait for some steps of training; of a slow network fewer will do."""
        begun = time.monotonic()

        def enough() -> bool:
            step = 0 if trainer.run is None else trainer.run.step
            return bool(step >= _STEPS or (step >= _FEW and time.monotonic() - begun > _PATIENCE))

        lw.wait_for(enough, 300)

    def exporting(self) -> Iterator[str]:
        window = self.window
        for what in ("film", "picture"):
            window.exporting.open(what)
            yield f"export-{what}"
        window.exporting.open("film")
        panel = window.exporting.panel
        panel.set_file("no/such/folder/film.mp4")
        panel.start.click()
        yield "export-wrong"
        panel.set_file(str(self.folder / "walked.gif"))
        panel.pixels.setText("320x180")
        panel.start.click()
        if panel.isHidden():
            lw.wait_for(lambda: "frames" in window.exporting.slip.told.text(), 120)
        yield "export-running"
        window.exporting.cancel()
        lw.wait_for(lambda: not window.exporting.exporter.busy, 60)
        panel.hide()
        window.exporting.recording.toggle()
        yield "recording"
        window.exporting.recording.toggle()
        window.message.close_message()

    def helping(self) -> Iterator[str]:
        from PySide6.QtWidgets import QScrollArea

        window = self.window
        window.helping.learning.toggle()
        yield "learn"
        bar = window.helping.page.findChild(QScrollArea).verticalScrollBar()
        bar.setValue(bar.maximum())
        yield "learn-end"
        window.helping.learning.toggle()
        window.keys.toggle()
        yield "keys"
        window.keys.toggle()

    def telling(self) -> Iterator[str]:
        window = self.window
        window.opening.open_files([self.folder / "walk-missing.npz"])
        lw.wait_for(lambda: "walk-missing" in "".join(window.message.messages), 30)
        yield "message"
        window.message.say(
            "a picture of 5 x 4,000 pixels is no digit: give one that is about as wide as high, " * 2
        )
        yield "message-long"
        window.message.close_message()
        window.question.ask(
            "The network was changed, and not saved.",
            "A checkpoint keeps all of it, with every step to undo, and is offered at the next start.",
            [(words, "", lambda: None) for words in ("Save checkpoint and close", "Close", "Go on")],
        )
        yield "question"
        window.question.leave()

    def views(self) -> Iterator[str]:
        self._select("")
        for name in ("side", "front", "top"):
            self.window.viewing.see(name)
            yield f"view-{name}"
        self.window.viewing.see("home")


PARTS = (
    *(
        "opening",
        "answering",
        "playing",
        "inspecting",
        "layers_picked",
        "synapse",
        "hover",
        "menus",
        "changing",
    ),
    *("typing", "sheets", "training", "exporting", "helping", "telling", "views"),
)
