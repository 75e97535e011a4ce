"""What is found out about a neuron as one picture."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from scenes.texts import ENGLISH
from viz3d.command.choice.digits import title
from viz3d.command.wording import counted, number, percent, short, short_name
from viz3d.figures.example import picture_of
from viz3d.figures.ink import Ink, Rgb
from viz3d.figures.page import GAP, MARGIN, WIDTH, Box, Page, new_page, panel_axes, save, tiles
from viz3d.figures.sheet import tiled
from viz3d.findings.answer import outstanding
from viz3d.findings.neuron import NeuronFacts, NeuronStatistics, Term
from viz3d.findings.read_as import in_words
from viz3d.session.traced_digit import TracedDigit

_COLUMN = (WIDTH - 2 * MARGIN - 2 * GAP) / 3
_PICTURES, _BARS, _SET = (340, 590), (958, 560), (1546, 560)  # top and height of each row


def draw_neuron(facts: NeuronFacts, path: Path, theme: str = "dark") -> None:
    """Write the picture of a neuron as a PNG."""
    save(neuron_figure, facts, path, theme)


def _box(row: tuple[int, int], place: int, columns: int = 1) -> Box:
    return MARGIN + place * (_COLUMN + GAP), row[0], columns * _COLUMN + (columns - 1) * GAP, row[1]


def neuron_figure(facts: NeuronFacts, theme: str = "dark") -> Figure:
    """The picture of a neuron as a figure of matplotlib's, a point a pixel."""
    r, traced = facts.reading, facts.traced
    page = new_page((_SET if facts.statistics else _BARS)[0] + 560 + MARGIN, theme)
    page.text(MARGIN, 96, r.address, 46, "display-bold")
    words = (
        f"{traced.net.layer(r.layer).title} of {traced.net.name}, with {traced.digit.source}{traced.meant}"
    )
    words += f", read as {in_words(traced)}"
    page.text(MARGIN, 144, words, 23, "regular", page.ink.soft)
    tiles(page, _figures(facts, page.ink))
    _field(page, _box(_PICTURES, 0), facts)
    _weights(page, facts)
    _terms(page, _box(_BARS, 0), "Its sum", _of_the_sum(facts), facts.incoming)
    sends = f"{'' if r.activation else 'it is silent, '}{counted(len(r.outgoing), 'synapse')}"
    _terms(page, _box(_BARS, 1), "What it sends", sends, facts.outgoing)
    _slopes(page, _box(_BARS, 2), r.gradients, traced)
    if facts.statistics is not None:
        _by_digit(page, _box(_SET, 0), facts.statistics, traced)
        _brightest(page, _box(_SET, 1, 2), facts.statistics, traced)
    page.set_type()
    return page.figure


def _figures(facts: NeuronFacts, ink: Ink) -> list[tuple[str, str, Rgb]]:
    r, h = facts.reading, facts.statistics
    figures = [
        ("Activation", number(r.activation), ink.answer),
        ("Sum", number(r.sum), ink.text),
        ("Bias", number(r.bias), ink.text),
        ("Function", r.function, ink.text),
    ]
    if h is None:
        return figures
    count = h.images_lost
    return [
        *figures[:3],
        ("Fires on", percent(h.fires, 1), ink.text),
        ("Selectivity", f"{h.selectivity:.2f}", ink.text),
        ("Right without it", f"{-count:+,}" if count else "as many", ink.wrong if count > 0 else ink.text),
    ]


def _picture(page: Page, box: Box, name: str, words: str, colours: np.ndarray) -> Axes:
    axes = panel_axes(page, box, name, words, (30, 96, 30, 24))
    axes.imshow(colours, interpolation="nearest", aspect="equal")
    axes.set_axis_off()
    return axes


def _field(page: Page, box: Box, facts: NeuronFacts) -> None:
    pixels, (top, left, bottom, right) = facts.traced.pixels, facts.reading.field
    if pixels is None:
        return
    whole = (top, left) == (0, 0) and (bottom + 1, right + 1) == pixels.shape[:2]
    words = "all pixels" if whole else f"rows {top} to {bottom}, columns {left} to {right}"
    axes = _picture(
        page,
        box,
        "What it sees",
        words if top >= 0 else "no pixels of its own",
        pixels if pixels.ndim == 3 else page.ink.coloured(pixels * 255),
    )
    if not whole and top >= 0:
        size = right - left + 1, bottom - top + 1
        axes.add_patch(
            Rectangle((left - 0.5, top - 0.5), *size, fill=False, edgecolor=page.ink.answer, linewidth=3)
        )


