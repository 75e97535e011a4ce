"""The tour: six hints, each of which goes away when its action is done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QSettings, QTimer
from PySide6.QtWidgets import QWidget

from viz3d.live.widgets.teaching.hint import Hint


@dataclass(frozen=True)
class Stop:
    """A hint: its name, its words, on which side of its place it stands, and whether it is to be low."""

    name: str
    title: str
    text: str
    side: str = "above"
    low: bool = False


STOPS = (
    Stop("draw", "Draw a digit", "On the black pad, with mouse or pen: the bars follow your hand."),
    Stop("watch", "Watch it cross", "Press play, or drag the line: the signal runs to the answer."),
    Stop(
        "pick",
        "Pick a neuron",
        "Click a bright one: the card tells what it does, and why.",
        "below",
    ),
    Stop("change", "Change it", "Ablate silences it. Ctrl+Z takes everything back.", "left"),
    Stop("compare", "Compare", "Hold B to see it as it was. Cyan ticks on the bars tell it, too.", "left"),
    # Low: else it would hide the answer, or what the neuron is called, which are below.
    Stop("train", "Watch it learn", "Turn to Train, press Start.", "below", low=True),
)
NUMBERS = Stop("draw", "Change a number", "Drag a slider, or type a value: the bars follow your hand.")
COLOURS = Stop("draw", "Take another picture", "Click a small one, or drop one of your own on the window.")
OTHERS = Stop("draw", "Draw one yourself", "On the black pad, with mouse or pen: the bars follow your hand.")
ANOTHER = Stop("change", "Change it", "Click a neuron before the output: Ablate silences it.", "left")
UNCHANGED = Stop("compare", "Compare", "Change something, then hold B: it is shown as it was.", "left")
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.ShowToParent, QEvent.Type.HideToParent)
_REST = 400  # ms that the scene shows the same before a hint gives way to its words
_KEY = "tour"  # of the settings: the names of what was done


class TouringControl(QObject):
    """Shows one hint after another, and remembers which actions were done, in whatever order.

    places: where each hint points at, in its parent. first: what is more urgent than a hint, beside it in
    the parent; while one of these is shown where the hint stands, or over what it points at, the hint is not.
    worded: a hint in the words for the network of the moment. busy: what a hint had better not hide, what
    matters most first.
    """

    def __init__(
        self,
        hint: Hint,
        settings: QSettings,
        places: Mapping[str, Callable[[], QRect]],
        first: Sequence[QWidget] = (),
        worded: Callable[[Stop], Stop] = lambda stop: stop,
        busy: Callable[[], Sequence[list[QRect]]] = tuple,
    ) -> None:
        super().__init__()
        self._hint, self._settings, self._places, self._first = hint, settings, places, first
        self._worded, self._busy = worded, busy
        self._resting = QTimer(self, singleShot=True, interval=_REST)
        self._resting.timeout.connect(self.word_anew)
        self._done = set(str(settings.value(_KEY, "")).split())
        self._on = False
        hint.skipped.connect(self.skip)
        parent = hint.parentWidget()
        assert parent is not None
        for each in (parent, *first):
            each.installEventFilter(self)

    @property
    def stop(self) -> Stop | None:
        """The hint that is shown; None where there is none."""
        left = [stop for stop in STOPS if stop.name not in self._done]
        return left[0] if self._on and left else None

    def begin(self) -> None:
        """Show the first hint whose action was never done."""
        self._on = True
        self._show()

    def again(self) -> None:
        """Begin from the first one."""
        self._keep(set())
        self.begin()

    def skip(self) -> None:
        """Show no more."""
        self._keep({stop.name for stop in STOPS})
        self._show()

    def did(self, name: str) -> None:
        """Something was done: its hint is no longer needed."""
        if name not in self._done:
            self._keep(self._done | {name})
            self._show()

    def word_anew(self) -> None:
        """Word the hint that is shown as the network of the moment has it."""
        if self.stop is not None:
            self._show()

    def stand_anew(self) -> None:
        """Stand where nothing is hidden, as soon as the scene rests: it shows something else."""
        if self.stop is not None:
            self._resting.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the place when panels move, and give way to what is more urgent."""
        if event.type() in _MOVES and self.stop is not None:
            QTimer.singleShot(0, self, self._show)
        return False

    def _keep(self, done: set[str]) -> None:
        self._done = done
        self._settings.setValue(_KEY, " ".join(stop.name for stop in STOPS if stop.name in done))

    def _show(self) -> None:
        stop = self.stop
        if stop is None:
            self._hint.hide()
        else:
            said = self._worded(stop)
            self._hint.tell(said.title, said.text, f"{STOPS.index(stop) + 1} of {len(STOPS)}", low=said.low)
            place = self._places[stop.name]()
            self._hint.point_at(place, stop.side, *self._busy())
            there = [each.geometry() for each in self._first if not each.isHidden()]
            hidden = any(
                box.intersects(self._hint.geometry()) or box.contains(place.center()) for box in there
            )
            self._hint.setVisible(not hidden)
            self._hint.raise_()
