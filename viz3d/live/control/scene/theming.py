"""The theme: dark or light as the system is, until the person chooses one."""

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from scenes import THEMES
from viz3d.live.widgets.sheet import dress

SYSTEM = "system"
CHOICES = (SYSTEM, *THEMES)


def theme_of(choice: str) -> str:
    """The theme that a choice means now: of "system" that of the desktop, dark where it tells none."""
    if choice in THEMES:
        return choice
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


class ThemeControl(QObject):
    """Gives the application its look, anew when the choice or the system's changes.

    choice: "system" or a theme. `changed` brings the theme that all has from now on.
    """

    changed = Signal(str)

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice if choice in CHOICES else SYSTEM
        self.theme = theme_of(self.choice)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    def choose(self, choice: str) -> None:
        """Have one of CHOICES from now on."""
        self.choice = choice
        self._follow()

    def turn(self) -> None:
        """Light becomes dark, and all else light: that is a choice."""
        self.choose("dark" if self.theme == "light" else "light")

    def _follow(self) -> None:
        theme = theme_of(self.choice)
        if theme == self.theme:
            return
        self.theme = theme
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        dress(app, theme)
        self.changed.emit(theme)
