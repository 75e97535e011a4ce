"""Whatever Qt calls of viz3d's classes and of pyqtgraph's tells its faults: some would end the process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType, TracebackType
from typing import Any, TypeGuard

from PySide6.QtCore import QObject, QRectF, QSize
from PySide6.QtGui import QPainterPath

Tell = Callable[[type[BaseException], BaseException, TracebackType | None], object]
_TELLERS: list[Tell] = []
_INSTEAD = {
    **dict.fromkeys(("event", "eventFilter", "viewportEvent", "focusNextPrevChild"), False),
    **dict.fromkeys(("sizeHint", "minimumSizeHint"), QSize()),
    **dict.fromkeys(("rowCount", "columnCount"), 0),
    "text": "",
    "boundingRect": QRectF(),
    "shape": QPainterPath(),
}
"""What Qt is given where a method failed that owes it an answer."""
_OF_ITEMS = {"paint", "boundingRect", "shape", "itemChange", "sizeHint"}
"""What Qt calls of pyqtgraph's items besides events; what else Qt has too is for Python, and may raise."""


@contextmanager
def handlers_told(tell: Tell) -> Iterator[None]:
    """Tell each exception that would leave what Qt calls: handlers, sizes, a table's cells.

    PySide 6.11 keeps it where the method was called on behalf of Python code, as all of a widget's are that
    has an `event` of its own, until that code goes on. What comes meanwhile, such as the fault of the next
    cell, ends the process; so does before Python 3.12 what C code raises, which is no object until caught.
    """
    hold_handlers()
    _TELLERS.append(tell)
    try:
        yield
    finally:
        _TELLERS.remove(tell)


def hold_handlers() -> None:
    """Make ready for that; once more for classes that came since, as those of the charts do."""
    for kind in set(_kinds(QObject.__mro__[-2])):  # PySide's root: what describes widgets is no QObject
        if any(_from(kind, package) for package in ("viz3d", "pyqtgraph")):
            qt = [base for base in kind.__mro__ if _from(base, "PySide6")]
            for name, method in list(vars(kind).items()):
                if _called(kind, name, method) and any(name in vars(base) for base in qt):
                    setattr(kind, name, _held(method))


def _called(kind: type, name: str, method: object) -> TypeGuard[FunctionType]:
    if not isinstance(method, FunctionType) or name.startswith("__"):
        return False
    return _from(kind, "viz3d") or name in _OF_ITEMS or name.endswith("Event")


def _from(kind: type, package: str) -> bool:
    return kind.__module__.partition(".")[0] == package


def _kinds(of: type) -> Iterator[type]:
    known: list[type] = type.__subclasses__(of)
    for kind in known:
        yield kind
        yield from _kinds(kind)


def _held(method: FunctionType) -> Callable[..., Any]:
    if hasattr(method, "__wrapped__"):
        return method

    @wraps(method)
    def held(*given: Any, **named: Any) -> Any:
        try:
            return method(*given, **named)
        except Exception as error:
            if not _TELLERS:
                raise
            _TELLERS[-1](type(error), error, error.__traceback__)
            return given[-1] if method.__name__ == "itemChange" else _INSTEAD.get(method.__name__)

    return held
