"""Exhibit: one card in the foot of the picture: why this answer, or one neuron at work."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine import Trace, lead_gradient
from engine.graph.receptive_field import receptive_field
from scenes.frame import Caption, Inset
from scenes.lettering.fonts import extent
from scenes.light.theme import Theme, sample
from scenes.look import Look
from scenes.space.page import Box, Page, apart
from scenes.space.reach import looks_at_pixels
from scenes.texts import Texts, catalogue

Values = NDArray[np.float32]
_BENT = 0.55  # exponent of the brightness of signed values: the small ones are to be seen too


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A card.

    Attributes:
        pictures: uint8 (h, w, 3) each, a cell for each value.
        title, lines: what it says.
        neuron: global id of the neuron that it is about, None where it is about the answer.
        left: pixels from the left, see `settle`.
    """

    pictures: tuple[NDArray[np.uint8], ...]
    title: str
    lines: tuple[str, ...]
    neuron: int | None = None
    left: float = 0.0


def exhibit(trace: Trace, look: Look, theme: Theme) -> Exhibit | None:
    """The card of a picture that shows evidence; None for others, and where the input is no image."""
    first = trace.net.layers[0]
    shape = first.shape
    if (
        look.show != "evidence"
        or look.paint is not None
        or len(shape) < 2
        or (len(shape) == 3 and shape[2] != 1)
    ):
        return None
    texts = catalogue(look.language)
    slopes = lead_gradient(trace, look.of, look.against)
    layer = looks_at_pixels(trace.net)
    if layer is not None:
        return _at_work(trace, theme, layer, trace.activation[layer] * slopes[layer], texts)
    ink = (trace.activation[first.name] * slopes[first.name]).reshape(shape[:2])
    of, rival = trace.prediction if look.of is None else look.of, look.against
    lead = texts.say("lead.all" if rival is None else "lead.rival", of=of, rival=rival)
    title, told = ("why.title", "why.ink") if rival is None else ("why.rival", "why.ink-rival")
    lines = texts.say(told, of=of, rival=rival), texts.say("why.effect", lead=lead)
    return Exhibit((signed(ink, theme),), texts.say(title, of=of, rival=rival), lines)


def _at_work(trace: Trace, theme: Theme, name: str, effect: Values, texts: Texts) -> Exhibit:
    """The neuron of a convolution with the most effect on the answer: its patch, its kernel, its sum."""
    net, layer = trace.net, trace.net.layer(name)
    pixels = trace.activation[net.layers[0].name].reshape(net.layers[0].shape[:2])
    kernels = net.parameters[f"{name}.weight"]
    for index in map(int, np.argsort(-effect.reshape(-1), kind="stable")):
        top, left, bottom, right = receptive_field(net.graph, name, index)
        patch = pixels[top : bottom + 1, left : right + 1]
        if patch.shape == kernels.shape[:2]:  # at the edge a window sees less
            break
    number = index % layer.shape[2]
    kernel = kernels[:, :, 0, number]
    total = float(trace.pre[name].reshape(-1)[index])
    high, wide = kernel.shape
    relu = layer.activation == "relu"
    lines = (
        texts.say("why.sum", height=high, width=wide, map=number, total=total),
        texts.say("why.relu" if relu else "why.function", function=layer.activation),
    )
    return Exhibit(
        (
            sample(theme.heat, (patch / max(float(pixels.max()), 1e-30)).astype(np.float32)),
            signed(kernel, theme),
        ),
        texts.say("why.work"),
        lines,
        net.offset(name) + index,
    )


def signed(values: Values, theme: Theme) -> NDArray[np.uint8]:
    """Colours (..., 3) of signed values: warm above 0, cool below, the panel's ground for 0."""
    size = np.abs(values) / max(float(np.abs(values).max()), 1e-30)
    bright = (size**_BENT).astype(np.float32)
    full = np.where(values[..., None] > 0, sample(theme.excite, bright), sample(theme.inhibit, bright))
    ground = np.array(theme.idle_pixel, dtype=np.float32) * (1.0 if theme.ink else 0.6)
    mixed = ground + (full - ground) * bright[..., None]
    colours: NDArray[np.uint8] = (mixed + 0.5).astype(np.uint8)
    return colours


def settle(shown: Exhibit | None, sheet: Page, theme: Theme, taken: list[Box]) -> Exhibit | None:
    """The same card in a place of the foot where it touches nothing; None where there is none."""
    if shown is None or sheet.portrait or sheet.compact:
        return None
    step = sheet.legend_sizes[0]
    near = _level_with(shown, sheet, theme, taken, 0.35 * step)
    for left in np.arange(0.15 * sheet.width, 0.8 * sheet.width, step):
        tried = replace(shown, left=float(left))
        boxes = _boxes(tried, sheet, theme)
        inside = max(box[2] for box in boxes) <= sheet.width - sheet.margin[0]
        if inside and all(apart(box, other) >= 0.35 * step for box in boxes for other in near):
            return tried
    return None


def _boxes(shown: Exhibit, sheet: Page, theme: Theme) -> list[Box]:
    """The boxes of a card's pictures and lines."""
    captions, insets = lay_out(shown, sheet, theme, 1.0)
    return [inset.box for inset in insets] + [extent(caption) for caption in captions]


def _level_with(shown: Exhibit, sheet: Page, theme: Theme, taken: list[Box], room: float) -> list[Box]:
    """Those of the taken boxes that a card may come near, however far to the left it stands."""
    boxes = _boxes(shown, sheet, theme)
    top, foot = min(box[1] for box in boxes), max(box[3] for box in boxes)
    return [box for box in taken if max(top - box[3], box[1] - foot) < room]


def lay_out(
    shown: Exhibit | None, sheet: Page, theme: Theme, alpha: float
) -> tuple[list[Caption], tuple[Inset, ...]]:
    """A card in its place."""
    if shown is None or alpha <= 0:
        return [], ()
    head, small = sheet.legend_sizes
    side, foot = 7.4 * head, sheet.height - sheet.margin[1] + 0.3 * small
    pictures, x = [], shown.left
    captions = []
    for number, picture in enumerate(shown.pictures):
        if number:
            at = x + 0.9 * head, foot - side / 2
            captions.append(Caption("×", at, 1.3 * head, "medium", theme.text_soft, alpha, "mm"))
            x += 1.8 * head
        wide = side * picture.shape[1] / picture.shape[0]
        frame = theme.mark if shown.neuron is not None and not number else theme.panel_frame[:3]
        pictures.append(Inset((x, foot - side, x + wide, foot), picture, frame, alpha))
        x += wide
    x += head
    y = foot - side + 0.95 * head
    captions.append(Caption(shown.title, (x, y), round(1.15 * head, 1), "semibold", theme.text, alpha))
    for line, colour in zip(shown.lines, (theme.text_soft, theme.text_faint), strict=False):
        y += 1.5 * head
        captions.append(Caption(line, (x, y), head, "regular", colour, alpha))
    return captions, tuple(pictures)
