"""The report of how all layers are made and what they hold, for a terminal."""

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from viz3d.command.wording import short
from viz3d.findings.layers import GRADIENT, LayerPanel, LayersFacts
from viz3d.inspect.terminal.drawing import Paper
from viz3d.inspect.terminal.parts import about, heading
from viz3d.inspect.terminal.tables import table

_STEPS = "▁▂▃▄▅▆▇█"
_BARS = 8
_BY = ("activations", "pre-activations")


def layers(facts: LayersFacts, paper: Paper) -> RenderableType:
    """Two lines for each layer: how its count of parameters comes about, the ends of its values."""
    del paper
    traced = facts.traced
    made = table("layer", "count", "histogram", "activation", "sum", "gradient", left=(0, 2))
    for panel in facts.panels:
        formula = panel.count.partition(" = ")[0] if panel.parameters else ""
        count = f"{panel.parameters:,}" if panel.parameters else ""
        made.add_row(f"{panel.layer.name}\n{formula}", count, _histogram(panel), *_ranges(panel))
    return Group(
        heading(traced.net.name, traced.net.title if traced.net.title != traced.net.name else ""),
        about(traced),
        Text(facts.gradients, "dim"),
        Text(),
        made,
    )


def _histogram(panel: LayerPanel) -> str:
    """The activations' histogram in one line; a root keeps the small bars in sight."""
    bars = panel.histogram.reshape(_BARS, -1).sum(axis=1)
    level = np.ceil(np.sqrt(bars / max(bars.max(), 1)) * len(_STEPS)).astype(int)
    return "".join(" " if not k else _STEPS[k - 1] for k in level.tolist())


def _ranges(panel: LayerPanel) -> list[str]:
    known = {strip.name: f"{short(strip.low)}\n{short(strip.high)}" for strip in panel.strips}
    gradient = next((known[f"{GRADIENT} {by}"] for by in _BY if f"{GRADIENT} {by}" in known), "")
    return [known.get("activations", ""), known.get("pre-activations", ""), gradient]
