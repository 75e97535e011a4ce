"""How far a film is, in a notebook: a line below the cell, which changes where it stands."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_REDRAW = 0.25  # seconds between two changes of the line
_BAR = '<progress value="{done}" max="{total}"></progress> {told}'


def in_notebook() -> bool:
    """Whether this process is a notebook's: one that can show more than text."""
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


@contextmanager
def progress(total: int) -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """Show how many of so many pictures are done; yield what renames the step and what counts one."""
    # There is one where this is called, and none among what viz3d needs.
    display: Any = sys.modules["IPython"].display
    handle = display.display(_shown("preparing", 0, total), raw=True, display_id=True)
    step, done, shown, first = "preparing", 0, 0.0, 0.0

    def rename(to: str) -> None:
        nonlocal step
        step = to
        handle.update(_shown(step, done, total), raw=True)

    def advance() -> None:
        nonlocal done, shown, first
        now = time.monotonic()
        done, first = done + 1, first or now
        if now - shown >= _REDRAW:
            shown = now
            left = (total - done) * (now - first) / (done - 1) if done > 1 else None
            handle.update(_shown(step, done, total, left), raw=True)

    try:
        yield rename, advance
    except BaseException:
        handle.update({"text/plain": f"ended at picture {done} of {total}"}, raw=True)
        raise
    # The film itself comes in its place.
    handle.update({"text/plain": "", "text/html": ""}, raw=True)


def _shown(step: str, done: int, total: int, left: float | None = None) -> dict[str, str]:
    told = f"{step} {done}/{total}" + ("" if left is None else f", {left:.0f} s left")
    return {"text/plain": told, "text/html": _BAR.format(done=done, total=total, told=told)}
