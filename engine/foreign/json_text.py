"""JSON of a stranger: no more of it is made into Python's values than a network needs."""

from __future__ import annotations

import json
from typing import Any

from engine.errors import EngineError

MOST_BYTES, MOST_VALUES = 1 << 26, 2_500_000
"""Of a text; a value takes up to a hundred bytes. The largest preset has 540,000 numbers."""


def values_of(content: bytes | str) -> Any:
    """What a JSON text says; EngineError where it is longer, or has more values, than any network's.

    Raises what Python's parser raises where it is no JSON.
    """
    if len(content) > MOST_BYTES:
        raise EngineError(f"its JSON has {len(content):,} characters, the limit is {MOST_BYTES:,}")
    marks: Any = b",[{:" if isinstance(content, bytes) else ",[{:"
    count = sum(map(content.count, marks))
    if count > MOST_VALUES:
        raise EngineError(f"its JSON has about {count:,} values, the limit is {MOST_VALUES:,}")
    return json.loads(content)
