"""A layer's drawing follows from its shape, and each neuron has a place of its own."""

from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from engine import Layer
from scenes import Look, SceneError, arrange, compose, site_of
from scenes.camera.orbit import Orbit, fit
from scenes.lettering.fonts import extent
from scenes.space import corridor
from scenes.space.arrange import stands_alike
from scenes.space.layout import LANDSCAPE, PORTRAIT, orientation
from scenes.space.page import page
from scenes.space.raster import raster

SIZES = ((1920, 1080), (1280, 720), (640, 360), (1080, 1080), (1080, 1920), (720, 1280))


@pytest.mark.parametrize("axes", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-draw", "cnn-crop"])
def test_no_two_neurons_share_a_place(axes, preset) -> None:
    layout = arrange(trace(preset).net, axes)
    assert layout.positions.shape == (trace(preset).net.neuron_count, 3)
    assert len(np.unique(layout.positions.round(3), axis=0)) == len(layout.positions)


@pytest.mark.parametrize(
    ("shape", "kind", "neurons"),
    [
        ((512,), "neurons", 512),
        ((24, 24, 20), "tiles", 11520),
        ((17, 64), "tiles", 1088),
        ((7,), "neurons", 7),
    ],
)
@pytest.mark.parametrize("portrait", [False, True])
def test_a_shape_chooses_the_drawing(shape, kind, neurons, portrait) -> None:
    found = raster(Layer("layer", "Layer", shape), last=False, portrait=portrait)
    cells = set(zip(found.row.tolist(), found.col.tolist(), strict=True))
    assert found.kind == kind
    assert len(cells) == neurons
    assert found.row.max() < found.rows
    assert found.col.max() < found.cols
    assert found.rows * found.pitch < 45
    assert found.cols * found.pitch < 70


def test_a_feature_map_is_a_picture_of_its_own() -> None:
    found = raster(Layer("conv", "Convolution", (24, 24, 20)), last=False, portrait=False)
    # Neuron (row 3, column 4) of map 12 has id (3 * 24 + 4) * 20 + 12; its right neighbour is 20 ids on.
    one, right = (3 * 24 + 4) * 20 + 12, (3 * 24 + 5) * 20 + 12
    assert found.col[right] - found.col[one] == 1
    assert found.row[right] == found.row[one]
    other_map = one + 1
    assert abs(found.col[other_map] - found.col[one]) > 24 or found.row[other_map] != found.row[one]


@pytest.mark.parametrize("axes", [LANDSCAPE, PORTRAIT])
def test_each_map_has_a_frame_around_its_own_neurons_only(axes) -> None:
    net = trace("cnn-draw").net
    layout = arrange(net, axes)
    for layer, panel in zip(net.layers[:5], layout.panels, strict=False):
        local = panel.positions() - panel.centre
        x, y = local @ panel.right, local @ panel.up
        frames = panel.outlines() - panel.centre
        assert len(frames) == layer.shape[2]
        for number, frame in enumerate(frames):
            left, right = (frame @ panel.right)[[0, 1]]
            bottom, top = (frame @ panel.up)[[0, 3]]
            inside = (left < x) & (x < right) & (bottom < y) & (y < top)
            assert np.flatnonzero(inside).tolist() == list(range(number, layer.size, layer.shape[2]))


@pytest.mark.parametrize("portrait", [False, True])
@pytest.mark.parametrize("maps", [1, 2, 4, 7, 8, 16, 20, 32, 40, 64])
def test_a_wall_leaves_few_places_empty(maps, portrait) -> None:
    found = raster(Layer("conv", "Convolution", (8, 8, maps)), last=False, portrait=portrait)
    assert found.rows * found.cols < 81 * maps * 1.13
    assert 0.5 < found.cols / found.rows < 10


def test_a_shape_with_four_dimensions_is_refused() -> None:
    with pytest.raises(SceneError, match=r"layer 'odd' has shape \(2, 2, 2, 2\)"):
        raster(Layer("odd", "Odd", (2, 2, 2, 2)), last=False, portrait=False)


@pytest.mark.parametrize("size", SIZES)
def test_the_digit_is_not_mirrored_and_stands_upright(size) -> None:
    scene = compose(trace(), size=size)
    places = scene.layout.panels[0].positions().reshape(28, 28, 3)
    for t in (0.0, 3.0, scene.seconds):
        pixels = scene.frame(t).camera.project(places.reshape(-1, 3), size).reshape(28, 28, 2)
        assert np.all(np.diff(pixels[:, :, 0], axis=1) > 0), "columns run to the right"
        assert np.all(np.diff(pixels[:, :, 1], axis=0) > 0), "rows run down"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "cnn-fast"])
