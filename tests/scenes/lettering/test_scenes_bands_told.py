"""Of which network the bands and usual values are that a picture shows, and how to get some."""

from dataclasses import replace

import pytest
from scene_fixtures import trace

import data
import engine
from engine import Net
from scenes import Scene, compose, compose_pair
from scenes.lettering.fonts import extent
from scenes.space.page import apart
from viz3d.command.choice.models import how_to_sort

IMAGE = data.load("digits").images[3]


def plain(net: Net) -> Net:
    return replace(net, statistics=None)


def test_a_file_without_statistics_has_a_line_that_says_how_to_get_bands(tmp_path) -> None:
    net = trace("mlp").net
    path = tmp_path / "old.npz"
    assert how_to_sort(net, path) == ""
    assert how_to_sort(plain(net), None) == "", "what is no file has none to keep them in"
    assert f"python -m viz3d statistics --model {path}" in how_to_sort(plain(net), path)
    foreign = tmp_path / "net.safetensors"
    engine.export_net(plain(net), foreign)
    assert how_to_sort(plain(net), foreign).endswith(f"--model {foreign} --out net.npz"), "it is not replaced"
    fast = engine.load(data.model_path("cnn-fast"))
    assert how_to_sort(plain(fast), path) == "", "it has no layer that could stand in bands"


def texts(scene: Scene) -> str:
    return " / ".join(caption.text for caption in scene.frame(scene.seconds).captions)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_the_picture_says_what_bands_are_of(size) -> None:
    read = trace("mlp")
    said = texts(compose(read, size=size))
    assert "neurons by digit" in said
    assert "before its changes" not in said
    edited = read.net.mutate("ablate hidden1:3").trace(IMAGE)
    changed = texts(compose(edited, size=size))
    assert "bands are of the net before its changes" in changed
    assert "they carry" in changed, "what is to be known beside takes the share's place"
    none = plain(read.net).mutate("ablate hidden1:3").trace(IMAGE)
    assert "by digit" not in texts(compose(none, size=size))
    assert "before its changes" not in texts(compose(none, size=size))


def test_a_small_picture_says_it_too() -> None:
    edited = trace("mlp").net.mutate("ablate hidden1:3").trace(IMAGE)
    assert "bands are of the net before its changes" in texts(compose(edited, size=(640, 360)))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_usual_values_that_are_of_the_net_before_an_edit_are_told(size) -> None:
    # Lost otherwise: colours of a changed transformer are those of another net, and nothing says so.
    read = trace("vit-tiny")
    assert "before its changes" not in texts(compose(read, size=size))
    edited = read.net.mutate("ablate block1.attention:head1").trace(IMAGE)
    assert "usual values are of the net before its changes" in texts(compose(edited, size=size))
    both = trace("mlp-sigmoid").net.mutate("ablate hidden1:3").trace(IMAGE)
    assert "bands and usual values are of the net before its changes" in texts(compose(both, size=size))


def test_where_there_is_little_room_it_is_told_in_a_few_words() -> None:
    # Lost otherwise: half a picture has no room beside a transformer's legend, and nothing says so.
    read = trace("vit-tiny")
    edited = read.net.mutate("ablate block1.attention:head1").trace(IMAGE)
    both = compose_pair(read.net.trace(IMAGE), edited, size=(1280, 720))
    (told,) = (c for c in both.frame(both.seconds).right.captions if c.text == "usual: from before")
    assert told.size >= 11


def test_what_is_told_of_usual_values_touches_no_other_text() -> None:
    # Lost otherwise: a German line right across the legend.
    edited = trace("mlp-sigmoid").net.mutate("ablate hidden1:3").trace(IMAGE)
    captions = compose(edited, size=(720, 720), language="de").frame(99).captions
    (told,) = (c for c in captions if "vor den Änderungen" in c.text)
    assert all(apart(extent(told), extent(other)) > 0 for other in captions if other is not told)


def test_words_of_ones_own_are_drawn_to_their_end() -> None:
    # Lost otherwise: all that stands after a line break.
    said = texts(compose(trace(), size=(640, 360), title="One\ntwo", caption=" Three\nfour\n"))
    assert "One two" in said
    assert "Three four" in said
