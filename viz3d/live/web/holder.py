"""Which of several pages uses the window: the one that asked for it last."""

from collections.abc import Callable, Iterable
from threading import Lock


class Holder:
    """The page that holds the window; moved: what is called when it goes over to another, in any thread."""

    def __init__(self, moved: Iterable[Callable[[], object]]) -> None:
        self._moved, self._lock, self._page = tuple(moved), Lock(), ""

    def holds(self, page: str) -> bool:
        """Whether the window is this page's."""
        with self._lock:
            return page == self._page

    def take(self, page: str) -> None:
        """Give the window to a page."""
        with self._lock:
            other, self._page = self._page != page, page
        if other:
            for call in self._moved:
                call()
