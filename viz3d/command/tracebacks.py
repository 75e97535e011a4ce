"""What a notebook shows of an error that says all in one line: where its cell went wrong, not how we knew."""

import sys
from types import TracebackType
from typing import Any

import data
import engine
import scenes
from viz3d.command.errors import UserError

_OURS = ("data", "engine", "guarding", "scenes", "viz3d")
_KINDS: tuple[Any, ...] = (data.DataError, engine.EngineError, scenes.SceneError, UserError)


def shorten() -> None:
    """Have IPython leave out our own lines where an error of ours is shown; `%xmode Verbose` has them all."""
    for kind in _KINDS:
        kind._render_traceback_ = _rendered  # which IPython asks for


def _rendered(error: BaseException) -> list[str]:
    """The lines that IPython shows of an error."""
    shown: Any = sys.modules["IPython"].get_ipython().InteractiveTB
    traced = error.__traceback__ if shown.mode == "Verbose" else callers(error.__traceback__)
    lines: list[str] = shown.structured_traceback(type(error), error, traced)
    return lines


class Interrupted(KeyboardInterrupt):
    """The stop button of a notebook, pressed while a picture or a film is made."""

    _render_traceback_ = _rendered


Interrupted.__name__ = KeyboardInterrupt.__name__  # as it is shown


def callers(traced: TracebackType | None) -> TracebackType | None:
    """A traceback up to the call into this program; all of it where that is its first line."""
    steps, each = [], traced
    while each is not None and _module(each).partition(".")[0] not in _OURS:
        steps.append(each)
        each = each.tb_next
    # What wraps a function of ours, so that its errors name arguments.
    while steps and _module(steps[-1]) == "contextlib":
        steps.pop()
    kept = None
    for step in reversed(steps):
        kept = TracebackType(kept, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return kept or traced


def _module(step: TracebackType) -> str:
    return str(step.tb_frame.f_globals.get("__name__", ""))
