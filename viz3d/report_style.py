"""The report's colours, type and panels, on a page measured in pixels from its top left corner."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matplotlib.axes import Axes
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
