"""What a screen reader is told of a widget that paints itself: what it is, and in words what it shows."""

from functools import cache
from typing import Any

from PySide6.QtGui import QAccessible, QAccessibleValueInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import Shiboken, isValid

Role = QAccessible.Role


@cache
def tell_roles() -> None:
    """Tell from now on what widgets are: those with `role`, of QAccessible's, and `aloud`, which words it.

    To Qt they are fillers, which readers pass over. One that stands for a number has `meant`, that number,
    `ends`, between which it is, and `go`, which goes to another.
    """
    QAccessible.installFactory(_described)


class _Described(QAccessibleWidget):
    """Asks the widget only when a reader wants to know: no word is made at each move of a pen."""

    def text(self, what: QAccessible.Text) -> str:
        widget: Any = self.object()
        asked = what == QAccessible.Text.Description and widget is not None and isValid(widget)
        return (widget.aloud() if asked else "") or super().text(what)


class _Valued(_Described):
    """Of one that stands for a number tells that number, and takes another as from its keys."""

    def __init__(self, widget: QWidget, role: Role) -> None:
        super().__init__(widget, role)
        self._value = _Value(widget)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        if kind == QAccessible.InterfaceType.ValueInterface:
            return Shiboken.VoidPtr(Shiboken.getCppPointer(self._value)[0])
        return super().interface_cast(kind)


class _Value(QAccessibleValueInterface):
    def __init__(self, widget: Any) -> None:
        super().__init__()
        self._widget = widget

    def currentValue(self) -> float:
        return float(self._widget.meant)

    def minimumValue(self) -> float:
        return float(self._widget.ends[0])

    def maximumValue(self) -> float:
        return float(self._widget.ends[1])

    def minimumStepSize(self) -> float:
        return 0.0  # not the same everywhere: Qt's word for no number

    def setCurrentValue(self, value: Any) -> None:
        self._widget.go(float(value))


def _described(_kind: str, thing: Any) -> _Described | None:
    known = isinstance(thing, QWidget) and hasattr(thing, "role") and hasattr(thing, "aloud")
    if not known:
        return None
    return (_Valued if hasattr(thing, "meant") else _Described)(thing, thing.role)
