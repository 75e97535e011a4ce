"""The digit: drawn, painted, taken from the data set."""

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

import data
from data import DataError, Dataset
from engine import Net
from viz3d.command.choice.digits import Digit, reads_writing
from viz3d.command.choice.suiting import check_reads, check_takes, named
from viz3d.command.choice.wanted import SPLITS
from viz3d.command.errors import UserError
from viz3d.live.control.desk import Desk
from viz3d.live.widgets.drawing.drawing_panel import DrawingPanel
from viz3d.live.widgets.drawing.pad import Kept
from viz3d.live.widgets.pictures import Picture, pictured
from viz3d.live.work.misread import Found, MisreadFinder
from viz3d.session.acts.drawing import Drawing, is_drawing
from viz3d.session.acts.take import TakeSample, take_label
from viz3d.session.traced_digit import TracedDigit

_SOURCE = "a drawing"
_LIGHT = 160  # of 255: the mean of a picture's border from which on it is light
_MOST_KEPT = 200  # drawings whose strokes are known


class DrawingControl(QObject):
    """Joins the pad, the picture of what is seen, and the samples to the session."""

    _moved_on = Signal()

    def __init__(self, desk: Desk, panel: DrawingPanel, rng: np.random.Generator) -> None:
        super().__init__()
        self._desk, self._panel, self._rng = desk, panel, rng
        self._picture: Picture | None = None
        self._drawn: Picture | None = None  # what the pad's ink became: then the pad is left as it is
        self._shown_digit: np.ndarray | None = None
        self._strokes: dict[bytes, Kept] = {}  # what was on the pad, by what it became
        self._offered: list[np.ndarray] = []
        self._labels: list[int] = []  # of what is offered
        self.inverted = False  # what is read is dark on light: a pad's white ink is dark there
        self._offered_to: tuple[object, ...] = ()  # what the net is like that they were chosen for
        # Of many moves that wait, only the last is looked at.
        self._finder = MisreadFinder()
        self._finder.found.connect(self._found)
        self._finder.failed.connect(desk.said)
        self._waits = False
        self._unread = ""  # why the pad's ink is not read, which was told
        # Queued it comes before the paint, and so ink and bars are painted together.
        self._moved_on.connect(self._look, Qt.ConnectionType.QueuedConnection)
        panel.drawn.connect(self._moved)
        panel.drawing_rested.connect(self._lifted)
        panel.painted.connect(self.preview)
        panel.painting_rested.connect(lambda picture: desk.do(Drawing.of(picture)))
        panel.sample_chosen.connect(lambda place: self.take_class(self._labels[place]))
        panel.stepped.connect(self.step)
        panel.random_wanted.connect(self.take_random)
        panel.misread_wanted.connect(self.take_misread)
        desk.acted.connect(self._show_digit)
        desk.showed.connect(self._show_seen)
        self.offer_samples()
        self._show_digit()
        self._show_seen()

    def offer_samples(self) -> None:
        """Offer the test image of each digit that its number takes."""
        self._desk.attempt(self._offer)

    def take_class(self, number: int) -> None:
        """Take a test image of a class by its number; of digits that is the digit.

        A network of numbers knows no class: it takes one of those that the data set has.
        """
        net = self._desk.session.net
        if net.gives_numbers:
            if number in self._labels:
                self._desk.attempt(lambda: self._take(self._images().example(number, net.watch)))
        elif net.noun == "digit" or number < len(net.classes):
            self._desk.do(take_label(net, number))
        else:
            self._desk.said.emit(f"there is no class {number}: {net.name} knows 0 to {len(net.classes) - 1}")

    def step(self, by: int) -> None:
        """Take the test image before (-1) or after (1)."""
        self._desk.attempt(lambda: self._take(self._place() + by))

    def take_random(self) -> None:
        """Take any test image."""
        self._desk.attempt(lambda: self._take(int(self._rng.integers(len(self._images().labels)))))

    def take_misread(self) -> None:
        """Take the next test image that the net misreads, as soon as one is found; numbers are none."""
        if self._desk.session.net.gives_numbers:
            self._desk.said.emit(f"{self._desk.session.net.name} gives numbers: none is right or wrong")
        else:
            self._desk.attempt(self._find_misread)

    def preview(self, seen: Picture) -> None:
        """Show how a uint8 (h, w) is read, which is no act yet."""
        self.preview_digit(Digit(seen, None, _SOURCE))

    def preview_digit(self, digit: Digit) -> None:
        """Show how a digit is read, which is no act yet."""
        before, net = TracedDigit.of(self._desk.session.before.net, digit), self._desk.standing.net
        self._desk.try_out(before if net is before.net else before.read_by(net), before)

    def close(self) -> None:
        """Look at nothing more, and for nothing."""
        self._waits = False
        self._finder.close()

    def _images(self) -> Dataset:
        return self._desk.session.images()

    def _offer(self) -> None:
        net, images = self._desk.session.net, self._images()
        self._offered_to, watch = _kind(net), net.watch
        self._labels = [label for label in range(len(images.classes)) if label in images.labels]
        self._offered = [images.images[images.example(label, watch)] for label in self._labels]
        pictures = [pictured(each) for each in self._offered if each.ndim > 1]
        grey = [each for each in pictures if each.ndim == 2]
        self.inverted = not reads_writing(self._desk.session.net) and _on_light(grey)
        self._panel.pad.inviting = "Draw a digit" if net.noun == "digit" else "Draw here"
        self._panel.seen.ink = 0 if self.inverted else 255
        named_by = images.classes.__getitem__ if net.gives_numbers else self._desk.session.traced.named
        names = [named_by(label) for label in self._labels]
        self._panel.offer(pictures, names)
        self._panel.samples.refuse(_why_not(net, images))

    def _place(self) -> int:
        """Where the digit stands among the test images, -1 where it is none of them."""
        images, image = self._images().images, self._desk.session.digit.image
        if images.shape[1:] != image.shape:
            return -1
        same = (images == image).reshape(len(images), -1).all(axis=1)
        return int(np.argmax(same)) if same.any() else -1

    def _take(self, place: int) -> None:
        images = self._images()
        named = f"{images.name}:" if images.name in SPLITS else ""
        self._desk.do(TakeSample(f"{named}test:{place % len(images.labels)}"))

    def _find_misread(self) -> None:
        session, net = self._desk.session, self._desk.standing.net  # amid a run, as it has the network by now
        self._finder.ask(net, self._images(), self._place() + 1, (session.digit, session.net))

    def _found(self, found: Found) -> None:
        """Take what was found, unless the person has gone on meanwhile."""
        session = self._desk.session
        assert isinstance(found.stamp, tuple)
        digit, net = found.stamp  # of the session: a run has another network by now
        if digit is not session.digit or net is not session.net:
            return
        if found.place >= 0:
            self._desk.attempt(lambda: self._take(found.place))
        else:
            count = len(found.images.labels)
            self._desk.said.emit(f"{found.net.name} misreads none of the {count:,} test images")

    def _moved(self, picture: Picture) -> None:
        self._picture = picture
        if not self._waits:
            self._waits = True
            self._moved_on.emit()

    def _look(self) -> None:
        if not self._waits or self._picture is None:
            return
        self._waits = False
        if (seen := self._read_off(self._picture)) is not None:
            self._tell_unread("")
            self.preview(seen)

    def _read_off(self, picture: Picture) -> Picture | None:
        """What the net sees of the pad's ink, an empty picture of none; None where it can read nothing."""
        size = self._desk.session.digit.image.shape
        if len(size) != 2:
            return None
        if not picture.any():
            return self.turned(np.zeros(size, np.uint8))
        if reads_writing(self._desk.session.net):
            return _seen(picture)
        return self.turned(data.resized(_within(picture, size), (size[0], size[1])))

    def turned(self, picture: Picture) -> Picture:
        """White ink as what is read has it, or what is read with its ink in white: uint8 (h, w)."""
        return 255 - picture if self.inverted else picture

    def _lifted(self, picture: Picture) -> None:
        self._waits = False
        seen = self._read_off(picture)
        written = reads_writing(self._desk.session.net)
        self._tell_unread(_unread(picture) if seen is None and written else "")
        if seen is None or np.array_equal(seen, self._desk.session.digit.image):
            self._desk.try_out(None)
            return
        self._drawn = seen
        self._strokes.pop(seen.tobytes(), None)
        self._strokes[seen.tobytes()] = self._panel.pad.kept()
        while len(self._strokes) > _MOST_KEPT:
            del self._strokes[next(iter(self._strokes))]
        self._desk.do(Drawing.of(seen))

    def _tell_unread(self, why: str) -> None:
        """Say why the pad's ink is not read, "" where it is; what was said of it before holds no more."""
        if self._unread:
            self._desk.outdated.emit(self._unread)
        if why:
            self._desk.said.emit(why)
        self._unread = why

    def _show_digit(self) -> None:
        """Show a digit that was not drawn here on the pad too."""
        self._waits = False  # a stroke that an act broke off is not looked at any more
        if _kind(self._desk.session.net) != self._offered_to:
            self.offer_samples()
        image = self._desk.session.digit.image
        if image is self._shown_digit:
            if self._panel.pad.under_way:  # the network is another: it reads the stroke in hand
                self._moved(self._panel.pad.picture())
            return
        self._shown_digit = image
        self._tell_unread("")  # the ink is gone, or is read
        if self._drawn is not None and np.array_equal(image, self._drawn):
            return
        self._panel.set_drawable(is_drawing(image), image.ndim == 3)
        if (kept := self._strokes.get(image.tobytes())) is not None:
            self._drawn = image  # undone or redone: its strokes can be drawn on
            self._panel.bring_back(kept)
            return
        self._drawn = None
        place = next((k for k, each in enumerate(self._offered) if np.array_equal(each, image)), -1)
        shown = self.turned(pictured(image))
        self._panel.set_sample(shown if shown.any() else None, place)  # an empty pad invites

    def _show_seen(self) -> None:
        self._panel.set_seen(pictured(self._desk.shown.traced.digit.image))


