"""Modules that PyVista imports for what is never used here, put off until they are used."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

# Where it is installed, PyVista imports it for a checker of types, which runs elsewhere: 0.1 s.
_ABSENT = "mypy"
# PyVista's themes have these: while it is imported it looks whether they are there, and does not use them.
_OF_THEMES = "viridis", "coolwarm"


class _Later(ModuleType):
    """A module that is imported when something of it is asked for, but for what is lent meanwhile."""

    def __init__(self, name: str, **lent: object) -> None:
        super().__init__(name)
        self.__dict__.update(lent)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and sys.modules.get(self.__name__) is self:
            raise AttributeError(name)
        return getattr(_real(self.__name__), name)

    def end_loan(self) -> None:
        """From now on all that is asked for is the module's own."""
        for name in [name for name in vars(self) if not name.startswith("__")]:
            delattr(self, name)


class _ColormapKind(type):
    """Of the class that stands for matplotlib.colors.Colormap: what is one of that is one of it."""

    def __instancecheck__(cls, thing: object) -> bool:
        real = sys.modules.get("matplotlib.colors")
        return real is not None and not isinstance(real, _Later) and isinstance(thing, real.Colormap)


class _Colormap(metaclass=_ColormapKind):
    """PyVista takes the class into a type alias, and asks of names whether they are one."""


class _Colormaps(Mapping[str, Any]):
    """matplotlib.colormaps, which is looked into when a colour map is asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(_real("matplotlib").colormaps, name)

    def __getitem__(self, name: str) -> Any:
        if name in _OF_THEMES and _is_put_off("matplotlib"):
            return _Colormap()
        return _real("matplotlib").colormaps[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_real("matplotlib").colormaps)

    def __len__(self) -> int:
        return len(_real("matplotlib").colormaps)


def _is_put_off(name: str) -> bool:
    return isinstance(sys.modules.get(name), _Later)


def _real(name: str) -> ModuleType:
    """A module itself. Asked for while modules are put off, it and they are imported as ever."""
    if _is_put_off(name):
        _take_back()
    return import_module(name)


def _take_back() -> None:
    for name, module in list(sys.modules.items()):
        if isinstance(module, _Later):
            del sys.modules[name]
            module.end_loan()


def _class_of(module: str, name: str) -> Callable[..., Any]:
    """A class that is called and nothing else, before its module is imported."""

    def made(*given: Any, **named: Any) -> Any:
        return getattr(_real(module), name)(*given, **named)

    return made


def _matplotlib() -> list[_Later]:
    """What PyVista imports of it, for colour maps by name and for charts alone: 0.3 s for each start."""
    canvas = "matplotlib.backends.backend_agg"
    charts = [
        _Later("matplotlib.pyplot"),
        _Later(canvas, FigureCanvasAgg=_class_of(canvas, "FigureCanvasAgg")),
    ]
    if "matplotlib" in sys.modules:
        return charts
    colors = _Later(
        "matplotlib.colors",
        Colormap=_Colormap,
        ListedColormap=_class_of("matplotlib.colors", "ListedColormap"),
    )
    whole = _Later("matplotlib", colors=colors, colormaps=_Colormaps(), pyplot=charts[0])
    return [whole, colors, *charts]


@contextmanager
def put_off() -> Iterator[None]:
    """In the block, what PyVista needs for no picture is imported where it is used; after it, as ever."""
    sys.modules.update({each.__name__: each for each in _matplotlib() if each.__name__ not in sys.modules})
    absent = _ABSENT not in sys.modules
    if absent:
        sys.modules[_ABSENT] = None  # type: ignore[assignment]  # so one tells Python that it is not there
    try:
        yield
    finally:
        if absent:
            del sys.modules[_ABSENT]
        _take_back()
