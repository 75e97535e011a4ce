"""Why: the card in the foot, the window that slides, the film that begins with its last picture."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from engine.graph.receptive_field import receptive_field
from scenes import Stage, arrange, compose, compose_pair, orientation, stage_of
from scenes.lettering.card.exhibit import signed
from scenes.light.theme import sample
from scenes.vtk.window.texels import texels_of

CONVOLUTIONS = ("cnn-fast", "cnn-balanced", "cnn-accuracy", "cnn-draw", "cnn-crop")


def effect(made: engine.Trace, layer: str) -> np.ndarray:
    return made.activation[layer] * engine.lead_gradient(made)[layer]


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_the_card_shows_what_each_pixel_brings_to_the_answer(preset) -> None:
    # Lost otherwise: "the ink that speaks for 3" would be any picture.
    made = trace(preset)
    scene = compose(made)
    inset = scene.frame(scene.seconds).insets[-1]
    ink = effect(made, "input").reshape(28, 28)
    np.testing.assert_array_equal(inset.cells, signed(ink, scene.theme))
    strong = np.abs(ink) > 0.3 * np.abs(ink).max()
    warm, cool = inset.cells[strong & (ink > 0)].astype(int), inset.cells[strong & (ink < 0)].astype(int)
    assert (warm[:, 0] > warm[:, 2]).all()
    assert (cool[:, 2] > cool[:, 0]).all()
    said = {caption.text for caption in scene.frame(scene.seconds).captions}
    assert f"Why {made.prediction}?" in said


@pytest.mark.parametrize("preset", CONVOLUTIONS)
def test_the_neuron_at_work_is_the_one_of_most_effect_and_its_sum_is_told(preset) -> None:
    made = trace(preset)
    scene = compose(made)
    card = scene.words.exhibit
    assert card is not None
    net, start = made.net, made.net.offset("conv1")
    index = card.neuron - start
    top, left, bottom, right = receptive_field(net.graph, "conv1", index)
    pixels = made.activation["input"].reshape(net.layers[0].shape[:2])
    patch = pixels[top : bottom + 1, left : right + 1]
    kernel = net.parameters["conv1.weight"][:, :, 0, index % net.layer("conv1").shape[2]]
    assert patch.shape == kernel.shape
    total = float((patch * kernel).sum() + net.parameters["conv1.bias"][index % net.layer("conv1").shape[2]])
    assert f": {total:.2f}" in card.lines[0]
    assert f"the kernel of map {index % net.layer('conv1').shape[2]}," in card.lines[0], "as addresses count"
    np.testing.assert_array_equal(
        card.pictures[0], sample(scene.theme.heat, (patch / pixels.max()).astype(np.float32))
    )
    np.testing.assert_array_equal(card.pictures[1], signed(kernel, scene.theme))
    # None that sees a whole window has more.
    rank = np.argsort(-effect(made, "conv1").reshape(-1), kind="stable")
    for better in rank[: int(np.flatnonzero(rank == index)[0])]:
        top, left, bottom, right = receptive_field(net.graph, "conv1", int(better))
        assert (bottom + 1 - top, right + 1 - left) != kernel.shape


@pytest.mark.parametrize("preset", ["cnn-fast", "cnn-draw"])
def test_the_window_slides_to_the_neurons_own_place_and_its_lines_end_there(preset) -> None:
    made = trace(preset)
    scene = compose(made)
    layout = scene.layout
    start, end = scene.timeline.pulses[0]
    places = [scene.frame(start + share * (end - start)).reach[0, 0] for share in (0.02, 0.3, 0.5, 0.7, 0.98)]
    along = [float(place @ layout.panels[0].right) for place in places]
    assert along == sorted(along)
    assert along[-1] > along[0]
    last = scene.frame(scene.seconds)
    assert last.reach_alpha == 1.0
    card = scene.words.exhibit
    np.testing.assert_allclose(last.reach[2:, -1], np.tile(layout.positions[card.neuron], (4, 1)), atol=1e-4)
    top, left, bottom, right = receptive_field(
        made.net.graph, "conv1", card.neuron - made.net.offset("conv1")
    )
    seen = layout.positions[: 28 * 28].reshape(28, 28, 3)[top : bottom + 1, left : right + 1]
    middle = last.reach[0, :4].mean(axis=0)
    np.testing.assert_allclose(middle, seen.reshape(-1, 3).mean(axis=0), atol=0.2)
    # The frame on the wall is that of the neuron's own map.
    maps = made.net.layer("conv1").shape[2]
    number = (card.neuron - made.net.offset("conv1")) % maps
    own = layout.positions[made.net.offset("conv1") :][number : 24 * 24 * maps : maps]
    framed = last.reach[1, :4]
    assert (framed.min(axis=0) < own.min(axis=0) + 1e-4).all()
    assert (framed.max(axis=0) > own.max(axis=0) - 1e-4).all()
    assert np.ptp(framed, axis=0).max() < 1.2 * np.ptp(own, axis=0).max()
    assert scene.frame(scene.timeline.answer[1]).reach_alpha == 0.0


def test_nothing_is_explained_where_something_else_is_shown() -> None:
    scene = compose(trace("cnn-draw"), show="weight")
    assert scene.words.exhibit is None
    assert scene.frame(scene.seconds).insets == ()
    assert scene.frame(scene.seconds).reach is None


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("pair", [False, True])
def test_a_film_begins_with_its_last_picture_and_loops(pair) -> None:
    # Lost otherwise: the thumbnail, and a GIF that jumps as it begins anew.
    small = {"size": (320, 90) if pair else (160, 90), "synapses": 200}
    clip = compose_pair(trace(), trace(number=4), **small) if pair else compose(trace(), **small)
    line = (clip.left if pair else clip).timeline
    with stage_of(clip) as stage:
        first, last = stage.draw_at(0.0), stage.draw_at(clip.seconds)
        middle, after = stage.draw_at(sum(line.dissolve) / 2), stage.draw_at(line.dissolve[1])
        np.testing.assert_array_equal(first, last)
        np.testing.assert_array_equal(after, stage.draw(clip.frame(line.dissolve[1])))
        plain = stage.draw(clip.frame(sum(line.dissolve) / 2)).astype(float)
        mixed = (plain + last) / 2
        assert np.abs(middle - mixed).max() <= 1.0
        assert np.abs(plain - last).max() > 100


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("compiled", [False, True], ids=["driver", "loops"])
def test_a_lit_cell_of_a_wall_covers_most_of_its_place(compiled) -> None:
    # Lost otherwise: maps are dim, as each cell's border eats most of it.
    scene = compose(trace("cnn-draw"), size=(640, 360), synapses=100)
    with Stage(scene, compiled=compiled) as stage:
        rasters = {
            panel.layer: raster
            for panel, (raster, _) in zip(
                [p for p in scene.layout.panels if p.raster.kind == "tiles"], stage.parts.rasters, strict=True
            )
        }
        stage.update(scene.frame(scene.seconds))
        for name in ("conv1", "conv2"):
            assert rasters[name].drawn.filled.min() >= 0.8


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1080, 1080)])
@pytest.mark.parametrize("preset", sorted(data.bundled_models()))
def test_a_cell_covers_most_of_its_place_in_every_layer(preset, size) -> None:
    # Lost otherwise: the same in maps of another net, or in a tall picture, whose cells are smaller.
    for panel in arrange(engine.load(data.model_path(preset)), orientation(size)).panels:
        cells = replace(panel.raster, seam=0)  # beside the gap between two patches there is less
        if cells.kind == "tiles":
            high, wide = (
                np.ptp(spans, axis=1) for spans in (texels_of(cells).below, texels_of(cells).across)
            )
            assert high.min() * wide.min() >= 0.8, panel.layer


def test_a_kernel_of_one_pixel_is_no_neuron_at_work():
    # Lost otherwise: of an imported net the card shows one pixel times one number.
    text = "input 8x8 | conv 1 1x1 as pixels | conv 4 3x3 relu | dense 10 softmax"
    net = engine.build(text, np.random.default_rng(0))
    made = net.trace(np.random.default_rng(1).integers(0, 256, (8, 8), np.uint8))
    scene = compose(made, size=(1280, 720))
    assert scene.words.exhibit is not None
    assert scene.words.exhibit.title.startswith("Why")
    assert scene.reach is None


def test_a_net_through_which_nothing_goes_explains_nothing() -> None:
    # Lost otherwise: an empty picture under "Why 3?".
    net = engine.build("input 28x28x1 | dense 4 relu | dense 10 softmax", np.random.default_rng(0))
    scene = compose(net.trace(np.zeros((28, 28), np.float32)), size=(1280, 720))
    assert scene.words.exhibit is None
