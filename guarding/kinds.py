"""Checked: where a function of a facade cannot use what it is given, one line says what is wrong with it.

Functions check what only they know, such as the names of a net's layers. Whatever else a stranger gives, text
for a number, a net for a layout, is told here for all of them, by their own annotations.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, MutableMapping, Sequence
from functools import cache, wraps
from inspect import Parameter, isfunction, signature
from math import isnan
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np

from guarding.words import in_a_line

Check = Callable[[Any], str]
"""Says of a value what should have been given; "" where it will do."""
_MADE = {
    "Augmentation": 'data.augmentation("affine")',
    "Checkpoint": "engine.load_checkpoint(path)",
    "Dataset": 'data.load("digits")',
    "Layout": "scene.layout",
    "Look": "scenes.Look(size=(1280, 720))",
    "Net": "engine.load(path)",
    "Orbit": "scene.path.end",
    "Panel": "scene.layout.panels[0]",
    "Site": "scene.site",
    "Synapses": 'net.synapses("hidden1", "output")',
    "Theme": 'scenes.theme("dark")',
    "Trace": "net.trace(image)",
}
"""What gives an object of our own kinds."""
RAW = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, StopIteration)
"""What Python and NumPy raise where they are given what they cannot use."""
_OURS = ("data", "engine", "scenes", "viz3d")  # whose kinds are known, and whose errors say enough
_ENOUGH = 1000  # of many parts the first ones are looked at


def guard(names: MutableMapping[str, Any], public: Iterable[str], error: type[Exception]) -> None:
    """Have each public function of a facade checked, and the making of each public object; see `checked`.

    Functions that are called from inside, by their own modules' names, stay as they are.
    """
    for name in public:
        known = names.get(name)
        if isfunction(known):
            names[name] = checked(known, error)
        elif not isinstance(known, type) or issubclass(known, BaseException):
            continue  # errors are made by ourselves
        elif isfunction(vars(known).get("__init__")):
            known.__init__ = checked(known.__init__, error)  # type: ignore[method-assign]


def checked(function: Callable[..., Any], error: type[Exception]) -> Callable[..., Any]:
    """The function, but where an argument of another kind than annotated stops it, that is told as `error`.

    Its message has the argument's name, the value and what to give. That costs nothing where all is well, and
    what the function itself says of its arguments stays. So does an error whose cause is none of them.
    """
    several = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    names = [each.name for each in signature(function).parameters.values() if each.kind not in several]

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except RAW as raw:
            if type(raw).__module__.partition(".")[0] in _OURS and "\n" not in str(raw):
                raise
            checks = _checks(function)
            for name, value in (*zip(names, args, strict=False), *kwargs.items()):
                if (check := checks.get(name)) and (wanted := check(value)):
                    raise error(f"{name} {in_a_line(value)}: give {wanted}") from None
            raise

    return call


@cache
def _checks(what: Hashable) -> dict[str, Check]:
    """The checks of a function's arguments, or of a class's fields, by name."""
    known, found = vars(sys.modules[what.__module__]), {}
    for name, hint in what.__annotations__.items():
        try:
            resolved = get_type_hints(SimpleNamespace(__annotations__={name: hint}), known)[name]
        except NameError:  # it is there for type checkers alone
            continue
        if name != "return" and (check := _check_of(resolved)):
            found[name] = check
    return found


def _check_of(hint: Any) -> Check | None:
    """The check of a kind; None where any value will do, or the function's own check knows better."""
    origin, parts = get_origin(hint), get_args(hint)
    check: Check | None
    if hint in _PLAIN:
        kinds, told = _PLAIN[hint]
        check = _told(lambda value: isinstance(value, kinds) and _is_plain(value, hint), told)
    elif origin in (Union, UnionType):
        check = _any_of([_check_of(part) for part in parts if part is not NoneType], NoneType in parts)
    elif origin is np.ndarray:
        check = _told(_is_numbers, "an array of numbers")
    elif origin is tuple and Ellipsis not in parts:
        check = _all_of([_check_of(part) for part in parts], len(parts))
    elif origin in (tuple, list, Sequence, Collection, Iterable):
        check = _all_of([_check_of(parts[0])], None)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        check = _told(lambda value: isinstance(value, Mapping), "a dict")
    elif origin is Callable:
        check = _told(callable, "a function")
    else:
        check = _of_class(hint)
    return check


def _told(fits: Callable[[Any], bool], wanted: str) -> Check:
    return lambda value: "" if fits(value) else wanted


_PLAIN: dict[Any, tuple[Any, str]] = {
    bool: ((bool, np.bool_), "True or False"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    str: (str, "text"),
    Path: (PathLike, "a path"),
}


def _is_plain(value: Any, kind: type) -> bool:
    """Whether a value is no number by chance alone: True is 1 to Python, and NaN a number."""
    return kind not in (int, float) or not (isinstance(value, bool | np.bool_) or isnan(value))


def _of_class(kind: Any) -> Check | None:
    """The check of one of our own kinds, of which no stranger writes others."""
    if not isinstance(kind, type) or kind.__module__ == "builtins" or getattr(kind, "_is_protocol", False):
        return None
    name = kind.__name__
    package = kind.__module__.partition(".")[0]
    if package not in _OURS:
        return None
    told = f"{_article(name)} {package}.{name}" + (f", such as {_MADE[name]} gives" if name in _MADE else "")
    return _told(lambda value: isinstance(value, kind), told)


def _article(word: str) -> str:
    return "an" if word[0] in "AEIOU" else "a"


def _any_of(checks: list[Check | None], none: bool) -> Check | None:
    """The check of what may be of several kinds, or None."""
    known = [check for check in checks if check is not None]
    if len(known) < len(checks):
        return None

    def check(value: Any) -> str:
        wanted = [] if none and value is None else [each(value) for each in known]
        return ", or ".join([*wanted, "None"] if none else wanted) if all(wanted) and wanted else ""

    return check


def _all_of(checks: list[Check | None], count: int | None) -> Check:
    """The check of several values: one for each, or one for all of them where `count` is None."""
    kinds = {told for check in checks if check for told in [check(object())]}
    each = "values" if len(kinds) != 1 else _PLURAL.get(told := kinds.pop(), told)
    wanted = f"several {each}, as a list" if count is None else f"{count} {each}, as a tuple"

    def check(value: Any) -> str:
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            return wanted
        if not isinstance(value, Collection | np.ndarray):
            return ""  # what can be gone through once is the function's
        if isinstance(value, np.ndarray) and value.ndim != 1:
            return wanted
        if count is not None and len(value) != count:
            return wanted
        by = checks if count is not None else checks * min(len(value), _ENOUGH)
        return wanted if any(c and c(part) for c, part in zip(by, value, strict=False)) else ""

    return check


_PLURAL = {
    "a whole number": "whole numbers",
    "a number": "numbers",
    "text": "texts",
    "an array of numbers": "arrays of numbers",
}


def _is_numbers(value: Any) -> bool:
    """Whether it is an array of numbers, or a list that becomes one."""
    if not isinstance(value, np.ndarray):
        try:
            value = np.asarray(value)
        except (TypeError, ValueError):  # its rows are not of one length
            return False
    return value.dtype.kind in "biuf"
