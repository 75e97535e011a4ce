"""Neurons stand in the band of the digit that they prefer, and each band has its name beside it."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace, untrained

import data
import engine
from engine import NO_CLASS, LayerStatistics, Net, Statistics
from scenes import arrange, compose, compose_pair, pick, site_of
from scenes.look import Look
from scenes.space.layout import LANDSCAPE, PORTRAIT

AXES = pytest.mark.parametrize("axes", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])
PRESETS = pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-draw"])
IMAGE = data.load("digits").images[3]
SIZES = pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720)])


def dense(net: Net) -> list[str]:
    return [layer.name for layer in net.layers[1:-1] if len(layer.shape) == 1]


def panels(layout, net: Net):
    return [
        (panel, net.statistics.layers[panel.layer]) for panel in layout.panels if panel.layer in dense(net)
    ]


def plain(net: Net) -> Net:
    return replace(net, statistics=None)


def preferring(classes: list[int], choosiness: list[float]) -> Net:
    """A net with one hidden layer whose neurons prefer these classes."""
    text = f"input 28x28 | dense {len(classes)} relu | dense 10 softmax"
    net = engine.build(text, np.random.default_rng(0))
    numbers = np.array(choosiness, np.float32)
    known = LayerStatistics(np.array(classes, np.uint8), numbers, numbers, numbers)
    return replace(net, statistics=Statistics({"hidden1": known}, 1, "none", net.fingerprint))


@AXES
@PRESETS
def test_each_neuron_stands_where_its_preference_and_choosiness_put_it(axes, preset) -> None:
    net = trace(preset).net
    for panel, known in panels(arrange(net, axes), net):
        # Down the panel in rows, or across it in columns: one neuron after another.
        cells = panel.raster
        lines, along = (cells.row, cells.col) if axes is LANDSCAPE else (cells.col, cells.row)
        order = np.lexsort((along, lines))
        wanted = sorted(range(len(order)), key=lambda n: (known.preferred[n], -known.choosiness[n], n))
        assert order.tolist() == wanted
        for before, after in pairwise(order):
            begins = known.preferred[before] != known.preferred[after]
            assert (along[after] == 0) or (along[after] == along[before] + 1)
            assert not begins or (along[after] == 0 and lines[after] == lines[before] + 1)


def test_bands_of_a_small_layer_are_these_by_hand() -> None:
    net = preferring([3, 0, 3, NO_CLASS, 0, 0], [1, 2, 3, 0, 1, 3])
    cells = next(p for p in arrange(net, LANDSCAPE).panels if p.layer == "hidden1").raster
    spans = dict(zip(cells.bands.classes, cells.bands.spans.tolist(), strict=True))
    assert list(spans) == [0, 3, NO_CLASS]
    order = np.lexsort((cells.col, cells.row)).tolist()
    assert order == [5, 1, 4, 2, 0, 3], "0s: the choosiest first; then 3s; then who prefers none"


@AXES
def test_panels_are_all_of_one_height_in_landscape_and_of_one_width_in_portrait(axes) -> None:
    net = trace("mlp").net
    layout = arrange(net, axes)
    hidden = [panel.raster for panel, _ in panels(layout, net)]
    measure = [r.height if axes is LANDSCAPE else r.width for r in hidden]
    np.testing.assert_allclose(measure, measure[0], rtol=1e-6)
    if axes is LANDSCAPE:
        for panel in layout.panels:
            assert 0.92 * measure[0] < panel.raster.height < 1.01 * measure[0], panel.layer


@AXES
@PRESETS
def test_ticks_stand_at_their_bands_beside_the_panel(axes, preset) -> None:
    net = trace(preset).net
    for panel, known in panels(arrange(net, axes), net):
        ticks = dict(zip(panel.raster.bands.classes, panel.ticks, strict=True))
        assert sorted(ticks) == np.unique(known.preferred).tolist()
        places = panel.positions()
        across, out = (panel.up, panel.right) if axes is LANDSCAPE else (panel.right, panel.up)
        edge = (panel.corners() @ out).max()
        for label, tick in ticks.items():
            band = places[known.preferred == label] @ across
            middle, line = (band.min() + band.max()) / 2, panel.raster.cell[axes is not LANDSCAPE]
            # A band of one line among such may have its name a little aside, but still beside itself.
            assert tick @ across == pytest.approx(middle, abs=1e-3 if np.ptp(band) > 3 * line else 0.8 * line)
            assert band.min() - 0.31 * line <= tick @ across <= band.max() + 0.31 * line
            assert edge < tick @ out < edge + 1
            assert (tick - panel.centre) @ np.cross(panel.right, panel.up) == pytest.approx(0, abs=1e-3)


@AXES
def test_names_of_bands_of_one_line_each_do_not_run_into_each_other(axes) -> None:
    # Lost otherwise: "8", "9" and "–" beside the first hidden layer of `mlp`, one on top of the other.
    net = trace("mlp").net
    for panel, _ in panels(arrange(net, axes), net):
        assert np.linalg.norm(np.diff(panel.ticks, axis=0), axis=1).min() >= 2.0 - 1e-3


@SIZES
@pytest.mark.parametrize("number", [3, 8])
def test_ticks_are_the_digits_and_the_answers_steps_forward(size, number) -> None:
    scene = compose(trace("mlp", number), size=size)
    early, late = scene.frame(0.5 * scene.seconds).ticks, scene.frame(scene.seconds).ticks
    net = trace("mlp", number).net
    without = [NO_CLASS in net.statistics.layers[name].preferred for name in dense(net)]
    assert [tick.text for tick in late] == [*"".join(f"0123456789{'–' * each}" for each in without)]
    assert {tick.size for tick in early if tick.text == str(scene.prediction)} <= {t.size for t in early}
    for tick in late:
        mine = tick.text == str(scene.prediction)
        assert (tick.colour == scene.theme.answer) == mine
        assert (tick.size > max(other.size for other in early)) == mine
        assert tick.beside == (size[0] >= size[1])
    assert not any(tick.colour == scene.theme.answer for tick in early), "no tick tells the answer early"
    assert all(tick.alpha == 0 for tick in scene.frame(0.0).ticks)


@AXES
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_net_without_statistics_is_laid_out_by_numbers_alone(axes, preset) -> None:
    net, fresh = plain(trace(preset).net), untrained(preset).net
    for one, other in zip(arrange(net, axes).panels, arrange(fresh, axes).panels, strict=True):
        assert np.array_equal(one.positions(), other.positions())
        assert one.raster.bands is None
    layout = arrange(net, axes)
    assert not layout.corridor
    for panel in layout.panels:
        if panel.layer in dense(net):
            order = np.lexsort((panel.raster.col, panel.raster.row))
            assert order.tolist() == list(range(len(order)))
    assert not compose(net.trace(IMAGE), size=(640, 360)).frame(10.0).ticks


def test_an_edit_leaves_everyone_at_their_places_and_other_statistics_do_not() -> None:
    net, look = trace("mlp").net, Look(size=(640, 360))
    site = site_of(net, look)
    assert site_of(net.mutate("ablate hidden1:3"), look, site).layout is site.layout
    other = site_of(plain(net), look, site)
    assert other.layout is not site.layout
    assert not other.layout.corridor
    one, two = (net.mutate(f"remove hidden1:{n}") for n in (3, 4))
    moved = site_of(two, look, site_of(one, look))
    assert np.array_equal(moved.layout.positions, arrange(two, LANDSCAPE).positions)


def test_both_halves_of_a_pair_have_the_same_places() -> None:
    read = trace("mlp")
    after = read.net.mutate("ablate hidden1:3").trace(IMAGE)
    pair = compose_pair(read, after, size=(1280, 360))
    assert pair.left.layout is pair.right.layout


def test_what_stands_in_bands_is_picked_where_it_stands() -> None:
    size = (960, 540)
    scene = compose(trace("mlp"), size=size, synapses=0)
    frame = scene.frame(scene.seconds)
    first = scene.layout.panels[3]
    ids = np.arange(first.start, first.stop)
    at = frame.camera.project(scene.layout.positions[ids], size)
    found = [
        pick(scene.layout, frame.neuron_size, frame.camera, size, tuple(map(float, each))) for each in at
    ]
    assert np.mean(np.array(found) == ids) > 0.6, "a panel is seen aslant, so some hide behind others"


def test_a_net_that_grew_keeps_its_bands_and_new_neurons_stand_last() -> None:
    net = trace("mlp").net.mutate("grow hidden3 4")
    panel, known = panels(arrange(net, LANDSCAPE), net)[-1]
    assert (known.preferred[-4:] == NO_CLASS).all()
    assert (panel.raster.row[-4:] >= panel.raster.bands.spans[-1][0]).all()


@AXES
@pytest.mark.parametrize(
    "text", ["dense 1 relu", "dense 3 relu", "dense 3000 relu", " | ".join(["dense 40 relu"] * 12)]
)
def test_a_net_of_any_depth_and_width_stands_in_bands_without_two_at_one_place(axes, text) -> None:
    net = engine.build(f"input 28x28 | {text} | dense 10 softmax", np.random.default_rng(0))
    images = data.load("digits")
    net = replace(net, statistics=engine.statistics_of(net, images.images[:100], images.labels[:100]))
    layout = arrange(net, axes)
    assert len(np.unique(layout.positions.round(3), axis=0)) == net.neuron_count
    assert all(panel.raster.bands for panel in layout.panels[1:-1])
    size = (320, 180) if axes is LANDSCAPE else (180, 320)
    scene = compose(net.trace(IMAGE), size=size, synapses=50)
    low, high = (f(scene.frame(10.5).camera.project(layout.bounds(), size), axis=0) for f in (np.min, np.max))
    assert (low >= 0).all()
    assert (high <= size).all()


@AXES
@pytest.mark.parametrize("shape", [(1, 50), (50, 1), (4, 90, 3), (28, 28)])
def test_a_picture_is_no_wider_than_there_is_room_however_few_rows_it_has(axes, shape) -> None:
    # Lost otherwise: one row of pixels, as high as all panels, fills the view, and the rest is a speck.
    text = f"input {'x'.join(map(str, shape))} | dense 12 relu | dense 4 softmax"
    net, images = engine.build(text, np.random.default_rng(0)), np.zeros((8, *shape), np.uint8)
    net = replace(net, statistics=engine.statistics_of(net, images, np.arange(8) % 4))
    picture, *others = arrange(net, axes).panels
    assert all(panel.raster.bands for panel in others[:-1])
    assert picture.raster.width <= 64
    assert picture.raster.height <= 38
    assert max(picture.raster.width, picture.raster.height) >= 30


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "mlp-sigmoid"])
def test_neurons_that_prefer_no_digit_are_counted_beside_their_sign(preset) -> None:
    # Lost otherwise: an eleventh band "–" that nothing in the picture explains.
    made = trace(preset)
    scene = compose(made, size=(1920, 1080))
    details = {card.name: card.detail for card in scene.words.cards}
    for panel, known in panels(scene.layout, made.net):
        rest = int((known.preferred == NO_CLASS).sum())
        assert ("–" in details[made.net.layer(panel.layer).title]) == (rest > 0)
        assert not rest or f"{rest} prefer none (–)" in details[made.net.layer(panel.layer).title]
