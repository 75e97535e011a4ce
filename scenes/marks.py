"""Marks: rings around the neurons that a net's edits touch, and what was done to each."""

from dataclasses import dataclass

import numpy as np

from engine import Edit, Net
from scenes.camera import Orbit
from scenes.easing import between, smooth
from scenes.frame import Caption, Ring
from scenes.layout import Layout
from scenes.page import Page
from scenes.theme import Theme
from scenes.timeline import Timeline

MOST = 12
"""Edits that are marked: more rings would hide what they are around."""
_GROUP = 6  # neurons of one edit that get a ring each; a larger group has one in its middle


@dataclass(frozen=True)
class Mark:
    """Rings around some neurons, by global id, and a word at the last of them."""

    neurons: tuple[int, ...]
    layer: str
    text: str


def marks(net: Net) -> tuple[Mark, ...]:
    """One mark for each of the net's last edits, at most `MOST`; what only training would notice has none."""
    seen = [edit for edit in net.edits if edit.verb not in ("freeze", "hold")]
    return tuple(_mark(net, edit) for edit in seen[-MOST:])


def _mark(net: Net, edit: Edit) -> Mark:
    ends = [net.neuron(where).numbers for where in edit.where.split("->")]
    numbers = tuple(
        number for end in ends for number in (end if len(end) <= _GROUP else (end[len(end) // 2],))
    )
    value = edit.function if edit.function is not None else "" if edit.value is None else f"{edit.value:g}"
    name = f"{edit.verb} {value}".strip()
    return Mark(numbers, edit.layer, name if edit.synapse else f"{edit.where.strip()}: {name}")


def lay_out(
    found: tuple[Mark, ...],
    layout: Layout,
    camera: Orbit,
    sheet: Page,
    theme: Theme,
    line: Timeline,
    t: float,
) -> tuple[tuple[Ring, ...], list[Caption]]:
    """The rings and their words at time t: each appears shortly before its layer fires."""
    rings, captions = [], []
    size, unit = (sheet.width, sheet.height), sheet.unit
    for mark in found:
        fires = line.fires[mark.layer]
        shown = float(smooth(between(t, fires - 0.05 * line.seconds, fires)))
        places = camera.project(layout.positions[list(mark.neurons)], size)
        if not shown or not np.isfinite(places).all():
            continue
        radius = 11.0 * unit**0.86
        rings += [Ring((float(x), float(y)), radius, 1.6 * unit**0.86, theme.mark, shown) for x, y in places]
        x, y = map(float, places[-1])
        at = (x, y - radius - 5 * unit)
        captions.append(
            Caption(mark.text, at, sheet.font(15), "medium", theme.mark, shown, "ms", theme.background)
        )
    return tuple(rings), captions
