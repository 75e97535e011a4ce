"""Use the live window at random for as long as is asked for: nothing may break, warn, hang or grow.

    python benchmarks/window/soak.py [--minutes 60] [--deeds N] [--seed 1] [--pause 0.15]

Real widgets and threads, off-screen. What the hand does is in soak_hand.py, a method for each deed: it draws,
points, picks, touches with one finger and two, edits neurons, synapses and layers, undoes and jumps back,
takes digits, changes network and architecture, trains, tests, scrubs and pauses, plays, turns the camera,
records it, exports and cancels, saves and opens, drops files that are none, opens every sheet and page,
resizes the window, changes its theme.
What counts as a failure: an exception in any thread, a warning of Python, a message of Qt or VTK, a line in
the log, a fault told in the window, a picture that does not come within two minutes, and memory that grows.

--deeds: so many at most, however long they take; memory is then not judged.

Memory: ahead of the first minute each network is shown, and trained with each trainer once. After each minute
the window is brought into one and the same state (`soak_state.bring_back`: `mlp` as it comes, a seven, at
rest, nothing open, all that was done taken back and dropped, as it could be undone for ever). There, after a
collection, and with freed memory handed back as the window itself does after pictures, the process's resident
memory is read. The median of the last third may be 5 % above that of the second third at most (the first
third is warm-up; fewer than nine minutes are not judged). `--leak MIB` loses so much a minute, on purpose:
that must fail.

The seed and the last deeds are printed with a failure; the same seed makes the same deeds.
"""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import re
import statistics
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections import Counter, deque
from pathlib import Path
from typing import Any

import live_window as lw
import numpy as np
from soak_pages import PagesHand
from soak_state import bring_back, resident, warm_up

_FAULT = re.compile(r"^(a fault of viz3d|\w+(Error|Warning|Exception): )")


class Witness:
    """Takes note of all that must not happen."""

    def __init__(self) -> None:
        from PySide6.QtCore import qInstallMessageHandler
        from vtkmodules.vtkCommonCore import vtkOutputWindow, vtkStringOutputWindow

        self.faults: list[str] = []
        faulthandler.enable()
        warnings.simplefilter("error")
        sys.excepthook = lambda *told: self.faults.append("".join(traceback.format_exception(*told)))
        threading.excepthook = lambda told: self.faults.append(
            f"{told.thread}: {''.join(traceback.format_exception(told.exc_value))}"
        )
        sys.unraisablehook = lambda told: self.faults.append(f"{told.object!r}: {told.exc_value!r}")
        qInstallMessageHandler(lambda _kind, _where, words: self._hear(words))
        self._vtk = vtkStringOutputWindow()
        vtkOutputWindow.SetInstance(self._vtk)
        logging.getLogger().addHandler(_Log(self.faults))

    def listen(self, window: Any) -> None:
        """Take note of what the window says."""
        window.desk.said.connect(lambda line: self.faults.append(line) if _FAULT.match(line) else None)

    def _hear(self, words: str) -> None:
        """What Qt says, but for what it cannot do without a screen, as when a finger opens a menu."""
        if not words.startswith("This plugin does not support"):
            self.faults.append(f"Qt: {words}")

    def check(self) -> None:
        """Raise what has happened."""
        if self._vtk.GetOutput():
            self.faults.append(f"VTK: {self._vtk.GetOutput()}")
        if self.faults:
            raise RuntimeError("\n".join(self.faults))


class _Log(logging.Handler):
    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(f"log: {record.name}: {record.getMessage()} {record.exc_info}")


def judge(samples: list[float]) -> None:
    """Tell how memory went; end with an error where it has grown."""
    third = len(samples) // 3
    if third < 3:
        print("memory: too short to judge")
        return
    middle, last = (statistics.median(part) for part in (samples[third : 2 * third], samples[-third:]))
    print(f"memory: {middle:.0f} to {last:.0f} MiB, {last / middle - 1:+.1%}")
    if last > 1.05 * middle:
        raise SystemExit("memory grows")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--deeds", type=int, help="end after so many, without a word on memory")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--leak", type=float, default=0.0, help="MiB a minute that are lost on purpose")
    parser.add_argument("--pause", type=float, default=0.15, help="seconds between deeds, at the median")
    options = parser.parse_args()
    from viz3d.command.process.ending import end_beside_threads

    lw.prepare()
    witness, rng = Witness(), np.random.default_rng(options.seed)
    window = lw.opened("mlp", "digits")
    witness.listen(window)
    hand, done, last = (
        PagesHand(window, rng, Path(tempfile.mkdtemp(prefix="viz3d-soak-"))),
        Counter[str](),
        deque[str](maxlen=20),
    )
    try:
        if options.deeds is None:
            warm_up(hand)
        begun, samples, lost = time.perf_counter(), list[float](), list[np.ndarray]()
        print(f"at the start {resident():.0f} MiB", flush=True)
        while time.perf_counter() - begun < 60 * options.minutes and done.total() != options.deeds:
            name = str(rng.choice(list(hand.deeds)))
            last.append(name)
            done[name] += 1
            hand.deeds[name](hand)
            lw.rest(float(rng.exponential(options.pause)))
            witness.check()
            count = done.total()
            if count % 50 == 0:
                last.append("come to rest")
                hand._come_to_rest()
            if options.deeds is None and time.perf_counter() - begun > 60 * (len(samples) + 1):
                last.append("bring back")
                lost.append(np.ones(round(options.leak * 2**20), np.uint8))
                bring_back(hand)
                witness.check()
                samples.append(resident())
                print(f"{len(samples)} min, {count} deeds, {samples[-1]:.0f} MiB", flush=True)
        hand._come_to_rest()
        window.close()
        witness.check()
    except BaseException:
        print(f"seed {options.seed}, deed {done.total()}; the last ones: {', '.join(last)}")
        traceback.print_exc()  # the witness has taken the place of what would print it
        print("\n".join(witness.faults), flush=True)
        os._exit(1)
    print(f"{done.total()} deeds in {time.perf_counter() - begun:.0f} s, none went wrong: {dict(done)}")
    judge(samples)
    end_beside_threads(0)


if __name__ == "__main__":
    main()
