"""The camera recorded: where it stood and what moment was shown, while a film plays or a hand moves."""

from time import perf_counter

import numpy as np
from PySide6.QtCore import QObject, Signal

from scenes import Orbit, Recording
from viz3d.live.control.desk import Desk
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.exporting.slips import RecordingSlip

_REST = 0.4  # seconds that a rest counts at most: nobody wants to see a hand think
_MOST = 600.0  # seconds of a film


class RecordingControl(QObject):
    """Records what the view shows, as a path that a film can follow.

    Attributes:
        slip: what tells that it records.
        view: the size and the part of it that the recorded poses were chosen for.

    Signals: `stopped` when a recording has ended.
    """

    stopped = Signal()

    def __init__(self, desk: Desk, view: SceneView) -> None:
        super().__init__()
        self._desk, self._view, self._clock = desk, view, perf_counter
        self.slip, self.view = RecordingSlip(), view.camera.view
        self._rows: list[tuple[float, float, Orbit]] = []  # seconds, the film's seconds, pose
        self._last = 0.0
        self._layers = desk.session.net.layers
        self.active = False
        self.slip.stopped.connect(self.stop)
        view.changed.connect(self._note)

    @property
    def kept(self) -> Recording | None:
        """What was recorded last, None where that is nothing, or of another network."""
        if self.active or len(self._rows) < 2 or self._layers != self._desk.shown.traced.net.layers:
            return None
        seconds, film, poses = zip(*self._rows, strict=True)
        return Recording(np.array(seconds), np.array(film), tuple(poses))

    def toggle(self) -> None:
        """Begin to record, or stop."""
        if self.active:
            self.stop()
            return
        pose = self._view.camera.pose
        if pose is None:
            self._desk.said.emit("there is nothing to record yet: wait for the picture")
            return
        self.active, self._last = True, self._clock()
        self._layers, self.view = self._desk.shown.traced.net.layers, self._view.camera.view
        self._rows = [(0.0, self._view.time, pose)]
        self.slip.set_seconds(0.0)
        self.slip.raise_()

    def stop(self) -> None:
        """Keep what was recorded."""
        if not self.active:
            return
        self.active = False
        self.slip.hide()
        if self.kept is None:
            self._desk.said.emit("nothing was recorded: turn the net, or let it play, while it records")
        else:
            self._desk.said.emit(f"the camera is recorded: {self._rows[-1][0]:.1f} s, see Export, Film")
        self.stopped.emit()

    def _note(self) -> None:
        """Keep where the camera stands now."""
        pose = self._view.camera.pose
        if not self.active or pose is None:
            return
        now, (at, film, before) = self._clock(), self._rows[-1]
        if (self._view.time, pose) == (film, before) or now <= self._last:
            return
        if self.view != self._view.camera.view or at >= _MOST:
            self.stop()  # poses for a view of another size would make it jump
            return
        at += min(now - self._last, _REST)
        self._last = now
        self._rows.append((at, self._view.time, pose))
        self.slip.set_seconds(at)
