"""A look: each thing that can be chosen about a picture reaches it, and a wrong name or value is told."""

import dataclasses
import re
import typing

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Look, Paint, Scene, SceneError, compose, compose_pair, shoot
from scenes.look import Changes, PairChanges
from viz3d.export.config import look_of

NAMES = {field.name for field in dataclasses.fields(Look)}
PAINT = Paint({"hidden2": np.linspace(-1, 1, 256, dtype=np.float32)}, "a study", "less", "more")


def said(scene: Scene) -> str:
    return "\n".join(caption.text for caption in scene.frame(scene.seconds).captions)


CHOICES = {
    "size": ((1280, 720), lambda scene: scene.size == (1280, 720)),
    "seconds": (7.0, lambda scene: scene.seconds == 7.0),
    "pause": ({"hidden1": 3}, lambda scene: scene.seconds == 14.5),
    "theme": ("light", lambda scene: scene.theme.name == "light"),
    "synapses": (100, lambda scene: 60 < len(scene.drawn) <= 100),
    "show": ("weight", lambda scene: scene.drawn.by == "weight" and "weight above 0" in said(scene)),
    "of": (9, lambda scene: "speaks for 9" in said(scene)),
    "against": (5, lambda scene: "speaks for 3, not 5" in said(scene)),
    "sign": (1, lambda scene: (scene.drawn.value > 0).all() and "speaks against" not in said(scene)),
    "layer": ("hidden3", lambda scene: "of 34,048 synapses of Hidden 3 drawn" in said(scene)),
    "way": ("static", lambda scene: scene.path.start == scene.path.end and scene.path.drift == 0),
    "label": (8, lambda scene: "label: 8  ✗" in said(scene)),
    "source": ("a napkin", lambda scene: "a napkin" in said(scene)),
    "title": ("A headline", lambda scene: scene.frame(0.0).captions[0].text == "A headline"),
    "caption": ("A line", lambda scene: "A line" in said(scene) and "Lit:" not in said(scene)),
    "language": ("de", lambda scene: "VORHERSAGE" in said(scene) and "Verdeckt 1" in said(scene)),
    "text": (False, lambda scene: not scene.frame(scene.seconds).captions),
    "transparent": (True, lambda scene: scene.theme.background == (0, 0, 0) and not scene.theme.vignette),
    "paint": (PAINT, lambda scene: "Hidden 2: a study" in said(scene)),
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_choice_reaches_the_picture(name) -> None:
    # Lost otherwise: an option that is taken and does nothing. A new field needs a line in CHOICES.
    value, seen = CHOICES[name]
    assert not seen(compose(trace()))
    assert seen(compose(trace(), Look(**{name: value})))
    assert seen(compose(trace(), **{name: value}))


@pytest.mark.parametrize("name", sorted(NAMES & PairChanges.__annotations__.keys()))
def test_each_shared_choice_reaches_both_halves_of_a_pair(name) -> None:
    value, seen = CHOICES[name]
    given = {name: (2560, 720) if name == "size" else value}
    for both in (compose_pair(trace(), trace(), Look(**given)), compose_pair(trace(), trace(), **given)):
        assert seen(both.left)
        assert seen(both.right)


def test_a_choice_by_name_stands_above_the_look() -> None:
    scene = compose(trace(), Look(size=(640, 360), seconds=7.0), seconds=8.0)
    assert (scene.size, scene.seconds) == ((640, 360), 8.0)


def test_type_checkers_know_the_fields_of_a_look() -> None:
    # Lost otherwise: mypy would refuse, or let through, what compose does not.
    assert typing.get_type_hints(Changes) == typing.get_type_hints(Look)
    assert typing.get_type_hints(PairChanges).keys() == NAMES - {"title"}


def test_what_a_notebook_shows_of_a_scene_is_a_line_and_no_arrays() -> None:
    scene = compose(trace(), size=(320, 180))
    pair = compose_pair(trace(), trace(), size=(640, 180))
    assert re.fullmatch(
        r"<Scene of 320x180 pixels, 11\.5 s: reads \d with probability \d\.\d{4}>", repr(scene)
    )
    assert repr(pair) == f"<Pair of {pair.left!r} beside {pair.right!r}>"
    for each in (scene.frame(6), pair.frame(6), shoot(trace(), size=(320, 180))):
        assert len(repr(each)) < 300, repr(each)[:300]
    assert repr(scene.frame(6)).startswith("<Frame at 6 s: ")


@pytest.mark.parametrize("make", [compose, lambda trace, **wrong: compose_pair(trace, trace, **wrong)])
def test_a_wrong_name_is_told_with_the_right_ones(make) -> None:
    with pytest.raises(
        SceneError,
        match=r"no 'colour' to choose: give size, seconds, pause, theme, synapses, show, of, ",
    ) as refused:
        make(trace(), colour="red")
    assert isinstance(refused.value, TypeError), "what Python itself says of such a keyword"


def test_options_of_the_command_line_that_are_named_as_a_field_reach_it() -> None:
    # Lost otherwise: a new option would have to be passed on by hand.
    given = {"size": (640, 360), "theme": "light", "synapses": None, "title": "T", "fps": 30, "quiet": True}
    assert look_of(given) == Look(size=(640, 360), theme="light", title="T")
