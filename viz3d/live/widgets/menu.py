"""Menus: rounded, over the window that they belong to; made of words and what each does."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainterPath, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

_EDGE = 8  # px
MARK = "● "  # ahead of the words of an entry that holds just now
_RADIUS = 8  # px of a corner, as the style sheet draws it
Action: TypeAlias = Callable[[], object]
Entries: TypeAlias = Sequence[tuple[str, "Action | Entries | None"] | None]


class Menu(QMenu):
    """A menu with round corners, whose right end and foot stay within its window where that has room."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)  # the system's is square
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def showEvent(self, event: QShowEvent) -> None:
        """Move to the left where the window ends, and above what it was opened from where its foot is."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None or isinstance(parent, QMenu):
            return  # a menu's own menu opens beside it
        window = parent.window()
        room = QRect(window.mapToGlobal(QPoint()), window.size())
        left, top = self.x(), self.y()
        over = left + self.width() - (room.x() + room.width() - _EDGE)
        if 0 < over <= left - room.x():
            left -= over
        if top + self.height() > room.y() + room.height():
            above = self._opened_from() - self.height()
            top = above if above >= room.y() else top
        self.move(left, top)

    def _opened_from(self) -> int:
        """The upper end of its button on the screen, px; where it has none, where it was opened."""
        buttons = [
            each for each in self.menuAction().associatedObjects() if isinstance(each, QAbstractButton)
        ]
        return buttons[0].mapToGlobal(QPoint()).y() if buttons else self.y()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the corners off where the screen may show no translucent windows: they would be black."""
        super().resizeEvent(event)
        if QGuiApplication.platformName() == "xcb":
            cut_round(self)

    def popup_once(self, place: QPoint) -> None:
        """Open at a place of the screen; it is let go of when it closes."""
        self.aboutToHide.connect(self.deleteLater)
        self.popup(place)


def cut_round(popup: QWidget) -> None:
    """Cut a popup's corners off."""
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(popup.rect()), _RADIUS, _RADIUS)
    popup.setMask(QRegion(outline.toFillPolygon().toPolygon()))


def menu_of(parent: QWidget, entries: Entries) -> Menu:
    """A menu of words and what each does; None is a line between them, None as an action makes a title.

    Entries in place of an action are a menu of their own. Words behind `MARK` are marked.
    """
    return _filled(Menu(parent), entries)


def _filled(menu: Menu, entries: Entries) -> Menu:
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        words, action = entry
        if action is None:
            menu.addAction(words).setEnabled(False)
        elif callable(action):
            made = menu.addAction(words.removeprefix(MARK))
            made.setCheckable(words.startswith(MARK))
            made.setChecked(words.startswith(MARK))
            made.triggered.connect(lambda _on, do=action: do())
        else:
            menu.addMenu(_filled(Menu(menu, words), action))
    return menu
