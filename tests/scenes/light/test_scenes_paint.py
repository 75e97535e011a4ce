"""Paint: results about neurons as their colours, each of which is the value that the legend says it is."""

import itertools
import pickle
from functools import cache

import numpy as np
import pytest
from scene_fixtures import label, trace, untrained

import engine
from scenes import THEMES, Paint, Scene, SceneError, compose, stage_of
from scenes.lettering.fonts import extent
from scenes.space.page import apart
from scenes.vtk.scenery import frames

TITLE = "images read right without each neuron, of 10,000"
SIZES = ((1920, 1080), (1280, 720), (640, 360), (1080, 1080), (1080, 1920), (720, 1280))
LAYERS = (("mlp", "hidden2"), ("cnn-draw", "conv1"), ("vit-tiny", "block2.hidden"))


def made(preset: str) -> engine.Trace:
    """A trace of a preset; what a transformer has learned does not matter here."""
    return untrained(preset) if preset.startswith("vit") else trace(preset)


@cache
def losses(preset: str, layer: str) -> np.ndarray:
    """Images lost without each neuron, made up: whole numbers on both sides of 0, most of them 0."""
    size = made(preset).net.layer(layer).size
    return np.round(np.random.default_rng(1).standard_t(2, size)).astype(np.int64)


def painted(preset: str = "mlp", layer: str = "hidden2", **given) -> Scene:
    """A scene of that layer's losses."""
    paint = Paint.scaled({layer: losses(preset, layer)}, TITLE, "{} more", "{} fewer")
    return compose(made(preset), paint=paint, label=label(), source="MNIST test image #1166", **given)


def span(scene: Scene, layer: str) -> slice:
    """The ids of a layer's neurons."""
    (panel,) = [panel for panel in scene.layout.panels if panel.layer == layer]
    return slice(panel.start, panel.stop)


def warmth(rgb: np.ndarray) -> np.ndarray:
    """Red less blue: large where a colour is warm, below 0 where it is cool."""
    return rgb[..., 0].astype(int) - rgb[..., 2]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("preset", "layer"), LAYERS)
def test_a_painted_neuron_has_the_colour_of_its_value_in_the_legend(preset, layer, theme) -> None:
    # Lost otherwise: the colours of a study would be decoration.
    scene, lost = painted(preset, layer, theme=theme), losses(preset, layer)
    frame, ids = scene.frame(scene.seconds), span(scene, layer)
    rgb, share = frame.neuron_rgb[ids], lost / np.abs(lost).max()
    (legend,) = [s.colours for s in frame.swatches if (s.colours == scene.theme.paint).all()]
    np.testing.assert_array_equal(rgb, legend[np.floor((share + 1) / 2 * 255 + 0.5).astype(int)])
    np.testing.assert_allclose(frame.level[ids], np.abs(share), atol=1e-6)


@pytest.mark.parametrize("theme", THEMES)
def test_warm_is_needed_cool_is_not_and_nothing_is_neutral(theme) -> None:
    scene = painted(theme=theme)
    values = np.linspace(-1, 1, 256, dtype=np.float32)
    scene = compose(trace(), theme=theme, paint=Paint({"hidden2": values}, TITLE, "more", "fewer"))
    rgb = scene.frame(scene.seconds).neuron_rgb[span(scene, "hidden2")]
    heat = warmth(rgb)
    assert heat[:122].max() < -15
    assert heat[135:].min() > 15
    assert np.ptp(rgb[127:129].astype(int), axis=1).max() < 16, "nothing has a colour"
    # Further from 0 a neuron stands out more against the ground, to both sides.
    away = np.abs(rgb.astype(int) - np.array(scene.theme.background)).sum(axis=1)
    assert np.argmin(away) in range(120, 136)
    light = rgb.astype(int).sum(axis=1) * (-1 if scene.theme.ink else 1)
    for side in (light[128:], light[127::-1]):
        assert (np.diff(side[::8]) > 0).all(), "a larger value is not brighter (darker on a light ground)"


def test_size_and_halo_follow_the_size_of_the_value() -> None:
    scene, lost = painted(), losses("mlp", "hidden2")
    frame, ids = scene.frame(scene.seconds), span(scene, "hidden2")
    order = np.argsort(np.abs(lost), kind="stable")
    assert (np.diff(frame.neuron_size[ids][order]) >= -1e-6).all()
    assert (np.diff(frame.halo_rgba[ids][order][:, 3].astype(int)) >= 0).all()
    assert frame.halo_rgba[ids][lost == 0][:, 3].max() == 0


