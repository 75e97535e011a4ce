"""PyVista's plotter, imported without what it never uses here."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

from vtkmodules.vtkCommonCore import vtkLogger

# PyVista imports these for colour maps by name and for Matplotlib's charts alone: 0.3 s for each start.
_UNUSED = {"matplotlib.pyplot": (), "matplotlib.backends.backend_agg": ("FigureCanvasAgg",)}
# Where it is installed, PyVista imports it for a checker of types, which runs elsewhere: 0.1 s.
_ABSENT = "mypy"


class _Later(ModuleType):
    """A module that is imported when something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)

    def called_later(self, name: str) -> None:
        """Let a class of the module be taken from it before it is imported; called, it is the class."""

        def made(*given: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*given)

        setattr(self, name, made)


@contextmanager
def _put_off() -> Iterator[None]:
    """In the block, _UNUSED are imported only where they are used; after it, as ever."""
    later = {name: _Later(name) for name in _UNUSED if name not in sys.modules}
    for name, module in later.items():
        for each in _UNUSED[name]:
            module.called_later(each)
    sys.modules.update(later)
    absent = _ABSENT not in sys.modules
    if absent:
        sys.modules[_ABSENT] = None  # type: ignore[assignment]  # so one tells Python that it is not there
    try:
        yield
    finally:
        if absent:
            del sys.modules[_ABSENT]
        for name, module in later.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


with _put_off():
    from pyvista import Plotter


@contextmanager
def _without_a_screen() -> Iterator[None]:
    """In the block, VTK does not warn that there is no X server where nobody said that there is one.

    It tries one all the same, and then takes what needs none.
    """
    if os.environ.get("DISPLAY"):
        yield
        return
    before = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_ERROR)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(before)


class OffscreenPlotter(Plotter):  # type: ignore[misc]  # PyVista is not read by mypy
    """PyVista's plotter, of which nothing holds itself alive once it is closed."""

    def __init__(self, **settings: Any) -> None:
        with _without_a_screen():
            super().__init__(**settings)

    def reset_key_events(self) -> None:
        """PyVista calls this before it puts another interactor style in place of its first.

        The first would be left holding itself: what it observes are its own methods.
        """
        super().reset_key_events()
        # PyVista 0.45 calls it before there is one, and has no style yet then.
        if (iren := getattr(self, "iren", None)) is not None:
            iren.style.RemoveAllObservers()
