"""What was edited is ringed where it stands, and words beside the rings say what was done."""

import itertools

import numpy as np
import pytest
from scene_fixtures import trace

import data
from scenes import compose
from scenes.lettering.edited.marks import GROUP, MOST, marks
from scenes.lettering.fonts import extent
from scenes.space.page import apart

FOUR = data.load("digits").images[4]
NET = trace("mlp").net
CROWD = (
    "ablate hidden1:199; clamp hidden1:198 0.8; cut input:14,14 -> hidden1:3; ablate hidden2:0-100;"
    "cut hidden1:199 -> hidden2; scale hidden3:5 2; shift hidden3:6 -0.5; function hidden3:7 tanh;"
    "set hidden3:5 -> output:4 2; nudge hidden2:17 -> hidden3:9 0.017; add hidden2:1 -> output:9 0.5"
)


def scene_of(edits: str, net=NET, size=(1280, 720)):
    return compose(net.mutate(edits).trace(FOUR), size=size, label=4)


def last(scene):
    return scene.frame(scene.seconds)


def labels(frame, scene) -> list:
    return [caption for caption in frame.captions if caption.colour == scene.theme.mark]


def test_what_was_edited_is_ringed_where_it_stands() -> None:
    scene = scene_of("ablate hidden1:17; clamp hidden2:100 3; cut hidden3:5 -> output:4")
    frame = last(scene)
    ends = [NET.neuron(where).numbers[0] for where in ("hidden1:17", "hidden2:100", "hidden3:5", "output:4")]
    places = frame.camera.project(scene.layout.positions[ends], scene.size)
    assert np.array([ring.at for ring in frame.rings]) == pytest.approx(places, abs=0.01)
    said = [caption.text for caption in labels(frame, scene)]
    assert said == ["hidden1:17 silenced", "hidden2:100 clamped to 3", "hidden3:5 -> output:4 cut"]


def test_labels_are_statements_with_an_address() -> None:
    assert [mark.text for mark in marks(NET.mutate(CROWD))] == [
        "hidden1:199 silenced",
        "hidden1:198 clamped to 0.8",
        "input:14,14 -> hidden1:3 cut",
        "hidden2:0-100 silenced",
        "hidden1:199 -> hidden2 cut",
        "hidden3:5 scaled ×2",
        "hidden3:6 shifted -0.5",
        "hidden3:7 now tanh",
        "hidden3:5 -> output:4 set to 2",
        "nudged +0.017 <- hidden2:17",
        "hidden2:1 -> output:9 added 0.5",
    ]


def test_a_net_as_it_was_trained_has_no_rings() -> None:
    assert compose(NET.trace(FOUR), size=(1280, 720)).frame(10.5).rings == ()


def test_each_neuron_of_a_small_group_has_a_ring_and_a_large_group_a_label_alone() -> None:
    # Lost otherwise: one ring in the middle of a hundred neurons says that this one was silenced.
    for edits, count in (("ablate hidden2:10-15", 6), (f"ablate hidden1:0-{GROUP}", 0)):
        scene = scene_of(edits)
        frame = last(scene)
        assert len(frame.rings) == count
        assert [caption.text for caption in labels(frame, scene)] == [f"{edits.split()[1]} silenced"]
    scene = scene_of("cut hidden1:199 -> hidden2")
    assert len(last(scene).rings) == 1
    assert [caption.text for caption in labels(last(scene), scene)] == ["hidden1:199 -> hidden2 cut"]


def test_rings_of_a_group_do_not_cover_each_other() -> None:
    rings = last(scene_of("ablate hidden3:0-30", size=(1920, 1080))).rings
    assert len(rings) == 31
    for one, other in itertools.combinations(rings, 2):
        assert np.hypot(*np.subtract(one.at, other.at)) > one.radius + other.radius


def test_a_map_whose_neurons_are_too_close_for_rings_has_one_around_it() -> None:
    net = trace("cnn-draw").net
    scene = scene_of("ablate conv2:map10", net, (1920, 1080))
    (ring,) = last(scene).rings
    ids = list(net.neuron("conv2:map10").numbers)
    places = last(scene).camera.project(scene.layout.positions[ids], scene.size)
    assert np.linalg.norm(places - ring.at, axis=1).max() < ring.radius
    # A map of 24x24 neurons is told by its label alone.
    assert last(scene_of("ablate conv1:map3", net)).rings == ()


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 720), (1080, 1920)])
def test_labels_of_many_edits_keep_apart_and_no_ring_is_left_without_words(size) -> None:
    scene = scene_of(CROWD, size=size)
    seen = set()
    for t in np.linspace(0, scene.seconds, 15):
        frame = scene.frame(t)
        visible = [caption for caption in frame.captions if caption.alpha > 0.15]
        for one, other in itertools.combinations(visible, 2):
            assert apart(extent(one), extent(other)) >= 0, f"{one.text!r}, {other.text!r} at {t:.2f} s"
        seen = {caption.text for caption in labels(frame, scene)}
        assert bool(frame.rings) <= bool(seen)
    assert len(seen) >= 9


def test_a_label_does_not_hop_while_the_camera_moves() -> None:
    scene = scene_of(CROWD)
    offsets: dict[str, list] = {}
    for t in np.linspace(8.0, scene.seconds, 12):
        frame = scene.frame(t)
        ring = frame.rings[0].at
        for caption in labels(frame, scene):
            if caption.text == "hidden1:199 silenced":
                offsets.setdefault(caption.anchor, []).append(caption.at[1] - ring[1])
    ((anchor, found),) = offsets.items()
    assert len(found) > 6
    assert np.ptp(found) < 2, anchor


@pytest.mark.parametrize("neuron", [55, 91])
def test_a_label_covers_no_bands_digit(neuron) -> None:
    # Lost otherwise: words in cyan across the digit that a band is read by.
    scene = scene_of(f"ablate hidden3:{neuron}")
    frame = last(scene)
    (label,) = labels(frame, scene)
    left, top, right, bottom = extent(label)
    for tick in frame.ticks:
        at = frame.camera.project(np.array([tick.at]), scene.size)[0]
        high = tick.size * frame.camera.scale_at(np.array(tick.at), scene.size)
        x, y = at[0] + 0.3 * high, at[1]
        assert not (left < x < right and top < y < bottom), tick.text


def test_where_no_side_is_free_there_is_neither_label_nor_ring() -> None:
    scene = compose(NET.mutate("shift output:4 -1").trace(FOUR), size=(64, 64))
    assert labels(last(scene), scene) == []
    assert last(scene).rings == ()


def test_many_edits_are_not_all_marked() -> None:
    many = NET.mutate("; ".join(f"ablate hidden1:{i}" for i in range(30)))
    assert len(marks(many)) == MOST


def test_what_only_training_would_notice_has_no_ring() -> None:
    assert marks(NET.mutate("prune hidden2 30%; freeze hidden1:3")) == ()
