"""Letters: what the project's fonts lack is written with the machine's, and nothing is blank in silence."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from run_viz3d import viz3d_here
from scene_fixtures import trace

import engine
import scenes
from engine.task import Task
from scenes import compose
from scenes.lettering.class_names import abbreviated, class_names, distinct
from scenes.lettering.fonts import draw_line, extent, line_box, width
from scenes.lettering.glyphs import UNKNOWN, runs
from scenes.lettering.in_space.ticks import _written
from viz3d.command.choice.letters import how_written
from viz3d.figures.ink import written

NOWHERE = "\U00010570"  # of a script that hardly any machine has a font for
DRESSES = (
    *("T-shirt/top", "Trouser", "Pullover", "a very long dress name", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "a very long bag name", "Ankle boot"),
)

FLOWERS = ("Iris-setosa", "Iris-versicolor", "Iris-virginica")


def ink(text: str, anchor: str = "lm") -> np.ndarray:
    image = Image.new("L", (400, 60))
    draw_line(ImageDraw.Draw(image), (200 if anchor[0] == "m" else 10, 30), text, "regular", 24.0, anchor)
    return np.asarray(image)


def named(*classes: str, preset: str = "mlp") -> engine.Trace:
    one = trace(preset)
    net = replace(one.net, task=Task("picture", "my pictures", classes))
    return replace(one, net=net)


@pytest.mark.parametrize("text", ["кот", "дом и сад", "سيارة", "a кот", "ჯამი"])
def test_letters_of_other_scripts_are_drawn(text: str) -> None:
    # matplotlib, which comes with the project, has a font for these.
    drawn = ink(text)
    assert drawn.any()
    assert not np.array_equal(drawn, ink("".join(UNKNOWN if c.isalpha() and c > "z" else c for c in text)))
    left, top, right, bottom = line_box(text, "regular", 24.0, "lm")
    rows, cols = np.nonzero(drawn)
    assert left - 1 <= cols.min() - 10
    assert cols.max() - 10 <= right + 1
    assert top - 1 <= rows.min() - 30
    assert rows.max() - 30 <= bottom + 1


def test_a_line_of_two_scripts_has_its_middle_where_it_belongs() -> None:
    cols = np.nonzero(ink("abc кот", "mm").any(axis=0))[0]
    assert (cols.min() + cols.max()) / 2 == pytest.approx(200, abs=3)


def test_the_space_between_two_scripts_stays_between_them() -> None:
    # Some run from right to left: at their end it would stand at the other side of them.
    assert [part for part, _ in runs("for سيارة جميلة and")] == ["for ", "سيارة جميلة", " and"] or [
        part for part, _ in runs("for سيارة جميلة and")
    ] == ["for ", "سيارة جميلة", " ", "and"]


def test_letters_joined_to_a_mark_are_those_with_it() -> None:
    # A file's name on some systems has the accent apart from its letter.
    assert np.array_equal(ink("cafe\u0301"), ink("café"))


nowhere = pytest.mark.skipif(not scenes.lacking([NOWHERE]), reason="this machine has a font for everything")


@nowhere
def test_what_no_font_has_is_never_blank() -> None:
    assert np.array_equal(ink(f"a{NOWHERE}b"), ink(f"a{UNKNOWN}b"))
    assert np.array_equal(ink(f"a{NOWHERE}\u094db"), ink(f"a{UNKNOWN}b")), "nor has a mark on it a gap"
    assert scenes.lacking(["plain", f"x{NOWHERE}y{NOWHERE}", "кот"]) == NOWHERE


@nowhere
def test_classes_that_cannot_be_written_have_their_numbers() -> None:
    one = named("cat", f"{NOWHERE}{NOWHERE}", "кот", *DRESSES[3:])
    assert class_names(one.net)[:3] == ("cat", "1", "кот")
    assert compose(one, size=(1280, 720)).words.bars[1] == ("1", 1)


def test_names_that_begin_alike_are_told_apart_by_what_follows() -> None:
    assert distinct(DRESSES, 3) == "dress name"
    assert distinct(DRESSES, 9) == "Ankle boot"
    assert distinct(("cat", "cat big"), 0) == "cat"
    assert distinct(("class_0", "class_1"), 1) == "1"
    assert [distinct(FLOWERS, place) for place in range(3)] == ["setosa", "versicolor", "virginica"]
    assert [abbreviated(FLOWERS, place, 8) for place in range(3)] == ["setosa", "vers", "virg"]
    assert distinct(("20-29", "20-35"), 0) == "20-29", "a range is one word"
    assert distinct(("A", "A-", "B"), 1) == "A-", "a bar without a name"
    assert distinct(("tail_", "tail"), 0) == "tail_"
    shown = [abbreviated(DRESSES, place, 8) for place in range(10)]
    assert shown == [
        *("T-shirt", "Trouser", "Pullover", "dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "bag name", "Ankle"),
    ]


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_names_of_bands_are_whole_where_there_is_room(size) -> None:
    # Lost otherwise: "Iris-v", which two flowers could be, with nothing beside it.
    net = engine.build("input 4 | dense 12 relu | dense 3 softmax", np.random.default_rng(0))
    numbers = np.linspace(1, 0.1, 12, dtype=np.float32)
    known = engine.LayerStatistics(np.repeat(np.arange(3, dtype=np.uint8), 4), numbers, numbers, numbers)
    net = replace(net, task=Task("example", "flowers", FLOWERS))
    net = replace(net, statistics=engine.Statistics({"hidden1": known}, 1, "none", net.fingerprint))
    scene = compose(net.trace(np.array([0.1, 0.4, 0.9, 0.3], np.float32)), size=size)
    frame = scene.frame(scene.seconds)
    assert [tick.text for tick in frame.ticks] == ["setosa", "versicolor", "virginica"]
    bars = {caption.text: caption.size for caption in frame.captions}
    for name in FLOWERS if size[0] > size[1] else ("setosa", "versicolor", "virginica"):
        assert bars[name] >= 9
    ends, beyond = [], scene.layout.panels[2].corners()
    for tick in frame.ticks:
        wide = width(tick.text, "semibold", 60) / 60 * tick.size
        ends.append(tick.at + wide * frame.camera.axes()[0])
    if size[0] > size[1]:
        ends, panel = (frame.camera.project(np.array(each), size)[:, 0] for each in (ends, beyond))
        assert ends.max() < panel.min()


def test_a_name_of_a_band_that_is_cut_within_a_word_ends_in_a_point() -> None:
    # Lost otherwise: "Trou" is read as a word; a name with spaces before it ends in a traceback.
    assert [_written(("Trouser", "Shirt"), k, 4) for k in (0, 1)] == ["Trou.", "Shir."]
    assert [_written(("Iris setosa", "Iris virginica"), k, 6) for k in (0, 1)] == ["setosa", "virg."]
    assert _written(("  abcdef", "abcdefgh"), 0, 2) == ""


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (1280, 720), (1080, 1080)])
def test_a_long_name_is_whole_beside_the_answer_and_leaves_the_legend_its_words(size) -> None:
    # Lost otherwise: what warm means, where the answer's label lay over it.
    one = named(*[f"a very long name {k}" for k in range(10)])
    scene = compose(one, size=size, label=one.prediction)
    name = scene.words.classes[one.prediction]
    captions = scene.frame(scene.seconds).captions
    texts = [each.text for each in captions]
    assert name in texts
    assert name.endswith(str(one.prediction))
    for wanted in (f"speaks for {name}", f"speaks against {name}", f"label: {name}  ✓"):
        assert wanted in texts
    boxes = [extent(each) for each in captions if name in each.text or each.text == scene.words.confidence]
    for k, a in enumerate(boxes):
        for b in boxes[k + 1 :]:
            assert max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) > 0


def test_names_of_columns_do_not_run_into_each_other() -> None:
    scene = compose(named(*DRESSES), size=(1080, 1920))
    ticks = [tick for tick in scene.frame(scene.seconds).ticks if tick.text != str(scene.prediction)]
    rows: dict[float, list] = {}
    for tick in ticks:
        rows.setdefault(round(tick.at[2], 2), []).append(tick)
    for row in rows.values():
        row.sort(key=lambda tick: tick.at[0])
        for one, other in pairwise(row):
            if scene.words.classes[scene.prediction][:3] in (one.text[:3], other.text[:3]):
                continue
            wide = sum(width(t.text, "semibold", 60) / 60 * t.size for t in (one, other)) / 2
            assert wide < other.at[0] - one.at[0]


@nowhere
def test_a_line_says_which_letters_cannot_be_written(tmp_path) -> None:
    words = ("viz3d.export", "--sample", "digits:17", "--beats")
    told = viz3d_here(*words, "--caption", f"a {NOWHERE}", folder=tmp_path)
    assert told.returncode == 0
    assert told.stderr.startswith(f"no font here has {NOWHERE}: ")
    assert told.stderr.count("\n") == 1
    assert "install a font" in told.stderr
    assert viz3d_here(*words, "--caption", "кот", folder=tmp_path).stderr == ""


@nowhere
def test_whatever_draws_a_network_says_which_letters_it_cannot_write() -> None:
    net = named("cat", f"{NOWHERE}{NOWHERE}", *DRESSES[2:]).net
    (told,) = how_written(net)
    assert told.startswith(f"no font here has {NOWHERE}: ")
    assert how_written(trace("mlp").net) == ()
    assert how_written(trace("mlp").net, f"a {NOWHERE}") == (told,)


def test_figures_write_names_in_a_font_that_has_their_letters() -> None:
    # Lost otherwise: boxes in a report where the scene has letters.
    words, font = written("дом", "regular")
    assert words == "дом"
    assert written("house", "regular")[1].get_file().endswith("Inter-Regular.otf")
    arabic, font = written("سيارة", "regular")
    assert arabic == "سيارة"
    face = ImageFont.truetype(font.get_file(), 24)
    assert bytes(face.getmask("س")) != bytes(face.getmask("\uffff"))