def _weights(page: Page, facts: NeuronFacts) -> None:
    weights, inked = facts.reading.weights, facts.from_pixels
    if weights is not None:
        stack = weights if weights.ndim == 3 else weights[..., None]
        across = int(np.ceil(np.sqrt(stack.shape[2]))) * (stack.shape[1] + 1)
        most = float(np.abs(stack).max())
        words = f"to ±{short(most)}, warm excites, cool inhibits"
        sheet = tiled(stack, across, 10_000)[0]
        wide = 1 if inked is not None else 2
        _picture(page, _box(_PICTURES, 1, wide), "What it has learned", words, page.ink.signed(sheet, most))
    if inked is not None:
        most = float(np.abs(inked).max())
        place, wide = (2, 1) if weights is not None else (1, 2)
        words = f"to ±{short(most)}"
        _picture(page, _box(_PICTURES, place, wide), "Weight × pixel", words, page.ink.signed(inked, most))
    if weights is None and inked is None:
        box = _box(_PICTURES, 1, 2)
        name = "The ten digits" if facts.traced.sort == "digit" else "The classes"
        axes = panel_axes(page, box, name, "probabilities", (70, 96, 130, 30))
        _by_class(page, axes, facts.traced, facts.traced.trace.probabilities, ENGLISH.percent, plain=True)


def _of_the_sum(facts: NeuronFacts) -> str:
    r = facts.reading
    more, bias = len(r.incoming) - len(facts.incoming), f"bias {number(r.bias, plus=True)} = {number(r.sum)}"
    return f"and {more:,} more {number(facts.rest, plus=True)}, {bias}" if more else f"and the {bias}"


def _terms(page: Page, box: Box, name: str, words: str, terms: Sequence[Term]) -> None:
    inside = (230, 96, 130, 30)
    axes = panel_axes(page, box, name, words, inside)
    some = terms[:12]
    _barh(page, axes, [t.where for t in some], np.array([t.contribution for t in some]), _plus)


def _slopes(page: Page, box: Box, gradients: np.ndarray, traced: TracedDigit) -> None:
    words = "gradient of the score by its activation" if gradients.any() else "none: no score depends on it"
    axes = panel_axes(page, box, f"Its pull on each {traced.sort}", words, (60, 96, 130, 30))
    _by_class(page, axes, traced, gradients, _plus)


def _by_digit(page: Page, box: Box, statistics: NeuronStatistics, traced: TracedDigit) -> None:
    words = f"its mean activation on {title(statistics.images)}"
    axes = panel_axes(page, box, f"{traced.sort.capitalize()} by {traced.sort}", words, (60, 96, 130, 30))
    _by_class(page, axes, traced, statistics.by_digit, number, plain=True)


def _by_class(
    page: Page,
    axes: Axes,
    traced: TracedDigit,
    values: np.ndarray,
    write: Callable[[float], str],
    *,
    plain: bool = False,
) -> None:
    """A bar for each class, of many for those with the largest values."""
    shown = outstanding(values)
    _barh(page, axes, [short_name(traced.named(k), 6) for k in shown], values[shown], write, plain=plain)


def _plus(value: float) -> str:
    return number(value, plus=True)


def _barh(
    page: Page,
    axes: Axes,
    names: Sequence[str],
    values: np.ndarray,
    write: Callable[[float], str],
    *,
    plain: bool = False,
) -> None:
    """Bars that lie, each with its name before and its number behind; plain: in one colour."""
    rows = np.arange(len(names))
    colours = [
        page.ink.answer if plain else page.ink.warm if value > 0 else page.ink.cool for value in values
    ]
    axes.barh(rows, values, color=colours, height=0.66)
    most = float(np.abs(values).max(initial=0)) or 1.0
    axes.set_xlim(min(0.0, float(values.min(initial=0))), max(float(values.max(initial=0)), 0.02 * most))
    axes.set_ylim(max(len(names), 8) - 0.5, -0.5)
    axes.set_yticks(rows, names)
    axes.set_xticks([])
    axes.axvline(0, color=page.ink.faint, linewidth=1)
    for row, value in zip(rows, values.tolist(), strict=True):
        axes.annotate(
            write(value), (1, row), xycoords=("axes fraction", "data"), xytext=(112, 0),
            textcoords="offset points", ha="right", va="center", color=page.ink.text, size=16,
        )  # fmt: skip


def _brightest(page: Page, box: Box, statistics: NeuronStatistics, traced: TracedDigit) -> None:
    axes = panel_axes(
        page, box, "The images that light it most", f"number, {traced.sort}, activation", (30, 100, 30, 20)
    )
    width, height = box[2] - 60, box[3] - 120
    side, step_x, step_y = 168, width / 5, height / 2
    axes.set_axis_off()
    for i, place in enumerate(statistics.brightest.tolist()):
        x, y = round((i % 5) * step_x + (step_x - side) / 2), round((i // 5) * step_y)
        image = picture_of(traced.net, statistics.images.images[place], page.ink)
        high, wide = (side * length / max(image.shape[:2]) for length in image.shape[:2])
        left, top = x + (side - wide) / 2, y + (side - high) / 2
        axes.imshow(
            image, extent=(left, left + wide, top + high, top), interpolation="nearest", aspect="auto"
        )
        label = short_name(traced.named(int(statistics.images.labels[place])))
        words = f"#{place}  {label}  {short(float(statistics.values[i]))}"
        axes.text(x + side / 2, y + side + 20, words, size=16, color=page.ink.soft, ha="center", va="center")
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
