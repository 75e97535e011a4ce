"""How loops are compiled, and whether that was done before. Importing this imports Numba: do so late."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from engine.kernels import compile as loops

P = ParamSpec("P")
R = TypeVar("R")
fixed = loops.fixed
# `contract` lets the compiler fuse multiply and add, nothing more: NaN marks what is behind the camera.
# No loop is called from C either, for which Numba would compile a way in.
_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
    "no_cfunc_wrapper": True,
}


def jit(loop: Callable[P, R]) -> Callable[P, R]:
    """The loop for one thread, compiled at its first call, and cached where a folder can be written."""
    return _fresh(loops.jit(loop, **_OPTIONS))


def inner(loop: Callable[P, R]) -> Callable[P, R]:
    """Compile without a way in from Python, which takes a quarter of the time: what only loops call."""
    return _fresh(loops.jit(loop, no_cpython_wrapper=True, **_OPTIONS))


def written_out(loop: Callable[P, R]) -> Callable[P, R]:
    """The same, written out at each call, where Numba would count, atomically, who holds an array."""
    return _fresh(loops.jit(loop, no_cpython_wrapper=True, inline="always", **_OPTIONS))


def _fresh(compiled: Callable[P, R]) -> Callable[P, R]:
    """A loop of which nothing older than the loops is kept on disk."""
    # Numba looks at a loop's own file, not at those of the loops that it calls.
    for file in _kept(compiled):
        with suppress(OSError):
            if file.stat().st_mtime < _newest():
                file.unlink()
    return compiled


def is_compiled(loop: Any) -> bool:
    """Whether the loop can run at once: this process compiled it, or one that left it on disk."""
    return bool(loop.signatures or _kept(loop))


def is_cached() -> bool:
    """Whether what is compiled is left on disk for other processes."""
    return bool(_probe.stats.cache_path) and not loops.failures()  # type: ignore[attr-defined]


def _kept(loop: Any) -> list[Path]:
    """The indices of what earlier processes compiled of a loop."""
    folder, source = loop.stats.cache_path, Path(loop.py_func.__code__.co_filename)
    return list(Path(folder).glob(f"{source.stem}.{loop.__name__}-*.nbi")) if folder else []


@cache
def _newest() -> float:
    """When the youngest file of loops was written, seconds."""
    return max(file.stat().st_mtime for file in Path(__file__).parent.rglob("*.py"))


@jit
def _probe() -> None:
    """Tell where loops are kept."""