@pytest.mark.parametrize(("preset", "layer"), LAYERS)
def test_the_other_layers_show_their_activation_as_they_did_but_in_grey(preset, layer) -> None:
    scene, plain = painted(preset, layer), compose(made(preset))
    frame, before = scene.frame(scene.seconds), plain.frame(plain.seconds)
    others = np.ones(len(frame.level), bool)
    others[span(scene, layer)] = False
    np.testing.assert_array_equal(frame.level[others], before.level[others])
    np.testing.assert_array_equal(frame.neuron_size[others], before.neuron_size[others])
    np.testing.assert_array_equal(frame.bars, before.bars)
    # Grey has no hue of its own: a warm neuron is a painted one.
    assert warmth(frame.neuron_rgb[others]).max() <= 0
    assert warmth(before.neuron_rgb[others]).max() > 100
    assert np.ptp(scene.theme.heat.astype(int), axis=1).max() < 60


def test_shares_from_0_to_1_have_the_warm_half_alone() -> None:
    left = np.linspace(0, 1, 128, dtype=np.float32)
    paint = Paint({"hidden3": left}, "share of weights left", "0%", "100%", signed=False)
    scene = compose(trace(), paint=paint)
    frame = scene.frame(scene.seconds)
    rgb = frame.neuron_rgb[span(scene, "hidden3")]
    assert (np.diff(rgb[:, 0].astype(int)) >= 0).all()
    np.testing.assert_array_equal(rgb[0], scene.theme.paint[128])
    np.testing.assert_array_equal(rgb[-1], scene.theme.paint[255])
    (legend,) = [s.colours for s in frame.swatches if (s.colours[-1] == scene.theme.paint[255]).all()]
    np.testing.assert_array_equal(legend[[0, 255]], rgb[[0, -1]])
    said = [caption.text for caption in frame.captions]
    assert {"Hidden 3: share of weights left", "0%", "100%"} <= set(said)


def test_several_layers_share_one_scale() -> None:
    paint = Paint.scaled({"hidden2": np.ones(256), "hidden3": -4 * np.ones(128)}, "t", "{} more", "{} fewer")
    scene = compose(trace(), paint=paint)
    frame = scene.frame(scene.seconds)
    assert frame.level[span(scene, "hidden2")].max() == 0.25
    assert frame.level[span(scene, "hidden3")].min() == 1
    said = [caption.text for caption in frame.captions]
    assert {"Hidden 2 and Hidden 3: t", "4 more", "4 fewer"} <= set(said)


def test_where_nothing_matters_all_is_pale() -> None:
    scene = compose(trace(), paint=Paint.scaled({"hidden3": np.zeros(128)}, "t", "{} more", "{} fewer"))
    frame = scene.frame(scene.seconds)
    assert frame.level[span(scene, "hidden3")].max() == 0
    assert "1 fewer" in [caption.text for caption in frame.captions]


def test_colours_are_up_before_the_digit_and_swell_when_the_signal_comes() -> None:
    scene, ids = painted(), span(painted(), "hidden2")
    early, last = scene.frame(0.1 * scene.seconds), scene.frame(scene.seconds)
    np.testing.assert_array_equal(early.neuron_rgb[ids], last.neuron_rgb[ids])
    np.testing.assert_array_equal(early.level[ids], last.level[ids])
    best = ids.start + int(np.argmax(np.abs(losses("mlp", "hidden2"))))
    arrives = float(scene.neurons.fires[best] + 0.75 * scene.neurons.rise)
    assert scene.frame(arrives).neuron_size[best] > 1.3 * last.neuron_size[best]


def test_synapses_fade_before_they_would_tint_a_painted_neuron() -> None:
    alpha = painted().frame(painted().seconds).synapse_rgba[..., 3].astype(int)
    strands, ids = painted().drawn, span(painted(), "hidden2")
    lands = (strands.target >= ids.start) & (strands.target < ids.stop)
    leaves = (strands.source >= ids.start) & (strands.source < ids.stop)
    assert lands.any()
    assert leaves.any()
    assert alpha[lands, -1].max() == 0
    assert alpha[leaves, 0].max() == 0
    assert alpha[lands, 3].max() > 0
    assert alpha[~(lands | leaves), -1].max() > 0


