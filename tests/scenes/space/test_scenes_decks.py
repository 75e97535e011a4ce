"""Decks of a transformer hide next to nothing of each other, and what runs between them is seen."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scene_fixtures import trace

import data
import engine
from scenes import Look, Orbit, Site, compose, site_of
from scenes.camera.orbit_moves import view_from
from scenes.lettering.fonts import extent
from scenes.space.page import apart


def covered(corners: list[np.ndarray], pose: Orbit, size: tuple[int, int]) -> np.ndarray:
    """Pixels (height, width) that quadrilaterals (4, 3) cover."""
    mask = Image.new("1", size)
    for each in corners:
        ImageDraw.Draw(mask).polygon([tuple(map(float, at)) for at in pose.project(each, size)], fill=1)
    return np.array(mask)


def hidden(site: Site, pose: Orbit) -> list[float]:
    """Of the digit and of each face of attention, the share that what stands before them hides."""
    layout, size = site.layout, site.size
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
    assert max(hidden(site, site.path.end)) < 0.10
    seen = site.path.end.project(site.layout.bounds(), size)
    assert np.ptp(seen[:, 1]) > 0.44 * size[1]


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700)])
@pytest.mark.parametrize("preset", ["vit-tiny", "vit-small"])
def test_decks_hide_little_of_each_other_from_the_windows_home(preset: str, size) -> None:
    # Lost otherwise: a third of the digit behind its tokens, as the window opens.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    free = (30.0, 0.15 * size[1], size[0] - 400.0, 0.62 * size[1])
    assert max(hidden(site, view_from("home", site.layout, size, free))) < 0.13


def one_block() -> engine.Net:
    words = "input 28x28 | patches 7 64 | transformer 4 heads mlp 128 | head 10 softmax"
    return engine.build(words, rng=np.random.default_rng(0))


@pytest.mark.parametrize("size", [(1280, 720), (640, 360)])
@pytest.mark.parametrize("preset", ["vit-tiny", ""])
def test_what_passes_over_decks_passes_below_the_headline(preset: str, size) -> None:
    # Lost otherwise: the sentence on what happens, behind arcs of light, on the way and in the last picture.
    net = engine.load(data.model_path(preset)) if preset else one_block()
    scene = compose(net.trace(data.load("digits").images[5]), Look(size=size))
    for t in (2.6, 3.5, 4.5, scene.seconds):
        frame = scene.frame(t)
        above = [extent(c) for c in frame.captions if c.at[0] < 0.1 * size[0] and c.at[1] < 0.2 * size[1]]
        foot, right = max(box[3] for box in above), max(box[2] for box in above)
        for strands, rgba in ((scene.drawn, frame.synapse_rgba), (scene.signal, frame.signal_rgba)):
            seen = frame.camera.project(strands.curves[rgba[..., 3] > 8], size)
            assert seen[seen[:, 0] < right, 1].min(initial=size[1]) > foot


@pytest.mark.parametrize("preset", ["vit-tiny", "vit-small"])
def test_the_way_to_the_answer_is_seen_in_a_tall_picture(preset: str) -> None:
    # Lost otherwise: what the class token says: its strands meet in one small tile, and fall behind a panel.
    size = (540, 960)
    scene = compose(
        engine.load(data.model_path(preset)).trace(data.load("digits").images[5]), Look(size=size)
    )
    frame, span = scene.frame(scene.seconds), scene.drawn.spans[-1]
    for each in scene.drawn.spans:
        light = frame.synapse_rgba[each, :, 3].astype(float).max(axis=1)
        assert light.sum() > 100
    panel, curves = scene.layout.panels[-2], scene.drawn.curves[span]
    pixels = frame.camera.project(curves.reshape(-1, 3), size)
    over = covered([panel.corners()], frame.camera, size)
    x, y = pixels.round().astype(int).clip(0, np.array(size) - 1).T
    before = (curves.reshape(-1, 3) - panel.centre) @ np.cross(panel.right, panel.up)
    assert over[y, x].sum() >= len(curves)
    assert (before[over[y, x]] > -0.01).mean() > 0.98


@pytest.mark.parametrize("size", [(1024, 768), (1080, 1080)])
def test_names_of_the_first_line_stand_clear_of_the_second(size) -> None:
    # Lost otherwise: "4 heads" lies on a block's class token.
    scene = compose(trace("vit-small"), size=size)
    frame = scene.frame(scene.seconds)
    seen = [frame.camera.project(corners, size) for corners in scene.layout.corners]
    panels = [(*each.min(axis=0), *each.max(axis=0)) for each in seen]
    told = ("Input", "16 patches", "Tokens", "Attention", "4 heads", "Block", "5 layers")
    names = [extent(each) for each in frame.captions if each.text.startswith(told)]
    assert len(names) > 12
    assert min(apart(name, panel) for name in names for panel in panels) > -6  # boxes of slanted panels


@pytest.mark.parametrize("layer", ["block1.hidden", "block1.key", "block2.norm1", "block1.residual2"])
def test_a_layer_of_a_deck_stands_apart_where_its_synapses_alone_are_drawn(layer: str) -> None:
    # Lost otherwise: `--select block1.hidden` says that thousands of synapses are drawn, and none is seen.
    made = trace("vit-tiny")
    whole, alone = (compose(made, size=(1280, 720), layer=name) for name in ("", layer))
    names = [panel.layer for panel in alone.layout.panels]
    flow = np.array(alone.layout.orientation.flow)

    def gaps(scene) -> list[float]:
        """Along the flow, from the layer to those that stand beside it in its deck."""
        at = names.index(layer)
        along = [float(scene.layout.panels[k].centre @ flow) for k in (at - 1, at, at + 1)]
        return np.diff(along).tolist()

    beside = [gap < 3.0 for gap in gaps(whole)]
    assert any(beside)
    for inside, before, after in zip(beside, gaps(whole), gaps(alone), strict=True):
        assert after > before + 10 if inside else after > before - 1
    # What runs beside it in the whole net, and is not drawn, takes none of its light.
    last = alone.frame(alone.seconds).synapse_rgba[..., 3]
    assert np.percentile(last, 99) >= 16
    # The next picture, of all layers, has all in their places again.
    again = compose(made, size=(1280, 720), site=alone.site)
    np.testing.assert_array_equal(again.layout.positions, whole.layout.positions)
