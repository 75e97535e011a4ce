"""Captions: where each text and each sample of colour stands in the picture at a moment."""

from dataclasses import dataclass, replace

import numpy as np

from scenes.camera import Orbit
from scenes.easing import between, smooth
from scenes.frame import Caption, Swatch
from scenes.layout import Layout
from scenes.theme import Theme
from scenes.timeline import Timeline
from scenes.type import Box, apart, extent, width
from scenes.words import Words, write

__all__ = ["Words", "lay_out", "write"]


@dataclass(frozen=True)
class Page:
    """The measures of a picture.

    Attributes:
        width, height: pixels.
        portrait: True for a tall picture.
        unit: size of things relative to the 1920x1080 (or 1080x1920) design.
        compact: True where there is room for the essentials only.
    """

    width: int
    height: int
    portrait: bool
    unit: float
    compact: bool

    def font(self, size: float) -> float:
        """Font size in pixels for a size in the design; text shrinks less than the picture does."""
        floor = 11.0 if self.compact else 12.0
        return round(max(size * self.unit**0.86, min(floor, size)), 1)


def page(size: tuple[int, int], portrait: bool) -> Page:
    """Measure a picture of `size` (width, height) pixels."""
    wide, high = (1080, 1920) if portrait else (1920, 1080)
    unit = min(size[0] / wide, size[1] / high)
    return Page(size[0], size[1], portrait, unit, compact=unit < 0.5)


def lay_out(
    words: Words,
    layout: Layout,
    camera: Orbit,
    size: tuple[int, int],
    theme: Theme,
    line: Timeline,
    t: float,
) -> tuple[tuple[Caption, ...], tuple[Swatch, ...]]:
    """Place all texts and swatches at time t. What would be cut or overlap fades out of the way."""
    sheet = page(size, layout.orientation.name == "portrait")
    fixed = _headline(words, sheet, theme, line, t) + _answer(words, sheet, theme, line, t)
    legend, swatches = _legend(words, sheet, theme)
    fixed += legend
    boxes = [extent(caption) for caption in fixed if caption.text]
    moving = _bar_texts(words, layout, camera, sheet, theme, line, t)
    moving = _keep_clear(moving, boxes, sheet)
    boxes += [extent(caption) for caption in moving]
    cards = _keep_clear(_cards(words, layout, camera, sheet, theme, line, t), boxes, sheet, each_other=True)
    shown = tuple(caption for caption in fixed + moving + cards if caption.text and caption.alpha > 0.004)
    return shown, swatches


def _keep_clear(captions: list[Caption], boxes: list[Box], sheet: Page, each_other: bool = False) -> list[Caption]:
    """Fade captions that come near the edge of the picture or another text, before they touch it."""
    frame, taken, kept = 14.0 * sheet.unit, list(boxes), []
    for caption in captions:
        box = extent(caption)
        edge = min(box[0], box[1], sheet.width - box[2], sheet.height - box[3])
        room = min((apart(box, other) for other in taken), default=1e9)
        alpha = caption.alpha * float(between(edge, frame * 0.3, frame)) * float(between(room, 1.0, 8.0 * sheet.unit))
        kept.append(replace(caption, alpha=alpha))
        if each_other and alpha > 0.004:
            taken.append(box)
    return kept


