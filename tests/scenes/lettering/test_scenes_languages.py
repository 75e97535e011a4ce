"""Pictures in other languages: each has every text, each text fits its place, and no number changes."""

import dataclasses
import itertools
import re
import shutil
import string
import tomllib
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from project import ROOT
from scene_fixtures import label, trace
from slow_cases import slow_but

import data
import engine
from scenes import SHOWN, Look, SceneError, compose, compose_pair
from scenes.lettering.edited.marks import marks
from scenes.lettering.fonts import extent
from scenes.lettering.headline import told
from scenes.lettering.names.naming import called
from scenes.space.page import apart
from scenes.texts import LANGUAGES, catalogue, texts

OTHERS = tuple(code for code in LANGUAGES if code != "en")
SIZES = ((1920, 1080), (1280, 720), (640, 360), (1080, 1080), (1080, 1920), (720, 1280), (960, 1080))
PRESETS = ("mlp", "mlp-sigmoid", "cnn-fast", "cnn-draw", "vit-tiny")
FEW = ((1280, 720), (720, 1280))
# A net of each kind in all sizes, its smaller ones in a few.
DRAWN = [
    (net, size) for net in PRESETS for size in (SIZES if net in ("mlp", "cnn-draw", "vit-tiny") else FEW)
]
SOURCE = "MNIST test image #1166"


def scene_of(language: str, preset: str = "mlp", **more):
    return compose(trace(preset), **{"label": label(), "source": SOURCE, "language": language, **more})


@cache
def spoken(language: str, preset: str):
    """A scene of the usual size that several tests ask about."""
    return scene_of(language, preset)


def visible(frame, least: float = 0.15) -> list:
    return [caption for caption in frame.captions if caption.alpha > least]


