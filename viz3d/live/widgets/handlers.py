"""Whatever Qt calls of viz3d's own classes tells its faults: some would end the process, by PySide."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType, TracebackType
from typing import Any

from PySide6.QtCore import QObject, QSize

Tell = Callable[[type[BaseException], BaseException, TracebackType | None], object]
_TELLERS: list[Tell] = []
_INSTEAD = {
    **dict.fromkeys(("event", "eventFilter", "viewportEvent", "focusNextPrevChild"), False),
    **dict.fromkeys(("sizeHint", "minimumSizeHint"), QSize()),
    **dict.fromkeys(("rowCount", "columnCount"), 0),
    "text": "",
}
"""What Qt is given where a method failed that owes it an answer."""


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
    """Make ready for that; once more for classes that came since."""
    for kind in set(_kinds(QObject.__mro__[-2])):  # PySide's root: what describes widgets is no QObject
        if _from(kind, "viz3d"):
            qt = [base for base in kind.__mro__ if _from(base, "PySide6")]
            for name, method in list(vars(kind).items()):
                called = isinstance(method, FunctionType) and not name.startswith("__")
                if called and any(name in vars(base) for base in qt):
                    setattr(kind, name, _held(method))


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
            return _INSTEAD.get(method.__name__)

    return held
