"""Networks and pictures from outside: the menu, files that are dropped, what is pasted; and what is saved."""

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QWidget

import data
import engine
from scenes import Look, site_of
from viz3d.command.errors import UserError
from viz3d.command.models import how_to_sort
from viz3d.command.output import check_out
from viz3d.live.bars import Offer
from viz3d.live.control.desk import Desk
from viz3d.live.widgets.pictures import array_of
from viz3d.session.change import UseNet
from viz3d.session.save import save, write_script
from viz3d.session.take import Drawing, TakeImage

Kinds = tuple[str, str, str]  # title of the dialog, kinds of files, a name to begin with
_PICTURES = "*.png *.jpg *.jpeg *.gif *.bmp *.tif *.tiff *.webp"
_LONGEST_SIDE = 2000  # of a picture from the clipboard
_CLASSES = 10


def offers() -> list[Offer]:
    """The networks that come with viz3d, and how well they read the test images."""
    networks = []
    for name in engine.presets():
        if name in data.bundled_models():
            accuracy = engine.load(data.model_path(name)).provenance.get("test_accuracy")
            networks.append(Offer(name, "" if accuracy is None else f"{accuracy:.2%}"))
    return networks


class OpeningControl(QObject):
    """Opens and saves. `window`: what file dialogs belong to; `look`: how scenes are to look."""

    def __init__(self, desk: Desk, window: QWidget, look: Callable[[], Look]) -> None:
        super().__init__()
        self._desk, self._window, self._look = desk, window, look

    def open_preset(self, name: str) -> None:
        """Go on with a network that comes with viz3d."""
        self._use(UseNet(name))

    def ask_for_file(self) -> None:
        """Let the person choose a network's file, or a picture's."""
        kinds = f"Networks and pictures (*.npz {_PICTURES});;All files (*)"
        names, _ = QFileDialog.getOpenFileNames(self._window, "Open", "", kinds)
        self.open_files(Path(name) for name in names)

    def open_files(self, files: Iterable[Path]) -> None:
        """Open each file: a network, or a picture of a digit."""
        for file in files:
            if file.suffix.lower() == ".npz":
                self._use(UseNet(None, file))
            else:
                self._desk.do(TakeImage(file))

    def take(self, brought: QMimeData) -> bool:
        """Open what was dropped or pasted; return whether there was anything to open."""
        if brought.hasUrls():
            local = [Path(url.toLocalFile()) for url in brought.urls() if url.isLocalFile()]
            self.open_files(local)
            if not local:
                self._desk.said.emit(
                    f"{brought.urls()[0].toString()} is no file on this machine: save it first"
                )
            return True
        if brought.hasImage():
            return self._desk.attempt(lambda: self._take_picture(QImage(brought.imageData())))
        return False

    def paste(self) -> None:
        """Open what lies on the clipboard."""
        if not self.take(QGuiApplication.clipboard().mimeData()):
            self._desk.said.emit("there is no picture on the clipboard: copy one, or a file")

    def ask_to_save(self) -> None:
        """Let the person choose where the network is saved."""
        self._ask(
            self.save_net, ("Save the network", "Networks (*.npz)", f"{self._desk.session.net.name}.npz")
        )

    def ask_to_write(self) -> None:
        """Let the person choose where the session's acts are written, as text or Python."""
        self._ask(self.save_script, ("Save as text", "Lines (*.txt);;Python (*.py)", "session.txt"))

    def save_net(self, path: Path) -> None:
        """Save the network as it now is."""

        def write() -> None:
            check_out(path, ".npz", "a network", "the name")
            save(self._desk.session.before.net, self._desk.session.net, path)
            self._desk.said.emit(f"{path}: the network, with its edits")

        self._desk.attempt(write)

    def save_script(self, path: Path) -> None:
        """Write the session's acts to path: as Python where its name ends in .py, else one line for each."""

        def write() -> None:
            text = write_script(self._desk.session, path)
            self._desk.said.emit(f"{path}: {len(text.splitlines())} lines")

        self._desk.attempt(write)

    def script(self) -> str:
        """The session's acts as text, one line for each."""
        return "\n".join(self._desk.session.script()) + "\n"

    def python(self) -> str:
        """The session's acts as Python."""
        return "\n".join(self._desk.session.python()) + "\n"

    def copy(self, words: Callable[[], str]) -> None:
        """Put a text on the clipboard."""

        def put() -> None:
            text = words()
            QGuiApplication.clipboard().setText(text)
            self._desk.said.emit(f"copied: {len(text.splitlines())} lines")

        self._desk.attempt(put)

    def _use(self, act: UseNet) -> None:
        def use() -> None:
            # What cannot be drawn is told before the net that is shown gives way.
            net = act.load()
            site_of(net, self._look())
            if net.layers[-1].size != _CLASSES:
                raise UserError(f"{net.name} has {net.layers[-1].size} classes: a digit needs {_CLASSES}")
            self._desk.do(act)
            if told := how_to_sort(net, act.model):
                self._desk.said.emit(told)

        self._desk.attempt(use)

    def _take_picture(self, image: QImage) -> None:
        if image.isNull():
            raise UserError("the picture cannot be read: save it as a PNG and open that")
        side = max(image.width(), image.height())
        if side > _LONGEST_SIDE:
            image = image.scaledToWidth(max(image.width() * _LONGEST_SIDE // side, 1))
        # What is transparent is paper.
        ground = QImage(image.size(), QImage.Format.Format_RGB32)
        ground.fill(0xFFFFFFFF)
        with QPainter(ground) as painter:
            painter.drawImage(0, 0, image)
        grey = ground.convertToFormat(QImage.Format.Format_Grayscale8)
        self._desk.do(Drawing.of(data.digit_from_image(array_of(grey))))

    def _ask(self, write: Callable[[Path], None], kinds: Kinds) -> None:
        title, known, name = kinds
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, name, known)
        if chosen:
            write(Path(chosen))