def test_the_net_fills_the_picture_and_stays_inside(size, preset) -> None:
    scene = compose(trace(preset), size=size)
    pixels = scene.frame(scene.seconds).camera.project(scene.layout.bounds(), size)
    low = preset == "cnn-fast" and size[0] == size[1]
    left, top, right, bottom = page(size, orientation(size) is PORTRAIT).safe(low=low)
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    assert left - 2 <= low[0] < high[0] <= right + 2
    assert top - 2 <= low[1] < high[1] <= bottom + 2
    filled = max((high[0] - low[0]) / (right - left), (high[1] - low[1]) / (bottom - top))
    assert filled > 0.98


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
@pytest.mark.parametrize("preset", ["mlp-sigmoid", "cnn-fast", "cnn-balanced"])
def test_a_net_of_few_layers_fills_a_picture_as_one_of_more_does(preset, size) -> None:
    # Lost otherwise: a short block in the middle, a third of the picture empty beside it or over it.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    seen = site.path.end.project(site.layout.bounds(), size)
    left, top, right, bottom = page(size, orientation(size).name == "portrait").safe()
    assert np.ptp(seen[:, 0]) >= 0.90 * (right - left)
    assert np.ptp(seen[:, 1]) >= 0.90 * (bottom - top)


@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_sizes_in_which_a_net_stands_alike_are_known(preset) -> None:
    # Lost otherwise: a camera that films another place than it was chosen for, or is refused for nothing.
    net = trace(preset).net
    alike = [
        size for size in ((900, 750), (500, 550), (500, 700), (160, 90)) if stands_alike(net, (9, 9), size)
    ]
    assert alike == ([] if preset == "vit-tiny" else [(900, 750)])


@pytest.mark.parametrize(
    ("size", "share"), [((1080, 1080), 0.87), ((640, 720), 0.87), ((720, 640), 0.87), ((1080, 1350), 0.79)]
)
@pytest.mark.parametrize("preset", ["mlp", "cnn-fast", "cnn-draw", "cnn-crop"])
def test_a_net_fills_a_picture_about_as_high_as_wide(preset, size, share) -> None:
    # Lost otherwise: a film's halves and squares with a third of their height empty under a long net.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    seen = site.path.end.project(site.layout.bounds(), size)
    left, top, right, bottom = page(size, portrait=False).safe(low=preset == "cnn-fast")
    assert np.ptp(seen[:, 0]) >= 0.95 * (right - left)
    assert np.ptp(seen[:, 1]) >= share * (bottom - top)


@pytest.mark.parametrize("size", [(872, 720), (1024, 768), (1080, 720)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "cnn-crop", "vit-tiny", "vit-small"])
def test_a_net_fills_a_slide_and_a_photo_both_ways(preset, size) -> None:
    # Lost otherwise: a quarter of the height of a picture a little wider than a square stays empty.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    seen = site.path.end.project(site.layout.bounds(), size)
    left, top, right, bottom = page(size, portrait=False).safe()
    assert np.ptp(seen[:, 0]) >= 0.92 * (right - left)
    assert np.ptp(seen[:, 1]) >= 0.88 * (bottom - top)


def test_rows_that_are_closed_up_keep_most_of_the_air_between_them() -> None:
    # Lost otherwise: the line of text under each panel, in the net of many rows.
    assert corridor.closed([20.0, 9.0], [10.0, 0.0], whole=1.0) == pytest.approx([17.0, 9.0])
    assert corridor.closed([20.0, 9.0], [10.0, 0.0], whole=27.0) == pytest.approx([18.0, 9.0])
    assert corridor.closed([20.0, 9.0], [10.0, 0.0], whole=50.0) == [20.0, 9.0]


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280)])
def test_many_rows_and_their_names_fill_a_tall_picture_and_stand_in_its_middle(size) -> None:
    # Lost otherwise: a fifth of the width at the left is empty, and no more than an edge at the right.
    scene = compose(trace("vit-small"), size=size)
    seen = scene.path.end.project(scene.layout.bounds(), size)
    names = {card.name for card in scene.words.cards}
    written = [extent(each) for each in scene.frame(scene.seconds).captions if each.text in names]
    left, right = seen[:, 0].min(), size[0] - max(box[2] for box in written)
    assert len(written) == 10
    assert left + right <= 0.2 * size[0]
    assert abs(left - right) <= 0.02 * size[0]


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280)])
@pytest.mark.parametrize(("preset", "share"), [("mlp", 0.83), ("cnn-draw", 0.74), ("cnn-fast", 0.75)])
def test_the_net_takes_most_of_the_width_of_a_tall_picture(preset, share, size) -> None:
    # Lost otherwise: a net as narrow as a pole between two empty sides.
    scene = compose(trace(preset), size=size)
    seen = scene.path.end.project(scene.layout.bounds(), size)
    assert np.ptp(seen[:, 0]) >= share * size[0]


