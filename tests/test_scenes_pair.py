"""A film of a net before and after an edit: both in step, what was edited is marked, all in one picture."""

import re

import numpy as np
import pytest
from scene_fixtures import trace
from slow_cases import slow_but

import data
from scenes import SceneError, compose, compose_pair, stage_of

FOUR = data.load("digits").images[4]
NET = trace("mlp").net
EDITED = NET.mutate("ablate hidden1:17; clamp hidden2:100 3; cut hidden3:5 -> output:4")


def pair(size=(640, 360)):
    return compose_pair(NET.trace(FOUR), EDITED.trace(FOUR), size=size, label=4)


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("size", slow_but([(640, 360)], [(640, 360), (360, 640)]))
@pytest.mark.slow
def test_both_halves_are_the_scenes_themselves(size) -> None:
    both = pair(size)
    assert both.size == size
    with stage_of(both) as stage:
        picture = stage.draw_at(9.0)
    assert picture.shape == (size[1], size[0], 3)
    axis = 0 if size[1] > size[0] else 1
    for scene, half in zip((both.left, both.right), np.split(picture, 2, axis), strict=True):
        with stage_of(scene) as stage:
            alone = stage.draw_at(9.0)
        # Only the rule between them is new.
        same = (half == alone).all(axis=-1).mean()
        assert same > 0.985


def test_both_cameras_go_one_way() -> None:
    both = pair()
    for t in (0.0, 3.0, 10.5):
        assert both.left.frame(t).camera == both.right.frame(t).camera


def test_pixels_that_cannot_be_halved_are_refused() -> None:
    with pytest.raises(SceneError, match="even number"):
        pair((641, 360))


SURGERY = "remove hidden1:199; prune hidden2 80%; grow hidden3 20"


def said(scene) -> str:
    return "\n".join(caption.text for caption in scene.frame(scene.seconds).captions)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (1080, 1920), (640, 360)])
def test_the_half_after_tells_what_was_changed(size) -> None:
    # Lost otherwise: surgery leaves no edit behind, and both halves would say the same.
    mutated = NET.mutate(SURGERY).trace(FOUR)
    both = compose_pair(NET.trace(FOUR), mutated, size=size, source="a four")
    assert SURGERY[:10] in said(both.right)
    assert SURGERY[:10] not in said(both.left)
    assert "edit" not in said(both.left)


def test_a_long_change_is_cut_and_where_nothing_is_left_of_it_counted() -> None:
    told = tuple(f"noise hidden1 0.{i} seed {i}" for i in range(1, 90))
    scene = compose(NET.noted(*told).trace(FOUR), size=(1280, 720), source="a four")
    assert re.search(r"^noise hidden1 0\.1 seed 1; .*…$", said(scene), re.MULTILINE)
    deep = "how it was drawn and by whom " * 4
    net = trace("cnn-draw").net.noted(*told)
    scene = compose(net.trace(FOUR), size=(960, 540), source=deep)
    assert "89 changes" in said(scene)


def test_a_net_tells_its_own_history() -> None:
    # Lost otherwise: what prunes leaves no edit that would be seen, and the picture would say nothing of it.
    edits = "ablate hidden1:1; ablate hidden1:2"
    assert edits in said(compose(NET.mutate(edits).trace(FOUR), source="a four"))
    assert "prune hidden2 30%" in said(compose(NET.mutate("prune hidden2 30%").trace(FOUR), source="a four"))
    assert "change" not in said(compose(NET.trace(FOUR), source="a four"))
