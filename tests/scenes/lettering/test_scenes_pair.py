"""A film of a net before and after an edit: both in step, what was edited is marked, all in one picture."""

import itertools
import re

import numpy as np
import pytest
from scene_fixtures import trace
from slow_cases import slow_but

import data
from scenes import SceneError, compose, compose_pair, stage_of
from scenes.lettering.fonts import extent
from scenes.space.page import apart

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


@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_half_fills_its_shape_and_its_numbers_stand_level_with_their_bars(preset) -> None:
    # Lost otherwise: a strip of a net in a tall half, and 39.6% beside the bar below its own.
    made = trace(preset)
    scene = compose_pair(made, made, size=(1280, 720)).right
    frame, bars = scene.frame(scene.seconds), scene.layout.bars
    assert min(caption.size for caption in frame.captions) >= 11
    corners = frame.camera.project(scene.layout.bounds(), scene.size)
    high = float(np.ptp(corners[:, 1])) / scene.size[1]
    assert high > {"mlp": 0.54, "cnn-draw": 0.52, "vit-tiny": 0.40}[preset]
    rows = frame.camera.project(bars.base + 0.5 * bars.length * bars.along, scene.size)
    shown = [caption for caption in frame.captions if caption.text in scene.words.shares]
    numbers = [caption for caption in shown if caption.anchor == "lm"]
    pitch = float(np.diff(rows[:, 1]).min())
    for row, number in zip(rows, numbers, strict=True):
        assert abs(number.at[1] - row[1]) < 0.15 * pitch, number.text


def test_the_half_after_tells_what_changed() -> None:
    # Lost otherwise: two pictures to be compared neuron by neuron.
    before, after = NET.trace(FOUR), EDITED.trace(FOUR)
    both = compose_pair(before, after, size=(1280, 720))
    moved = {}
    for layer in EDITED.layers[1:-1]:
        one, other = before.activation[layer.name], after.activation[layer.name]
        change = np.abs(other - one) / max(one.max(), other.max())
        moved |= dict(enumerate(change.tolist(), EDITED.offset(layer.name)))
    for address in ("hidden1:17", "hidden2:100"):  # these have marks of their own
        del moved[EDITED.neuron(address).numbers[0]]
    best = sorted(moved, key=lambda number: -moved[number])[:8]
    assert set(both.told.neurons) == set(best)
    frame = both.frame(both.seconds)
    said = {caption.text for caption in frame.right.captions}
    assert {"changed most", "before"} <= said
    assert not {"changed most", "before"} & {caption.text for caption in frame.left.captions}
    scene, bars = both.right, both.right.layout.bars
    places = frame.right.camera.project(scene.layout.positions[best], scene.size)
    centres = np.array([ring.at for ring in frame.right.rings])
    for place in places:
        assert np.linalg.norm(centres - place, axis=1).min() < 0.5
    gone = np.flatnonzero(np.abs(before.probabilities - after.probabilities) >= 0.004)
    ends = bars.base[gone] + (before.probabilities[gone] * bars.length)[:, None] * bars.along
    ticks = np.array([np.add(ghost.start, ghost.end) / 2 for ghost in frame.right.ghosts])
    assert len(ticks) == len(gone) + 1  # and the key's own
    for place in frame.right.camera.project(ends, scene.size):
        assert np.linalg.norm(ticks - place, axis=1).min() < 1.0


def test_nothing_is_told_of_what_did_not_change() -> None:
    made = NET.trace(FOUR)
    frame = compose_pair(made, made, size=(1280, 720)).frame(11.5)
    assert "changed most" not in {caption.text for caption in frame.right.captions}
    assert frame.right.rings == ()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1080, 1920), (1600, 1200), (1280, 1024)])
def test_the_key_of_what_changed_takes_the_place_of_nothing_that_is_said(size) -> None:
    # Lost otherwise: in a tall half, the answer itself.
    both = compose_pair(NET.trace(FOUR), EDITED.trace(FOUR), size=size, label=4)
    frame = both.frame(both.seconds)
    said = {caption.text for caption in frame.right.captions}
    plain = both.right.frame(both.seconds)
    loud = {caption.text for caption in plain.captions if caption.font != "regular" and caption.alpha > 0.5}
    assert loud <= said
    key = both.right.words.key
    assert {key.warm, key.cool} <= said
    assert any(text.startswith(key.drawn) for text in said)
    for one, other in itertools.combinations(frame.right.captions, 2):
        assert apart(extent(one), extent(other)) >= 0, (one.text, other.text)


def test_weights_that_are_held_leave_their_neurons_to_be_marked() -> None:
    # Lost otherwise: after "prune hidden1 40%" nothing in hidden 1 has changed.
    pruned = NET.mutate("prune hidden1 40%")
    told = compose_pair(NET.trace(FOUR), pruned.trace(FOUR), size=(1280, 720)).told
    assert "hidden1" in told.layers


def test_a_pair_without_text_has_no_key() -> None:
    frame = compose_pair(NET.trace(FOUR), EDITED.trace(FOUR), size=(1280, 720), text=False).frame(11.5)
    assert frame.right.captions == ()
    assert frame.right.rings == ()


def test_two_nets_of_which_neither_came_of_the_other_are_no_before_and_after() -> None:
    other = trace("mlp-sigmoid").net
    both = compose_pair(NET.trace(FOUR), other.trace(FOUR), size=(640, 360), language="de")
    assert (both.left.words.title, both.right.words.title) == ("Mehrlagiges Perzeptron", "Sigmoid-Perzeptron")
    assert both.told is None, "bars would tell of a change that nobody made"
    # Surgery makes other layers, and yet the net is what came of the first.
    less = NET.mutate("remove hidden1:17")
    assert compose_pair(NET.trace(FOUR), less.trace(FOUR), size=(640, 360)).right.words.title == "After"
