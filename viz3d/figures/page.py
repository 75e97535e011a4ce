"""A page measured in pixels from its top left corner, and the panels on it."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

from viz3d.figures.ink import Ink, Rgb, ink_of, written

Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""
WIDTH, MARGIN, GAP = 1920, 64, 28


@dataclass(frozen=True)
class Page:
    """A figure whose places are pixels from the top left corner, and its colours."""

    figure: Figure
    width: int
    height: int
    ink: Ink

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        font: str,
        colour: Rgb | None = None,
        align: str = "left",
    ) -> None:
        """A line of text with its baseline at y."""
        words, face = written(words, font)
        self.figure.text(
            x / self.width,
            1 - y / self.height,
            words,
            fontproperties=face,
            size=size,
            color=colour or self.ink.text,
            ha=align,
            va="baseline",
        )

    def panel(self, left: float, top: float, width: float, height: float) -> None:
        """A panel with round corners behind everything else."""
        self.figure.add_artist(
            FancyBboxPatch(
                (left + 12, self.height - top - height + 12),
                width - 24,
                height - 24,
                boxstyle="round,pad=12,rounding_size=14",
                facecolor=self.ink.panel,
                edgecolor=self.ink.frame,
                linewidth=1,
                transform=None,
                zorder=-1,
            )
        )

    def marker(self, x: float, y: float, kind: str, colour: Rgb) -> None:
        """One of matplotlib's markers, for a legend."""
        self.figure.add_artist(
            Line2D([x], [self.height - y], marker=kind, color=colour, markersize=9, transform=None)
        )

    def set_type(self) -> None:
        """Set what the axes wrote in the project's own font, see `written`."""
        for axes in self.figure.axes:
            labels = [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label]
            for text in (*labels, *axes.texts):
                words, face = written(text.get_text(), "regular")
                face = face.copy()
                face.set_size(text.get_fontsize())
                if words != text.get_text():
                    text.set_text(words)
                text.set_fontproperties(face)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Plain axes in a box."""
        made = self.figure.add_axes(
            (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        )
        made.set_facecolor(self.ink.panel)
        for spine in made.spines.values():
            spine.set_visible(False)
        made.tick_params(colors=self.ink.soft, labelsize=16, length=0, pad=8)
        return made


def new_page(height: int, theme: str = "dark") -> Page:
    """An empty page, 1920 pixels wide, in the colours of a theme."""
    ink = ink_of(theme)
    # Without pyplot, which keeps every figure alive and may ask for a window.
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=ink.background)
    FigureCanvasAgg(figure)
    return Page(figure, WIDTH, height, ink)


def save(figure: Callable[..., Figure], facts: object, path: Path, theme: str = "dark") -> None:
    """Draw a figure in the colours of a theme, and write it as a PNG."""
    with matplotlib.rc_context(), warnings.catch_warnings():
        # Where a line has letters of two scripts, its font may lack some: boxes stand for them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        # A user's own settings of matplotlib are for the user's own pictures.
        matplotlib.rcdefaults()
        figure(facts, theme).savefig(path, format="png", dpi=72)


def panel_axes(page: Page, box: Box, title: str, subtitle: str, inside: Box) -> Axes:
    """A titled panel and the axes in it; inside: distances from its left, top, right and bottom."""
    left, top, width, height = box
    page.panel(*box)
    page.text(left + 24, top + 42, title, 24, "semibold")
    if subtitle:
        page.text(left + 24, top + 70, subtitle, 16, "regular", page.ink.soft)
    return page.axes(
        left + inside[0], top + inside[1], width - inside[0] - inside[2], height - inside[1] - inside[3]
    )


def tiles(page: Page, figures: Sequence[tuple[str, str, Rgb]]) -> None:
    """A row of panels below the heading: of each figure its name, its value and the value's colour."""
    width = (WIDTH - 2 * MARGIN - (len(figures) - 1) * 20) / len(figures)
    for place, (name, value, colour) in enumerate(figures):
        left = MARGIN + place * (width + 20)
        page.panel(left, 196, width, 116)
        page.text(left + 22, 236, name, 18, "medium", page.ink.soft)
        page.text(left + 22, 286, value, 38, "display", colour)
