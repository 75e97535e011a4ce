"""What a screen reader is told of a widget that paints itself: what it is, and in words what it shows."""

from functools import cache
from typing import Any

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import isValid

Role = QAccessible.Role


@cache
def tell_roles() -> None:
    """Tell from now on what widgets are: those with `role`, of QAccessible's, and `aloud`, which words it.

    To Qt they are fillers, which readers pass over.
    """
    QAccessible.installFactory(_described)


class _Described(QAccessibleWidget):
    """Asks the widget only when a reader wants to know: no word is made at each move of a pen."""

    def text(self, what: QAccessible.Text) -> str:
        widget: Any = self.object()
        asked = what == QAccessible.Text.Description and widget is not None and isValid(widget)
        return (widget.aloud() if asked else "") or super().text(what)


def _described(_kind: str, thing: Any) -> _Described | None:
    known = isinstance(thing, QWidget) and hasattr(thing, "role") and hasattr(thing, "aloud")
    return _Described(thing, thing.role) if known else None
