"""Nets of tokens for the tests of scenes, and their panels."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from scenes import Orbit
from scenes.space.layout import LANDSCAPE, PORTRAIT, TALL, Layout
from scenes.space.panel import Panel

PRESETS = ("vit-tiny", "vit-small")
AXES = pytest.mark.parametrize("axes", [LANDSCAPE, TALL, PORTRAIT], ids=["wide", "square", "tall"])


@cache
def oblong(options: str = "") -> engine.Trace:
    """Trace a net whose image has fewer rows of patches than columns: no axis can be taken for another."""
    text = f"input 14x28 | patches 7 12{options} | transformer 3 heads mlp 24 | head 10 softmax"
    net = engine.build(text, np.random.default_rng(1))
    return net.trace(np.random.default_rng(2).integers(0, 256, (14, 28), dtype=np.uint8))


NETS = {"vit-tiny": trace, "vit-small": trace, "oblong": lambda _: oblong()}


def traced(name: str) -> engine.Trace:
    return NETS[name](name)


def panel_of(layout: Layout, name: str) -> Panel:
    return next(panel for panel in layout.panels if panel.layer == name)


def close_up(pose: Orbit, panel: Panel) -> Orbit:
    """A pose that sees one panel from the output's side, before all that follows it."""
    x, y, z = map(float, panel.centre)
    return replace(pose, focus=(x, y, z), distance=14.0, azimuth=88.0, elevation=3.0, angle=130.0)