def _on_light(pictures: list[Picture]) -> bool:
    """Whether the borders of most pictures are light."""
    means = [
        np.mean([each[0].mean(), each[-1].mean(), each[:, 0].mean(), each[:, -1].mean()]) for each in pictures
    ]
    return bool(means) and float(np.median(means)) > _LIGHT


def _within(picture: Picture, size: tuple[int, ...]) -> Picture:
    """The middle of a pad's square picture that has the proportions of (h, w)."""
    side, longer = len(picture), max(size)
    high, wide = (max(round(side * each / longer), 1) for each in size)
    top, left = (side - high) // 2, (side - wide) // 2
    return picture[top : top + high, left : left + wide]


def _seen(picture: Picture) -> Picture | None:
    """What is written, uint8 (28, 28); None where there is no digit, too little of one, or more than one."""
    try:
        # A hand is under way: strokes that touch are one digit, however many they may look like.
        return data.digit_from_image(picture, 0)
    except DataError:
        return None


def _unread(picture: Picture) -> str:
    """Why nothing is read of a drawing; "" where something is."""
    try:
        data.digit_from_image(picture, 0)
    except data.SeveralDigitsError as error:
        return f"{error.count} digits are on the pad: rub out all but one, or join what belongs together"
    except DataError as error:
        why = str(error).removeprefix("the array: ").partition(";")[0]
        return f"it is not read yet: {why}"
    return ""


def _kind(net: Net) -> tuple[object, ...]:
    """What decides which test images a network is offered, and whether it takes them."""
    return net.watch, net.layers[0].shape, net.layers[-1].size, net.classes


def _why_not(net: Net, images: Dataset) -> str:
    """Why a network does not take these images; "" where it does."""
    try:
        place = f"{net.name} does not read {images.title}"
        if net.gives_numbers and net.layers[-1].size > 1:
            check_takes(net, images, place)
        else:
            check_reads(named(net, images), images, place)
    except UserError as error:
        return f"{error}; give its own by --data"
    return ""
