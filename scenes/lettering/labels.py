"""Labels: the answer, and the texts beside the bars."""

from dataclasses import replace
from functools import cache
from math import floor

import numpy as np
from numpy.typing import NDArray

from scenes.camera.orbit import Orbit
from scenes.frame import Caption
from scenes.lettering.fonts import extent, fitted, width
from scenes.lettering.words import Words
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.page import READABLE, Page

NARROW = 2
"""Letters of a name that stands midway between its neuron and its bar; a longer one ends at the bar."""
_BESIDE = 0.5  # scene units from the input's panel to what comes in
_LETTERS = 11  # of a name that is written as large as a short one
_BALL = 0.55  # of the distance between two outputs, from the middle of one to where a name may begin
_HIGH = 0.80  # of a digit's ink, of its size


def answer(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    """The prediction with its confidence and, where known, the truth: the one loud thing in the picture."""
    shown = float(smooth(between(t, *line.answer)))
    if shown == 0:
        return []
    verdict = theme.text_soft if words.right is None else theme.right if words.right else theme.wrong
    verdict = theme.mark if words.was else verdict
    headed = not sheet.tight or sheet.lines > 0
    head, mid, small = (sheet.font(s) for s in ((24, 50, 27) if sheet.portrait else (17, 36, 18)))
    # A long name is smaller, and what stands beside it no nearer for that.
    (big, wide), whole = _wide(words, sheet), sheet.answer_size
    if sheet.answer_beside:
        right, base = sheet.width - sheet.margin[0], sheet.answer_top + 0.82 * sheet.answer_size
        left = right - max(0.62 * big, wide) - 0.18 * whole
        places = (right, base), (left, base - 0.71 * sheet.answer_size), (left, base - 1.24 * mid)
        below, anchors = (left, base - 0.26 * mid), ("rs", "rs", "rs")
    elif sheet.portrait:
        x, top, aside = sheet.width / 2, sheet.answer_top, max(0.46 * big, 0.5 * wide + 0.12 * whole)
        places = (x, top + 0.86 * big), (x - aside, top + 0.52 * big), (x + aside, top + 0.42 * big)
        # Beside a long name, which is less high, the lines must not run into each other.
        lower = max(0.76 * big, 0.42 * big + 0.5 * mid + 0.75 * small)
        below, anchors = (x + aside, top + lower), ("ms", "rm", "lm")
    else:
        right, base = sheet.width - sheet.margin[0], sheet.margin[1] + (0.8 * head if headed else 0.0)
        left = right - max(0.80 * big, wide + 0.15 * whole)
        places = (right, base + 0.99 * big), (right, base), (left, base + 0.60 * big)
        below, anchors = (left, base + 0.60 * big + 1.0 * mid), ("rs", "rs", "rm")
    told = [
        Caption(
            words.classes[words.prediction], places[0], big, "display-bold", theme.answer, shown, anchors[0]
        ),
        Caption(
            words.texts.say("answer.head"), places[1], head, "semibold", theme.text_soft, shown, anchors[1]
        ),
        Caption(words.confidence, places[2], mid, "display", theme.answer_soft, shown, anchors[2]),
        Caption(words.was or words.verdict, below, small, "regular", verdict, shown, anchors[2]),
    ]
    if not sheet.tight:
        return told
    told = told if headed else [told[0], *told[2:]]
    boxes = [extent(each) for each in told]
    return [each for each, box in zip(told, boxes, strict=True) if box[0] >= 0 and box[2] <= sheet.width]


def _wide(words: Words, sheet: Page) -> tuple[float, float]:
    """The size of the answer and its width: the name of one class of many is long."""
    big = sheet.answer_size
    wide = width(words.classes[words.prediction], "display-bold", big)
    share = min(1.0, (1.1 if sheet.answer_beside else 1.9) * big / wide)
    return big * share, wide * share


def input_texts(
    words: Words, layout: Layout, camera: Orbit, sheet: Page, theme: Theme, line: Timeline, t: float
) -> list[Caption]:
    """What comes in, beside its neurons; none in portrait, where these stand side by side."""
    panel = layout.panels[0]
    if not words.inputs or sheet.portrait or len(words.inputs) != len(panel.raster.row):
        return []
    beside = panel.positions() - (panel.half[0] + _BESIDE) * panel.right
    places = camera.project(beside, (sheet.width, sheet.height))
    if not np.isfinite(places).all():
        return []
    apart = np.linalg.norm(np.diff(places, axis=0), axis=1).min(initial=99.0)
    size, shown = min(sheet.font(18), 0.7 * float(apart)), float(smooth(between(t, *line.digit)))
    rooms = places[:, 0] - 15 * sheet.unit
    # Seen from nearer some leave the picture; where all can be read they are as large as each other.
    least = min(fitted(text, "medium", size, x) for text, x in zip(words.inputs, rooms.tolist(), strict=True))
    size = least if least >= READABLE else size
    if size < READABLE:
        return []
    return [
        Caption(text, (float(x), float(y)), round(size, 1), "medium", theme.text_soft, shown, "rm")
        for text, (x, y) in zip(words.inputs, places.tolist(), strict=True)
    ]


def bar_texts(
    words: Words, layout: Layout, camera: Orbit, sheet: Page, theme: Theme, line: Timeline, t: float
) -> list[list[Caption]]:
    """Class labels beside the bars, and each probability once its bar has grown: no number is half true."""
    size = (sheet.width, sheet.height)
    winner = float(smooth(between(t, *line.answer)))
    told = float(smooth(between(t, line.bars[1] - 0.01 * line.seconds, line.bars[1] + 0.02 * line.seconds)))
    ends = layout.bars.base + layout.bars.length * layout.bars.along
    labels, bases, tips = (camera.project(p, size) for p in (layout.bars.label, layout.bars.base, ends))
    if not all(np.isfinite(places).all() for places in (labels, bases, tips)):
        return []
    pitch = float(np.linalg.norm(np.diff(labels, axis=0), axis=1).min()) if len(labels) > 1 else 99.0
    # A free camera sees bars too close to each other to be read: only the answer's then has its text.
    crowded = sheet.roaming and pitch < READABLE
    pitch = max(pitch, READABLE) if crowded else pitch
    sizes = cache(lambda near, hot: _sizes(sheet, pitch, near, hot))  # most bars have the same
    # From the front, and from above, they stand before panels and balls.
    edge = theme.background if sheet.roaming else None
    captions = []
    many = len(words.classes) > len(words.bars) or max(map(len, words.classes)) > NARROW
    rooms = _rooms(layout, camera, sheet, bases[:, 0], pitch) if many else np.zeros(len(labels))
    # Side by side, long names shrink and so do short ones, to the size of most.
    own = [fitted(name, "medium", 99.0, room) for (name, _), room in zip(words.bars, rooms, strict=True)]
    even = float(np.median(own)) if many and sheet.portrait else 99.0
    for k, ((name, label_of), share) in enumerate(zip(words.bars, words.shares, strict=True)):
        hot = winner if label_of == words.prediction else 0.0
        if crowded and hot == 0:
            continue
        near = float(np.linalg.norm(bases[k] - labels[k])) if sheet.portrait else 0.0
        label, number = sizes(near, hot)
        # Where the others have no text, the answer's appears as it steps forward.
        name_shy, share_shy = (1.0 if size else hot for size in sizes(near, 0.0))
        at, tip = (float(labels[k, 0]), float(labels[k, 1])), (float(tips[k, 0]), float(tips[k, 1]))
        bold = "display-bold" if hot > 0.5 else "medium"
        colour = theme.answer_soft if hot > 0.5 else theme.text_soft
        if label:
            label = label if hot else min(label, max(even, READABLE))
            named = Caption(name, at, round(label, 1), bold, colour, name_shy, "mm", edge)
            place = float(bases[k, 0]), float(rooms[k])
            captions.append([_long(named, sheet, label_of < 0, place) if many else named])
        if not number:
            continue
        down = sheet.portrait
        # Seen from behind, bars grow to the left; from their front, hardly at all.
        aside = 1.0 if tip[0] >= bases[k, 0] else -1.0
        clear = at[0] + aside * 0.4 * label
        beyond = (max if aside > 0 else min)(tip[0], clear) + aside * 14 * sheet.unit
        place = (tip[0], tip[1] + 14 * sheet.unit) if down else (beyond, tip[1])
        font = "semibold" if hot > 0.5 else "regular"
        if hot and not (down or sheet.roaming):
            # Few bars are high, and so is the answer's number.
            number = max(fitted(share, font, number, sheet.width - beyond - 15 * sheet.unit), READABLE)
        colour = theme.answer if hot > 0.5 else theme.text_faint
        captions.append(
            [
                Caption(
                    share,
                    place,
                    round(number, 1),
                    font,
                    colour,
                    told * share_shy,
                    "mt" if down else "lm" if aside > 0 else "rm",
                    edge,
                )
            ]
        )
    return captions


def _rooms(
    layout: Layout, camera: Orbit, sheet: Page, bases: NDArray[np.float32], pitch: float
) -> NDArray[np.float64]:
    """Pixels that the name of each bar may fill: a bar's share of the row, or from its neuron to its bar.

    bases: where bars begin, pixels from the left; pitch: from one to the next.
    """
    if sheet.portrait:
        return np.full(len(bases), 0.9 * pitch)
    panel = layout.panels[-1]
    balls = camera.project(panel.positions(), (sheet.width, sheet.height))[:, 0]
    balls = balls if len(balls) == len(bases) else np.full(len(bases), balls.max())
    ball = _BALL * panel.raster.pitch * camera.scale_at(panel.centre, (sheet.width, sheet.height))
    # Seen from behind, bars begin on the other side, where all room is free.
    return np.where(bases > balls, bases - balls - ball, sheet.width)


def _long(caption: Caption, sheet: Page, others: bool, place: tuple[float, float]) -> Caption:
    """The label of a bar of many: it ends before its bar, or is as wide as its bar at most.

    others: whether it is that of all others; place: where the bar begins, pixels from the left, and the room.
    """
    base, room = place
    if sheet.portrait:
        text = caption.text.split(" ")[0] if others else caption.text
        return _cut(replace(caption, text=text), room / 0.9 if others else room)
    size = min(caption.size, sheet.font(16)) if others else caption.size
    size = max(size * min(1.0, max(0.6, _LETTERS / len(caption.text))), min(size, READABLE))
    at = base - 0.35 * caption.size, caption.at[1]
    named = replace(caption, size=size, at=at, anchor="rm")
    return named if others else _cut(named, room - 0.35 * caption.size)


def _cut(caption: Caption, room: float) -> Caption:
    """A caption made to fit so many pixels: smaller as long as it can be read, and then of fewer letters."""
    least = min(READABLE, floor(10 * caption.size) / 10)
    for letters in range(len(caption.text), 0, -1):
        text = caption.text if letters == len(caption.text) else caption.text[:letters].rstrip() + "…"
        size = fitted(text, caption.font, caption.size, room)
        if size >= least:
            break
    return replace(caption, text=text, size=max(size, least))


def _sizes(sheet: Page, pitch: float, near: float, hot: float) -> tuple[float, float]:
    """Sizes of a bar's label and of its number, 0 for one that could not be read.

    pitch: pixels between two bars; near: from the middle of a label to its bar, in portrait; hot: 0..1, how
    far the answer has stepped forward.
    """
    grow = 1.0 + (0.5 if sheet.portrait else 0.52) * hot
    label = min(sheet.font(30 if sheet.portrait else 25), 0.85 * pitch) * grow
    if sheet.portrait:
        # Half a digit's height must fit between its middle and the bar below it.
        label = min(label, 2.4 * near)
    # In portrait numbers stand side by side: the widest two, ">99.9%" and "<0.1%", must fit.
    number = min(sheet.font(20), 0.268 * pitch) if sheet.portrait else min(sheet.font(18), 0.82 * pitch)
    number *= 1.0 + (0.12 if sheet.portrait else 0.36) * hot
    if not sheet.tight and not (sheet.portrait and sheet.compact):
        return label, number
    return _readable(label, hot, pitch, sheet), _readable(number, hot, pitch, sheet)


def _readable(size: float, hot: float, pitch: float, sheet: Page) -> float:
    """The size of a text beside a bar in a tight page: readable, or 0; the answer's is always readable."""
    if sheet.portrait:
        return size if size >= READABLE else READABLE * (hot > 0)
    # Digits of readable size stand clear of each other from so many pixels on.
    room = (pitch - 1.0) / _HIGH
    if hot == 0:
        return max(size, READABLE) if room >= READABLE else 0.0
    return max(min(size, 2 * room - READABLE - 0.8), READABLE)
