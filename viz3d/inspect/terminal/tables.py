"""Tables of numbers for a terminal of any width."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Column, Table

_ANY = 10_000  # columns: more than a table has


class Whole(Table):
    """A table that goes on below where its columns find no room beside one another: no number is cut.

    The first column, which says of what the numbers are, stands before each part.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for place, chosen in enumerate(self._parts(console, options)):
            if place:
                yield ""
            yield from Table.__rich_console__(self._of(chosen), console, options)

    def _parts(self, console: Console, options: ConsoleOptions) -> Iterator[list[Column]]:
        """The columns of each part: as many as there is room for, and one at the least."""
        first, *others = self.columns
        part: list[Column] = [first]
        for column in others:
            wide = Measurement.get(console, options.update(max_width=_ANY), self._of([*part, column])).maximum
            if len(part) > 1 and wide > options.max_width:
                yield part
                part = [first]
            part.append(column)
        yield part

    def _of(self, columns: Sequence[Column]) -> "Whole":
        """A table of these of its columns."""
        if len(columns) == len(self.columns):
            return self
        made = _empty()
        for each in columns:
            _add(made, str(each.header), each.justify == "left")
        for cells in zip(*(each.cells for each in columns), strict=True):
            made.add_row(*cells)
        return made


def table(*columns: str, left: Sequence[int] = (0,)) -> Table:
    """An empty table of numbers; `left`: the columns that hold words."""
    made = _empty()
    for place, name in enumerate(columns):
        _add(made, name, place in left)
    return made


def _empty() -> Whole:
    return Whole(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True, border_style="dim"
    )


def _add(made: Table, name: str, left: bool) -> None:
    made.add_column(name, justify="left" if left else "right", no_wrap=True, header_style="dim")
