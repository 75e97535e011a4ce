"""Changes: in the half after an edit, which neurons changed most, and where the bars ended before."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine import Trace
from scenes.frame import Caption, Frame, Ghost, Ring
from scenes.lettering.edited.ghosts import ghosts
from scenes.lettering.edited.marks import marked
from scenes.lettering.fonts import extent, width
from scenes.light.theme import Theme
from scenes.motion.easing import between, smooth
from scenes.motion.timeline import Timeline
from scenes.space.layout import Layout
from scenes.space.page import Box, Page, apart
from scenes.texts import Texts

Probabilities = NDArray[np.float32]

MOST = 8
"""Neurons that are marked."""
_LEAST = 0.02  # of the largest activation of a layer: what changed by less is not marked
_RADIUS, _THIN, _FAINT = 10.0, 1.6, 0.75  # of a ring and its line, in the design, and its opacity
_TICK = 3.0  # width of a tick, in the design


@dataclass(frozen=True, eq=False)
class Changed:
    """What is told of a change.

    Attributes:
        neurons: those whose activation changed most, by global id of the net after it.
        layers: the layer of each.
        before: float32 (classes,), probabilities before.
        numbers: whether they are numbers, see `Scene`.
    """

    neurons: tuple[int, ...]
    layers: tuple[str, ...]
    before: Probabilities
    numbers: bool = False


def changed(before: Trace, after: Trace) -> Changed | None:
    """What differs between two nets on one image; None where they have not the same classes.

    A neuron's change is that of its activation, of the largest in its layer in either net. Input and output
    are left out, and so are neurons that were edited themselves, for these have marks of their own.
    """
    if len(before.probabilities) != len(after.probabilities):
        return None
    net, known = after.net, {layer.name: layer.shape for layer in before.net.layers[1:-1]}
    edited = {number for edit in marked(net) for number in net.neuron(edit.where.split("->")[-1]).numbers}
    found: list[tuple[float, int, str]] = []
    for layer in net.layers[1:-1]:
        if known.get(layer.name) != layer.shape:
            continue
        one, other = (trace.activation[layer.name].reshape(-1) for trace in (before, after))
        most = max(float(np.abs(one).max()), float(np.abs(other).max()), 1e-30)
        moved = np.abs(other - one) / most
        for index in np.argsort(-moved, kind="stable")[: MOST + len(edited)].tolist():
            number = net.offset(layer.name) + index
            if moved[index] >= _LEAST and number not in edited:
                found.append((float(moved[index]), number, layer.name))
    best = sorted(found, key=lambda each: -each[0])[:MOST]
    numbers, layers = tuple(number for _, number, _ in best), tuple(name for *_, name in best)
    return Changed(numbers, layers, before.probabilities, net.gives_numbers)


@dataclass(frozen=True, eq=False)
class _Key:
    """What rings and ticks mean: words, a ring and a tick."""

    captions: tuple[Caption, ...]
    ring: Ring
    tick: Ghost


def _key(told: Changed, sheet: Page, theme: Theme, texts: Texts, alpha: float) -> _Key:
    """The key: at the right, in a row of its own above the counts, or in a tall picture in the title's."""
    head, right = sheet.legend_sizes[0], sheet.width - sheet.margin[0]
    y = sheet.height - sheet.margin[1] - 3.9 * head
    if sheet.portrait:
        y = sheet.margin[1] + 0.80 * sheet.headline_sizes[0]
    captions, signs, x = [], [], right
    for name in ("change.before", "change.most"):
        text = texts.say(name)
        captions.append(Caption(text, (x, y), head, "regular", theme.text_soft, alpha, "rs"))
        signs.append(x - width(text, "regular", head) - 0.9 * head)
        x = signs[-1] - 1.6 * head
    middle, half = y - 0.36 * head, 0.5 * head
    tick = Ghost((signs[0], middle - half), (signs[0], middle + half), _thick(sheet), theme.mark, alpha)
    ring = Ring((signs[1], middle), 0.42 * head, max(_THIN * sheet.unit, 1.0), theme.mark, _FAINT * alpha)
    return _Key(tuple(captions[: 2 if told.neurons else 1]), ring, tick)


def key_box(told: Changed, sheet: Page, theme: Theme, texts: Texts) -> Box:
    """The box of the key in the picture, pixels."""
    key = _key(told, sheet, theme, texts, 1.0)
    boxes = [extent(caption) for caption in key.captions]
    reach = 2 * key.ring.radius
    left = min(box[0] for box in boxes) - (key.captions[-1].size + reach)
    return left, min(b[1] for b in boxes) - reach, max(b[2] for b in boxes), max(b[3] for b in boxes) + reach


def with_changes(
    frame: Frame,
    told: Changed,
    layout: Layout,
    theme: Theme,
    line: Timeline,
    sheet: Page,
    now: Probabilities,
    texts: Texts,
) -> Frame:
    """A frame of the half after a change with rings, ticks and their key.

    now: float32 (classes,), probabilities after it. A page without room for the key shows none of them.
    """
    key, size = _key(told, sheet, theme, texts, 1.0), (sheet.width, sheet.height)
    boxes = [extent(caption) for caption in key.captions]
    title = frame.captions[0] if frame.captions and sheet.portrait else None
    if sheet.tight or (title and any(apart(extent(title), box) < 0 for box in boxes)):
        return frame
    grown = float(smooth(between(frame.t, *line.bars)))
    rings = _rings(frame, told, layout, theme, line, sheet)
    if not grown:
        return replace(frame, rings=frame.rings + rings)
    key = _key(told, sheet, theme, texts, grown)
    moved, pose, width = (layout, told.before, now), frame.camera, _thick(sheet)
    ticks = ghosts(*moved, pose, size, theme, width=width, alpha=grown, numbers=told.numbers)
    left = [c for c in frame.captions if all(apart(extent(c), box) >= 0 for box in boxes)]
    return replace(
        frame,
        rings=(*frame.rings, *rings, *([key.ring] if told.neurons else [])),
        ghosts=(*frame.ghosts, *ticks, key.tick),
        captions=(*left, *key.captions),
    )


def _thick(sheet: Page) -> float:
    return max(_TICK * sheet.unit, 1.0)


def _rings(
    frame: Frame, told: Changed, layout: Layout, theme: Theme, line: Timeline, sheet: Page
) -> tuple[Ring, ...]:
    """A faint ring around each neuron that changed most, from the moment on when its layer has fired."""
    if not told.neurons:
        return ()
    places = frame.camera.project(layout.positions[list(told.neurons)], (sheet.width, sheet.height))
    radius, thin = round(2 * _RADIUS * sheet.unit**0.86) / 2, max(_THIN * sheet.unit, 1.0)
    top, low = sheet.safe()[1] - 2 * radius, sheet.legend_top - 1.5 * radius
    rings = []
    for (x, y), name in zip(places.tolist(), told.layers, strict=True):
        fires = line.fires[name]
        alpha = _FAINT * float(smooth(between(frame.t, fires, fires + 0.03 * line.seconds)))
        if alpha > 0 and top < y < low:  # false of places behind the camera, which are no numbers
            rings.append(Ring((x, y), radius, thin, theme.mark, alpha))
    return tuple(rings)
