"""Export: what is on screen becomes a film or a picture, made by a process of its own."""

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine import EngineError
from scenes import Look, Orbit, Recording, SceneError, check_shape
from viz3d.command.errors import UserError
from viz3d.command.output import check_place
from viz3d.export.config import default_fps, default_supersample, parse_size, pause_of
from viz3d.export.dispatch import FOLDER
from viz3d.export.halves import stopping_at
from viz3d.export.kinds import FOLDER as FRAMES
from viz3d.export.kinds import VIDEO_KINDS, kind_of
from viz3d.export.order import Order, ShotOutput
from viz3d.live.control.desk import Desk
from viz3d.live.control.scene.recording import RecordingControl
from viz3d.live.places import GAP, Places
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.asking.save_name import ask_where
from viz3d.live.widgets.exporting.export_panel import ExportChoice, ExportPanel
from viz3d.live.widgets.exporting.slips import ExportSlip
from viz3d.live.widgets.menu import Entries
from viz3d.live.widgets.style import SIDE_PANEL
from viz3d.live.work.exporter import Exporter

_LEAST = 184  # px in which a slip can be read


class ExportingControl(QObject):
    """Joins the export's card to the exporter.

    window: what the card and the slips lie in. look: how the scene looks at the moment.
    """

    def __init__(self, desk: Desk, window: QWidget, view: SceneView, look: Callable[[], Look]) -> None:
        super().__init__()
        self._desk, self._window, self._view, self._look = desk, window, view, look
        self._agreed = ""  # a file that may be written over
        self._offered = ""  # the name that the card had to offer, without its ending
        self.panel, self.slip = ExportPanel(), ExportSlip()
        self.recording, self.exporter = RecordingControl(desk, view), Exporter()
        for each in (self.panel, self.slip, self.recording.slip):
            each.setParent(window)
        self.panel.wanted.connect(self._begin)
        self.panel.file_wanted.connect(self._ask)
        self.slip.cancelled.connect(self.cancel)
        self.recording.stopped.connect(self._take_recording)
        desk.acted.connect(self._offer_recording)
        desk.acted.connect(self._name_anew)
        exporter = self.exporter
        exporter.progressed.connect(self.slip.set_done)
        exporter.stepped.connect(self.slip.set_step)
        exporter.made.connect(desk.said)
        exporter.failed.connect(desk.said)
        exporter.cancelled.connect(self._tell_cancelled)
        exporter.ended.connect(self.slip.hide)
        self._offer_recording()

    @property
    def entries(self) -> Entries:
        """What the menu offers."""
        return (
            ("Film…\tCtrl+E", partial(self.open, "film")),
            ("Picture…", partial(self.open, "picture")),
            ("Copy picture\tCtrl+Shift+C", self.copy_picture),
            ("Record camera\tCtrl+R", self.recording.toggle),
        )

    def open(self, what: str) -> None:
        """Show the choices for a "film" or a "picture"."""
        if self.panel.isVisible() and self.panel.what.value == what:
            self.panel.hide()
            return
        self.panel.open_for(what, self._offer_name(".mp4" if what == "film" else ".png"), self._look().theme)

    def copy_picture(self) -> None:
        """Put the picture on screen on the clipboard, with all that is written over it."""
        if self._view.picture is None:
            self._desk.said.emit("there is no picture yet: wait for it")
            return
        picture = self._view.written()
        QGuiApplication.clipboard().setImage(picture)
        self._desk.said.emit(f"copied: a picture of {picture.width()} × {picture.height()} pixels")

    def cancel(self) -> None:
        """Make no file."""
        self.slip.end_soon()
        self.exporter.cancel()

    def close(self) -> None:
        """End what is under way: no process and no half file stays."""
        self.recording.active = False
        self.exporter.close()

    def place(self, spots: Places, above: int) -> None:
        """Put the choices over the inspector, and the slips where no text is, above so many pixels."""
        # In a narrow window over the timeline's end too: above it the rows would be cut.
        self.panel.setGeometry(QRect(spots.inspector.topLeft(), spots.timeline.bottomRight()))
        right = spots.free.right() + 1
        # In a narrow window the pad's card has most of that place, or all of it.
        room = right - spots.drawing.right() - GAP
        beside = room >= _LEAST
        wide = min(SIDE_PANEL, room) if beside else SIDE_PANEL
        foot = above - GAP // 2 if beside else spots.drawing.top() - GAP
        for slip in (self.slip, self.recording.slip):
            high = slip.sizeHint().height()
            slip.setGeometry(QRect(right - wide, foot - high, wide, high))
            if not slip.isHidden():
                foot -= high + 8

    def slips(self) -> list[QRect]:
        """Where slips stand at the moment."""
        return [slip.geometry() for slip in (self.slip, self.recording.slip) if not slip.isHidden()]

    def order(self, choice: ExportChoice) -> Order:
        """What is on screen, as it is to be filmed. UserError, SceneError where it cannot be."""
        shown, view = self._desk.shown, self._view
        kind = kind_of(choice.out)
        size = parse_size(choice.size, kind)
        traced, camera = shown.traced, self._camera(choice.camera)
        recorded = camera if isinstance(camera, Recording) else None
        seen = view.camera.view if recorded is None else self.recording.view
        if camera is not None:
            check_shape(traced.net, seen[0], size)
        look = self._look().changed(
            size=size,
            theme=choice.theme,
            title=choice.title,
            caption=choice.caption,
            language=choice.language,
            pause=_stops(choice.stops, recorded) if choice.film else (),
        )
        output = ShotOutput(
            out=choice.out,
            look=look,
            fps=default_fps(kind),
            supersample=default_supersample(size, kind),
            at=None if choice.film else min(view.time, look.seconds),
            recorded=None if recorded is None else recorded.seconds,
            hold=_seconds(choice.hold) if choice.film else 0.0,
            subtitles=choice.film and choice.subtitles,
            quiet=True,
        )
        return Order(
            output=stopping_at(output, traced.net) if output.stops_by_name else output,
            net=self._desk.noted(traced.net),
            image=traced.digit.image,
            camera=camera,
            view=seen,
            selected=view.marked.layer or " -> ".join(map(traced.address, view.marked.neurons)),
            before=None if shown.before is None else shown.before.trace.probabilities,
        )

    def _camera(self, chosen: str) -> Orbit | Recording | None:
        if chosen == "film":
            return None
        return self.recording.kept if chosen == "recorded" else self._view.camera.pose

    def _begin(self, choice: ExportChoice) -> None:
        if self.exporter.busy:
            self.panel.set_error("another file is being made: wait for it, or cancel it")
            return
        try:
            self._check_file(choice)
            order = self.order(choice)
        except (UserError, SceneError, EngineError) as error:
            # Here they are fields, not options.
            self.panel.set_error(str(error).replace("--", ""))
            return
        self.panel.hide()
        self.slip.begin(Path(choice.out).name)
        self.exporter.export(order)

    def _check_file(self, choice: ExportChoice) -> None:
        """UserError where the file cannot be written, or is there and nobody has agreed to lose it."""
        if not choice.out:
            raise UserError("name a file")
        path, kind = Path(choice.out), kind_of(choice.out)
        if path.parent == Path(FOLDER):
            path.parent.mkdir(exist_ok=True)
        if (kind == ".png") == choice.film:
            raise UserError(
                f"{choice.out}: a picture ends in .png, and a film does not: give it another ending"
            )
        check_place(path, folder=kind == FRAMES, option="file")
        if path.is_file() and choice.out != self._agreed:
            self._agreed = choice.out
            raise UserError(f"{path.name} is there already: press Export again to write over it")

    def _ask(self) -> None:
        choice = self.panel.choice
        films = " ".join(f"*{kind}" for kind in (*VIDEO_KINDS, ".gif"))
        kinds = f"Films ({films})" if choice.film else "Pictures (*.png)"
        begin = str(Path(choice.out or "renders").absolute())
        name = ask_where(self._window, "Export", begin, f"{kinds};;All files (*)")
        if name:
            self._agreed = name  # the dialog has asked
            self.panel.set_file(name)

    def _free_name(self, ending: str) -> Path:
        """A name that no file has, in the folder of exports."""
        folder = Path(FOLDER) if os.access(".", os.W_OK) else Path.home()
        traced = self._desk.shown.traced
        digit = "drawing" if traced.digit.label is None else str(traced.digit.label)
        names = (f"{traced.net.name}-{digit}{tail}" for tail in ("", *(f"-{k}" for k in range(2, 10_000))))
        return next(path for name in names if not (path := folder / f"{name}{ending}").exists())

    def _offer_name(self, ending: str) -> str:
        name = str(self._free_name(ending))
        self._offered = name.removesuffix(ending)
        return name

    def _name_anew(self) -> None:
        """Let the name that is offered be that of what is now on screen; one of the person's own stays."""
        choice = self.panel.choice
        if self.panel.isVisible() and choice.out.removesuffix(choice.ending) == self._offered:
            self.panel.file.setText(self._offer_name(choice.ending))

    def _tell_cancelled(self, name: str) -> None:
        kept = "what was there before stays" if Path(name).exists() else "no file was made"
        self._desk.said.emit(f"{name}: cancelled, {kept}")

    def _take_recording(self) -> None:
        """Choose what has just been recorded: whoever records a path wants it in the film."""
        self._offer_recording()
        if self.recording.kept is not None:
            self.panel.camera.set_value("recorded")

    def _offer_recording(self) -> None:
        kept = self.recording.kept
        tip = "Record camera, in this menu, makes one" if kept is None else f"{kept.seconds:.1f} s"
        self.panel.camera.allow("recorded", kept is not None, tip)


def _seconds(text: str) -> float:
    """Seconds as they were typed; nothing is none. UserError where they are no number."""
    try:
        return float(text.replace(",", ".")) if text else 0.0
    except ValueError:
        raise UserError(f"hold {text!r:.20} is no number of seconds: give one such as 2") from None


def _stops(text: str, recorded: Recording | None) -> tuple[tuple[str, float], ...]:
    """Where a film stops, and for how long, as it was typed. UserError where that is not known."""
    # A comma before a digit is that of a decimal: "2,5".
    words = [each for each in re.split(r"[\s;]+|,(?=\s|[^\W\d])", text) if each]
    if words and recorded is not None:
        raise UserError("stops: a recorded camera has its own time: leave them out, or choose another camera")
    return tuple(pause_of(each.replace(",", ".")) for each in words)
