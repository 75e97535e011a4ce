"""What a script gives wrongly is told in one line; a notebook shows where its cell went wrong."""

import subprocess
import sys

import numpy as np
import pytest

import data
import engine
import scenes
import viz3d
from scenes import SceneError

SMALL = (320, 180)
IMAGES = data.load("digits").images[:3]
LABELS = data.load("digits").labels[:3]
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def net():
    return engine.load(data.model_path("mlp"))


@pytest.fixture(scope="module")
def trace(net):
    return net.trace(data.load("digits").images[17])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"out": "film.avi"}, "endings are"),
        ({"out": "film.mp4", "hold": -1.0}, "hold"),
        ({"out": "film.mp4", "transparent": True}, "transparent: film.mp4 cannot be seen through: name a"),
        ({"out": "film.gif", "transparent": True}, "film.gif cannot be seen through"),
        ({"out": "film.mp4", "theme": "mud"}, "theme mud"),
        ({"out": "film.mp4", "select": "hidden9"}, "hidden9"),
    ],
)
def test_what_cannot_be_filmed_is_refused_in_a_line_and_nothing_is_written(
    trace, tmp_path, monkeypatch, asked, said
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((viz3d.UserError, SceneError, engine.EngineError), match=said) as refused:
        viz3d.film(trace, **asked)
    assert "\n" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", [3, None, ""])
def test_what_names_no_file_is_refused_in_words(net, trace, place):
    for ask in (lambda: viz3d.read(net, place), lambda: viz3d.film(trace, place)):
        with pytest.raises(data.DataError, match="names no file or folder"):
            ask()


@pytest.mark.parametrize("given", [3, "seven.png", None])
def test_what_is_no_trace_is_refused_in_words(trace, tmp_path, given):
    name = type(given).__name__
    for ask in (lambda: viz3d.picture(given), lambda: viz3d.film(given, tmp_path / "film.mp4")):
        with pytest.raises(SceneError, match=rf"{name} is no trace: give what net\.trace"):
            ask()
    with pytest.raises(SceneError, match="int is no trace"):
        viz3d.picture(trace, before=7)
    assert list(tmp_path.iterdir()) == []


def test_one_part_and_two_nets_are_not_shown_at_once(trace):
    with pytest.raises(viz3d.UserError, match="leave one out"):
        viz3d.picture(trace, before=trace, select="hidden1:3")
    with pytest.raises(viz3d.UserError, match="title heads one net, before shows two"):
        viz3d.picture(trace, before=trace, title="Mine")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda _, net: viz3d.picture(net), "Net is no trace: give what net.trace"),
        (lambda trace, _: viz3d.picture(trace, before=3), "int is no trace"),
        (lambda trace, _: viz3d.picture(trace, size="4k"), "size '4k': give width and height in pixels"),
        (lambda trace, _: viz3d.picture(trace, size=(640,)), "size .640,.: give width and height"),
        (lambda trace, _: viz3d.picture(trace, text="no"), "text 'no': give True or False"),
        (lambda trace, _: viz3d.picture(trace, label="3"), "label '3': give the number of a class"),
        (lambda trace, _: viz3d.picture(trace, title=None), "title None: give text"),
        (lambda trace, _: viz3d.picture(trace, synapses=2.5), "synapses 2.5: give a whole number"),
        (lambda trace, _: viz3d.picture(trace, paint={}), "paint {}: give a scenes.Paint"),
        (lambda trace, _: viz3d.picture(trace, "end"), "at end: give a number"),
        (lambda trace, _: viz3d.picture(trace, supersample=1.5), "supersample 1.5: give a whole number"),
        (lambda trace, _: viz3d.film(trace, "a.mp4", fps=29.97), "fps 29.97: give a whole number"),
        (lambda trace, _: viz3d.film(trace, "a.mp4", fps=True), "fps True: give a whole number"),
        (lambda *_: viz3d.read("four.png", "mlp"), "str is no net"),
        (lambda trace, _: engine.strongest(trace.net, 5), "a trace is needed"),
        (lambda trace, _: engine.strongest(trace, 2.5), "k = 2.5"),
        (lambda *_: engine.lead("x"), "a trace is needed"),
        (lambda *_: engine.build("input 4 | dense 2 softmax", 3), "generator of random numbers is needed"),
        (lambda *_: engine.build(3, np.random.default_rng(0)), "an architecture is text"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=0), "np.random.default_rng.0. gives, got 0"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, epochs=1.5), "epochs 1.5 must be a whole"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, lr="1"), "lr '1' must be a number"),
        (lambda _, net: engine.evaluate(IMAGES, net, LABELS), "a net is needed"),
        (lambda *_: engine.load("mlp"), "data.model_path"),
        (lambda trace, _: engine.evidence(trace, 3), "an engine.Synapses is needed, .* got 3"),
        (lambda trace, _: engine.shares(trace, "x"), "an engine.Synapses is needed"),
        (lambda trace, _: engine.evidence_total(trace, "hidden3", "x"), "mlp has no layer 'x'"),
        (lambda trace, _: engine.strongest(trace, 3, by=np.zeros(2)), "unknown by array"),
        (lambda trace, _: engine.strongest_paths(trace, 3, 2.5), "k, how many paths, is a whole number"),
        (lambda *_: engine.path_contributions("x", ()), "a trace is needed"),
        (lambda *_: engine.pixel_contributions(3, 3), "a trace is needed"),
        (lambda *_: engine.margins(3, "hidden1", 3, 5), "a trace is needed"),
        (lambda *_: engine.deciders(None), "a trace is needed"),
        (lambda _, net: engine.pictures(net), "a trace is needed"),
        (lambda *_: engine.interpret("mlp", IMAGES[0]), "a net is needed"),
        (lambda *_: engine.fit("mlp", IMAGES, LABELS, rng=RNG), "a net is needed"),
        (lambda *_: next(engine.prune_until("mlp", IMAGES, LABELS)), "a net is needed"),
        (lambda *_: engine.export_net("mlp", "mine.onnx"), "a net is needed"),
        (lambda *_: engine.torch_weights("mlp"), "a net is needed"),
        (lambda *_: engine.unit_of("mlp", "hidden1"), "a net is needed"),
        (lambda _, net: net.synapses("hidden3", "output", 3), "a trace is needed, .* got 3"),
        (lambda _, net: net.synapses(["hidden3"], "output"), r"mlp has no layer .'hidden3'."),
        (lambda _, net: net.synapses_into("hidden3", "1"), "no neuron hidden3:'1': hidden3 has neurons"),
        (lambda _, net: net.synapses_out_of("hidden3", 1, trace="x"), "a trace is needed"),
        (lambda _, net: next(net.iter_synapses("x")), "chunk is a whole number of 1 or more, got 'x'"),
        (lambda _, net: next(net.iter_synapses(between="hidden3")), "between is two layers"),
        (lambda _, net: next(net.iter_synapses(trace=3)), "a trace is needed"),
        (lambda _, net: net.predict(IMAGES, batch=2.5), "batch is a whole number of 1 or more, got 2.5"),
        (lambda _, net: net.predict(IMAGES, crops="x"), "crops is a whole number of 1 or more, got 'x'"),
        (lambda _, net: net.predict(IMAGES, rng=3), "a generator of random numbers is needed"),
        (lambda *_: data.load(np.zeros((2, 3))), "a data set is named by text"),
        (lambda *_: data.model_path(np.zeros((2, 3))), "a bundled model is named by text"),
        (lambda *_: data.load_own(np.zeros((2, 3))), "names no file or folder"),
        (lambda *_: data.read_digit(IMAGES[0], pick="2"), "pick is the number of a digit, .* got '2'"),
        (lambda *_: data.augmentation(3), "an augmentation is text"),
        (lambda *_: data.affine(IMAGES, 3), "a generator of random numbers is needed"),
        (lambda *_: data.elastic(IMAGES[0], RNG), "images are uint8 .N, h, w., got .28, 28."),
        (lambda *_: data.random_crop("x", RNG), "images are uint8"),
        (lambda *_: data.rotations(IMAGES[0], LABELS), "images are uint8 .N, h, w., got .28, 28."),
        (lambda *_: data.rotations(IMAGES, LABELS[:2]), r"labels are \(3,\), one an image, got .2,."),
        (lambda *_: data.rotations(IMAGES, LABELS, "x"), "degrees are a number, such as 15, got 'x'"),
        (lambda *_: data.resized("four.png", (28, 28)), "a picture is uint8 .*, got 'four.png'"),
        (lambda *_: data.resized(IMAGES[0] / 255, (14, 14)), "a picture is uint8 .*, got float64 .28, 28."),
        (lambda *_: data.resized(IMAGES[0], 14), "a size is height and width in pixels, .* got 14"),
        (lambda *_: data.read_picture("none.png", (28, 28), False), "^none.png: there is no such file"),
        (lambda *_: data.read_picture(3, (28, 28), False), "3 names no file or folder"),
        (lambda *_: data.keep_sample("four.png", 4), "a sample is an array and a number, got 'four.png'"),
        (lambda _, net: net.with_edits("ablate hidden1:3"), "edits are several engine.Edit, got 'ablate"),
        (lambda trace, _: engine.path_contributions(trace, [(1, 1 << 20)]), "a path is neurons by number"),
        (
            lambda _, net: engine.survey(net, "hidden1", IMAGES, LABELS, k="x"),
            "k is a whole number of 1 or more",
        ),
        (lambda _, net: engine.statistics_of(net, IMAGES, LABELS, batch=0), "batch is a whole number of 1"),
        (
            lambda _, net: next(engine.ablate_each(net, "hidden1", IMAGES, LABELS, batch=-1)),
            "batch is a whole",
        ),
        (lambda trace, _: engine.path_contributions(trace, 3), "several paths are needed"),
        (lambda trace, _: engine.path_contributions(trace, ["input"]), "a path is neurons by number"),
        (lambda trace, _: viz3d.picture(trace, select=np.zeros(2)), "what is selected is text"),
        (lambda trace, _: viz3d.picture(trace, np.zeros((2, 3))), r"at \[\[0.*: give a number"),
        (
            lambda trace, _: viz3d.film(trace, "a.mp4", fps=np.zeros((2, 3))),
            "fps array.*: give a whole number",
        ),
        (lambda trace, _: viz3d.film(trace, "a.mp4", hold=None), "hold None: give a number"),
        (lambda trace, _: viz3d.film(trace, "a.mp4", loop=[]), r"loop \[\]: give True or False"),
        (lambda trace, _: viz3d.film(trace, "a.mp4", subtitles="a.srt"), "subtitles 'a.srt': give True"),
        (lambda _, net: engine.evaluate(net, IMAGES, LABELS, batch=2.5), "batch is a whole number"),
        (lambda _, net: engine.crossover("mlp", net, RNG), "a net is needed"),
        (lambda _, net: engine.crossover(net, "mlp", RNG), "a net is needed"),
        (lambda *_: engine.preset(["mlp"], RNG), "a preset's name is text such as 'mlp'"),
        (lambda _, net: next(engine.evolve("mlp", IMAGES, LABELS, RNG)), "a net is needed"),
        (lambda _, net: next(engine.evolve(net, IMAGES, LABELS, RNG)), "train is a pair .images, labels."),
        (lambda _, net: next(engine.prune_until(net, IMAGES, LABELS, layers="hidden1")), "several names"),
        (lambda _, net: next(engine.prune_until(net, IMAGES, LABELS, floor="x")), "floor 'x': an accuracy"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, validation=3), "validation is a pair"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, augment="hands"), "augment is called as"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, recipe={}), "a recipe is needed"),
        (lambda _, net: engine.fit(net, IMAGES, LABELS, rng=RNG, window="x"), "window is a whole number"),
        (
            lambda _, net: engine.fit(
                net, IMAGES, LABELS, rng=RNG, validation=(IMAGES, LABELS), patience="x"
            ),
            "patience is a whole number",
        ),
        (lambda _, net: engine.save_checkpoint(net, "a.npz"), "a checkpoint is needed"),
        (lambda *_: engine.resume("a.npz", IMAGES, LABELS), "a checkpoint is needed"),
        (lambda *_: scenes.theme([]), r"theme \[\] is not known: give one of dark"),
        (lambda trace, _: viz3d.picture(trace, theme=[]), r"theme \[\]: give text"),
        (lambda trace, _: viz3d.picture(trace, language=["de"]), "language .'de'.: give text"),
        (lambda trace, _: viz3d.picture(trace, show=np.zeros(2)), "show array.*: give text"),
        (lambda trace, _: viz3d.picture(trace, sign="+"), "sign .*: give 1, -1, or 0 for both"),
        (lambda trace, _: viz3d.picture(trace, sizes=SMALL), "no 'sizes' to choose: did you mean size"),
        (lambda *_: scenes.Paint.scaled(3, "t", "{} a", "{} b"), "amounts are by layer, .* got 3"),
        (
            lambda *_: scenes.Paint.scaled({"hidden3": "x"}, "t", "{} a", "{} b"),
            "amounts of 'hidden3' are numbers",
        ),
        (lambda *_: scenes.Paint.scaled({}, 3, "{} a", "{} b"), "title is text for the legend, got 3"),
        (
            lambda *_: scenes.Paint.scaled({}, "t", "{a}", "{} b"),
            "low .*: a place for the amount is written {}",
        ),
        (lambda _, net: net.trace("four.png"), "got 'four.png': a picture is read by viz3d.read"),
        (lambda _, net: net.predict("four.png"), "got 'four.png'"),
        (lambda _, net: net.trace(IMAGES), r"one image .28, 28, 1., got .3, 28, 28.: give one of them"),
        (lambda _, net: net.trace(IMAGES[0, 1:]), r"traces one image .28, 28, 1., got .27, 28.$"),
        (lambda _, net: net.predict(IMAGES[0]), r"images .B, 28, 28, 1., .*: one image is image.None."),
        (lambda _, net: net.trace(IMAGES[0].astype(int)), "got int64: convert them"),
        (lambda _, net: net.trace([[1, 2], [3]]), "reads arrays of numbers"),
        (lambda _, net: net.trace(IMAGES[0], base=net), "a trace is needed"),
        (lambda _, net: net.trace(IMAGES[0], gradients_of="3"), "no class '3': the classes are 0..9"),
        (lambda _, net: net.diff("other.npz"), "a net is needed, such as engine.load"),
        (lambda _, net: net.neuron("hidden1:3").read(net), "a trace is needed"),
        (lambda *_: engine.save("mlp", "mine.npz"), "a net is needed"),
        (lambda trace, _: engine.strongest_paths(trace, "3"), "no class '3'"),
        (
            lambda trace, _: viz3d.picture(trace, select=3),
            "what is selected is text such as 'hidden1:17', got 3",
        ),
        (lambda trace, _: viz3d.film(trace, "a.png", loop=False), "^loop=False is for films"),
        (lambda trace, _: scenes.compose(trace, 3), "int is no look"),
        (lambda trace, _: scenes.compose(trace, size=SMALL).frame("end"), "a number of seconds, got 'end'"),
        (lambda trace, _: scenes.Stage(trace), "Trace is no scene: give what scenes.compose makes"),
    ],
)
def test_what_a_script_gives_wrongly_is_told_in_a_line(net, trace, call, said):
    ours = (viz3d.UserError, SceneError, engine.EngineError, data.DataError)
    with pytest.raises(ours, match=said) as refused:
        call(trace, net)
    assert "\n" not in str(refused.value)