def _headline(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    x, y = _margin(sheet)
    shown = float(smooth(between(t, 0.0, 0.05 * line.seconds)))
    title = sheet.font(56 if sheet.portrait else 42)
    title = min(title, title * (sheet.width - 2 * x) / width(words.title, "display", title))
    y += 0.80 * title
    captions = [Caption(words.title, (x, y), title, "display", theme.text, shown)]
    small = sheet.font(26 if sheet.portrait else 19)
    for text in _fact_lines(words, sheet, small):
        y += (0.36 * title if len(captions) == 1 else 0.0) + 1.32 * small
        captions.append(Caption(text, (x, y), small, "regular", theme.text_soft, shown))
    y += 1.55 * small
    captions += _narration(words, sheet, theme, line, t, (x, y), small)
    return captions


def _fact_lines(words: Words, sheet: Page, size: float) -> list[str]:
    """Facts on one line where they fit, else on two; a small picture says the last one only."""
    joint = "    ·    "
    facts = words.facts[-1:] if sheet.compact else words.facts
    room = sheet.width - 2 * _margin(sheet)[0] - (0 if sheet.portrait else 330 * sheet.unit)
    whole = joint.join(facts)
    if width(whole, "regular", size) <= room or len(facts) < 2:
        return [whole]
    return [facts[0], joint.join(facts[1:])]


def _narration(
    words: Words, sheet: Page, theme: Theme, line: Timeline, t: float, at: tuple[float, float], size: float
) -> list[Caption]:
    """One sentence on what is happening, cross-fading from beat to beat."""
    fires = [line.digit[0], *sorted(set(line.fires.values()))[:-1], line.bars[0], line.answer[1]]
    steps = [words.steps[0], *words.steps[1:-2], *words.steps[-2:]]
    if len(fires) != len(steps):  # layers that fire together share a sentence: the first of them speaks
        steps = steps[: len(fires) - 2] + steps[-2:]
    fade = 0.022 * line.seconds
    captions = []
    for i, (start, text) in enumerate(zip(fires, steps, strict=True)):
        end = fires[i + 1] if i + 1 < len(fires) else 2 * line.seconds
        alpha = float(between(t, start, start + fade)) * (1.0 - float(between(t, end - fade, end)))
        if alpha > 0 and width(text, "medium", size) < sheet.width - 2 * at[0]:
            captions.append(Caption(text, at, size, "medium", theme.text, 0.92 * alpha))
    return captions


def _margin(sheet: Page) -> tuple[float, float]:
    if sheet.portrait:
        return 0.056 * sheet.width, 0.036 * sheet.height
    return 0.0375 * sheet.width, 0.052 * sheet.height


def _answer(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    """The prediction with its confidence and, where known, the truth: the one loud thing in the picture."""
    shown = float(smooth(between(t, *line.answer)))
    if shown == 0:
        return []
    x, y = _margin(sheet)
    head, big, mid, small = (sheet.font(s) for s in (17, 118, 36, 18))
    verdict = theme.text_soft if words.right is None else theme.right if words.right else theme.wrong
    if sheet.portrait:
        head, big, mid, small = (sheet.font(s) for s in (24, 150, 50, 27))
        x, top = sheet.width / 2, 0.80 * sheet.height
        gap = 0.16 * big
        return [
            Caption(str(words.prediction), (x, top + 0.86 * big), big, "display-bold", theme.answer, shown, "ms"),
            Caption("PREDICTION", (x - gap - 0.3 * big, top + 0.52 * big), head, "semibold", theme.text_soft, shown, "rm"),
            Caption(words.confidence, (x + gap + 0.3 * big, top + 0.42 * big), mid, "display", theme.answer_soft, shown, "lm"),
            Caption(words.verdict, (x + gap + 0.3 * big, top + 0.76 * big), small, "regular", verdict, shown, "lm"),
        ]  # fmt: skip
    right = sheet.width - x
    base = y + 0.8 * head
    left = right - 0.66 * big - 0.14 * big
    return [
        Caption("PREDICTION", (right, base), head, "semibold", theme.text_soft, shown, "rs"),
        Caption(str(words.prediction), (right, base + 0.99 * big), big, "display-bold", theme.answer, shown, "rs"),
        Caption(words.confidence, (left, base + 0.60 * big), mid, "display", theme.answer_soft, shown, "rm"),
        Caption(words.verdict, (left, base + 0.60 * big + 1.0 * mid), small, "regular", verdict, shown, "rm"),
    ]


def _bar_texts(
    words: Words, layout: Layout, camera: Orbit, sheet: Page, theme: Theme, line: Timeline, t: float
) -> list[Caption]:
    """Class labels beside the bars, and each probability once its bar has grown, so that no number is half true."""
    size = (sheet.width, sheet.height)
    winner = float(smooth(between(t, *line.answer)))
    told = float(smooth(between(t, line.bars[1] - 0.01 * line.seconds, line.bars[1] + 0.02 * line.seconds)))
    ends = layout.bars.base + layout.bars.length * layout.bars.along
    labels, tips = camera.project(layout.bars.label, size), camera.project(ends, size)
    pitch = float(np.linalg.norm(np.diff(labels, axis=0), axis=1).min()) if len(labels) > 1 else 99.0
    captions = []
    for k, (name, share) in enumerate(zip(words.classes, words.shares, strict=True)):
        hot = winner if k == words.prediction else 0.0
        grow = 1.0 + (0.5 if sheet.portrait else 0.52) * hot
        label = min(sheet.font(30 if sheet.portrait else 25), 0.72 * pitch) * grow
        number = min(sheet.font(22 if sheet.portrait else 18), 0.62 * pitch) * (1.0 + 0.36 * hot)
        at, tip = (float(labels[k, 0]), float(labels[k, 1])), (float(tips[k, 0]), float(tips[k, 1]))
        bold = "display-bold" if hot > 0.5 else "medium"
        colour = theme.answer_soft if hot > 0.5 else theme.text_soft
        captions.append(Caption(name, at, round(label, 1), bold, colour, 1.0, "mm"))
        down = sheet.portrait
        place = (tip[0], tip[1] + 14 * sheet.unit) if down else (tip[0] + 14 * sheet.unit, tip[1])
        font = "semibold" if hot > 0.5 else "regular"
        colour = theme.answer if hot > 0.5 else theme.text_faint
        captions.append(Caption(share, place, round(number, 1), font, colour, told, "mt" if down else "lm"))
    return captions


def _cards(
    words: Words, layout: Layout, camera: Orbit, sheet: Page, theme: Theme, line: Timeline, t: float
) -> list[Caption]:
    """Name and size of each layer, under its panel."""
    shown = float(smooth(between(t, 0.02 * line.seconds, 0.08 * line.seconds)))
    name_size, detail_size = sheet.font(26 if sheet.portrait else 19), sheet.font(22 if sheet.portrait else 16)
    captions = []
    for panel, (name, detail) in zip(layout.panels, words.cards, strict=True):
        corners = camera.project(panel.corners(), (sheet.width, sheet.height))
        if not np.isfinite(corners).all():
            continue
        foot = corners[:2]
        if sheet.portrait:
            if panel.kind == "outputs":
                continue  # its bars speak for themselves, and there is no free corner beside them
            x, y = float(foot[0, 0]), float(foot[0, 1]) + 10 * sheet.unit
            captions.append(Caption(name, (x, y), name_size, "semibold", theme.text, shown, "lt"))
            x += width(name + "  ", "semibold", name_size)
            y += 0.18 * (name_size - detail_size)
            captions.append(Caption(detail, (x, y + 1), detail_size, "regular", theme.text_soft, shown, "lt"))
            continue
        x, y = float(foot[:, 0].mean()), float(foot[:, 1].max()) + 24 * sheet.unit
        if panel.kind == "outputs":
            tips = camera.project(layout.bars.base + 0.5 * layout.bars.length * layout.bars.along, (sheet.width, sheet.height))
            x, y = float(tips[-1, 0]) - 30 * sheet.unit, float(tips[-1, 1]) + 44 * sheet.unit
        captions.append(Caption(name, (x, y), name_size, "semibold", theme.text, shown, "mt"))
        if not sheet.compact:
            below = (x, y + 1.35 * name_size)
            captions.append(Caption(detail, below, detail_size, "regular", theme.text_soft, shown, "mt"))
    return captions


def _legend(words: Words, sheet: Page, theme: Theme) -> tuple[list[Caption], tuple[Swatch, ...]]:
    """Every colour explained, along the foot of the picture."""
    left, margin = _margin(sheet)
    head, small = sheet.font(22 if sheet.portrait else 16), sheet.font(19 if sheet.portrait else 14)
    foot = sheet.height - margin
    row = 1.55 * head
    bar = (240 if not sheet.portrait else 250) * sheet.unit**0.86
    thick = max(4.0, 0.62 * head)
    captions = [
        Caption("Neuron activation", (left, foot - row - 0.55 * head), head, "medium", theme.text_soft),
        Caption("0", (left, foot + 0.30 * small), small, "regular", theme.text_faint),
        Caption("layer max", (left + bar, foot + 0.30 * small), small, "regular", theme.text_faint, anchor="rs"),
    ]
    mid = foot - row + 0.02 * head
    swatches = [Swatch((left, mid - thick / 2, left + bar, mid + thick / 2), theme.heat)]
    x = left + bar + 2.6 * head
    wide = 2.6 * head
    rows = (
        (foot - row - 0.55 * head, theme.excite, "excites its target (w·a > 0)"),
        (foot - 0.36 * head, theme.inhibit, "inhibits its target (w·a < 0)"),
    )
    for y, colours, text in rows:
        swatches.append(Swatch((x, y - 0.46 * head, x + wide, y - 0.22 * head), colours))
        captions.append(Caption(text, (x + 1.3 * wide, y), head, "regular", theme.text_soft))
    if sheet.portrait or sheet.compact:
        return captions, tuple(swatches)
    right = sheet.width - left
    captions.append(Caption(words.drawn, (right, rows[0][0]), head, "regular", theme.text_soft, anchor="rs"))
    note = "the strongest |w·a| between each two layers"
    captions.append(Caption(note, (right, rows[1][0]), head, "regular", theme.text_faint, anchor="rs"))
    return captions, tuple(swatches)
