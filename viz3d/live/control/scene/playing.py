"""Time: the timeline's clock runs while it plays, and at no other time."""

from itertools import pairwise
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

from engine import Net
from scenes import Scene
from scenes.lettering.names.naming import block
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.scene.beats import SOON, Beat, Beats
from viz3d.live.widgets.scene.timeline import Timeline

_TICK = 30  # ms
_SHORT = 0.05  # seconds before a beat in which the one before it is whole


class PlayingControl(QObject):
    """Joins the timeline to the scene."""

    def __init__(self, timeline: Timeline, view: SceneView) -> None:
        super().__init__()
        self._timeline, self._view = timeline, view
        self._speed, self._last, self._loops = 1.0, 0.0, False
        self._waits = False
        self.clock = QTimer(self, interval=_TICK)
        self.clock.timeout.connect(self._tick)
        timeline.playing.connect(self.play)
        timeline.scrubbed.connect(view.set_time)
        timeline.speed.connect(self._pace)
        timeline.looping.connect(self._loop)

    def set_scene(self, net: Net, scene: Scene) -> None:
        """Show a scene's beats."""
        beats = beats_of(net, scene)
        if beats != self._timeline.track.beats:
            self._timeline.set_beats(beats)
        if self._waits:
            self._waits = False
            self._go(0.0)
            self.play(True)

    def begin(self) -> None:
        """Play once from the start, as soon as there is a scene."""
        self._waits = True

    def play(self, on: bool) -> None:
        """Begin or cease to play."""
        self._last = perf_counter()
        if on:
            self.clock.start()
        else:
            self.clock.stop()
        self._timeline.set_playing(on)

    def toggle(self) -> None:
        """Play or pause, as the button does."""
        self._timeline.play.click()

    def step(self, by: int) -> None:
        """Go to the beat before (-1) or after (1)."""
        self.play(False)
        self._timeline.step(by)

    def to_end(self) -> None:
        """Show the answer at once: nobody who draws waits for a film."""
        self._waits = False
        end = self._timeline.track.beats.seconds
        if self.clock.isActive() or self._timeline.time < end:
            self.play(False)
            self._go(end)

    def pause_at(self, beat: str) -> None:
        """Rest where a beat is over, such as "Digit", and the next is not under way; else at the end."""
        beats = self._timeline.track.beats
        after = [then.begins - _SHORT for each, then in pairwise(beats.beats) if each.name == beat]
        self._waits = False
        self.play(False)
        self._go(after[0] if after else beats.seconds)

    def play_from(self, beat: int) -> None:
        """Play on from a beat, counted from 0."""
        beats = self._timeline.track.beats
        self._waits = False
        self._go(beats.beats[beat].at if beat < len(beats.beats) else 0.0)
        self.play(True)

    def _go(self, t: float) -> None:
        self._timeline.set_time(t)
        self._view.set_time(self._timeline.time)

    def _tick(self) -> None:
        now, end = perf_counter(), self._timeline.track.beats.seconds
        t = self._timeline.time + (now - self._last) * self._speed
        self._last = now
        if self._view.picture is None:
            return  # the first one takes long where much else is done: nobody would see the digit cross
        if t >= end and self._loops and end > 0:
            t %= end
        self._go(t)
        if t >= end:
            self.play(False)

    def _pace(self, factor: float) -> None:
        self._speed = factor

    def _loop(self, on: bool) -> None:
        self._loops = on


def beats_of(net: Net, scene: Scene) -> Beats:
    """What happens in a scene: the digit, each layer or block that fires, the answer, and why it is that."""
    line = scene.timeline
    beats = [Beat("Digit" if net.noun == "digit" else "Input", line.digit[0])]
    # The bars begin to grow when the output fires: that is one beat.
    for before, layer in pairwise(net.layers):
        name, fires = block(layer) or layer.title, line.fires[layer.name]
        if beats[-1].name != name and fires > beats[-1].at:
            # One stops where it has fired; it is under way, and in the headline, while the signal comes.
            beats.append(Beat(name, fires, min(line.fires[before.name] + SOON, fires)))
    ends = Beat("Answer", line.answer[0]), Beat("Why", line.back[0])
    return Beats((*beats, *ends), scene.seconds)
