"""Pictures are decoded without a word: what is wrong with a damaged one is told by the reader alone."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock

from PIL import Image

_ONE_AT_A_TIME = Lock()


def decoded(image: Image.Image) -> None:
    """Have Pillow decode an image that it opened. Errors are Pillow's, of whatever kind.

    The library that decodes TIFFs writes of each fault to the process's standard error itself, where
    Python's `sys.stderr` has no part in it, unless it is told not to.
    """
    if image.format != "TIFF":
        image.load()
        return
    with _ONE_AT_A_TIME, _without_handler() if _set_handler() else _without_stderr():
        image.load()


@cache
def _set_handler() -> Callable[[int | None], int | None] | None:
    """Libtiff's TIFFSetErrorHandler, of the very library that Pillow has loaded; None where it is hidden.

    It takes and returns the address of a function, 0 for none. It is hidden where it is built into Pillow,
    as on Windows.
    """
    try:
        # A name is looked up in a library and in those that it needs.
        found = ctypes.CDLL(Image.core.__file__).TIFFSetErrorHandler  # type: ignore[attr-defined]
    except (OSError, AttributeError):
        return None
    found.argtypes, found.restype = [ctypes.c_void_p], ctypes.c_void_p
    return found


@contextmanager
def _without_handler() -> Iterator[None]:
    """Libtiff says nothing; whatever else writes to standard error does."""
    handle = _set_handler()
    assert handle is not None
    before = handle(None)
    try:
        yield
    finally:
        handle(before)


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Nothing that the process writes to standard error is seen: for want of the library's own way."""
    # Where the process began without one, its number is that of a file which was opened since.
    if sys.__stderr__ is None:
        yield
        return
    try:
        kept = os.dup(2)
    except OSError:  # it is closed: nothing can be written there
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