def places(text: str) -> list[tuple]:
    return sorted((name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name)


def test_german_and_spanish_have_a_text_for_each_of_english() -> None:
    # Lost otherwise: a German picture with an English line in it.
    assert {"de", "es"} <= set(OTHERS)
    for language in ("de", "es"):
        assert texts.written(language).keys() == texts.written("en").keys()


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_the_english_text(language) -> None:
    # Lost otherwise: a number that one language does not tell, or a picture that fails for a name misspelt.
    english = texts.written("en")
    for key, text in texts.written(language).items():
        assert places(text) == places(english[key]), key
        assert text == text.strip() != "", key


def test_what_a_language_lacks_is_said_in_english(tmp_path, monkeypatch) -> None:
    shutil.copy(Path(texts.__file__).with_name("en.toml"), tmp_path)
    (tmp_path / "xx.toml").write_text('[answer]\nhead = "GISS"\n', encoding="utf-8")
    monkeypatch.setattr(texts, "_FOLDER", tmp_path)
    monkeypatch.setattr(texts, "LANGUAGES", ("en", "xx"))
    said = catalogue.__wrapped__("xx")
    assert said.say("answer.head") == "GISS"
    assert said.say("headline.before") == "Before"
    assert said.name("Hidden 2") == "Hidden 2"


def test_a_language_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(SceneError, match=r"language tlh is not known: give one of de, en, es"):
        Look(language="tlh")


def test_the_installation_takes_fonts_and_texts_along() -> None:
    # Lost otherwise: viz3d works from the repository and fails once it is installed.
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = packages["package-data"]["scenes"]
    held = [
        path for path in (ROOT / "scenes").rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    for path in held:
        if path.suffix not in (".py", ".pyc"):
            name = str(path.relative_to(ROOT / "scenes"))
            assert any(fnmatch(name, pattern) for pattern in patterns), name


@pytest.mark.parametrize("drawn", slow_but([each for each in DRAWN if each[1] in FEW], DRAWN), ids=str)
@pytest.mark.parametrize("language", OTHERS)
def test_no_translated_text_is_cut_and_none_overlaps(language, drawn) -> None:
    # Lost otherwise: a language whose words are longer runs out of the picture, or over its neighbours.
    preset, size = drawn
    scene = scene_of(language, preset, size=size)
    fades = scene.timeline.back[0] + np.array([0.0, 0.03]) * scene.seconds
    # While the legend changes, its old words fade into the new ones.
    for t in (t for t in np.linspace(0, scene.seconds, 24) if not fades[0] < t < fades[1]):
        frame = scene.frame(t)
        shown = visible(frame)
        boxes = [extent(caption) for caption in shown]
        for caption, box in zip(shown, boxes, strict=True):
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1]
            assert inside, f"{caption.text!r} is cut at {t:.2f} s"
        for (one, a), (other, b) in itertools.combinations(zip(shown, boxes, strict=True), 2):
            assert apart(a, b) >= 0, f"{one.text!r} and {other.text!r} overlap at {t:.2f} s"
        for swatch, (one, box) in itertools.product(frame.swatches, zip(shown, boxes, strict=True)):
            if swatch.alpha > 0.15:
                assert apart(swatch.box, box) >= -0.5, f"{one.text!r} stands on a colour at {t:.2f} s"


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
@pytest.mark.parametrize("language", OTHERS)
def test_all_that_can_be_shown_fits_in_each_language(language, size, show) -> None:
    rival = {"of": 3, "against": 5} if show in ("evidence", "gradient") else {}
    wrong = (label() + 1) % 10
    for chosen in ({}, rival):
        scene = scene_of(language, size=size, show=show, label=wrong, **chosen)
        for t in (scene.timeline.back[0] - 0.1, scene.timeline.back[0] + 0.3, scene.seconds):
            shown = visible(scene.frame(t), 0.5)
            for caption in shown:
                assert extent(caption)[2] <= size[0], f"{caption.text!r} is cut"
            for one, other in itertools.combinations(shown, 2):
                assert apart(extent(one), extent(other)) >= 0, f"{one.text!r} and {other.text!r} overlap"


@pytest.mark.parametrize("size", FEW)
@pytest.mark.parametrize("preset", slow_but(["mlp", "cnn-draw", "vit-tiny"], PRESETS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_of_the_story_is_shown_in_its_time(language, preset, size) -> None:
    # Lost otherwise: a sentence that is too long for its line is silently left out.
    scene = scene_of(language, preset, size=size)
    story = [*scene.story(), (scene.seconds, "")]
    for (begins, text), (ends, _) in itertools.pairwise(story):
        assert text in " ".join(caption.text for caption in scene.frame((begins + ends) / 2).captions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_below_the_answer_has_its_whole_line(language) -> None:
    # Lost otherwise: Spanish's "etiqueta", whose q hangs low, took room from the sentence below it.
    scene = scene_of(language, size=(320, 400))
    ways = told(scene.words, scene.timeline)[-1][1]
    said = {caption.text: caption.size for caption in scene.frame(scene.seconds).captions}
    assert [said[text] for text in ways if text in said] == [said[scene.words.scale.title]]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("language", OTHERS)
def test_numbers_are_the_same_in_each_language_with_its_own_marks(language, preset) -> None:
    # Lost otherwise: "567.434 Parameter" read as five hundred, "70.7%" as seven hundred.
    scenes = [spoken(code, preset) for code in (language, "en")]
    # Details fade for a moment where a line beside them is longer.
    for t in (2.0, 4.0, 11.5):
        said, english = (
            re.findall(r"[<>]?\d(?:[\d.,]*\d)?%?", " ".join(c.text for c in visible(scene.frame(t), 0.5)))
            for scene in scenes
        )
        marks = str.maketrans(".,", ",.")
        assert sorted(said) == sorted(each if ".." in each else each.translate(marks) for each in english)


def test_no_word_of_an_english_picture_is_left_in_a_german_one() -> None:
    # Lost otherwise: a text that somebody writes beside the catalogue.
    known = {"Scores", "Block 1", "Block 2", "Softmax"}
    for preset in PRESETS:
        scenes = [spoken(code, preset) for code in ("en", "de")]
        english, german = (
            {caption.text for t in np.linspace(0, 11.5, 40) for caption in scene.frame(t).captions}
            for scene in scenes
        )
        words = {text for text in english & german if re.search(r"[a-z]{3}", text)} - known
        assert {word.lower() for word in words} <= {"tokens", "attention 1", "attention 2"}


def test_a_pair_and_edits_speak_the_language() -> None:
    net = trace().net.mutate("ablate hidden1:17; clamp hidden2:100 3")
    pair = compose_pair(trace(), net.trace(data.load("digits").images[3]), size=(2560, 720), language="de")
    assert [half.words.title for half in (pair.left, pair.right)] == ["Vorher", "Nachher"]
    assert pair.right.words.changes == "2 Änderungen"
    assert [mark.text for mark in pair.right.words.marks] == [
        "hidden1:17 stumm",
        "hidden2:100 fest auf 3",
    ]
    assert marks(net)[0].text == "hidden1:17 silenced"
    said = {caption.text for caption in pair.frame(pair.seconds).right.captions}
    assert {"vorher", "am stärksten verändert"} <= said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("my shapes test image #3 (cat/05.jpg)", "my shapes, Testbild #3 (cat/05.jpg)"),
        ("sorted train image #4 (#9 in the file)", "sorted, Trainingsbild #4 (#9 in der Datei)"),
        ("Iris test flower #3 (row 22)", "Iris, Testbeispiel #3 (Zeile 22)"),
        ("XOR test example #0", "XOR, Testbeispiel #0"),
        ("MNIST test image #32", "MNIST-Testbild #32"),
        ("iris test example #0 (row 3), changed", "iris, Testbeispiel #0 (Zeile 3), geändert"),
        ("my-row.png, digit 2 of 3, frame 4", "my-row.png, Ziffer 2 von 3, Bild 4"),
        ("row 5.png", "row 5.png"),
    ],
)
def test_where_an_example_is_from_is_told_in_the_language(source, said) -> None:
    # Lost otherwise: a line of English in a German film of one's own data.
    assert texts.catalogue("de").source(source) == said
    assert texts.catalogue("en").source(source) == source


def test_a_name_of_ones_own_is_the_same_in_every_language() -> None:
    net = trace().net
    german = catalogue("de")
    assert called(net.layer("hidden2"), german) == "Verdeckt 2"
    own = dataclasses.replace(net.layer("hidden2"), title="My layer 7")
    assert called(own, german) == "My layer 7"
    assert scene_of("de", source="four.png").words.source == "four.png"
    assert scene_of("de", title="My three").words.title == "My three"


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_of_a_thing_is_told_as_one(language) -> None:
    # Lost otherwise: "1 neurons".
    net = engine.build(
        "input 28x28 | conv 1 3x3 relu | dense 1 relu | dense 2 softmax", np.random.default_rng(0)
    )
    made = net.mutate("ablate hidden1:0")
    words = compose(made.trace(data.load("digits").images[3]), language=language).words
    said = " | ".join(
        [
            *words.facts,
            words.changes,
            *(card.detail for card in words.cards),
            *(each.text for _, each in words.steps),
        ]
    )
    ones = {
        "en": ("1 map ·", "| 1 neuron |", "1 neuron sums weight × activation, adds a bias", "| 1 change |"),
        "de": ("1 Map ·", "| 1 Neuron |", "1 Neuron summiert", "| 1 Änderung |"),
        "es": ("1 mapa ·", "| 1 neurona |", "1 neurona suma", "| 1 cambio |"),
    }
    for one in ones[language]:
        assert one in said
    assert not re.search(
        r"\b1 (maps|neurons|changes|Maps|Neuronen|Änderungen|mapas|neuronas|cambios)\b", said
    )
