"""All layers with a digit as one picture: of each its facts, its histogram and its values."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from scenes.light.theme import sample
from viz3d.command.wording import short
from viz3d.figures.flow import Spot, flow
from viz3d.figures.ink import Ink
from viz3d.figures.page import MARGIN, WIDTH, Page, new_page, save
from viz3d.findings.layer_strips import Strip
from viz3d.findings.layers import BINS, LayerPanel, LayersFacts
from viz3d.findings.read_as import in_words

_TOP, _UNIT = 190, 1.5
_FACTS, _EDGE, _APART = 330, 24, 18  # px of the column of facts, of a panel's margin, between panels
_LINE, _HISTOGRAM = 25, 64
_WIDE = WIDTH - 2 * MARGIN - _FACTS - 3 * _EDGE
_TEXT = 17


def draw_layers(facts: LayersFacts, path: Path, theme: str = "dark") -> None:
    """Write the picture of all layers as a PNG."""
    save(layers_figure, facts, path, theme)


def layers_figure(facts: LayersFacts, theme: str = "dark") -> Figure:
    """The picture of all layers as a figure of matplotlib's, a point a pixel."""
    places = [flow([_measures(strip) for strip in panel.strips], _WIDE, _UNIT) for panel in facts.panels]
    highs = [_high(panel, high) for panel, (_, high) in zip(facts.panels, places, strict=True)]
    page = new_page(round(_TOP + sum(highs) + _APART * (len(highs) - 1) + MARGIN), theme)
    _heading(page, facts)
    top = float(_TOP)
    for panel, (spots, _), high in zip(facts.panels, places, highs, strict=True):
        page.panel(MARGIN, top, WIDTH - 2 * MARGIN, high)
        _facts(page, panel, top)
        for strip, spot in zip(panel.strips, spots, strict=True):
            _strip(page, strip, spot, MARGIN + _FACTS + 2 * _EDGE, top + _EDGE)
        top += high + _APART
    return page.figure


def _measures(strip: Strip) -> tuple[int, int, int]:
    rows, columns = strip.values.shape
    return rows, columns, max(len(strip.name), len(_range(strip)))


def _range(strip: Strip) -> str:
    return f"{short(strip.low)} to {short(strip.high)}" + (f", {strip.shown}" if strip.shown else "")


def _high(panel: LayerPanel, pictures: float) -> float:
    return 2 * _EDGE + max(pictures, _LINE * (len(_lines(panel)) + 1) + _HISTOGRAM + 44)


def _lines(panel: LayerPanel) -> list[str]:
    formula, equals, count = panel.count.partition(" = ")
    function = f"activation function {panel.function}" if panel.function else ""
    return [line for line in (panel.size, panel.made, formula, (equals + count).strip(), function) if line]


def _heading(page: Page, facts: LayersFacts) -> None:
    traced = facts.traced
    page.text(MARGIN, 96, f"All layers of {traced.net.name}", 46, "display-bold")
    words = f"with {traced.digit.source}{traced.meant}, read as {in_words(traced)}"
    page.text(MARGIN, 144, f"{words}; {facts.gradients}", 23, "regular", page.ink.soft)


def _facts(page: Page, panel: LayerPanel, top: float) -> None:
    left, y = MARGIN + _EDGE, top + _EDGE + 18
    page.text(left, y, panel.layer.title or panel.layer.name, 22, "semibold")
    page.text(left + _FACTS, y, panel.layer.name, _TEXT, "regular", page.ink.faint, "right")
    for line in _lines(panel):
        y += _LINE
        page.text(left, y, line, _TEXT, "regular", page.ink.soft)
    y += 20
    _bars(page, panel, left, y)
    y += _HISTOGRAM + 20
    page.text(left, y, short(panel.low), 15, "regular", page.ink.faint)
    page.text(left + _FACTS, y, short(panel.high), 15, "regular", page.ink.faint, "right")


def _bars(page: Page, panel: LayerPanel, left: float, top: float) -> None:
    """The histogram of the activations, drawn with a root: most are often 0."""
    share = np.sqrt(panel.histogram / max(panel.histogram.max(), 1))
    picture = np.empty((_HISTOGRAM, BINS, 10, 3))
    rows = np.arange(_HISTOGRAM, 0, -1)[:, None, None]
    inked = (rows <= np.ceil(share * _HISTOGRAM)[:, None]) & (np.arange(10) < 8)
    picture[:] = np.where(inked[..., None], page.ink.answer, page.ink.panel)
    _paste(page, picture.reshape(_HISTOGRAM, BINS * 10, 3), left, top)


def _strip(page: Page, strip: Strip, spot: Spot, left: float, top: float) -> None:
    x, y = left + spot.x, top + spot.y
    page.text(x, y - 8, strip.name, _TEXT, "medium", page.ink.soft)
    _paste(page, _enlarged(_colours(strip, page.ink), round(spot.wide), round(spot.high)), x, y)
    page.text(x, y + spot.high + 20, _range(strip), 15, "regular", page.ink.faint)


def _colours(strip: Strip, ink: Ink) -> np.ndarray:
    """Values as colours (rows, columns, 3): warm and cool around 0, or dark to bright from it."""
    if strip.ramp == "signed":
        return ink.signed(strip.values, max(abs(strip.low), abs(strip.high)))
    share = np.nan_to_num(strip.values / (strip.high or 1)).astype(np.float32)
    if strip.ramp == "attend":
        # Its ramp begins bright: it rises out of the ground.
        keep = np.sqrt(share)[..., None]
        colours = keep * sample(ink.attend, share) / 255 + (1 - keep) * np.array(ink.cell)
    else:
        colours = sample(ink.heat, share) / 255
        colours[share <= 0.01] = ink.empty
    return np.where(np.isnan(strip.values)[..., None], ink.panel, colours)


def _enlarged(colours: np.ndarray, wide: int, high: int) -> np.ndarray:
    rows = np.arange(high) * colours.shape[0] // high
    columns = np.arange(wide) * colours.shape[1] // wide
    return np.asarray(colours[rows[:, None], columns])


def _paste(page: Page, colours: np.ndarray, left: float, top: float) -> None:
    """Put colours (h, w, 3) of 0..1 on the page, a pixel on a pixel."""
    picture, foot = (255 * colours + 0.5).astype(np.uint8), page.height - round(top) - len(colours)
    # As bytes: floats are more work for matplotlib.
    page.figure.figimage(picture, round(left), foot, origin="upper")
