"""Pictures with a line of one's own in place of the story, and pictures without any text."""

import numpy as np
import pytest
from scene_fixtures import label, trace

from scenes import compose, stage_of
from scenes.lettering.fonts import extent


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360)])
def test_a_line_of_ones_own_takes_the_place_of_the_story_and_is_never_left_out(size) -> None:
    short, long = "Look at the loop.", "The loop of the three pulls at the middle of the net, " * 3
    for text in (short, long, "W" * 300):
        scene = compose(trace(), size=size, label=label(), caption=text.strip())
        told = {sentence for _, sentence in scene.story()}
        for t in (0.5, 5.0, scene.seconds):
            captions = scene.frame(t).captions
            lines = [
                caption
                for caption in captions
                if caption.font == "medium" and caption.colour == scene.theme.text
            ]
            assert " ".join(line.text for line in lines)[:12] == text[:12]
            assert all(extent(line)[2] <= size[0] for line in lines)
            assert not told & {caption.text for caption in captions}
        if text == short:
            assert [line.text for line in lines] == [short]


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
@pytest.mark.parametrize("preset", ["mlp", "cnn-draw", "vit-tiny"])
def test_a_picture_without_text_has_none_and_gives_the_net_its_room(preset, size) -> None:
    bare, full = (compose(trace(preset), size=size, label=label(), text=text) for text in (False, True))
    for t in (0.0, 4.0, bare.seconds):
        frame = bare.frame(t)
        assert not any(map(len, (frame.captions, frame.swatches, frame.rings, frame.insets, frame.ticks)))
        assert frame.reach is None

    def box(scene) -> np.ndarray:
        places = scene.path.end.project(scene.layout.corners.reshape(-1, 3), size)
        return np.array([places.min(axis=0), places.max(axis=0)])

    (low, high), (first, last) = box(bare), box(full)
    assert (low >= 0).all()
    assert (high <= size).all()
    assert np.prod(high - low) >= 1.05 * np.prod(last - first)
    assert bare.story() == full.story()


@pytest.mark.usefixtures("screen")
def test_a_stage_that_is_shown_a_picture_without_text_lays_nothing_over_its_foot() -> None:
    # Lost otherwise: the dark foot of the legend stays, where there is no legend.
    small = {"size": (160, 90), "synapses": 200, "theme": "light"}
    full, bare = compose(trace(), **small), compose(trace(), text=False, **small)
    with stage_of(full) as stage:
        assert (stage.draw(full.frame(5.0)) != stage.lit(full.frame(5.0)))[-20:].any()
        stage.show(bare)
        np.testing.assert_array_equal(stage.draw(bare.frame(5.0)), stage.lit(bare.frame(5.0)))
