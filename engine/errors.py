"""The one error that the engine raises for a caller's mistake."""

from __future__ import annotations


class EngineError(ValueError):
    """A mistake in what the engine was given: one line with the thing, the value and the fix."""
