"""Small pictures, bars and numbers made of characters, with colour and without."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

import scenes

_DARK = scenes.THEMES["dark"]
_PAPER = np.array(_DARK.idle_pixel)
_INK = np.array(_DARK.answer_soft)
_GROUND = np.array((14, 18, 38))
_LUMA = np.array((0.299, 0.587, 0.114))  # of ITU-R BT.601
_SHADES = " ░▒▓█"
_AGAINST = " ·-=≡"  # negative values where there is no colour
_EIGHTHS = " ▏▎▍▌▋▊▉"
_RISING = " ▁▂▃▄▅▆▇█"
WINNER, PLAIN, WARM, COOL = "#ff8a3c", "#7f90d0", "#ff8a3c", "#58a0ff"
RIGHT, WRONG = "bold #3fbf7f", "bold #ff6b6b"


@dataclass(frozen=True)
class Paper:
    """What is printed on: how many columns it has, and whether it has many colours."""

    width: int = 80
    colour: bool = True

    @classmethod
    def of(cls, console: Console) -> "Paper":
        """The paper that a console writes on."""
        many = console.color_system in ("truecolor", "256") and not console.no_color
        return cls(console.width, many)


def ink(
    values: np.ndarray, paper: Paper, field: np.ndarray | None = None, *, edge: bool = True
) -> list[Text]:
    """Pixels (h, w) of 0..1 as h/2 lines of half blocks; those outside the field (h, w) bool step back.

    edge: without colour, draw one around.
    """
    values = np.clip(np.nan_to_num(values), 0, 1)
    inside = np.ones(values.shape, bool) if field is None else field
    if paper.colour:
        colours = _PAPER + values[..., None] * (_INK - _PAPER)
        faint = _GROUND + 0.35 * values[..., None] * (_INK - _GROUND)
        return _halves(np.where(inside[..., None], colours, faint))
    lines = _plain(np.where(inside, values, np.nan), np.where(inside, np.nan, values))
    return _framed(lines) if edge else lines


def in_colour(pixels: np.ndarray, paper: Paper, field: np.ndarray | None = None) -> list[Text]:
    """Pixels (h, w, 3) of 0..1 as `ink` draws grey ones: in their colours, or else their brightness."""
    if not paper.colour:
        return ink(pixels @ _LUMA, paper, field)
    inside = np.ones(pixels.shape[:2], bool) if field is None else field
    colours = 255 * np.clip(np.nan_to_num(pixels), 0, 1)
    return _halves(np.where(inside[..., None], colours, _GROUND + 0.35 * (colours - _GROUND)))


def signed(values: np.ndarray, paper: Paper, most: float | None = None) -> list[Text]:
    """Values (h, w) of either sign as lines of half blocks: warm above 0, cool below; NaN is a gap."""
    most = most or float(np.nanmax(np.abs(values), initial=0)) or 1.0
    share = np.clip(np.nan_to_num(values) / most, -1, 1)
    if not paper.colour:
        gap = np.full(share.shape, np.nan)
        return _framed(_plain(np.where(np.isnan(values), gap, share), gap))
    warm, cool = (np.array(ramp, float)[190] for ramp in (_DARK.excite, _DARK.inhibit))
    end = np.where(share[..., None] > 0, warm, cool)
    colours = _GROUND + np.abs(share)[..., None] * (end - _GROUND)
    return _halves(np.where(np.isnan(values)[..., None], np.nan, colours))


def _halves(colours: np.ndarray) -> list[Text]:
    """Two rows of colours (h, w, 3) to a line; NaN shows the terminal itself."""
    if len(colours) % 2:
        colours = np.concatenate([colours, np.full((1, *colours.shape[1:]), np.nan)])
    lines = []
    for upper, lower in zip(colours[::2], colours[1::2], strict=True):
        line = Text(no_wrap=True)
        for top, bottom in zip(upper, lower, strict=True):
            gone = np.isnan(top[0]), np.isnan(bottom[0])
            if all(gone):
                line.append(" ")
            elif gone[0]:
                line.append("▄", Style(color=_rgb(bottom)))
            else:
                line.append("▀", Style(color=_rgb(top), bgcolor=None if gone[1] else _rgb(bottom)))
        lines.append(line)
    return lines


def _rgb(colour: np.ndarray) -> Color:
    return Color.from_rgb(*(float(round(c)) for c in colour))


def _plain(values: np.ndarray, outside: np.ndarray) -> list[Text]:
    """Without colour: a shade for each two pixels; what lies outside as points and colons."""
    if len(values) % 2:
        pad = np.full((1, values.shape[1]), np.nan)
        values, outside = np.concatenate([values, pad]), np.concatenate([outside, pad])
    lines = []
    for upper, lower, over, under in zip(values[::2], values[1::2], outside[::2], outside[1::2], strict=True):
        cells = [_cell(*pair) for pair in zip(upper, lower, over, under, strict=True)]
        lines.append(Text("".join(cells), no_wrap=True))
    return lines


def _framed(lines: list[Text]) -> list[Text]:
    """Blank paper needs an edge to be seen."""
    edge = "─" * lines[0].cell_len
    return [Text(f"┌{edge}┐"), *(Text(f"│{line.plain}│") for line in lines), Text(f"└{edge}┘")]


def _cell(top: float, bottom: float, over: float, under: float) -> str:
    inside = [v for v in (top, bottom) if not math.isnan(v)]
    beside = [v for v in (over, under) if not math.isnan(v)]
    if not inside:
        return " " if not beside else ":" if max(beside) > 0.4 else "·"
    first, last = inside[0], inside[-1]
    if first > 0.6 and last < 0.2 and len(inside) == 2 and last >= 0:
        return "▀"
    if last > 0.6 and first < 0.2 and len(inside) == 2 and first >= 0:
        return "▄"
    mean = sum(inside) / len(inside)
    shades = _SHADES if mean > 0 else _AGAINST
    return shades[min(math.ceil(abs(mean) * 4 - 0.35), 4) if abs(mean) > 0.0875 else 0]


def bar(share: float, width: int, style: str = PLAIN) -> Text:
    """A bar of so many columns, filled from the left."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if share >= 0.0005 and not eighths:
        eighths = 1  # what is told as more than nothing is shown as more than nothing
    full, rest = divmod(eighths, 8)
    return Text(("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width), style, no_wrap=True)


def columns(shares: np.ndarray, rows: int, styles: Sequence[str]) -> list[Text]:
    """Columns filled from below to shares (w,) of so many rows, each in its style."""
    eighths = np.round(np.clip(shares, 0, 1) * rows * 8).astype(int)
    lines = []
    for row in reversed(range(rows)):
        line = Text(no_wrap=True)
        for filled, style in zip(np.clip(eighths - 8 * row, 0, 8).tolist(), styles, strict=True):
            line.append(_RISING[filled], style)
        lines.append(line)
    return lines


def two_way(share: float, half: int) -> Text:
    """A bar of -1..1 from the middle of 2 half + 1 columns, warm to the right, cool to the left."""
    n = min(round(abs(share) * half), half)
    line = Text(no_wrap=True)
    line.append((" " * (half - n) + ("▒" * n if share < 0 else " " * n)), COOL)
    line.append("│", "dim")
    line.append(("█" * n if share > 0 else "").ljust(half), WARM)
    return line


def fits(words: list[str], width: int, gap: str = "  ") -> str:
    """As many words as fit a line, at least one."""
    line = words[0] if words else ""
    for word in words[1:]:
        if cell_len(line + gap + word) > width:
            break
        line += gap + word
    return line
