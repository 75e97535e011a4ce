"""Exhibit: one card in the foot of the picture: why this answer, or one neuron at work."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine import Trace, lead_gradient
from engine.graph.receptive_field import receptive_field
from scenes.frame import Caption, Inset
from scenes.lettering.class_names import class_names, lead_of
from scenes.lettering.fonts import width
from scenes.light.theme import Theme, sample
from scenes.look import Look
from scenes.space.reach import looks_at_pixels
from scenes.texts import Texts, catalogue_for

Values = NDArray[np.float32]
_TIMES = 1.8  # between two pictures, for the sign that multiplies them, in the type of the lines
_EVEN = 0.9, 0.8, 0.7, 0.6  # of the room, how long lines may be that are to be alike
_WORDS = re.compile(r" (?!\d)")  # a line may break between these
_BENT = 0.55  # exponent of the brightness of signed values: the small ones are to be seen too
Corner = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """Where a card stands, in pixels.

    Attributes:
        left, foot: of its pictures.
        side: height of its pictures.
        size: of its lines' type.
        lines: how many there are at most: a card of more is none, and of 0 has its title alone.
        lead: from one line to the next, in their size.
        right: where they break; 0 for lines that do not.
        instead: whether it stands where else the count of the synapses would, which gives way.
    """

    left: float
    foot: float
    side: float
    size: float
    lines: int = 2
    lead: float = 1.5
    right: float = 0.0
    instead: bool = False

    @property
    def corner(self) -> Corner:
        """The lower left one of its pictures."""
        return self.left, self.foot


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A card.

    Attributes:
        pictures: uint8 (h, w, 3) each, a cell for each value.
        title, lines: what it says; brief: in place of the lines where only one short one has room.
        neuron: global id of the neuron that it is about, None where it is about the answer.
        place: where it stands and how large it is, see `settle`.
    """

    pictures: tuple[NDArray[np.uint8], ...]
    title: str
    lines: tuple[str, ...]
    brief: str
    neuron: int | None = None
    place: Place | None = None

    @cached_property
    def wide(self) -> float:
        """How wide its pictures are together, in their height."""
        return float(sum(picture.shape[1] / picture.shape[0] for picture in self.pictures))


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
    texts = catalogue_for(look.language, trace.net.noun)
    slopes = lead_gradient(trace, look.of, look.against)
    layer = looks_at_pixels(trace.net)
    if layer is not None:
        return _at_work(trace, theme, layer, trace.activation[layer] * slopes[layer], texts)
    ink = (trace.activation[first.name] * slopes[first.name]).reshape(shape[:2])
    if not ink.any():  # all that it goes through is silent: there is nothing to be seen
        return None
    names = class_names(trace.net)
    of = names[trace.prediction if look.of is None else look.of]
    rival = None if look.against is None else names[look.against]
    title, told = ("why.title", "why.ink") if rival is None else ("why.rival", "why.ink-rival")
    lines = texts.say(told, of=of, rival=rival), texts.say("why.effect", lead=lead_of(of, rival, texts))
    said = texts.say(title, of=of, rival=rival), lines, texts.say("why.effect-brief")
    return Exhibit((signed(ink, theme),), *said)


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
        texts.say("why.sum-brief", total=total),
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


def pictures_end(shown: Exhibit, place: Place) -> float:
    """Where a card's pictures end in a place, in pixels from the left."""
    return float(place.left + shown.wide * place.side + _TIMES * (len(shown.pictures) - 1) * place.size)


def lay_out(shown: Exhibit | None, theme: Theme, alpha: float) -> tuple[list[Caption], tuple[Inset, ...]]:
    """A card in its place; nothing where its lines have no room there."""
    if shown is None or shown.place is None or alpha <= 0:
        return [], ()
    place, size = shown.place, shown.place.size
    pictures, x = [], place.left
    captions = []
    for number, picture in enumerate(shown.pictures):
        if number:
            at = x + _TIMES / 2 * size, place.foot - place.side / 2
            captions.append(Caption("×", at, 1.3 * size, "medium", theme.text_soft, alpha, "mm"))
            x += _TIMES * size
        wide = place.side * picture.shape[1] / picture.shape[0]
        frame = theme.mark if shown.neuron is not None and not number else theme.panel_frame[:3]
        box = (x, place.foot - place.side, x + wide, place.foot)
        pictures.append(Inset(box, picture, frame, alpha, light=theme.ink))
        x += wide
    x += size
    told = [
        (part, colour)
        for line, colour in zip(shown.lines, (theme.text_soft, theme.text_faint), strict=False)
        for part in (_broken(line, size, place.right - x) if place.right else [line])
    ]
    if place.lines and len(told) > place.lines:
        return [], ()
    # A title alone stands in the middle of its pictures.
    y, anchor = place.foot - place.side / 2, "lm"
    if place.lines:
        y, anchor = place.foot - place.side + 0.95 * size, "ls"
    title = round(1.15 * size, 1)
    captions.append(Caption(shown.title, (x, y), title, "semibold", theme.text, alpha, anchor))
    for line, colour in told[: place.lines]:
        y += place.lead * size
        captions.append(Caption(line, (x, y), size, "regular", colour, alpha))
    return captions, tuple(pictures)


def _broken(text: str, size: float, room: float) -> list[str]:
    """A text in as few lines of so many pixels as can be, which are about as long as each other."""
    lines = _filled(text, size, room)
    for share in _EVEN:
        even = _filled(text, size, share * room)
        if len(even) > len(lines):
            break
        lines = even
    return lines


def _filled(text: str, size: float, room: float) -> list[str]:
    """A text in lines as full as can be; a word that is longer has its own. A number stays with its word."""
    lines = [""]
    for word in _WORDS.split(text):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, "regular", size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
