"""Strands that run alike are drawn together, by a formula, and each stays the strand that it is."""

import numpy as np
import pytest
from scene_fixtures import trace

from engine import Trace
from scenes import compose, focus_on, pick_strand
from scenes.light.drawn_synapses import DrawnSynapses
from scenes.light.strand_curves import POINTS, bend, lifts
from scenes.scene import Scene
from scenes.space.layout import Layout

PRESETS = ("mlp", "cnn-fast", "vit-tiny")
SIZES = ((640, 360), (360, 640))


def unbundled(made: Trace, layout: Layout, drawn: DrawnSynapses) -> np.ndarray:
    """The curves as they would be if no strand knew another, float32 (K, POINTS, 3)."""
    start, end = layout.positions[drawn.source], layout.positions[drawn.target]
    lift = lifts(made.net, layout, drawn.source, drawn.target, drawn.connection)
    return bend(start, end, layout.orientation.flow, lift)


def group_of(layout: Layout, neuron: int) -> object:
    """What a neuron stands in, worked out by its cell alone: an output, a map, a band, or a block."""
    panel = next(each for each in layout.panels if each.start <= neuron < each.stop)
    cells = panel.raster
    row, col = int(cells.row[neuron - panel.start]), int(cells.col[neuron - panel.start])
    if cells.kind == "outputs":
        return panel.layer, neuron
    if len(cells.maps) > 1:
        inside = [top <= row <= bottom and left <= col <= right for top, bottom, left, right in cells.maps]
        return panel.layer, inside.index(True)
    if cells.bands is not None:
        at = row if cells.bands.rows else col
        inside = [first <= at <= last for first, last in cells.bands.spans]
        return panel.layer, inside.index(True)
    return panel.layer, 4 * row // cells.rows, 4 * col // cells.cols


def bundles_of(layout: Layout, drawn: DrawnSynapses) -> dict[object, list[int]]:
    """The strands that run alike: of one connection and one sign, between the same two groups."""
    bundles: dict[object, list[int]] = {}
    for k, (source, target) in enumerate(zip(drawn.source.tolist(), drawn.target.tolist(), strict=True)):
        ends = group_of(layout, source), group_of(layout, target)
        bundles.setdefault((int(drawn.connection[k]), bool(drawn.value[k] > 0), ends), []).append(k)
    return bundles


def composed(preset: str, size: tuple[int, int]) -> Scene:
    return compose(trace(preset), size=size, synapses=1200)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("preset", PRESETS)
def test_strands_that_run_alike_come_half_way_to_their_weighted_mean(preset: str, size) -> None:
    # Lost otherwise: what bends a strand is no longer said by any formula.
    scene = composed(preset, size)
    together = 0.5 * np.sin(np.pi * np.arange(POINTS) / (POINTS - 1)).clip(0) ** 0.8
    for drawn in (scene.drawn, scene.signal):
        plain = unbundled(trace(preset), scene.layout, drawn)
        wanted = plain.astype(np.float64)
        for members in bundles_of(scene.layout, drawn).values():
            weight = np.abs(drawn.value[members]).astype(np.float64)
            mean = np.einsum("k,kpx->px", weight / weight.sum(), plain[members].astype(np.float64))
            wanted[members] += together[:, None] * (mean - plain[members])
        np.testing.assert_allclose(drawn.curves, wanted, atol=2e-3)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_bundle_is_narrow_half_way_and_its_strands_are_still_apart(preset: str) -> None:
    # Lost otherwise: paths that do not read, or one thick line in place of synapses.
    scene = composed(preset, SIZES[0])
    plain = unbundled(trace(preset), scene.layout, scene.drawn)
    many = [members for members in bundles_of(scene.layout, scene.drawn).values() if len(members) > 4]
    assert many
    middle = POINTS // 2
    for members in many:
        before, after = (curves[members, middle].std(axis=0).max() for curves in (plain, scene.drawn.curves))
        assert 0.45 * before < after < 0.60 * before


def test_what_a_synapse_comes_to_and_its_colour_are_the_same_wherever_its_strand_runs() -> None:
    # Lost otherwise: a bundle that is brighter, or of another colour, than what its synapses carry.
    wide, tall = (composed("mlp", size) for size in SIZES)
    for one, other in ((wide.drawn, tall.drawn), (wide.signal, tall.signal)):
        assert np.array_equal(one.source, other.source)
        assert np.array_equal(one.value, other.value)
    assert np.array_equal(wide.light.rgba[..., :3], tall.light.rgba[..., :3])
    # Within a connection the stronger is nowhere the darker.
    for span in wide.drawn.spans:
        alpha, value = wide.light.alpha[span], np.abs(wide.drawn.value[span])
        of_a_sign = wide.drawn.value[span] > 0
        for mine in (of_a_sign, ~of_a_sign):
            assert (np.diff(alpha[mine][np.argsort(value[mine], kind="stable")], axis=0) >= -1e-6).all()


@pytest.mark.parametrize("preset", PRESETS)
def test_strands_of_a_picked_neuron_run_alone_so_that_a_hand_tells_them_apart(preset: str) -> None:
    # Lost otherwise: the strand under the pointer names a neighbour's synapse.
    made, scene = trace(preset), composed(preset, (1280, 720))
    neuron = int(scene.drawn.target[-1])
    focus = focus_on(made, scene.layout, scene.theme, neuron)
    pose = scene.frame(scene.seconds).camera
    far = np.where((focus.target == neuron)[:, None, None], focus.curves, focus.curves[:, ::-1])
    outer = far[:, : POINTS // 2]
    ends = pose.project(far[:, 2], scene.size).astype(float)
    picked = [pick_strand(outer, pose, scene.size, (x, y)) for x, y in ends.tolist()]
    assert picked == list(range(len(picked)))
