"""A site saves work and changes nothing: a scene with the site of any other scene is the scene without it."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scene_fixtures import trace, untrained

import data
import engine
from scenes import Look, Paint, Scene, compose, compose_pair, site_of

IMAGE = data.load("digits").images[3]
PAINT = Paint({"hidden2": np.linspace(-1, 1, 256, dtype=np.float32)}, "a study", "less", "more")
LOOKS = [
    Look(),
    Look(size=(1280, 720)),
    Look(size=(360, 640)),
    Look(size=(1000, 1000)),
    Look(seconds=4.0),
    Look(theme="light", synapses=500),
    Look(paint=PAINT),
]
EDITS = [
    "ablate hidden1:17; clamp hidden2:100 3",
    "add input:14,14 -> output:3 2",  # joins layers that had no connection
    "cut hidden3:5 -> output:4",
    "prune hidden1 30%",
    "remove hidden1:3",  # another layout
    "grow hidden3 20",
]


def parts(value: Any, place: str = "scene") -> Iterator[tuple[str, Any]]:
    """All that a value holds, with the names that lead there."""
    if is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name), f"{place}.{field.name}")
    elif isinstance(value, tuple | list) and not hasattr(value, "_fields"):
        for i, each in enumerate(value):
            yield from parts(each, f"{place}[{i}]")
    elif isinstance(value, np.ndarray):
        yield place, (value.dtype, value.shape, value.tobytes())
    else:
        yield place, value


def all_of(scene: Scene) -> list[dict[str, Any]]:
    """All that a scene and three of its frames hold, by the names that lead there."""
    return [dict(parts(each)) for each in (scene, *map(scene.frame, (2.0, 6.0, scene.seconds)))]


def assert_same(expected: list[dict[str, Any]], other: Scene) -> None:
    for held, found in zip(expected, all_of(other), strict=True):
        assert [place for place in held if found.get(place) != held[place]] == []
        assert found.keys() == held.keys()


@pytest.fixture(scope="module")
def plain() -> list[list[dict[str, Any]]]:
    """What a scene of each look holds that was composed without a site."""
    return [all_of(compose(trace(number=4), look)) for look in LOOKS]


@pytest.mark.parametrize("first", LOOKS)
@pytest.mark.slow
def test_a_scene_with_the_site_of_another_look_is_the_scene_without(plain, first) -> None:
    site = compose(trace(), first).site
    for look, expected in zip(LOOKS, plain, strict=True):
        assert_same(expected, compose(trace(number=4), look, site=site))


@pytest.mark.parametrize("edits", EDITS)
def test_an_edited_net_takes_of_a_site_what_still_holds(edits) -> None:
    # Lost otherwise: after an edit in a window, neurons or pulses of the net before it.
    plain, edited = trace(), trace().net.mutate(edits).trace(IMAGE)
    there, back = compose(plain), compose(edited)
    assert_same(all_of(back), compose(edited, site=there.site))
    assert_same(all_of(there), compose(plain, site=back.site))


def test_a_site_of_another_net_is_no_danger() -> None:
    expected = all_of(compose(trace()))
    for preset in ("cnn-draw", "mlp-sigmoid"):
        assert_same(expected, compose(trace(), site=compose(trace(preset)).site))


def test_nothing_is_worked_out_twice_for_the_same_net_and_size() -> None:
    # Lost otherwise: speed, the only reason for a site.
    scene = compose(trace(), size=(640, 360))
    for more in ({}, {"label": 3}, {"theme": "light"}, {"title": "Another"}):
        assert compose(trace(number=4), size=(640, 360), site=scene.site, **more).site is scene.site
    edited = trace().net.mutate("ablate hidden1:17").trace(IMAGE)
    assert compose(edited, size=(640, 360), site=scene.site).site is scene.site
    larger = compose(trace(), size=(1280, 720), site=scene.site).site
    assert larger.layout is scene.layout
    assert larger.bodies is scene.site.bodies


def test_a_net_loaded_again_shares_the_site() -> None:
    net = engine.preset("mlp", np.random.default_rng(1))
    site = compose(untrained("mlp")).site
    assert net.layers is not untrained("mlp").net.layers
    assert compose(net.trace(IMAGE), site=site).site is site


def test_a_site_can_be_made_before_there_is_an_image() -> None:
    look = Look(size=(640, 360))
    site = site_of(trace().net, look)
    assert compose(trace(), look, site=site).site is site


def test_halves_of_one_layout_share_a_site() -> None:
    edited = trace().net.mutate("ablate hidden1:17").trace(IMAGE)
    both = compose_pair(trace(), edited, size=(640, 360))
    assert both.left.site is both.right.site
    again = compose_pair(trace(number=4), edited, size=(640, 360), site=both.left.site)
    assert again.left.site is both.left.site
