"""What is saved: the network, the session, the acts as a script."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from viz3d.command.output import check_out
from viz3d.live.control.desk import Desk
from viz3d.live.control.keeping.recent import Recent
from viz3d.live.widgets.asking.save_name import ask_where
from viz3d.session.acts.change import UseNet
from viz3d.session.files.save import save, write_script
from viz3d.session.files.stored import ENDING, write_file

Kinds = tuple[str, str, str]  # title of the dialog, kinds of files, a name to begin with


class WritingControl(QObject):
    """Saves, and copies scripts. `window`: what file dialogs belong to.

    `passing` has the files that go with the window, which no script can name. Signals: `saved` when a network
    or a session was written to a file of the person's choice, and whether what was undone is in it too.
    """

    saved = Signal(bool)

    def __init__(self, desk: Desk, window: QWidget, recent: Recent) -> None:
        super().__init__()
        self._desk, self._window, self._recent = desk, window, recent
        self.passing: set[Path] = set()

    def ask_to_save(self) -> None:
        """Let the person choose where the network is saved."""
        self._ask(
            self.save_net, ("Save the network", "Networks (*.npz)", f"{self._desk.session.net.name}.npz")
        )

    def ask_to_save_session(self) -> None:
        """Let the person choose where the session is saved, with all that can be undone."""
        self._ask(self.save_session, ("Save the session", f"Sessions (*{ENDING})", f"session{ENDING}"))

    def ask_to_write(self) -> None:
        """Let the person choose where the session's acts are written, as text or Python."""
        self._ask(self.save_script, ("Save as text", "Lines (*.txt);;Python (*.py)", "session.txt"))

    def ask_to_save_picture(self, save: Callable[[Path], None]) -> None:
        """Let the person choose where the drawing, or what is read in its place, is saved."""
        self._ask(save, ("Save the drawing", "Pictures (*.png)", "drawing.png"))

    def save_net(self, path: Path) -> None:
        """Save the network as it now is."""

        def write() -> None:
            check_out(path, ".npz", "a network", "the name")
            self._desk.make_way()  # a run that is open becomes an act
            save(self._desk.session.before.net, self._desk.session.net, path)
            self._recent.add(path)
            self.saved.emit(False)
            self._desk.said.emit(f"{path}: the network, with its edits")

        self._desk.attempt(write)

    def save_session(self, path: Path) -> None:
        """Save the session: its acts, and the networks that they made."""

        def write() -> None:
            self._desk.make_way()  # a run that is open becomes an act
            write_file(self._desk.session.moments, path)
            self._recent.add(path, "session")
            self.saved.emit(True)
            self._desk.said.emit(f"{path}: the session, with every step to undo")

        self._desk.attempt(write)

    def save_script(self, path: Path) -> None:
        """Write the session's acts to path: as Python where its name ends in .py, else one line for each."""

        def write() -> None:
            self._desk.make_way()  # a run that is open becomes an act
            text = write_script(self._desk.session, path, self.passing)
            self._desk.said.emit(f"{path}: {len(text.splitlines())} lines{self._passes()}")

        self._desk.attempt(write)

    def script(self) -> str:
        """The session's acts as text, one line for each."""
        return "\n".join(self._desk.session.script(self.passing)) + "\n"

    def python(self) -> str:
        """The session's acts as Python."""
        return "\n".join(self._desk.session.python(self.passing)) + "\n"

    def copy(self, words: Callable[[], str]) -> None:
        """Put a text on the clipboard."""

        def put() -> None:
            self._desk.make_way()  # a run that is open becomes an act
            text = words()
            QGuiApplication.clipboard().setText(text)
            self._desk.said.emit(f"copied: {len(text.splitlines())} lines{self._passes()}")

        self._desk.attempt(put)

    def _passes(self) -> str:
        """What is to be known of a script whose network is in a file that goes with the window."""
        used = [act.model for act in self._desk.session.acts if isinstance(act, UseNet)]
        gone = next((file for file in used if file in self.passing), None)
        return "" if gone is None else f"; {gone.name} goes with the window: save the network, and name that"

    def _ask(self, write: Callable[[Path], None], kinds: Kinds) -> None:
        title, known, name = kinds
        chosen = ask_where(self._window, title, name, known)
        if chosen:
            write(Path(chosen))
