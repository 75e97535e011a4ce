"""A sequence of which longer ones share what they begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Chain(Sequence[T_co], Generic[T_co]):
    """A sequence that nobody changes, equal to a tuple of the same: one more costs as much after thousands.

    It holds what was added last, and the chain before that: of thousands of nets that were edited one from
    the other (which undo keeps) each edit is held once. Its end is found at once, its beginning last.
    """

    __slots__ = ("_before", "_length", "_more")
    _before: Chain[T_co] | None

    def __init__(self, given: Iterable[T_co] = ()):
        self._before = None
        self._more = tuple(given)
        self._length = len(self._more)

    @classmethod
    def of(cls, given: Iterable[T_co]) -> Chain[T_co]:
        """The same as a chain: itself where it is one."""
        return given if isinstance(given, Chain) else cls(given)

    def then(self: Chain[T_co], more: Iterable[T_co]) -> Chain[T_co]:
        """The same and more behind it, in the time that the new ones take."""
        longer: Chain[T_co] = object.__new__(Chain)
        longer._before, longer._more = self, tuple(more)
        longer._length = self._length + len(longer._more)
        return longer

    def common(self, other: Chain[Any]) -> int:
        """With how many both begin; of one that was made of the other it takes the time of what is new."""
        one: Chain[Any] | None = self
        two: Chain[Any] | None = other
        while one is not two and one is not None and two is not None:
            if one._length > two._length:
                one = one._before
            else:
                two = two._before
        same = 0 if one is None or two is None else one._length
        if same == min(self._length, other._length):
            return same
        for mine, theirs in zip(self[same:], other[same:], strict=False):
            if mine is not theirs and mine != theirs:
                break
            same += 1
        return same

    def apart(self, other: Chain[Any]) -> tuple[tuple[T_co, ...], tuple[Any, ...]]:
        """What each has behind the beginning that is common to both."""
        if self._before is other:
            return self._more, ()
        same = self.common(other)
        return self[same:], other[same:]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T_co]:
        return chain.from_iterable(self._parts(0))

    @overload
    def __getitem__(self, place: int) -> T_co: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, place: int | slice) -> T_co | tuple[T_co, ...]:
        """One, or several as a tuple."""
        if isinstance(place, slice):
            wanted = range(*place.indices(self._length))
            if wanted == range(self._length - len(self._more), self._length):
                return self._more
            if not wanted:
                return ()
            near = tuple(chain.from_iterable(self._parts(min(wanted[0], wanted[-1]))))
            ahead = self._length - len(near)
            return tuple([near[each - ahead] for each in wanted])
        at = place + self._length if place < 0 else place
        if not 0 <= at < self._length:
            raise IndexError(f"no {place}: there are {self._length}")
        return self[at : at + 1][0]

    def _parts(self, first: int) -> list[tuple[T_co, ...]]:
        """What was added at once, from the part on that holds a place."""
        found: list[tuple[T_co, ...]] = []
        at: Chain[T_co] | None = self
        while at is not None and at._length > first:
            found.append(at._more)
            at = at._before
        return found[::-1]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Chain):
            return len(self) == len(other) and self.common(other) == len(self)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        # One by one, thousands would be too deep for pickle.
        return Chain, (tuple(self),)
