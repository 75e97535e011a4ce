"""The report's colours, type and panels, on a page measured in pixels from its top left corner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch

import scenes

DARK = scenes.THEMES["dark"]
Rgb = tuple[float, float, float]
Box = tuple[float, float, float, float]
"""Left, top, width, height in pixels."""

_FONTS = {
    "regular": "Inter-Regular.otf",
    "medium": "Inter-Medium.otf",
    "semibold": "Inter-SemiBold.otf",
    "display": "InterDisplay-SemiBold.otf",
    "display-bold": "InterDisplay-Bold.otf",
}


def unit(colour: tuple[int, int, int]) -> Rgb:
    """A colour as three numbers 0..1."""
    return colour[0] / 255, colour[1] / 255, colour[2] / 255


def blend(below: Rgb, above: Rgb, share: float) -> Rgb:
    """`share` of the colour above over the one below."""
    r, g, b = ((1 - share) * x + share * y for x, y in zip(below, above, strict=True))
    return r, g, b


@dataclass(frozen=True)
class Ink:
    """The report's colours, from the dark theme."""

    background: Rgb
    panel: Rgb
    frame: Rgb
    line: Rgb
    cell: Rgb
    text: Rgb
    soft: Rgb
    faint: Rgb
    right: Rgb
    wrong: Rgb
    cool: Rgb


INK = Ink(
    background=unit(DARK.background),
    panel=blend(unit(DARK.background), unit(DARK.panel_tint[:3]), 0.10),
    frame=blend(unit(DARK.background), unit(DARK.panel_frame[:3]), 0.26),
    line=blend(unit(DARK.background), unit(DARK.panel_frame[:3]), 0.20),
    cell=blend(unit(DARK.background), unit(DARK.idle_pixel), 0.75),
    text=unit(DARK.text),
    soft=unit(DARK.text_soft),
    faint=unit(DARK.text_faint),
    right=unit(DARK.right),
    wrong=unit(DARK.wrong),
    cool=unit((120, 170, 255)),
)
EXCITED = unit(DARK.answer)
WARM, COOL = (unit(tuple(ramp[150].tolist())) for ramp in (DARK.excite, DARK.inhibit))
WIDTH, MARGIN, GAP = 1920, 64, 28


@cache
def type_of(name: str) -> FontProperties:
    """A font of the project's own."""
    return FontProperties(fname=str(Path(scenes.__file__).parent / "fonts" / _FONTS[name]))


@dataclass(frozen=True)
class Page:
    """A figure whose places are pixels from the top left corner."""

    figure: Figure
    width: int
    height: int

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        font: str,
        colour: Rgb = INK.text,
        align: str = "left",
    ) -> None:
        """A line of text with its baseline at y."""
        self.figure.text(
            x / self.width,
            1 - y / self.height,
            words,
            fontproperties=type_of(font),
            size=size,
            color=colour,
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
                facecolor=INK.panel,
                edgecolor=INK.frame,
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
        """Set what the axes wrote in the project's own font."""
        for axes in self.figure.axes:
            labels = [*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label]
            for text in (*labels, *axes.texts):
                font = type_of("regular").copy()
                font.set_size(text.get_fontsize())
                text.set_fontproperties(font)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Plain axes in a box."""
        made = self.figure.add_axes(
            (left / self.width, 1 - (top + height) / self.height, width / self.width, height / self.height)
        )
        made.set_facecolor(INK.panel)
        for spine in made.spines.values():
            spine.set_visible(False)
        made.tick_params(colors=INK.soft, labelsize=16, length=0, pad=8)
        return made


def panel_axes(page: Page, box: Box, title: str, subtitle: str, inside: Box) -> Axes:
    """A titled panel and the axes in it; inside: distances from its left, top, right and bottom."""
    left, top, width, height = box
    page.panel(*box)
    page.text(left + 24, top + 42, title, 24, "semibold")
    if subtitle:
        page.text(left + 24, top + 70, subtitle, 16, "regular", INK.soft)
    return page.axes(
        left + inside[0], top + inside[1], width - inside[0] - inside[2], height - inside[1] - inside[3]
    )


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places in ascending order, `apart` or more from one another, as near to `wanted` (ascending) as can be.

    Within low..high where they fit. Neighbours that touch move as one block, so the sum of the squares of
    the moves is least (isotonic regression by pooling adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # the place of the first, how many
    for place in wanted:
        start, count = place, 1
        while blocks and blocks[-1][0] + blocks[-1][1] * apart > start:
            before, size = blocks.pop()
            mean = (before * size + (start - size * apart) * count) / (size + count)
            start, count = mean, size + count
        blocks.append((start, count))
    placed = [start + k * apart for start, count in blocks for k in range(count)]
    for k in range(len(placed)):
        placed[k] = max(placed[k], low + k * apart)
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], high - (len(placed) - 1 - k) * apart)
    return placed


def save(figure: Callable[..., Figure], facts: object, path: Path) -> None:
    """Draw a figure and write it as a PNG."""
    with matplotlib.rc_context():
        # A user's own settings of matplotlib are for the user's own pictures.
        matplotlib.rcdefaults()
        figure(facts).savefig(path, format="png", dpi=72)


def new_page(height: int) -> Page:
    """An empty page, 1920 pixels wide."""
    # Without pyplot, which keeps every figure alive and may ask for a window.
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor=INK.background)
    FigureCanvasAgg(figure)
    return Page(figure, WIDTH, height)


def signed_colours(values: np.ndarray, most: float) -> np.ndarray:
    """Values as colours (..., 3): warm above 0, cool below; NaN is a gap."""
    share = np.nan_to_num(values / (most or 1))[..., None]
    colours = INK.cell + np.abs(share) * (np.where(share > 0, WARM, COOL) - np.array(INK.cell))
    return np.where(np.isnan(values)[..., None], INK.panel, np.clip(colours, 0, 1))
