"""Again: what is worked out from one picture to the next, and not once more where nothing of it changed."""

from collections.abc import Callable
from typing import TypeVar, cast

T = TypeVar("T")


class Again:
    """What came of work the last time, by the work's name. In a third of a film only the camera moves."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[tuple[object, ...], object]] = {}

    def __call__(self, name: str, work: Callable[..., T], *given: object) -> T:
        """What comes of what is given; where the same objects or numbers were given before, what came then.

        Nobody may write to what is given, nor to what comes of it.
        """
        before, result = self._last.get(name, ((), None))
        if len(before) != len(given) or any(map(_differs, given, before)):
            result = work(*given)
            self._last[name] = given, result
        return cast(T, result)


def _differs(one: object, other: object) -> bool:
    return one is not other and not (type(one) is type(other) is float and one == other)
