"""The window: what keys, files that are dropped and its end do; its parts are made in `assembly`."""

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from viz3d.command.process.heap import share_arenas
from viz3d.live.assembly import Assembly
from viz3d.live.control.screen_fit import ScreenFit
from viz3d.live.reach import is_covered, neighbour, scroll_to
from viz3d.live.shortcuts import bind
from viz3d.live.view.scene_view import SceneView
from viz3d.live.widgets.asking.command_box import CommandLine
from viz3d.live.widgets.asking.drop_frame import DropFrame
from viz3d.live.work.session_folders import LockedFolder
from viz3d.session.acts.change import UseNet
from viz3d.session.session import Session

_REPEAT = 60
"""ms in which a key that is released and pressed again is held: X repeats one so, and Qt only tells where
both have arrived."""


class Window(Assembly):
    """A session in a window. `closed` when it has gone and all its threads have ended.

    settings: where size, theme and network are remembered. theme: or "system". rng: draws digits at random.
    view: shows scenes. kept: where the session is kept after each act; None keeps nothing, and asks nothing.
    """

    closed = Signal()

    def __init__(
        self,
        session: Session,
        settings: QSettings,
        theme: str = "dark",
        *,
        rng: np.random.Generator | None = None,
        view: SceneView | None = None,
        kept: LockedFolder | None = None,
    ) -> None:
        share_arenas()  # ahead of the first thread
        rng, view = rng or np.random.default_rng(), view or SceneView()
        super().__init__(session, settings, theme, rng, view, kept)
        self.fit = ScreenFit(self)
        self._let_go = QTimer(self, singleShot=True, interval=_REPEAT)
        self._let_go.timeout.connect(lambda: self.desk.compare(False))
        self.setAcceptDrops(True)
        self._dropping = DropFrame(self.root)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes past it: nothing shows that it has the keys
        self.actions_by_name = bind(self, self._actions())
        self.resize(_size(settings.value("size"), QSize(1440, 900)))
        self._left: CommandLine | None = None  # the field that keys left for the scene, if they stay there
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._note_left)
        self.setFocus()

    def _actions(self) -> dict[str, Callable[[], object]]:
        return {
            "beat_back": lambda: self.playing.step(-1),
            "beat_forth": lambda: self.playing.step(1),
            "loop": self.timeline.loop.click,
            "digit_back": lambda: self.digits.step(-1),
            "digit_forth": lambda: self.digits.step(1),
            "random": self.digits.take_random,
            "misread": self.digits.take_misread,
            "eraser": self.drawing.eraser.click,
            "clear": self.drawing.clear.click,
            "in_scene": self.drawing.in_scene.click,
            "paste": self.opening.paste,
            "undo": self.desk.undo,
            "redo": self.desk.redo,
            **self.editing.actions(),
            "deselect": self._leave,
            "command": self.command.line.setFocus,
            "back": lambda: self.picking.walk(-1),
            "forth": lambda: self.picking.walk(1),
            "fly": self.picking.fly,
            "home": lambda: self.viewing.see("home"),
            "view_front": lambda: self.viewing.see("front"),
            "view_side": lambda: self.viewing.see("side"),
            "view_top": lambda: self.viewing.see("top"),
            "view_turn": self.viewing.corner.turn.click,
            "light": self.lighting.popup,
            "train": self.training.toggle,
            "open": self.opening.ask_for_file,
            "save": self.writing.ask_to_save,
            "save_session": self.writing.ask_to_save_session,
            "export": lambda: self.exporting.open("film"),
            "copy_picture": self.exporting.copy_picture,
            "record": self.exporting.recording.toggle,
            "layers": self.top.layers.click,
            "code": self.top.toggle_code,
            "theme": self.theming.turn,
            "learn": self.helping.learning.toggle,
            "help": self.keys.toggle,
        }

    def _leave(self) -> None:
        """Answer a question that is open, else stop what goes on, else close a card, else select none.

        A card says that Esc closes it, whatever has the keys.
        """
        if self.question.isVisible():
            self.question.leave()
            return
        if self.editing.stop():
            return
        cards = self.keys, self.exporting.panel, self.helping.page
        over = next((card for card in cards if card.isVisible()), None)
        if over is None:
            self.editing.leave()
        else:
            over.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move the panels."""
        super().resizeEvent(event)
        self._place()

    def event(self, event: QEvent) -> bool:
        """Place the panels again when a layout changes, as when the command box grows to show an error."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def focusNextPrevChild(self, forth: bool) -> bool:
        """Lead Tab past what another panel lies over: nobody would see where the keys are.

        Where what had the keys is hidden, Qt asks too: nobody has pressed Tab, and its neighbour has them.
        """
        had, first = self.focusWidget(), None
        if had is not None and not had.isVisible():
            self.setFocus()
            QTimer.singleShot(0, self, partial(self._give_keys, had))  # what replaces it is shown later
            return True
        if had in (None, self) and self.question.isVisible():
            # Who has gone nowhere yet is asked first: by keys it would be the last of thirty stops.
            self.question.buttons[0 if forth else -1].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if had is self and self._left is not None and self._left.isVisible():
            self._left.setFocus()  # what was found is told behind the field: Tab goes on from there
        while super().focusNextPrevChild(forth):
            reached = self.focusWidget()
            if reached is None or reached is first or not is_covered(reached, self.root):
                if reached is not None:
                    scroll_to(reached)
                return True
            first = first or reached
        return False

    def _note_left(self, had: QWidget | None, has: QWidget | None) -> None:
        if has is not None:
            self._left = had if has is self and isinstance(had, CommandLine) else None

    def _give_keys(self, had: QWidget) -> None:
        """Give the keys of what was hidden to what stands beside it, if nobody else has taken them."""
        if self.focusWidget() is self and isValid(had) and (near := neighbour(had, self.root)) is not None:
            near.setFocus(Qt.FocusReason.OtherFocusReason)

    def changeEvent(self, event: QEvent) -> None:
        """Stop comparing when the window is no longer active: it would not see the key's release.

        Minimised it has no pictures drawn, which nobody would see.
        """
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.view.set_hidden(self.isMinimized())
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.desk.compare(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no other widget took, see `shortcuts`."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if Qt.Key.Key_Left <= event.key() <= Qt.Key.Key_Down:
            self.view.keyPressEvent(event)  # what is picked in a panel is walked from, too
        elif not plain or event.isAutoRepeat():
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self.playing.toggle()
        elif event.key() == Qt.Key.Key_B:
            self._let_go.stop()
            self.desk.compare(True)
        elif Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
            self.digits.take_class(event.key() - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Show the net with its edits again, unless the key is held, see `_REPEAT`."""
        if event.key() == Qt.Key.Key_B and not event.isAutoRepeat():
            self._let_go.start()
        else:
            super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures, and text too, to tell what it is not."""
        brought = event.mimeData()
        if brought.hasUrls() or brought.hasImage() or brought.hasText():
            _copy(event)
            self._dropping.tell(brought)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """What was held over the window has gone elsewhere."""
        super().dragLeaveEvent(event)
        self._dropping.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what is dropped."""
        _copy(event)
        self._dropping.hide()
        if not self.opening.take(event.mimeData()):
            self.desk.said.emit("text was dropped: drop a file, or a picture; commands go in the box above")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what is to become of work that is not saved; then store the settings, and end all threads."""
        if not self.keeping.may_close(self.close):
            event.ignore()
            return
        self.settings.setValue("size", self.size())
        self.settings.setValue("theme", self.theming.choice)
        self.settings.setValue("net", net_line(self.desk.session))
        self.settings.sync()
        self.playing.play(False)
        self.opening.close()  # while a step is waited for nothing is opened
        self.training.close()
        self.exporting.close()
        self.viewing.turn(False)
        self.keeping.close()
        self.digits.close()
        self.editing.close()
        self.sheets.close()
        self.synapse.close()
        self.over_data.close()
        self.thinker.close()
        self.view.close_painter()
        event.accept()
        self.closed.emit()


def _copy(event: QDropEvent) -> None:
    """Take what is dragged as a copy: who proposes to move a file would delete it once it was taken."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def net_line(session: Session) -> str:
    """The line that chooses the network of a session again."""
    return next((act for act in reversed(session.acts) if isinstance(act, UseNet)), UseNet()).text


def _size(remembered: object, otherwise: QSize) -> QSize:
    return remembered if isinstance(remembered, QSize) and remembered.isValid() else otherwise
