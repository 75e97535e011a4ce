"""The live window for benchmarks: opened off-screen, moved by events, and waited for without idle turns."""

# Imports come where they are needed: Qt reads its settings at the first one.
# ruff: noqa: PLC0415

from __future__ import annotations

import faulthandler
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZE = (1440, 900)


def prepare() -> None:
    """Choose what draws, before anything of Qt or VTK is imported."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from viz3d.command import display

    display.prepare()


def opened(preset: str, images: str | None = None, kept: Any = None) -> Any:
    """A window that is shown, its first picture whole.

    images: of its session, else MNIST's if known. kept: where the session is kept, None for nowhere.
    """
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    import data
    from viz3d.live.widgets.sheet import dress
    from viz3d.live.window import Window
    from viz3d.session.acts.change import UseNet
    from viz3d.session.acts.take import TakeDigit
    from viz3d.session.session import Session

    app = QApplication.instance() or QApplication(["viz3d"])
    dress(app, "dark")
    folder = tempfile.mkdtemp(prefix="viz3d-benchmark-")
    settings = QSettings(str(Path(folder) / "live.ini"), QSettings.Format.IniFormat)
    images = images or ("digits" if data.find_mnist() is None else "mnist")
    window = Window(Session(UseNet(preset), TakeDigit(4), images), settings, kept=kept)
    window.resize(*SIZE)
    window.show()
    wait_for(lambda: still(window))
    return window


def still(window: Any) -> bool:
    """Whether the whole picture of what is shown is there, and nothing is under way."""
    view, drawn = window.view, window.showing.drawn
    come = drawn is not None and drawn.trace is window.desk.shown.traced.trace
    picture = view.picture
    whole = (
        picture is not None
        and picture.request is view._asked
        and picture.request.scale == 1.0 == getattr(picture.request, "share", 1.0)
    )
    fresh = whole and picture.request.stamp.trace is drawn.trace if come and whole else False
    return bool(fresh and not view._resting.isActive() and not view.camera.flying)


def wait_for(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run Qt's loop until something is so; it is asked about after every few milliseconds."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, timer, end = QEventLoop(), QTimer(interval=5), time.perf_counter() + seconds
    met = False

    def look() -> None:
        nonlocal met
        met = met or done()  # asked once: what was so may be so no longer when the loop has ended
        if met or time.perf_counter() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if not met:
        faulthandler.dump_traceback()  # of all threads: which of them is at what
        raise TimeoutError(f"this did not happen within {seconds:g} s: {done.__qualname__}")


def paint_all() -> None:
    """Let all be painted that waits for it, lest it count as a part of what comes."""
    from PySide6.QtWidgets import QApplication

    for _ in range(2):  # what is painted may ask for more
        QApplication.processEvents()


def press(widget: Any, x: float, y: float, kind: str = "press", buttons: bool = True) -> None:
    """Send a widget a mouse event: press, move or release, with the left button held or not."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    types = {
        "press": QEvent.Type.MouseButtonPress,
        "move": QEvent.Type.MouseMove,
        "release": QEvent.Type.MouseButtonRelease,
    }
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == "move" else left
    held = left if buttons and kind != "release" else none
    at = QPointF(x, y)
    event = QMouseEvent(types[kind], at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


class Meter:
    """Counts the processor time of functions by name, each on the thread that runs it, in milliseconds.

    What a counted function spends in another counted one is that one's alone.
    """

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._within: dict[int, list[float]] = defaultdict(list)

    def count(self, owner: Any, name: str, under: str, clock: Callable[[], float] = time.thread_time) -> None:
        """Count a function of a class or module under a name, by a clock in seconds."""
        from threading import get_ident

        plain = getattr(owner, name)

        def counted(*given: Any, **named: Any) -> Any:
            inner = self._within[get_ident()]
            inner.append(0.0)
            begun = clock()
            try:
                return plain(*given, **named)
            finally:
                taken = 1e3 * (clock() - begun)
                self.spent[under] += taken - inner.pop()
                if inner:
                    inner[-1] += taken

        setattr(owner, name, counted)

    def spent_so_far(self) -> dict[str, float]:
        """What was spent since the last `clear`."""
        return dict(self.spent)

    def clear(self) -> None:
        """Begin anew."""
        self.spent = defaultdict(float)


def after(owner: Any, name: str, then: Callable[..., object]) -> None:
    """Have `then` called, with what it was given, whenever a function of a class has run."""
    plain = getattr(owner, name)

    def run(*given: Any, **named: Any) -> Any:
        result = plain(*given, **named)
        then(*given, **named)
        return result

    setattr(owner, name, run)


class Watch:
    """Counts what the window's threads spend, and when bars, arrays, cards and pictures are there."""

    def __init__(self) -> None:
        from scenes.vtk.stages import stage as drawing
        from scenes.vtk.window.offscreen import OffscreenWindow
        from viz3d.live.control.digit import drawing as digits
        from viz3d.live.view.scene_view import SceneView
        from viz3d.live.widgets.answering.answer import AnswerPanel
        from viz3d.live.widgets.answering.class_bars import Bars
        from viz3d.live.widgets.drawing.pad import Pad
        from viz3d.live.widgets.inspecting.neuron_charts import SumBar
        from viz3d.live.widgets.parts import Painted
        from viz3d.live.work import thinker
        from viz3d.live.work.painter import Painter
        from viz3d.session.traced_digit import TracedDigit

        self.meter, self.begun = Meter(), 0.0
        self.at, self.spent = dict[str, float](), dict[str, float]()
        count = self.meter.count
        for owner, name, step in (
            (Pad, "draw_to", "preprocess"),
            (digits, "_seen", "preprocess"),
            (TracedDigit, "of", "trace"),
            (TracedDigit, "read_by", "trace"),
            (thinker, "compose", "compose"),
            (Painter, "_frame", "arrays"),
            (drawing.Stage, "show", "arrays"),
            (drawing.Stage, "update", "arrays"),
            (OffscreenWindow, "read", "draw"),
            (drawing, "bloom", "draw"),
            (Painted, "paintEvent", "present"),
            (SceneView, "paintEvent", "present"),
        ):
            count(owner, name, step)
        count(OffscreenWindow, "render", "draw", time.process_time)
        for owner, name, what in (
            (thinker.Thinker, "ask", "asked"),
            (Bars, "paint", "bars"),
            (SumBar, "paint", "inspector"),
            (SceneView, "paintEvent", "view"),
        ):
            after(owner, name, lambda *_given, what=what, **_named: self.mark(what))
        after(SceneView, "_take", lambda *_given: self.took())
        after(AnswerPanel, "set_answer", lambda *_given: self.answered())

    def begin(self) -> None:
        """Count from now on."""
        self.meter.clear()
        self.at, self.spent, self.begun = {}, {}, time.thread_time()

    def mark(self, what: str) -> None:
        """Something is there for the first time: keep the window's thread's milliseconds until then."""
        self.at.setdefault(what, 1e3 * (time.thread_time() - self.begun))
        if what == "view" and "picture" in self.at and not self.spent:
            self.spent = self.meter.spent_so_far()

    def took(self) -> None:
        """A picture has come."""
        if "asked" in self.at:
            self.mark("picture")

    def answered(self) -> None:
        """Other bars are to be painted: those of before do not count."""
        self.at.pop("bars", None)

    @property
    def to_arrays(self) -> float:
        """Milliseconds of all threads until the new picture's arrays were written."""
        return self.at["asked"] + self.spent.get("compose", 0.0) + self.spent.get("arrays", 0.0)


def rest(seconds: float) -> None:
    """Run Qt's loop for so long, and wake it for nothing."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(1e3 * seconds), loop.quit)
    loop.exec()
