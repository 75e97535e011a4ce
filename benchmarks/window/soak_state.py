"""One and the same state of the live window, and what it then holds in memory, see soak.py."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path
from typing import Any

import live_window as lw
from soak_hand import BATCHES, PRESETS, TRAINERS, Hand

_PATIENCE = 600.0  # seconds: beside other programs all takes its time
_WAITING = ("wait", "_worker")  # functions of `threading` and of `concurrent.futures`
_TURNS = 3  # collections: what one frees may hold what only the next finds


def bring_back(hand: Hand) -> None:
    """Bring the window into the state that memory is read in, whatever it was left in.

    Nothing trains, plays, is exported, recorded or worked out. All acts are taken back and dropped: the
    history is three new ones, after which `mlp` as it comes reads a seven. Nothing is selected, nothing lies
    over scene and inspector, the charts are empty; the window is of its first size and dark, the camera at
    home, the look as it comes.
    """
    window = hand.window
    hand._come_to_rest()
    _end_work(window)
    _close_pages(window)
    window.desk.jump(0)
    window.training.page.panel.cleared.emit()
    for word in ("data digits", "net mlp", "digit 7"):
        window.desk.enter(word)
    window.theming.choose("dark")
    window.resize(*lw.SIZE)
    window.lighting.choose(show="evidence", sign=0, of=None)
    window.view.view_from("home")
    lw.wait_for(lambda: lw.still(window) and _idle(), _PATIENCE)


def warm_up(hand: Hand) -> None:
    """Show each network once, and train it with each kind of trainer and batch that the hand may choose.

    What that loads and compiles stays as long as the process, some 100 MiB: chance would take an hour to
    come to all of it.
    """
    window, page = hand.window, hand.window.training.page
    for preset in PRESETS:
        window.desk.enter(f"net {preset}")
        lw.wait_for(lambda: lw.still(window), _PATIENCE)
        for trainer in TRAINERS:
            for batch in BATCHES:
                page.panel.trainer.emit(trainer)
                page.panel.chosen.emit("batch", float(batch))
                page.panel.step.emit()
                lw.wait_for(lambda: page.trainer.run is not None and page.open, _PATIENCE)
                page.panel.stop.emit()
    bring_back(hand)


def _end_work(window: Any) -> None:
    """Give up what is under way beside the window."""
    window.desk.make_way()
    window.editing.entering.work.stop()
    if window.exporting.exporter.busy:
        window.exporting.cancel()
    window.exporting.recording.stop()
    window.over_data._drop()
    for done in (lambda: not window.desk.at, lambda: not window.exporting.exporter.busy):
        lw.wait_for(done, _PATIENCE)


def _close_pages(window: Any) -> None:
    """Take away all that is open over the window, and turn to the inspector."""
    from PySide6.QtWidgets import QApplication

    while (menu := QApplication.activePopupWidget()) is not None:
        menu.close()
    if window.question.isVisible():
        window.question.leave()
    window.top.layers.setChecked(False)
    window.top.inspect.click()
    window.training_sheets.close()
    window.exporting.panel.hide()
    window.keys.hide()
    if window.helping.page.isVisible():
        window.helping.learning.toggle()
    window.helping.tour.skip()
    window.desk.compare(False)
    window.command.show_error("")


def _idle() -> bool:
    """Whether each thread of Python's but this one waits for something to do."""
    here = threading.get_ident()
    frames = [frame for number, frame in sys._current_frames().items() if number != here]
    return all(frame.f_code.co_name in _WAITING for frame in frames)


def resident() -> float:
    """Resident memory of this process, MiB, after a collection, and after freed memory was handed back."""
    from viz3d.live.work import heap

    for _ in range(_TURNS):
        gc.collect()
    heap.give_back()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20
