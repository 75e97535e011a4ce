"""Menus: rounded, over the window that they belong to; made of words and what each does."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainterPath, QRegion, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

_EDGE = 8  # px
_RADIUS = 8  # px of a corner, as the style sheet draws it
Action: TypeAlias = Callable[[], object]
Entries: TypeAlias = Sequence[tuple[str, "Action | Entries | None"] | None]


class Menu(QMenu):
    """A menu with round corners, whose right end stays within its window, as far as that has room for it."""

    def __init__(self, parent: QWidget, title: str = "") -> None:
        super().__init__(title, parent)
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)  # the system's is square
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)

    def showEvent(self, event: QShowEvent) -> None:
        """Move to the left where the window ends."""
        super().showEvent(event)
        parent = self.parentWidget()
        if parent is None or isinstance(parent, QMenu):
            return  # a menu's own menu opens beside it
        window = parent.window()
        left, right = (
            window.mapToGlobal(at).x() for at in (window.rect().topLeft(), window.rect().topRight())
        )
        over = self.x() + self.width() - (right - _EDGE)
        if 0 < over <= self.x() - left:
            self.move(self.x() - over, self.y())

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

    Entries in place of an action are a menu of their own.
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
            menu.addAction(words).triggered.connect(lambda _on, do=action: do())
        else:
            menu.addMenu(_filled(Menu(menu, words), action))
    return menu
