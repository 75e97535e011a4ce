"""Cases of one test that together take long."""

from collections.abc import Collection, Iterable

import pytest


def slow_but(fast: Collection, cases: Iterable) -> list:
    """All cases as pytest's parameters; those that are not in `fast` are marked slow."""
    found = [case if case in fast else pytest.param(case, marks=pytest.mark.slow) for case in cases]
    assert sum(case in fast for case in found) == len(fast), "a fast case is none of the cases"
    return found
