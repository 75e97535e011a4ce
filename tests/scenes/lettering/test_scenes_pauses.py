"""A film that stops: for how long, where, on what picture, and what is said meanwhile."""

import numpy as np
import pytest
from scene_fixtures import trace

import data
from scenes import Look, Pauses, SceneError, compose, compose_pair, shoot, site_of
from scenes.camera.recording import Recording
from scenes.motion.pauses import pairs_of
from scenes.motion.timeline import plan

SMALL = {"size": (320, 180), "text": False}
STOPS = Pauses(11.5, ((2.5, 2.0), (3.0, 1.0), (8.0, 0.2)))


def alike(one, other) -> bool:
    """Whether two moments show the same."""
    lit = [(one.neurons.rgb, other.neurons.rgb), (one.synapses.trail, other.synapses.trail)]
    return one.t == other.t and all(np.array_equal(a, b) for a, b in lit)


def test_time_stands_still_goes_on_softly_and_each_pause_adds_what_it_lasts() -> None:
    # Lost otherwise: a film that jumps, runs back, or is longer or shorter than was asked for.
    shown = np.linspace(0, STOPS.seconds, 30_001)
    film = np.array([STOPS.film_at(t) for t in shown])
    assert STOPS.seconds == pytest.approx(14.7, abs=1e-12)
    assert (film[0], film[-1], STOPS.film_at(99), STOPS.film_at(-1)) == (0, 11.5, 11.5, 0)
    speed = np.diff(film) / np.diff(shown)
    assert speed.min() >= 0
    assert speed.max() <= 1 + 1e-6
    assert np.abs(np.diff(speed)).max() < 0.02, "a stop from full speed"
    for stop, (at, added) in zip(STOPS.stops, STOPS.moments, strict=True):
        assert stop.last - stop.first == pytest.approx(added - stop.ease)
        assert {STOPS.film_at(t) for t in np.linspace(stop.first, stop.last, 50)} == {at}
        assert {STOPS.settled(t) for t in np.linspace(stop.first, stop.last, 50)} == {stop.first}
        assert STOPS.settled(stop.last + 1e-6) > stop.last
        assert STOPS.film_at(stop.last + 0.2) > at
    there = [STOPS.film_at(STOPS.shown_at(t)) for t in np.linspace(0, 11.5, 999)]
    assert there == pytest.approx(np.linspace(0, 11.5, 999).tolist(), abs=1e-9)


def test_pauses_at_the_ends_of_a_film_and_close_together_keep_its_length() -> None:
    line = Pauses(11.5, ((0.0, 1.0), (0.01, 1.0), (11.5, 1.0)))
    assert line.film_at(0.9) == 0
    assert line.film_at(14.4) == 11.5
    assert line.shown_at(11.5) == pytest.approx(13.5)
    assert [stop.ease for stop in line.stops] == pytest.approx([0, 0.01, 0])


def test_while_a_film_stands_its_picture_stays_and_all_others_are_those_of_the_film_without() -> None:
    # Lost otherwise: a stop that trembles, or a film that is another one before and after it.
    plain, scene = compose(trace(), **SMALL), compose(trace(), pause={"hidden2": 2}, **SMALL)
    (stop,) = scene.timeline.pauses.stops
    assert scene.seconds == plain.seconds + 2
    assert alike(scene.moment(stop.first), scene.moment(stop.last))
    assert alike(scene.moment(stop.first + 1), plain.moment(stop.at))
    assert not alike(scene.moment(stop.first), scene.moment(stop.last + 0.5))
    for t in (0.0, 1.0, stop.first - 0.6, stop.last + 0.6, scene.seconds - 1, scene.seconds):
        before = t < stop.first
        there = plain.moment(t if before else t - 2)
        assert scene.moment(t).t == pytest.approx(there.t, abs=1e-12)
        assert np.allclose(scene.moment(t).neurons.rgb, there.neurons.rgb, atol=1e-6)
        assert scene.dissolve(t) == pytest.approx(plain.dissolve(t if before else t - 2))


@pytest.mark.parametrize("preset", data.bundled_models())
def test_each_layer_of_each_network_and_each_other_beat_can_be_stopped_at(preset) -> None:
    # Lost otherwise: a film of a layer that has not fired yet, or when the next one has.
    net = trace(preset).net
    look = Look(**SMALL)
    line = site_of(net, look).timeline
    fires = sorted({*line.fires.values(), line.answer[1]})
    for name, at in line.fires.items():
        (moment, added), *more = plan(net, 11.5, pairs_of({name: 3})).pauses.moments
        assert at < moment < fires[fires.index(at) + 1]
        assert (added, more) == (3, [])
    beats = {"digit": line.digit, "bars": line.bars, "answer": line.answer, "why": line.card}
    for name, (_, end) in beats.items():
        assert plan(net, 11.5, pairs_of({name: 1})).pauses.moments == ((end, 1),)
    each = site_of(net, look.changed(pause=2)).timeline.pauses.moments
    stories = [layer.name.split(".")[0] for layer in net.layers[1:]]
    assert [added for _, added in each] == [2] * len(set(stories))
    named = site_of(net, look.changed(pause={"": 2, net.layers[1].name: 5})).timeline.pauses.moments
    assert [added for _, added in named] == [5] + [2] * (len(each) - 1)


