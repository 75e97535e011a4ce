"""The report's pictures: the first answers, and the misread images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viz3d.command.wording import percent
from viz3d.evaluate.report import Report, label_of
from viz3d.figures.example import picture_of
from viz3d.figures.page import Box, Page, panel_axes

_SIDE = 28
# Columns, rows and pixels of each 28th of an image's side; the first that has room for all is taken.
_GRIDS = ((3, 2, 9), (4, 3, 6), (6, 4, 4), (8, 6, 3))
_LONG = 4
"""Letters of a name that leaves no room for many columns."""


def grids(report: Report) -> Sequence[tuple[int, int, int]]:
    """The grids that leave room for the names of a report's classes."""
    return _GRIDS if max(map(len, report.names)) <= _LONG else _GRIDS[:2]


def most(report: Report) -> int:
    """How many images have room."""
    return grids(report)[-1][0] * grids(report)[-1][1]


@dataclass(frozen=True, eq=False)
class DigitPanel:
    """Images in a grid, each with the answer below it; a wrong one in another colour, with the truth."""

    title: str
    subtitle: str
    report: Report
    places: np.ndarray

    @classmethod
    def first(cls, report: Report) -> "DigitPanel":
        """The first images of the set."""
        places = np.arange(min(most(report), report.result.total))
        words = f"the first {len(places)}; beside a wrong answer the truth, in parentheses"
        return cls("Answers", words, report, places)

    @classmethod
    def worst(cls, report: Report) -> "DigitPanel":
        """The misread images, the most confident first; where none is, those with the least confidence."""
        places = report.mistakes[: most(report)]
        if not len(places):
            places = np.argsort(report.confidence, kind="stable")[: most(report)]
            return cls(f"No {report.noun} was misread", "the least sure answers first", report, places)
        if len(report.mistakes) == 1:
            return cls(f"Misread {report.noun}s", "the only mistake", report, places)
        some = (
            f"{len(places)} of {len(report.mistakes):,}"
            if len(report.mistakes) > len(places)
            else f"all {len(places)}"
        )
        return cls(f"Misread {report.noun}s", f"the most confident mistakes first, {some}", report, places)

    def draw(self, page: Page, box: Box) -> None:
        """Draw the panel into a box of the page."""
        axes = panel_axes(page, box, self.title, self.subtitle, (24, 92, 24, 14))
        width, height = box[2] - 48, box[3] - 106
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        axes.set_xticks([])
        axes.set_yticks([])
        known = grids(self.report)
        columns, rows, scale = next((g for g in known if g[0] * g[1] >= len(self.places)), known[-1])
        step_x, step_y, side = width / columns, height / rows, _SIDE * scale
        for number, place in enumerate(self.places):
            row, column = divmod(number, columns)
            x, y = column * step_x + (step_x - side) / 2, row * step_y
            x, y = round(x), round(y)
            picture = picture_of(self.report.net, self.report.images.images[place], page.ink)
            # The longer side fills the room.
            high, wide = (side * length / max(picture.shape[:2]) for length in picture.shape[:2])
            left, top = x + (side - wide) / 2, y + (side - high) / 2
            axes.imshow(
                picture,
                extent=(left, left + wide, top + high, top),
                interpolation="nearest",
                aspect="auto",
            )
            words, right = self._label(place)
            colour = page.ink.right if right else page.ink.wrong
            axes.text(x + side / 2, top + high + 17, words, size=15, color=colour, ha="center", va="center")
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)

    def _label(self, place: int) -> tuple[str, bool]:
        words, right = label_of(self.report, int(place))
        sure = percent(float(self.report.confidence[place]), 0)
        return f"{words}  {sure}", right
