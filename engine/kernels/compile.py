"""How loops are compiled. Importing this imports Numba: do so late.

Every loop is compiled twice, for one thread and for several, and cached on disk at first use, where a folder
can be written. `contract` lets the compiler fuse multiply and add, nothing more: no result depends on
reordering, NaN and infinity are kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from types import FunctionType
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numpy.typing import NDArray

# Threads that wait for a loop spin a hundredth as long as GNU has them spin: training alone is no slower,
# and beside other programs it leaves the processors to both. OpenMP reads it as the first parallel loop runs;
# whoever said how threads are to wait is heard.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "3000")

P = ParamSpec("P")
R = TypeVar("R")
_OPTIONS: dict[str, Any] = {
    # Parts of a batch may run side by side.
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
}
# Where Numba has no TBB or OpenMP, its own threads end the process as soon as two of ours use them at once;
# and nowhere would two loops that each take all processors be done sooner side by side.
_TOGETHER = Lock()
_TOLD: list[str] = []
SMALL = 1 << 14
"""Numbers below which a second thread costs more than it brings."""


def jit(loop: Callable[P, R], **options: Any) -> Callable[P, R]:
    """The loop, compiled by Numba with these options, and cached on disk where a folder can be written."""
    compiled: Callable[P, R] = _kept(lambda cache: numba.njit(cache=cache, **options)(loop))
    return compiled


def c_function(loop: Callable[..., None], signature: Any, reordering: bool = False) -> Any:
    """The loop as a C function of that Numba signature, compiled now; its `address` is what others call.

    reordering: sums may be taken in the order that suits the processor's vectors.
    """
    plain = {name: value for name, value in _OPTIONS.items() if name != "nogil"}
    if reordering:
        plain["fastmath"] = {"contract", "reassoc"}
    return _kept(lambda cache: numba.cfunc(signature, cache=cache, **plain)(loop))


def _kept(compiled: Callable[[bool], Any]) -> Any:
    """What compiled(cache) makes, kept on disk where that can be."""
    try:
        made = compiled(True)
    except Exception as error:
        # Numba may write neither beside this file nor in the user's home, as in some containers; or what it
        # keeps of a C function, which is compiled at once, can be neither read nor written.
        _tell_no_cache(error)
        return compiled(False)
    made._cache = _Careful(made._cache)
    return made


class _Careful:
    """Numba's cache of a loop; where it fails, the loop is compiled as if there were none."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, *asked: Any) -> Any:
        """What is kept, None where nothing is or it is damaged: it is then forgotten."""
        try:
            return self._cache.load_overload(*asked)
        except Exception:  # a pickle that was cut short raises nearly anything
            with suppress(OSError):
                self._cache.flush()
            return None

    def save_overload(self, *made: Any) -> None:
        """Keep it; a disk that is full only costs the next start its time."""
        try:
            self._cache.save_overload(*made)
        except Exception as error:
            _tell_no_cache(error)


def fixed(array: NDArray[Any]) -> NDArray[Any]:
    """The array, read-only; the one that is given stays as it is."""
    if array.flags.writeable:
        array = array.view()
        array.flags.writeable = False
    return array


def failures() -> int:
    """How often compiled loops could not be kept on disk, in this process."""
    return len(_TOLD)


def _tell_no_cache(error: Exception) -> None:
    reason = f" ({error.strerror.lower()})" if isinstance(error, OSError) and error.strerror else ""
    _tell_once(
        f"note: there is no folder to cache compiled loops in{reason}, so every start compiles them again: "
        "set NUMBA_CACHE_DIR to a folder that can be written"
    )


def _tell_once(text: str) -> None:
    # Logged: without a handler Python prints it on stderr as it is, in one line.
    if not _TOLD:
        logging.getLogger(__name__).warning(text)
    _TOLD.append(text)


def variant(loop: Callable[P, R], name: str) -> Callable[P, R]:
    """The same loop under a name of its own.

    On disk Numba tells compiled loops apart by file, name, line and types, not by how they were compiled: of
    two under one name, whichever came first would be both.
    """
    origin = cast(FunctionType, loop)
    parts = (origin.__code__, origin.__globals__, origin.__name__, origin.__defaults__, origin.__closure__)
    copy = FunctionType(*parts)
    copy.__qualname__, copy.__module__ = f"{origin.__qualname__}.{name}", origin.__module__
    return cast(Callable[P, R], copy)


def serial(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop for one thread."""
    return jit(loop, **_OPTIONS)


def compiled(loop: Callable[..., R]) -> Callable[..., R]:
    """The loop, to be called with the size of the work and then its own arguments."""
    alone = jit(variant(loop, "alone"), **_OPTIONS)
    together = jit(variant(loop, "together"), parallel=True, **_OPTIONS)

    def run(size: int, *arguments: Any) -> R:
        if size < SMALL or numba.get_num_threads() == 1:
            return alone(*arguments)
        with _TOGETHER:
            return together(*arguments)

    return run