def test_a_site_is_taken_over_only_where_the_film_stops_alike() -> None:
    # Lost otherwise: the second film of a run has the stops of the first.
    net, look = trace().net, Look(**SMALL)
    plain, stops = site_of(net, look), look.changed(pause={"hidden1": 2})
    there = site_of(net, stops, plain)
    assert there.timeline.pauses.moments
    assert site_of(net, stops, there) is there
    assert not site_of(net, look, there).timeline.pauses.moments


def test_what_is_told_follows_the_film_as_it_is_shown_and_has_the_time_of_the_stop() -> None:
    # Lost otherwise: subtitles beside their film, and a stop under a sentence of another layer.
    usual = compose(trace("cnn-draw"), size=(640, 360))
    scene = compose(trace("cnn-draw"), size=(640, 360), pause={"conv1": 3, "hidden1": 3})
    first, last = scene.timeline.pauses.stops
    told = scene.story()
    assert [text for at, text in told if at <= first.first][-1].startswith("Convolution 1: 11,520 neurons")
    assert [text for at, text in told if at <= last.first][-1].startswith("Hidden 1: ")
    assert not any(text.startswith(("Convolution 1: 11,520", "Hidden 1")) for _, text in usual.story())
    ends = [*(at for at, _ in told[1:]), scene.seconds]
    assert max(len(text) / (end - at) for (at, text), end in zip(told, ends, strict=True)) < 25
    for stop in (first, last):
        inside = {at for at, _ in (*scene.beats(), *told) if stop.first < at < stop.last}
        assert inside == set(), "what begins while nothing moves"
        shown = [each for each in scene.frame(stop.first).captions if each.font == "medium"]
        assert [each.alpha for each in shown if each.text.startswith(("Conv", "Hidden"))] == [0.92]
    assert scene.beats()[-1][0] == pytest.approx(usual.beats()[-1][0] + 6)


def test_both_halves_of_a_pair_stop_together_at_a_layer_of_either() -> None:
    # Lost otherwise: two networks out of step.
    one, other = trace("mlp"), trace("cnn-draw")
    pair = compose_pair(
        one, other, size=(640, 180), text=False, pause={"hidden2": 2, "conv1": 1, "answer": 1}
    )
    assert pair.left.timeline.pauses == pair.right.timeline.pauses
    assert pair.seconds == pytest.approx(15.5)
    assert len(pair.left.timeline.pauses.stops) == 3


@pytest.mark.parametrize(
    ("pause", "says"),
    [
        (
            {"conv9": 2},
            "^pause conv9 is not known: give one of digit, bars, answer, why, input, hidden1, hid",
        ),
        ({"hidden1": -1}, "^pause hidden1=-1 is out of range: give more than 0, and 60 seconds at most$"),
        ({"hidden1": float("nan")}, "^pause hidden1=nan is out of range"),
        ({"hidden1": 61}, "^pause hidden1=61 is out of range"),
        ({"hidden1": "2"}, "^pause hidden1='2': give a layer with seconds"),
        ({30: 2}, r"^pause 30 is out of range: give a moment of the film, 0 to 11\.5 seconds$"),
        ({"nan": 2}, "^pause nan is not known"),
        ((("hidden1", 2), ("hidden1", 3)), "^pause hidden1 is given twice: give it once$"),
        (dict.fromkeys(range(11), 60), "^pause: all together are 660 seconds: give 600 at most$"),
        (None, "^pause None: give a layer with seconds"),
        (True, "^pause True: give"),
        ("hidden1", "^pause 'hidden1': give"),
    ],
)
def test_a_wrong_pause_is_told_in_a_line(pause, says) -> None:
    with pytest.raises(SceneError, match=says):
        compose(trace(), pause=pause, **SMALL)


def test_a_recorded_camera_goes_at_its_own_time() -> None:
    scene = compose(trace(), **SMALL)
    kept = Recording(np.array([0.0, 1.0]), np.array([0.0, 1.0]), (scene.path.end, scene.path.end))
    with pytest.raises(SceneError, match=r"^pause: a recorded camera has its own time"):
        shoot(trace(), camera=kept, pause=2, **SMALL)
    assert shoot(trace(), pause={"hidden1": 2}, **SMALL).seconds == 13.5


def test_what_is_said_in_a_stop_is_of_the_layer_that_it_stops_at() -> None:
    # Lost otherwise: the film stops at Max-pool 2 under what explained Max-pool 1.
    scene = compose(trace("cnn-draw"), size=(320, 180), pause={"conv1": 2, "pool2": 2})
    beats = {text[:10]: at for at, text in scene.beats()}
    stop = scene.timeline.pauses.stops[1]
    assert [at for at, _ in scene.story() if at <= stop.first][-1] == beats["Max-pool 2"]
    scene = compose(trace("vit-tiny"), size=(320, 180), pause={"block2.norm1": 2, "output": 2, "bars": 2})
    block, output, bars = scene.timeline.pauses.stops
    for stop, said in ((block, "Block 2"), (output, "Output"), (bars, "Softmax")):
        assert [text for at, text in scene.beats() if at <= stop.first][-1].startswith(said)


def test_a_film_may_stop_while_its_last_picture_dissolves() -> None:
    scene = compose(trace(), pause={0.5: 2}, **SMALL)
    (stop,) = scene.timeline.pauses.stops
    assert 0 < scene.dissolve(stop.first) == scene.dissolve(stop.last) < 1
    assert scene.dissolve(stop.first) == compose(trace(), **SMALL).dissolve(0.5)
