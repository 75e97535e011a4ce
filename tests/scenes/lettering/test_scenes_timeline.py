"""The beats of a film: each layer fires in its turn, and what is told of it can be read."""

import numpy as np
import pytest
from scene_fixtures import trace

import data
import engine
from scenes import compose
from scenes.motion.pace import explained, once, readable, repeated
from scenes.motion.timeline import plan


@pytest.mark.parametrize("preset", ["mlp", "mlp-sigmoid", "cnn-draw", "vit-tiny"])
def test_what_is_told_stands_until_it_is_read(preset) -> None:
    # Lost otherwise: sentences and subtitles that flash by unread.
    for language in ("en", "de", "es"):
        scene = compose(trace(preset), size=(320, 180), language=language, label=5)
        story = scene.story()
        starts = [at for at, _ in story]
        rates = [len(text) / (end - at) for (at, text), end in zip(story, [*starts[1:], 11.5], strict=True)]
        assert max(rates) < 25
        # Of each kind of layer something is said, and of what comes out of it.
        assert len(story) >= 5
        assert starts[-2:] == [scene.timeline.answer[0], scene.timeline.back[0]]
        assert str(scene.prediction) in story[-2][1]
    slow = compose(trace(preset), size=(320, 180), seconds=120)
    assert slow.story() == slow.beats()


def test_no_time_at_all_is_for_the_answer() -> None:
    # Lost otherwise: a film of a second is told by whatever happens to fit, or by nothing.
    story = compose(trace(), seconds=1).story()
    assert [text for _, text in story] == ["Answer: 3", "Lit: what speaks for 3 and against it"]


def test_one_bar_is_not_called_the_longest() -> None:
    net = engine.build("input 28x28 | dense 1 sigmoid", np.random.default_rng(0))
    scene = compose(net.trace(np.zeros((28, 28), np.uint8)), seconds=60)
    assert f"Answer: {scene.probabilities[0]:.3g}" in [text for _, text in scene.story()]


def test_of_a_net_of_very_many_kinds_of_layers_the_ways_to_tell_it_can_be_weighed() -> None:
    # Lost otherwise: each kind that comes again doubles them, and the first picture never comes.
    kinds = range(24)
    first = [explained(str(kind), f"A{kind}: {kind} sums", "sums") for kind in kinds]
    again = [repeated(str(kind), f"B{kind}: as in A{kind}", "sums") for kind in kinds]
    beats = (*first, *again, once("end", must=True))
    told = readable(tuple(map(float, range(len(beats)))), beats, 60.0)
    assert [beat for beat, _ in told] == list(range(len(beats)))
    said = [texts[0] for _, texts in told]
    assert said[:24] == [each.text for each in first]
    assert said[24:42] == ["sums"] * 18, "explained anew"
    assert said[42:] == [each.text for each in (*again[18:], beats[-1])]


def test_a_deed_is_explained_once_and_where_it_is_first_done_if_there_is_time() -> None:
    beats = (explained("d", "A: sums", "sums"), repeated("d", "B: as in A", "sums"), once("end", must=True))
    told = {spread: readable((0.0, spread, 2 * spread), beats, 9.0) for spread in (0.1, 0.2, 0.5)}
    assert told[0.1] == ((0, ("sums",)), (2, ("end",)))  # over both
    assert told[0.2] == ((0, ("A: sums", "sums")), (2, ("end",)))
    assert told[0.5] == ((0, ("A: sums", "sums")), (1, ("B: as in A",)), (2, ("end",)))


@pytest.mark.parametrize("preset", data.bundled_models())
def test_layers_fire_in_turn_and_their_ends_are_seen(preset) -> None:
    # Lost otherwise: a transformer's tokens and its output flash by in a tenth of a second.
    net = engine.load(data.model_path(preset))
    line, depth = plan(net, 11.5), net.graph.depths
    first = [line.fires[name] for name, at in depth.items() if at == 1]
    assert line.pulses[0][1] - line.pulses[0][0] >= 0.6
    assert min(first) - line.fires["input"] >= 0.6
    assert line.fires["output"] - max(at for name, at in line.fires.items() if name != "output") >= 0.6
    in_turn = np.array([line.fires[name] for name in sorted(depth, key=depth.__getitem__)])
    assert (np.diff(in_turn) >= 0).all()
    assert line.fires["output"] <= line.bars[0] + 1e-9


def test_the_way_back_takes_each_step_for_as_long_a_part_as_the_way_there() -> None:
    line = plan(engine.load(data.model_path("vit-tiny")), 11.5)
    there = [end - start for start, end in line.pulses]
    back = [end - start for start, end in line.backs]
    np.testing.assert_allclose(np.array(back) / back[0], np.array(there) / there[0], rtol=1e-6)
