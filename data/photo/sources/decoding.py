"""Pictures are decoded without a word: what is wrong with a damaged one is told by the reader alone."""

from __future__ import annotations

import os
import sys
from threading import Lock

from PIL import Image

_ONE_AT_A_TIME = Lock()


def decoded(image: Image.Image) -> None:
    """Have Pillow decode an image that it opened. Errors are Pillow's, of whatever kind.

    The library that decodes TIFFs writes of each fault to the process's standard error itself, where
    Python's `sys.stderr` has no part in it.
    """
    # Where the process began without one, its number is that of a file which was opened since.
    if image.format != "TIFF" or sys.__stderr__ is None:
        image.load()
        return
    with _ONE_AT_A_TIME:
        try:
            kept = os.dup(2)
        except OSError:  # it is closed: nothing can be written there
            image.load()
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if sys.stderr is not None:
            sys.stderr.flush()
        try:
            os.dup2(nowhere, 2)
            image.load()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
