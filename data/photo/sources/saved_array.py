"""A picture that NumPy saved as an array (.npy): looked at before anything is allocated, without pickle."""

from __future__ import annotations

import math
import tokenize
from io import BytesIO
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from data.errors import DataError

MAGIC = b"\x93NUMPY"
_DAMAGE = (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, LookupError, ArithmeticError)
"""What NumPy raises where a header is damaged, which Python's own parser reads."""


def saved_array(content: BytesIO, name: str) -> NDArray[Any]:
    """The array in a .npy file's bytes. DataError where it is damaged, or holds anything but numbers."""
    try:
        version = npy.read_magic(content)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, by_columns, kind = read_header(content)
        if kind.hasobject:
            raise DataError(f"{name} holds Python objects, which are not read: save numbers")
        count = math.prod(shape)
        if min(shape, default=1) < 0 or content.getbuffer().nbytes - content.tell() != count * kind.itemsize:
            raise DataError(f"{name}: the array is damaged or truncated; save it again")
        flat = np.frombuffer(content.getbuffer(), kind, count, content.tell())
        return flat.reshape(shape, order="F" if by_columns else "C")
    except DataError:
        raise
    except (*_DAMAGE, tokenize.TokenError) as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise DataError(f"{name}: the array is damaged ({reason}); save it again") from None
