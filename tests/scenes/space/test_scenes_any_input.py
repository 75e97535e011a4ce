"""Pictures of networks that read something else than digits: names, colours, and where their inputs stand."""

from dataclasses import replace

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from engine import Task
from scenes import Free, compose
from scenes.lettering.class_names import abbreviated
from scenes.lettering.fonts import extent
from scenes.space.page import apart
from scenes.texts import LANGUAGES, catalogue_for


def traced(text: str, task: Task | None, image: np.ndarray) -> engine.Trace:
    return replace(engine.build(text, np.random.default_rng(0)), task=task).trace(image)


IRIS = Task(
    "flower", "Iris", ("setosa", "versicolor", "virginica"), ("a", "b", "c", "d"), (0.0,) * 4, (1.0,) * 4
)
WORDS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SHAPES = Task("image", "shapes", ("circle", "square"))


def colours() -> np.ndarray:
    """A red, a green and a blue pixel, and a black one."""
    image = np.zeros((2, 2, 3), np.uint8)
    image[0, 0, 0] = image[0, 1, 1] = image[1, 0, 2] = 255
    return image


def said(scene) -> str:
    frame = scene.frame(scene.seconds)
    return " | ".join([caption.text for caption in frame.captions] + [text for _, text in scene.story()])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_digit_is_called_none(language):
    # Lost otherwise: a picture of flowers titled as one of a digit.
    scene = compose(
        traced("input 4 | dense 8 relu | dense 3 softmax", IRIS, np.ones(4, np.float32)),
        label=1,
        size=(1280, 720),
        language=language,
    )
    words = said(scene)
    for name in ("Iris", *IRIS.classes):
        assert name in words
    for digit in ("digit", "Ziffer", "dígito", "ink ", "Tinte", "tinta", "{"):
        assert digit not in words


def test_a_digit_is_still_one():
    words = said(compose(trace()))
    assert "How a neural network reads a digit" in words
    assert "back to the ink" in words


@pytest.mark.parametrize(
    ("preset", "headline"),
    [
        ("mlp-sigmoid", "How a neural network reads a digit"),
        ("cnn-fast", "Inside a convolutional network"),
        ("vit-tiny", "Inside a vision transformer"),
    ],
)
def test_the_headline_says_what_kind_of_net_it_is(preset: str, headline: str) -> None:
    # Lost otherwise: a stranger takes walls of maps and decks of tiles for one and the same thing.
    scene = compose(trace(preset))
    assert scene.frame(0.0).captions[0].text == headline


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (900, 900)])
def test_long_names_stand_beside_their_bars_and_are_whole(size):
    task = Task(
        "image", "things", ("a hippopotamus", "an elephant", "an ox", "a rhinoceros of a very long name")
    )
    scene = compose(
        traced("input 6x6 | dense 9 relu | dense 4 softmax", task, np.ones((6, 6), np.uint8)), size=size
    )
    frame = scene.frame(scene.seconds)
    texts = {caption.text for caption in frame.captions if caption.alpha > 0.3}
    assert {"a hippopotamus", "an elephant", "an ox", "a rhinoceros of…"} & texts
    assert all(0 <= caption.at[0] <= size[0] for caption in frame.captions)


def test_a_picture_in_colour_shows_each_pixel_in_three_stripes_of_its_colours():
    scene = compose(
        traced("input 2x2x3 | dense 8 relu | dense 2 softmax", SHAPES, colours()), size=(640, 360)
    )
    panel = scene.layout.panels[0]
    places = panel.positions().reshape(2, 2, 3, 3)
    across = places @ panel.right
    # Row, column, channel: stripes stand side by side, in the order of their pixels.
    assert (np.diff(across.reshape(2, 6), axis=1) > 0).all()
    np.testing.assert_allclose(np.ptp(places @ panel.up, axis=(1, 2)), 0, atol=1e-5)
    rgb = scene.frame(scene.seconds).neuron_rgb[:12].reshape(2, 2, 3, 3).astype(int)
    for pixel, channel in (((0, 0), 0), ((0, 1), 1), ((1, 0), 2)):
        own = rgb[pixel][channel]
        assert own.argmax() == channel
        assert own[channel] > 150
    assert rgb[1, 1].max() < 80


def test_few_numbers_stand_in_a_column_and_in_portrait_in_a_row():
    one = traced("input 2 | dense 3 tanh | dense 2 softmax", None, np.ones(2, np.float32))
    raster = compose(one, size=(1280, 720)).layout.panels[0].raster
    assert (raster.rows, raster.cols, raster.kind) == (2, 1, "neurons")
    raster = compose(one, size=(720, 1280)).layout.panels[0].raster
    assert (raster.rows, raster.cols) == (1, 2)