@pytest.mark.parametrize("theme", THEMES)
def test_the_painted_layer_has_a_frame_that_stands_out(theme) -> None:
    scene = painted(theme=theme)
    assert scene.neurons.coat is not None
    _, rgba = frames(scene.layout, scene.theme, scene.neurons.coat.layers)
    names = [panel.layer for panel in scene.layout.panels if panel.raster.kind != "outputs"]
    bright = (rgba[:, 0, :3] == scene.theme.text).all(axis=1)
    assert [name for name, stands_out in zip(names, bright, strict=True) if stands_out] == ["hidden2"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("preset", "layer"), LAYERS)
@pytest.mark.slow
def test_the_legend_tells_of_paint_and_nothing_is_cut_or_overlaps(size, preset, layer) -> None:
    scene, most = painted(preset, layer, size=size), np.abs(losses(preset, layer)).max()
    name = {"hidden2": "Hidden 2", "conv1": "Convolution 1", "block2.hidden": "Block 2 hidden"}[layer]
    for t in np.linspace(0, scene.seconds, 9):
        visible = [caption for caption in scene.frame(t).captions if caption.alpha > 0.15]
        said = {caption.text for caption in visible}
        assert {f"{name}: {TITLE}", f"{most:,} more", f"{most:,} fewer", "0", "Activation elsewhere"} <= said
        for caption in visible:
            box = extent(caption)
            assert min(box[:2]) >= 0, f"{caption.text!r} is cut at {t:.2f} s"
            assert box[2] <= size[0], f"{caption.text!r} is cut at {t:.2f} s"
            assert box[3] <= size[1], f"{caption.text!r} is cut at {t:.2f} s"
        for one, other in itertools.combinations(visible, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} at {t:.2f} s"
        for swatch, other in itertools.product(scene.frame(t).swatches, visible):
            assert apart(swatch.box, extent(other)) >= 0, f"{other.text!r} lies on a colour"


def test_a_title_too_long_for_the_page_shrinks() -> None:
    paint = Paint.scaled({"hidden2": losses("mlp", "hidden2")}, 3 * TITLE, "{} more", "{} fewer")
    scene = compose(trace(), paint=paint, size=(640, 360))
    (title,) = [c for c in scene.frame(0).captions if c.text.startswith("Hidden 2: ")]
    assert extent(title)[2] <= 640


def test_an_edited_net_keeps_its_rings_and_a_scene_goes_to_other_processes() -> None:
    changed = trace().net.mutate("ablate hidden2:30").trace(np.zeros((28, 28), np.uint8))
    paint = Paint.scaled({"hidden2": losses("mlp", "hidden2")}, TITLE, "{} more", "{} fewer")
    scene = pickle.loads(pickle.dumps(compose(changed, paint=paint)))
    assert len(scene.frame(scene.seconds).rings) == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "paint for no layer"),
        ({"hidden3": np.zeros(127)}, "'hidden3' has 127 values: give 128"),
        ({"hidden3": np.full(128, np.nan)}, "values outside -1..1"),
        ({"hidden3": np.full(128, 1.5)}, "values outside -1..1"),
        ({"hidden9": np.zeros(128)}, "no layer 'hidden9'"),
    ],
)
def test_wrong_paint_is_one_line(values, says) -> None:
    with pytest.raises((SceneError, engine.EngineError), match=says) as told:
        compose(trace(), paint=Paint(values, "t", "low", "high"))
    assert "\n" not in str(told.value)


def test_shares_below_0_are_refused() -> None:
    with pytest.raises(SceneError, match=r"outside 0\.\.1"):
        compose(trace(), paint=Paint({"hidden3": np.full(128, -0.5)}, "t", "low", "high", signed=False))


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("theme", THEMES)
def test_the_picture_has_the_colours_in_the_painted_layer_alone(theme) -> None:
    ends = np.where(np.arange(256) % 2, 1.0, -1.0)
    scene = compose(
        trace(),
        paint=Paint({"hidden2": ends}, "t", "low", "high"),
        size=(640, 360),
        theme=theme,
        synapses=0,
    )
    frame = scene.frame(scene.seconds)
    with stage_of(scene, 2) as stage:
        picture = warmth(stage.draw(frame))
    (panel,) = [p for p in scene.layout.panels if p.layer == "hidden2"]
    places = frame.camera.project(panel.positions(), scene.size)
    left, right = int(places[:, 0].min()), int(places[:, 0].max())
    middle = slice(int(places[:, 1].min()), int(places[:, 1].max()))
    inside = picture[middle, left:right]
    assert inside.max() > 80
    assert inside.min() < -80
    rest = np.concatenate([picture[middle, 40 : left - 15], picture[middle, right + 15 : 420]], axis=1)
    assert rest.max() < 30