@pytest.mark.parametrize("size", [(1080, 1080), (480, 480)])
@pytest.mark.parametrize("preset", data.bundled_models())
def test_the_net_takes_most_of_a_square_both_ways(preset, size) -> None:
    # Lost otherwise: a third of the picture stays empty above and below a long row.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    seen = site.path.end.project(site.layout.bounds(), size)
    left, top, right, bottom = page(size, portrait=False).safe()
    assert np.ptp(seen[:, 0]) >= 0.8 * (right - left)
    assert np.ptp(seen[:, 1]) >= 0.8 * (bottom - top)


@pytest.mark.parametrize("preset", ["cnn-accuracy", "cnn-crop", "cnn-draw"])
def test_the_walls_of_a_square_stand_apart(preset) -> None:
    # Lost otherwise: four walls of feature maps that are read as one.
    size = (720, 720)
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    walls = [panel.corners() for panel in site.layout.panels[1:] if panel.raster.walled]
    # At half their height: from the left, at the bottom and the top, and from the right.
    across = [site.path.end.project(corners, size)[:, 0] for corners in walls]
    for before, after in pairwise(across):
        assert (after[0] + after[3]) / 2 > (before[1] + before[2]) / 2 + 1


def test_fit_puts_points_into_a_rectangle() -> None:
    points = np.random.default_rng(0).normal(size=(50, 3)) * (30, 5, 9)
    orbit = fit(points, (800, 600), (100, 150, 500, 400), azimuth=20, elevation=10, angle=30)
    pixels = orbit.project(points, (800, 600))
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    np.testing.assert_allclose((low + high) / 2, (300, 275), atol=1.0)
    assert max((high - low)[0] / 400, (high - low)[1] / 250) == pytest.approx(1.0, abs=0.01)


def test_points_behind_the_camera_have_no_place_in_the_picture() -> None:
    orbit = Orbit((0, 0, 0), 10, 0, 0, 30)
    assert np.isnan(orbit.project(np.array([[0.0, -20.0, 0.0]]), (100, 100))).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"theme": "blue"}, "theme blue is not known: give one of dark, light"),
        ({"seconds": 0}, "seconds 0 is out of range: give 1 to 600"),
        ({"size": (20, 1080)}, "size 20 is out of range: give 64 to 7680 pixels a side"),
        ({"synapses": -1}, "synapses -1 is out of range: give 0 to 1000000"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(values, message) -> None:
    with pytest.raises(SceneError) as caught:
        compose(trace(), **values)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_row_of_pixels_is_drawn_as_the_picture_that_it_is() -> None:
    net = engine.build("input 784 | dense 20 relu | dense 10 softmax", np.random.default_rng(0))
    panel = arrange(net, LANDSCAPE).panels[0]
    places = panel.positions().reshape(28, 28, 3)
    assert (np.diff(places @ panel.up, axis=0) < 0).all()
    assert (np.diff(places @ panel.right, axis=1) > 0).all()


@pytest.mark.parametrize("size", [(540, 1200), (400, 1200), (300, 1200)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny", "vit-small"])
def test_the_net_takes_most_of_a_very_tall_page(preset: str, size) -> None:
    # Lost otherwise: a telephone's whole screen, half of which stays empty.
    site = site_of(engine.load(data.model_path(preset)), Look(size=size))
    seen = site.path.end.project(site.layout.bounds(), size)
    left, top, right, foot = page(size, portrait=True).safe()
    wide, high = np.ptp(seen, axis=0)
    assert high > (0.78 if size[1] == 4 * size[0] else 0.68) * (foot - top)
    assert wide > 0.75 * (right - left)


@pytest.mark.parametrize("axes", [LANDSCAPE, orientation((1080, 1080))], ids=lambda axes: str(axes.slim))
@pytest.mark.parametrize("wide", [8, 32, 128])
def test_narrow_layers_of_a_net_of_many_fill_the_height(axes, wide) -> None:
    # Lost otherwise: a thin diagonal line in an empty picture.
    text = "input 28x28x1 | " + " | ".join([f"dense {wide} relu"] * 30) + " | dense 10 softmax"
    layout = arrange(engine.build(text, np.random.default_rng(0)), axes)
    panels = [panel.raster for panel in layout.panels[1:-1]]
    long = layout.panels[-1].centre[0] - layout.panels[0].centre[0]
    assert all(each.height > min(2 * wide, 25) for each in panels)
    assert all(each.width < 0.1 * long for each in panels)
    assert all((each.neurons >= 0).sum() == wide for each in panels)
