"""Ends: the names and values at both ends of a net, the room that they need, and the bars."""

import numpy as np

from engine import Net
from scenes.space.layout import BAR_AT, LABEL_AT, Bars
from scenes.space.panel import Panel, Vector
from scenes.space.raster import COLUMN, Raster
from scenes.space.rows import letters, row_count

_NAMED = 20  # letters of a class's name that have room at full size


def room_for_names(net: Net, slim: float) -> float:
    """Scene units by which bars stand farther from their neurons, so that the classes' names have room.

    slim: see Orientation; where a net takes less of the width, a name takes more of the net's.
    """
    longest = min(max(map(letters, net.classes)), _NAMED)
    return 0.0 if longest <= 2 else 0.72 * slim * (longest - 1)


def room_for_inputs(net: Net, drawn: Raster, slim: float) -> float:
    """Scene units that the names and values of numbers in a column need beside it; slim: see Orientation."""
    if drawn.kind != "neurons" or drawn.cols > 1 or drawn.rows > COLUMN or net.noun == "digit":
        return 0.0
    columns = net.task.columns if net.task is not None else ()
    longest = min(max(map(letters, columns), default=0), _NAMED)
    return 0.36 * slim * (6 + longest)


def bars_of(
    outputs: Panel, flow: Vector, aside: float, *, portrait: bool, corridor: bool, long: float
) -> Bars:
    """Bars lie along the flow, behind the neurons that they belong to; those of many classes stand evenly.

    aside: scene units by which they stand farther off than usual in a picture that is no portrait.
    corridor: whether all panels are of one height; long: see Orientation.
    """
    neurons, pitch = outputs.positions(), outputs.raster.pitch
    if (rows := row_count(len(neurons))) < len(neurons):
        share = np.linspace(0.0, 1.0, rows, dtype=np.float32)[:, None]
        pitch *= (len(neurons) - 1) / (rows - 1)
        # Their names are longer.
        aside = max(aside, 1.6)
        neurons = neurons[0] + share * (neurons[-1] - neurons[0])
    if portrait:
        thick = (0.37 if corridor else 0.30) * pitch * outputs.right
        return Bars(neurons + LABEL_AT * flow, neurons + BAR_AT * flow, flow, thick, 9.0 * long)
    neurons = neurons + np.float32(aside) * flow
    thick = (0.24 if corridor else 0.20) * pitch * outputs.up
    length = 14.0 if corridor else 11.5
    return Bars(neurons + LABEL_AT * flow, neurons + BAR_AT * flow, flow, thick, length)
