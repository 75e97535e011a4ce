"""Networks and pictures from outside: the menu, files that are dropped, what is pasted."""

import zlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

import data
from data import DataError
from engine import Net
from scenes import Look, site_of
from viz3d.command.choice.digits import reads_writing, writes_letters
from viz3d.command.choice.models import how_to_sort
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.errors import UserError
from viz3d.command.wording import counted
from viz3d.live.control.desk import Desk
from viz3d.live.control.keeping.kinds import (
    KINDS,
    accuracy_of,
    check_plain,
    digits_in,
    found_out,
    is_theirs,
    pasted,
)
from viz3d.live.control.keeping.recent import Recent
from viz3d.live.control.working import LongWork
from viz3d.live.widgets.pictures import Picture
from viz3d.live.work.reader import Action, Reader
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.drawing import Drawing
from viz3d.session.acts.take import TakeImage
from viz3d.session.files.stored import ENDING, reading_file
from viz3d.session.images import Images
from viz3d.session.session import Session

PASSING = "application/x-viz3d-passing"
"""The form in which what is dropped tells that its files go with the window."""


class OpeningControl(QObject):
    """Opens. `window`: what file dialogs belong to; `look`: how scenes are to look.

    passing: to which the files are added that go with the window. Signals: `session_wanted` brings what opens
    a session in place of this one; `session_opened` when one was opened from a file of the person's choice.
    """

    session_opened = Signal()
    session_wanted = Signal(object)

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        look: Callable[[], Look],
        recent: Recent,
        work: LongWork,
        passing: set[Path],
    ) -> None:
        super().__init__()
        self._desk, self._window, self._look, self._recent = desk, window, look, recent
        self._work, self._passing = work, passing
        self._later: deque[Callable[[], object]] = deque()  # networks that wait for what is under way
        desk.busy.connect(lambda words: None if words else QTimer.singleShot(0, self, self._next))
        # A picture, by its file or by a mark of its pixels, and which of its several digits is shown.
        self._opened: tuple[Path | int | None, int] = None, 0
        self._reader = Reader(lambda: not desk.waiting)
        self._slow: list[str] = []  # what was told of a file that takes long, until it is read
        for ended in (self._reader.read, self._reader.refused):
            ended.connect(self._untell_slow)
        self._reader.read.connect(desk.attempt)
        self._reader.refused.connect(desk.said)
        self._reader.slow.connect(self._told_slow)

    def open_preset(self, name: str) -> None:
        """Go on with a network that comes with viz3d."""
        self._use(UseNet(name))

    def ask_for_file(self) -> None:
        """Let the person choose a network's file, or a picture's."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", "", KINDS)
        self.open_files(Path(name) for name in names)

    def open_files(self, files: Iterable[Path]) -> None:
        """Open each file: a network, of another system too, a session, or a picture of a digit.

        All are read beside the window, one after the other: a disk may be slow, and a file huge.
        """
        for file in files:
            self._reader.add(file, partial(self._reading, file))

    def close(self) -> None:
        """Read nothing more, and take nothing that was read."""
        self._later.clear()
        self._reader.close()

    def _reading(self, file: Path) -> Callable[[], Action]:
        """What reads a file, in a thread, for the session as it is now, and tells what is then to be done."""
        session = self._desk.session
        net, set_of = session.net, session.state.data

        def read() -> Action:
            if not file.exists():
                raise UserError(f"{file}: there is no such file")
            check_plain(file)
            if file.suffix.lower() == ENDING:
                return self._in_turn(file, partial(self._open_session, file))
            if is_theirs(file):
                return self._in_turn(file, partial(self._import, file))
            if file.suffix.lower() == ".npz":
                act = UseNet(None, file)
                return self._in_turn(file, partial(self._go_on, act, act.load()))
            count, told = digits_in(file, writes_letters(net))
            image = TakeImage(file, pick=1 if told and count == 1 else self._turn(file, count))
            digit = image.digit(set_of, Images(), net)
            return lambda: self._take_file(
                replace(image, loaded=digit if session.net is net else None), count, told
            )

        return read

    def _in_turn(self, file: Path, action: Action) -> Action:
        """An action that takes another network, once what is under way has ended or was stopped."""

        def do() -> None:
            if not self._desk.at:
                action()
                return
            self._later.append(action)
            self._desk.said.emit(f"{file.name} waits for its turn: {self._desk.at} is under way")

        return do

    def _next(self) -> None:
        if self._later and not self._desk.at:
            self._desk.attempt(self._later.popleft())
            QTimer.singleShot(0, self, self._next)

    def take(self, brought: QMimeData) -> bool:
        """Open what was dropped or pasted; return whether there was anything to open."""
        local = [Path(url.toLocalFile()) for url in brought.urls() if url.isLocalFile()]
        # A browser gives a picture with its place in the web.
        if local or (brought.hasUrls() and not brought.hasImage()):
            if brought.hasFormat(PASSING):
                self._passing.update(local)
            self.open_files(local)
            if not local:
                self._desk.said.emit(_elsewhere(brought.urls()))
            return True
        if brought.hasImage():
            # What is wrong with it was told.
            self._desk.attempt(lambda: self._take_picture(QImage(brought.imageData())))
            return True
        return False

    def paste(self) -> None:
        """Open what lies on the clipboard."""
        if not self.take(QGuiApplication.clipboard().mimeData()):
            self._desk.said.emit("there is no picture on the clipboard: copy one, or a file")

    def show_session(self, session: Session) -> None:
        """Go on with another session; UserError or SceneError where its network cannot be shown."""
        self._check(session.net)
        self._desk.become(session)

    def _told_slow(self, file: Path, waiting: int) -> None:
        behind = f"; {counted(waiting, 'file')} behind it" if waiting else ""
        self._slow.append(f"{file.name} is being read, which takes long{behind}")
        self._desk.said.emit(self._slow[-1])

    def _untell_slow(self) -> None:
        """Take away that a file takes long: it was read, and who comes back would wait on."""
        while self._slow:
            self._desk.outdated.emit(self._slow.pop())

    def _use(self, act: UseNet) -> None:
        self._desk.attempt(lambda: self._go_on(act, act.load()))

    def _go_on(self, act: UseNet, net: Net) -> bool:
        """Go on with a network that was loaded: what cannot be drawn is told before the old one gives way."""
        self._check(net)
        if not self._desk.do(replace(act, loaded=net)):
            return False
        if act.model is not None:
            self._recent.add(act.model, accuracy_of(net))
        if told := how_to_sort(net, act.model):
            self._desk.said.emit(told)
        return True

    def _import(self, file: Path) -> None:
        """Read another system's network in a thread: what its file leaves open is tried, which takes long."""
        act = UseNet(None, file)

        def load() -> Generator[float, None, Net]:
            yield 0.0
            return act.load()

        def use(net: Net) -> None:
            if self._go_on(act, net) and (told := found_out(net)):
                self._desk.said.emit(f"{file.name}: {told}")

        stopped = "the network is as it was"
        self._work.begin(f"importing {file.name}", load(), use, stopped=stopped, changes=False)

    def _check(self, net: Net) -> None:
        reads, session = net.layers[0].shape, self._desk.session
        learned = net.task.data if net.task is not None and session.state.data in DIGIT_SETS else ""
        if learned and int(np.prod(reads)) != session.digit.image.size:
            told = f"{net.name} learned from {learned}, {' x '.join(map(str, reads))} numbers each"
            raise UserError(f"{told}: enter data and where that is in the box above, then open it again")
        site_of(net, self._look())
        now, has = self._desk.session.net, net.layers[-1].size
        if net.task is None and now.noun == "digit" and has != len(now.classes):
            raise UserError(f"{net.name} has {has} classes: a digit needs {len(now.classes)}")

    def _open_session(self, file: Path) -> None:
        remarks: list[str] = []

        def ask(session: Session) -> None:
            self._check(session.net)
            self.session_wanted.emit(lambda: self._desk.attempt(lambda: show(session)))

        def show(session: Session) -> None:
            self.show_session(session)
            self._recent.add(file, "session")
            self.session_opened.emit()
            if remarks:
                self._desk.said.emit(f"{file.name}: {'; '.join(remarks)}")

        told, stopped = f"opening {file.name}", "the session is as it was"
        self._work.begin(told, reading_file(file, remarks.append), ask, stopped=stopped, changes=False)

    def _turn(self, source: Path | int, count: int) -> int | None:
        """Which of a picture's digits is taken: of several the first, and the next each time it is opened."""
        if count == 1:
            return None
        last = self._opened[1] if self._opened[0] == source else 0
        return last % count + 1

    def _take_file(self, act: TakeImage, count: int, told: str) -> None:
        """Take the digit that was read in a picture's file, one of so many, and say what is told of it."""
        if act.pick is not None:
            self._opened = act.path, act.pick
        if self._desk.do(act) and act.pick is not None:
            several = f"this is number {act.pick}: open the file again for the next"
            more = f"; {several}" if count > 1 else ", and is read all the same"
            self._desk.said.emit(f"{act.path.name}: {told}{more}")

    def _take_picture(self, image: QImage) -> None:
        """Take a picture that is in no file, read as one in a file is."""
        net = self._desk.session.net
        shape = net.layers[0].shape
        if len(shape) == 3 and not reads_writing(net):
            seen = pasted(image, colour=shape[2] == 3)
            self._desk.do(Drawing.of(data.resized(seen, (shape[0], shape[1]))))
            return
        try:
            digit, told = self._digit_in(pasted(image), writes_letters(net))
        except DataError as error:
            raise UserError(f"the picture{str(error).removeprefix('the array')}") from None
        if self._desk.do(Drawing.of(digit)) and told:
            self._desk.said.emit(f"the picture: {told}")

    def _digit_in(self, grey: Picture, letters: bool) -> tuple[Picture, str]:
        """The digit in a picture, of several the next one, and what is doubtful. DataError where none is."""
        try:
            return data.read_digit(grey, letters=letters).image, ""
        except data.SeveralDigitsError as error:
            mark = zlib.crc32(grey.tobytes())  # it has no name
            pick = self._turn(mark, error.count) or 1
            digit, self._opened = data.read_digit(grey, pick, letters).image, (mark, pick)
            return digit, f"{error.seen}; this is number {pick}: paste it again for the next"
        except data.DoubtfulError as error:
            told = f"{error.what} in it {error.why}, and is read all the same"
            return data.read_digit(grey, 1, letters).image, told


def _elsewhere(urls: Sequence[QUrl]) -> str:
    """Why nothing of what was dropped can be opened; none, where its program ended before it was asked."""
    if not urls:
        return "what was dropped did not come: its program told no file; drop it again"
    return f"{urls[0].toString()} is no file on this machine: save it first"
