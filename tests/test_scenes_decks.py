"""Decks of a transformer hide next to nothing of each other where the digit is to be seen on them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

import data
import engine
from scenes import Look, Orbit, Site, site_of


def covered(corners: list[np.ndarray], pose: Orbit, size: tuple[int, int]) -> np.ndarray:
    """Pixels (height, width) that quadrilaterals (4, 3) cover."""
    mask = Image.new("1", size)
    for each in corners:
        ImageDraw.Draw(mask).polygon([tuple(map(float, at)) for at in pose.project(each, size)], fill=1)
    return np.array(mask)


def hidden(site: Site) -> list[float]:
    """Of the digit and of each face of attention, the share that what stands before them hides."""
    layout, pose, size = site.layout, site.path.end, site.size
    shown = [(panel.centre[0], each) for panel in layout.panels for each in panel.outlines()]
    shown += [(face.panel.centre[0], face.panel.corners()) for face in layout.faces]
    shares = []
    for panel in [layout.panels[0], *(face.panel for face in layout.faces)]:
        mine = covered([panel.corners()], pose, size)
        before = [corners for at, corners in shown if at > panel.centre[0] + 0.3]
        shares.append(float((mine & covered(before, pose, size)).sum() / mine.sum()))
    return shares


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1080), (1024, 768), (640, 360)])
@pytest.mark.parametrize("preset", ["vit-tiny", "vit-small"])
def test_decks_hide_next_to_nothing_of_the_digit_and_of_what_is_attended_to(preset: str, size) -> None:
    # Lost otherwise: heads of the first blocks whose digit stands half behind the deck before it.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    assert max(hidden(site)) < 0.10
    seen = site.path.end.project(site.layout.bounds(), size)
    assert np.ptp(seen[:, 1]) > 0.44 * size[1]