@pytest.mark.parametrize("size", [(640, 360), (480, 480), (360, 640), (1280, 720), (720, 1280)])
def test_a_long_answer_stands_clear_of_what_is_told_beside_it(size):
    # Lost otherwise: "40.9%versicolor".
    scene = compose(traced("input 4 | dense 3 softmax", IRIS, np.ones(4, np.float32)), size=size)
    frame = scene.frame(scene.seconds)
    words = [each for each in frame.captions if each.font.startswith("display")]
    answer = next(each for each in words if each.colour == scene.theme.answer)
    beside = [extent(each) for each in words if each.text == scene.words.confidence]
    assert beside
    assert min(apart(extent(answer), box) for box in beside) > 0.15 * answer.size


@pytest.mark.parametrize(
    ("bias", "told", "bar"), [(0.25, "0.25", 0.25), (-3.0, "\N{MINUS SIGN}3", 0.0), (24500.0, "24,500", 1.0)]
)
def test_one_output_is_a_number_and_no_class(bias, told, bar):
    # Lost otherwise: whatever a regression gives is drawn as PREDICTION 0, >99.9%.
    net = engine.build("input 2 | dense 1", np.random.default_rng(0))
    net = net.replace(
        {"output.weight": 0 * net.parameters["output.weight"], "output.bias": np.float32([bias])}
    )
    scene = compose(net.trace(np.ones(2, np.float32)))
    texts = [caption.text for caption in scene.frame(scene.seconds).captions]
    assert {"OUTPUT", "1 neuron"} <= set(texts)
    assert texts.count(told) == 2  # large, and beside the bar
    assert not [text for text in texts if "PREDICTION" in text or ("%" in text and "carry" not in text)]
    assert scene.frame(scene.seconds).bars.tolist() == [bar]


@pytest.mark.parametrize(
    "text",
    [
        "input 1 | dense 1 relu | dense 1 sigmoid",
        "input 3 | dense 1 softmax",
        "input 28x28 | dense 10000 relu | dense 10 softmax",
        "input 28x28" + " | dense 8 relu" * 30 + " | dense 10 softmax",
        "input 12x40 | dense 5 relu | dense 3 softmax",
    ],
)
def test_odd_networks_are_composed_in_each_orientation(text):
    net = engine.build(text, np.random.default_rng(0))
    one = net.trace(np.ones(net.layers[0].shape, np.float32))
    for size in ((640, 360), (360, 640)):
        scene = compose(one, size=size)
        frame = scene.frame(scene.seconds)
        assert np.isfinite(scene.layout.positions).all()
        assert len(frame.bars) == net.layers[-1].size


def test_a_long_row_of_layers_is_counted():
    net = engine.build("input 9 | " + "dense 8 relu | " * 30 + "dense 3 softmax", np.random.default_rng(0))
    words = said(compose(net.trace(np.ones(9, np.float32)), size=(1280, 720)))
    assert "9 – 30 × 8 – 3" in words


def test_names_of_bands_are_whole_where_they_are_short_and_told_apart_in_few_letters_where_not():
    names = ("setosa", "versicolor", "virginica", "7", "verbena", "verbascum")
    shown = [abbreviated(names, place) for place in range(len(names))]
    assert shown == ["setosa", "vers", "virg", "7", "verbe", "verba"]


def test_names_of_bands_leave_out_the_words_that_all_begin_with():
    names = ("iris setosa", "iris versicolor", "iris virginica")
    assert [abbreviated(names, place) for place in range(3)] == ["setosa", "vers", "virg"]
    assert abbreviated(("a cat", "a dog"), 1) == "dog"
    assert abbreviated(("cat", "cat big"), 1) == "cat b"


def test_few_numbers_have_their_names_and_values_beside_them_as_they_were_found():
    task = replace(
        IRIS, columns=("length", "width", "petal", "leaf"), low=(4.0, 2.0, 1.0, 0.0), span=(2.0,) * 4
    )
    one = traced("input 4 | dense 8 relu | dense 3 softmax", task, np.array([5, 2.5, 3, 0.25], np.float32))
    scene = compose(one, size=(1280, 720))
    panel, camera = scene.layout.panels[0], scene.path.end
    captions = {each.text: each for each in scene.frame(scene.seconds).captions}
    places = camera.project(panel.positions(), scene.size)
    for place, text in enumerate(("length 5", "width 2.5", "petal 3", "leaf 0.25")):
        assert captions[text].at[0] < places[place, 0]
        assert np.abs(places[:, 1] - captions[text].at[1]).argmin() == place
    # Of a digit, and of many numbers, nothing is written there.
    assert compose(trace(), size=(1280, 720)).words.inputs == ()


@pytest.mark.parametrize(("language", "word"), [("en", "digit"), ("de", "ziffer"), ("es", "dígito")])
def test_of_what_is_no_digit_none_is_spoken(language, word):
    entries = catalogue_for(language, "image").entries
    told = {key for key, text in entries.items() if word in text.lower() and not key.startswith("names.")}
    told -= {
        "source.digit"
    }  # said of one of several that were found in a picture, by networks of digits alone
    assert told == set()


