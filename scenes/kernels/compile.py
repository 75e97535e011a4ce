"""How loops are compiled, and whether that was done before. Importing this imports Numba: do so late."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")
# `contract` lets the compiler fuse multiply and add, nothing more: NaN marks what is behind the camera.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}


def jit(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop for one thread, compiled at its first call, and cached where a folder can be written."""
    compiled: Callable[P, R]
    try:
        compiled = numba.njit(cache=True, **_OPTIONS)(loop)
    except RuntimeError:
        # Numba may write neither beside this file nor in the user's home, as in some containers.
        return _uncached(loop)
    # Numba looks at a loop's own file, not at those of the loops that it calls.
    for file in _kept(compiled):
        with suppress(OSError):
            if file.stat().st_mtime < _newest():
                file.unlink()
    compiled._cache = _Careful(compiled._cache)  # type: ignore[attr-defined]
    return compiled


class _Careful:
    """Numba's cache of a loop; where it fails, the loop is compiled as if there were none."""

    failed = False  # whether anything could not be kept

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
        except Exception:
            _Careful.failed = True


def _uncached(loop: Callable[P, R]) -> Callable[P, R]:
    compiled: Callable[P, R] = numba.njit(**_OPTIONS)(loop)
    return compiled


def is_compiled(loop: Any) -> bool:
    """Whether the loop can run at once: this process compiled it, or one that left it on disk."""
    return bool(loop.signatures or _kept(loop))


def is_cached() -> bool:
    """Whether what is compiled is left on disk for other processes."""
    return bool(_probe.stats.cache_path) and not _Careful.failed  # type: ignore[attr-defined]


def _kept(loop: Any) -> list[Path]:
    """The indices of what earlier processes compiled of a loop."""
    folder, source = loop.stats.cache_path, Path(loop.py_func.__code__.co_filename)
    return list(Path(folder).glob(f"{source.stem}.{loop.__name__}-*.nbi")) if folder else []


@cache
def _newest() -> float:
    """When the youngest file of loops was written, seconds."""
    return max(file.stat().st_mtime for file in Path(__file__).parent.glob("*.py"))


@jit
def _probe() -> None:
    """Tell where loops are kept."""
