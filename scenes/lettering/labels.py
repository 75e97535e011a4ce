"""Labels: the answer, and the texts beside the bars."""

import numpy as np

from scenes.frame import Caption
from scenes.lettering.words import Words
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.camera import Orbit
from scenes.space.layout import Layout
from scenes.space.page import Page

_READABLE = 9.0  # pixels between two bars


def answer(words: Words, sheet: Page, theme: Theme, line: Timeline, t: float) -> list[Caption]:
    """The prediction with its confidence and, where known, the truth: the one loud thing in the picture."""
    shown = float(smooth(between(t, *line.answer)))
    if shown == 0:
        return []
    verdict = theme.text_soft if words.right is None else theme.right if words.right else theme.wrong
    verdict = theme.mark if words.was else verdict
    if sheet.portrait:
        head, big, mid, small = (sheet.font(s) for s in (24, 150, 50, 27))
        x, top, aside = sheet.width / 2, sheet.answer_top, 0.46 * big
        places = (x, top + 0.86 * big), (x - aside, top + 0.52 * big), (x + aside, top + 0.42 * big)
        below, anchors = (x + aside, top + 0.76 * big), ("ms", "rm", "lm")
    else:
        head, big, mid, small = (sheet.font(s) for s in (17, 118, 36, 18))
        right, base = sheet.width - sheet.margin[0], sheet.margin[1] + 0.8 * head
        left = right - 0.80 * big
        places = (right, base + 0.99 * big), (right, base), (left, base + 0.60 * big)
        below, anchors = (left, base + 0.60 * big + 1.0 * mid), ("rs", "rs", "rm")
    return [
        Caption(str(words.prediction), places[0], big, "display-bold", theme.answer, shown, anchors[0]),
        Caption(
            words.texts.say("answer.head"), places[1], head, "semibold", theme.text_soft, shown, anchors[1]
        ),
        Caption(words.confidence, places[2], mid, "display", theme.answer_soft, shown, anchors[2]),
        Caption(words.was or words.verdict, below, small, "regular", verdict, shown, anchors[2]),
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
    crowded = sheet.roaming and pitch < _READABLE
    # From the front, and from above, they stand before panels and balls.
    edge = theme.background if sheet.roaming else None
    captions = []
    for k, (name, share) in enumerate(zip(words.classes, words.shares, strict=True)):
        hot = winner if k == words.prediction else 0.0
        if crowded and hot == 0:
            continue
        pitch = max(pitch, _READABLE) if crowded else pitch
        grow = 1.0 + (0.5 if sheet.portrait else 0.52) * hot
        label = min(sheet.font(30 if sheet.portrait else 25), 0.85 * pitch) * grow
        if sheet.portrait:
            # Half a digit's height must fit between its middle and the bar below it.
            label = min(label, 2.4 * float(np.linalg.norm(bases[k] - labels[k])))
        # In portrait numbers stand side by side: the widest two, ">99.9%" and "<0.1%", must fit.
        number = min(sheet.font(20), 0.268 * pitch) if sheet.portrait else min(sheet.font(18), 0.82 * pitch)
        number *= 1.0 + (0.12 if sheet.portrait else 0.36) * hot
        at, tip = (float(labels[k, 0]), float(labels[k, 1])), (float(tips[k, 0]), float(tips[k, 1]))
        bold = "display-bold" if hot > 0.5 else "medium"
        colour = theme.answer_soft if hot > 0.5 else theme.text_soft
        captions.append([Caption(name, at, round(label, 1), bold, colour, 1.0, "mm", edge)])
        down = sheet.portrait
        # Seen from behind, bars grow to the left; from their front, hardly at all.
        aside = 1.0 if tip[0] >= bases[k, 0] else -1.0
        clear = at[0] + aside * 0.4 * label
        beyond = (max if aside > 0 else min)(tip[0], clear) + aside * 14 * sheet.unit
        place = (tip[0], tip[1] + 14 * sheet.unit) if down else (beyond, tip[1])
        font = "semibold" if hot > 0.5 else "regular"
        colour = theme.answer if hot > 0.5 else theme.text_faint
        captions.append(
            [
                Caption(
                    share,
                    place,
                    round(number, 1),
                    font,
                    colour,
                    told,
                    "mt" if down else "lm" if aside > 0 else "rm",
                    edge,
                )
            ]
        )
    return captions