@pytest.mark.parametrize("size", [(480, 480), (640, 360), (1280, 720), (1080, 1080)])
@pytest.mark.parametrize("names", [IRIS.classes, ("a hippopotamus", "an ox", "b"), WORDS], ids=len)
def test_no_name_of_a_class_covers_a_neuron(size, names):
    # Lost otherwise: "versicolor" over its own ball in a square picture.
    task = Task("image", "things", names)
    text = f"input 28x28 | dense 64 relu | dense 48 relu | dense {len(names)} softmax"
    scene = compose(traced(text, task, np.ones((28, 28), np.uint8)), size=size)
    frame, start = scene.frame(scene.seconds), scene.layout.panels[-1].start
    balls = frame.camera.project(scene.layout.positions[start:], size)
    labels = frame.camera.project(scene.layout.bars.label, size)
    for ball, place, name in zip(balls, labels, names, strict=True):
        near = [each for each in frame.captions if abs(each.at[1] - place[1]) < 1 and each.at[0] > ball[0]]
        label = min(near, key=lambda each: abs(each.at[0] - place[0]))
        assert label.text[:3] == name[:3]
        assert extent(label)[0] > ball[0] + 2


def test_names_that_come_in_stand_in_the_picture():
    # Lost otherwise: a net's inputs without names, or half a name at the picture's edge.
    columns = ("sepal length", "sepal width", "petal length", "petal width")
    wine = tuple(f"part {number} of a wine" for number in range(13))
    for size, names in (
        *(((480, 480), columns), ((640, 360), columns), ((1280, 720), columns), ((1080, 1080), columns)),
        ((1280, 720), wine),
    ):
        many = len(names)
        task = replace(IRIS, columns=names, low=(0.0,) * many, span=(2.0,) * many)
        text = f"input {many} | dense 8 relu | dense 3 softmax"
        scene = compose(traced(text, task, np.ones(many, np.float32)), size=size)
        shown = {each.text: each.alpha for each in scene.frame(scene.seconds).captions}
        assert all(shown.get(f"{name} 1") == 1 for name in names), size


def test_names_that_come_in_stand_beside_what_lies_over_the_picture():
    # Lost otherwise: of four numbers three have names in a window, where the free part begins further in.
    columns = ("sepal length", "sepal width", "petal length", "petal width")
    task = replace(IRIS, columns=columns, low=(0.0,) * 4, span=(2.0,) * 4)
    text = "input 4 | dense 8 relu | dense 3 softmax"
    scene = compose(traced(text, task, np.ones(4, np.float32)), size=(1280, 720))
    names = {f"{name} 1" for name in columns}

    def told(left):
        frame = scene.frame(scene.seconds, scene.path.end, Free((left, 0, 1280, 720)))
        return [each for each in frame.captions if each.text in names]

    whole = told(0)
    narrow = told(min(extent(each)[0] for each in whole))
    assert [each.alpha for each in whole + narrow] == [1] * 8
    assert narrow[0].size < whole[0].size


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1280, 720), (1080, 1080), (640, 360), (720, 1280)])
def test_the_legend_says_what_the_stripes_of_a_pixel_are(size, language):
    scene = compose(
        traced("input 2x2x3 | dense 8 relu | dense 2 softmax", SHAPES, colours()),
        size=size,
        language=language,
    )
    frame, texts = scene.frame(scene.seconds), catalogue_for(language, "image")
    wanted = {texts.say("colours.tile"), texts.say("colours.tile-line")}
    assert wanted & {each.text for each in frame.captions if each.alpha > 0.9}
    red, green, blue = next(each.cells for each in frame.insets if each.cells.shape == (1, 3, 3))[0]
    assert [red.argmax(), green.argmax(), blue.argmax()] == [0, 1, 2]
    assert not {texts.say("colours.tile")} & {each.text for each in compose(trace()).frame(11.0).captions}


@pytest.mark.parametrize("size", [(1280, 720), (900, 900), (640, 360)])
@pytest.mark.parametrize(
    "text",
    [
        "input 32x32x3 | patches 8 64 | transformer 4 heads mlp 128 | head 10 softmax",
        "input 32x32x3 | conv 4 3x3 relu pad same as a | conv 4 3x3 relu pad same | conv 4 3x3 pad same"
        " | conv 4 3x3 pad same | add a relu | pool 4 | dense 10 softmax",
    ],
)
def test_strands_that_pass_over_layers_keep_clear_of_the_headline(text, size):
    # Lost otherwise: the arcs of a residual network, or of a transformer of colours, run through a sentence.
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    scene = compose(traced(text, None, image), size=size)
    seen = scene.path.end.project(scene.drawn.curves.reshape(-1, 3), size)
    for caption in scene.frame(scene.seconds).captions:
        left, top, right, foot = extent(caption)
        if caption.alpha > 0.5 and foot < 0.25 * size[1]:
            x, y = seen.T
            assert not ((x > left) & (x < right) & (y > top) & (y < foot)).any(), caption.text