def test_a_notebook_shows_where_its_cell_went_wrong_and_nothing_of_how_it_was_found_out():
    program = """
import sys, traceback
from types import SimpleNamespace

shown = SimpleNamespace(mode="Context")
shown.structured_traceback = lambda kind, error, traced: [f.name for f in traceback.extract_tb(traced)]
sys.modules["IPython"] = SimpleNamespace(get_ipython=lambda: SimpleNamespace(InteractiveTB=shown))
import data, engine, scenes, viz3d

def cell(call):
    try:
        call()
    except (Exception, KeyboardInterrupt) as error:
        return error._render_traceback_()

def stop(*_):
    raise KeyboardInterrupt

np = __import__("numpy")
net = engine.build("input 4 | dense 2 softmax", np.random.default_rng(0))
trace = net.trace(np.zeros(4, np.float32))
import viz3d.export.from_python
viz3d.export.from_python.stage_of = stop  # the notebook's stop button
calls = [
    lambda: net.mutate("ablate hidden9:3"),
    lambda: viz3d.picture(3),
    lambda: viz3d.read(net, "none.png"),
    lambda: data.read_digit("none.png"),
    lambda: scenes.Look(size=3),
    lambda: viz3d.picture(trace),
]
assert [cell(call) for call in calls] == [["cell", "<lambda>"]] * len(calls), list(map(cell, calls))
shown.mode = "Verbose"
assert len(cell(calls[0])) > 4
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_caller_of_python_is_told_of_arguments_and_not_of_options(net, trace):
    with pytest.raises(viz3d.UserError) as refused:
        viz3d.picture(trace, 99)
    assert (
        str(refused.value) == "at 99 is out of range: give 0 to 11.5 seconds; seconds makes the film longer"
    )
    with pytest.raises(viz3d.UserError, match=r"^image none.png: there is no such file"):
        viz3d.read(net, "none.png")


def test_the_tab_key_finds_what_is_loaded_late():
    """Neither had read, picture and film before their first use; sys, logging and the like are nobody's."""
    for module in (viz3d, scenes):
        assert [name for name in dir(module) if not name.startswith("__")] == sorted(module.__all__)
