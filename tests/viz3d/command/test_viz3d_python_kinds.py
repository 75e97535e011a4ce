"""What is of no kind that a public function takes is told in one line that names it."""

import inspect
import pydoc
import traceback
from contextlib import suppress

import numpy as np
import pytest

import data
import engine
import scenes
import viz3d
from engine import EngineError
from guarding import checked
from scenes import SceneError

WRONG = (None, 2.5, "nonsense", b"x", [], {}, np.zeros((2, 3, 4)), object(), [object()], 1j)
NET = engine.build("input 4 | dense 3 relu | dense 3 softmax", np.random.default_rng(0), name="custom")


@pytest.fixture(scope="module")
def trace():
    rng = np.random.default_rng(0)
    net = engine.build("input 6x6 | conv 2 3x3 relu | dense 5 relu | dense 3 softmax", rng)
    return net.trace(rng.integers(0, 255, (6, 6), np.uint8))


@pytest.fixture(scope="module")
def scene(trace):
    return scenes.compose(trace, size=(640, 360), ended=True)


def given(scene, trace):
    """For each function what it takes."""
    layout, theme, pose, last = scene.layout, scene.theme, scene.path.end, trace.net.neuron_count - 1
    seen = {"pose": pose, "size": (640, 360), "at": (30.0, 40.0)}
    lit = {"trace": trace, "layout": layout, "theme": theme}
    return {
        scenes.focus_on: {**lit, "neuron": last},
        scenes.focus_on_class: {**lit, "label": 1},
        scenes.focus_on_group: {**lit, "group": (last - 1, last)},
        scenes.focus_on_synapse: {**lit, "source": last - 4, "target": last},
        scenes.key_colours: {"theme": theme},
        scenes.lacking: {"texts": ("abc",)},
        scenes.orientation: {"size": (640, 360)},
        scenes.pick: {"layout": layout, "radius": np.ones(last + 1, np.float32), **seen},
        scenes.pick_bar: {"layout": layout, **seen},
        scenes.pick_strand: {"curves": np.zeros((2, 5, 3), np.float32), **seen},
        scenes.place_on: {"panel": layout.panels[0], **seen},
        scenes.see_through: {"picture": np.zeros((4, 5, 3), np.uint8), "ink": False},
        scenes.site_of: {"net": trace.net, "look": scenes.Look()},
        engine.Task: {"noun": "digit", "classes": ("a",), "columns": ("u",), "low": (0.0,), "span": (1.0,)},
        engine.scale_of: {"numbers": np.ones((3, 2))},
        engine.Conv: {"maps": 2, "height": 3, "width": 3, "stride": 1},
        engine.Dense: {"units": 3},
        engine.ArrayMap: {"arrays": {}},
        engine.is_known: {"path": "net.onnx"},
    }


def test_no_argument_of_another_kind_brings_up_a_raw_error(scene, trace):
    for function, right in given(scene, trace).items():
        function(**right)
        for name in right:
            for wrong in WRONG:
                with suppress(EngineError, SceneError):  # nothing else comes of it
                    function(**{**right, name: wrong})


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: engine.Task(3), "noun 3: give text"),
        (lambda: engine.scale_of(3), "an array (N, D)"),
        (lambda: engine.torch_module([], "x"), "layers are those of a net, such as net.layers, got []"),
        (lambda: NET.wiring("output", {}), "activations lack layer hidden1, which output reads"),
        (lambda: NET.wiring("output", 3), "activations are arrays by layer"),
        (lambda: engine.load("x" * 5000), "5,000 letters are more than a name has room for"),
        (lambda: engine.load(str(NET)), r"there is no file <Net custom: 10 neurons"),
        (lambda: scenes.orientation(3), "size 3: give 2 whole numbers"),
        (lambda: scenes.key_colours("dark"), "theme 'dark': give a scenes.Theme, such as scenes.theme"),
        (lambda: scenes.lacking(3), "texts 3: give several texts"),
        (lambda: scenes.orientation((0, 0)), "size (0, 0): give width and height in pixels"),
        (
            lambda: scenes.see_through(np.zeros((2, 3, 4), np.uint8), ink=False),
            "picture is an array of numbers",
        ),
    ],
)
def test_a_raw_value_gets_the_fix(call, told):
    with pytest.raises((EngineError, SceneError)) as caught:
        call()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "During handling" not in "".join(traceback.format_exception(caught.value)), (
        "one traceback, not two"
    )


def test_a_neuron_that_the_net_has_not_is_named(scene, trace):
    for lit in (scenes.focus_on, lambda *at: scenes.focus_on_group(*at[:3], (at[3],))):
        with pytest.raises(SceneError, match=r"no neuron 1000: the net has those from 0 to 75"):
            lit(trace, scene.layout, scene.theme, 1000)
    with pytest.raises(SceneError, match="a group has one neuron or more"):
        scenes.focus_on_group(trace, scene.layout, scene.theme, ())


def test_a_fault_of_ours_is_not_taken_for_the_callers():
    def broken(count: int) -> int:
        return count + None

    with pytest.raises(TypeError, match="unsupported operand"):
        checked(broken, EngineError)(3)


def test_a_trace_without_gradients_says_how_to_get_them(trace):
    with pytest.raises(
        EngineError, match=r"no gradient of 'x': this trace has none; net\.trace\(image, grad"
    ):
        trace.gradient["x"]
    assert not trace.gradient
    assert trace.gradient.get("conv1") is None


def test_evolve_and_fit_take_data_sets_as_they_are():
    digits = data.load("digits")
    rng = np.random.default_rng(0)
    net = engine.build("input 28x28 | dense 4 relu | dense 10 softmax", rng)
    for _, _found in engine.evolve(
        net, digits, digits, rng, generations=1, population=2, survivors=1, images=20
    ):
        pass
    assert _found.images == 20
    images, labels = digits.images[:16], digits.labels[:16]
    assert next(iter(engine.fit(net, images, labels, rng=rng, epochs=1, validation=digits))).step == 1


def test_help_and_completion_show_what_a_picture_can_be_told():
    for function in (viz3d.film, viz3d.picture, scenes.compose, scenes.shoot):
        names = inspect.signature(function).parameters
        assert {field.name for field in scenes.Look.__dataclass_fields__.values()} <= set(names)
        assert "look" not in names or names["look"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert "title" not in inspect.signature(scenes.compose_pair).parameters
    shown = pydoc.plain(pydoc.render_doc(viz3d.picture))
    assert "size: tuple[int, int] = (1280, 720)" in shown
    assert "transparent: bool = False" in shown
    assert len(pydoc.render_doc(scenes.called)) < 1000
