"""`python -m viz3d.export --select`: a neuron, a synapse or a layer is lit in the film as in the window."""

from itertools import combinations

import numpy as np
import pytest
from scene_fixtures import trace

import engine
from engine import EngineError
from scenes import Look, SceneError, compose, shoot
from scenes.lettering.fonts import extent
from scenes.space.page import apart
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.export.config import Config
from viz3d.export.film import clip_of, make, tell_beats

SIZE = (320, 180)


def config(**given) -> Config:
    look = Look(size=SIZE, seconds=2.0)
    wanted = Wanted(digit=4, data="digits")
    return Config(**{"out": "a.png", "look": look, "fps": 5, "supersample": 1, "wanted": wanted} | given)


def test_a_layer_that_is_selected_has_a_frame_where_its_plane_is_seen_at_every_moment() -> None:
    shot = shoot(trace(), size=(1280, 720), selected="hidden2")
    plane = next(panel for panel in shot.scene.layout.panels if panel.layer == "hidden2").corners()
    for t in (2.0, 6.0, shot.seconds):
        frame = shot.frame(t)
        assert len(frame.ghosts) == 4
        starts = [edge.start for edge in frame.ghosts]
        np.testing.assert_allclose(starts, frame.camera.project(plane, (1280, 720)), rtol=1e-5)
        assert [edge.end for edge in frame.ghosts] == [*starts[1:], starts[0]]
        assert {edge.colour for edge in frame.ghosts} == {shot.scene.theme.mark}
        assert frame.focus is None


def test_the_legend_tells_of_what_is_lit_and_the_card_of_something_else_goes() -> None:
    # Lost otherwise: warm is told to speak for the answer where it is weight x activation.
    plain, lit = (shoot(trace(), size=(1280, 720), selected=each) for each in ("", "hidden2:17"))
    told = [{c.text for c in lit.frame(t).captions} for t in (3.0, lit.seconds)]
    for texts in told:
        assert {
            "excites its target (w·a > 0)",
            "inhibits its target (w·a < 0)",
            "all other synapses",
        } <= texts
        assert not {text for text in texts if "speaks" in text or "Why" in text}
    assert "Lit: what reaches hidden2:17 most, and what it passes on" in told[1]
    focus = lit.frame(3.0).focus
    assert f"{len(focus.value)} of its {512 + 128} synapses lit" in told[1]
    rest = lit.frame(lit.seconds).synapse_rgba[..., :3].astype(int)
    assert (np.ptp(rest, axis=2) < 60).all(), "others are pale"
    assert (np.ptp(plain.frame(plain.seconds).synapse_rgba[..., :3].astype(int), axis=2) > 60).all()


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (640, 360)])
def test_attention_and_all_else_that_is_pale_have_a_row_each_in_the_legend(size) -> None:
    # Lost otherwise: two words on top of each other, of which neither can be read.
    lit = shoot(trace("vit-tiny"), size=size, selected="block1.attention:16,3")
    captions = lit.frame(lit.seconds).captions
    low = [c for c in captions if c.at[1] > 0.8 * size[1]]
    assert {"attention", "all other synapses"} <= {c.text for c in low}
    for first, second in combinations(low, 2):
        assert apart(extent(first), extent(second)) > 0, (first.text, second.text)


@pytest.mark.parametrize(("show", "sign"), [("evidence", 0), ("weight", -1)])
def test_a_selected_layer_draws_the_strongest_of_its_own_synapses_and_tells_their_share(show, sign) -> None:
    found = trace()
    look = Look(size=(1280, 720), show=show, sign=sign, synapses=500)
    scene = clip_of(found, look, selected="hidden3").scene
    assert len(scene.drawn) == 500
    shares = []
    for pair, span in zip(found.net.connections, scene.drawn.spans, strict=True):
        assert ("hidden3" in pair) == (span.stop > span.start)
        if "hidden3" not in pair:
            continue
        weight = found.net.parameters[f"{pair[1]}.weight"].astype(np.float64)
        all_values = (
            weight.ravel()
            if show == "weight"
            else np.array(engine.strongest(found, weight.size, *pair, by="evidence")[1], np.float64)
        )
        mine = all_values if not sign else all_values[all_values * sign > 0]
        best = np.sort(np.abs(mine))[::-1][: span.stop - span.start]
        np.testing.assert_allclose(np.sort(np.abs(scene.drawn.value[span]))[::-1], best, rtol=1e-4)
        shares.append(best.sum() / np.abs(all_values).sum())
    note = scene.words.key.note
    assert f"carry {round(100 * np.mean(shares))}%" in note
    assert f"least {round(100 * min(shares))}%" in note
    assert scene.words.key.drawn == "500 of 34,048 synapses of Hidden 3 drawn"
    # Lost otherwise: a way back to the ink is told, and no line leads there.
    assert scene.story()[-1][1] == "Lit: the strongest synapses of Hidden 3 alone"


def test_few_synapses_are_shared_out_without_loss_and_a_layer_that_is_not_there_is_told() -> None:
    for count in (1, 2, 7, 33):
        assert len(compose(trace("vit-tiny"), size=SIZE, synapses=count, card=False).drawn) == count
    with pytest.raises(SceneError, match="layer hidden9 is not in mlp: give one of input, hidden1"):
        compose(trace(), layer="hidden9")


def test_what_is_selected_is_a_neuron_a_synapse_or_a_layer_and_no_group() -> None:
    net = trace().net
    lit = shoot(trace(), size=SIZE, selected="hidden2:17").frame(11.0)
    assert lit.focus is not None
    assert lit.focus.about == net.neuron("hidden2:17").numbers
    both = shoot(trace(), size=SIZE, selected="hidden1:201->hidden2:17").frame(11.0)
    assert both.focus is not None
    assert len(both.focus.about) == 2
    for wrong in (
        "hidden2:0-3",
        "hidden9",
        "hidden1:1 -> hidden2:1 -> hidden3:1",
        "hidden1:1 -> hidden1:2",
    ):
        with pytest.raises(EngineError) as told:
            shoot(trace(), size=SIZE, selected=wrong)
        assert "\n" not in str(told.value)


def test_ghosts_of_bars_and_the_frame_are_both_drawn() -> None:
    before = np.full(10, 0.1, np.float32)
    bars = shoot(trace(), size=(1280, 720), before=before).frame(11.0).ghosts
    both = shoot(trace(), size=(1280, 720), before=before, selected="hidden2").frame(11.0).ghosts
    assert len(bars) > 0
    assert both[4:] == bars


@pytest.mark.usefixtures("screen")
def test_a_still_of_a_selected_layer_differs_from_one_without_along_its_frame(tmp_path, monkeypatch) -> None:
    # Lost otherwise: a frame that is worked out and never drawn.
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    pictures = []
    for name, select in (("a.png", ""), ("b.png", "hidden2")):
        # The same synapses in both: what differs is the frame.
        make(config(out=name, select=select, look=Look(size=SIZE, seconds=2.0, layer="hidden2"), quiet=True))
        pictures.append(np.asarray(Image.open(name)).astype(int))
    rows, columns = np.nonzero(np.abs(pictures[0] - pictures[1]).max(axis=2) > 24)
    assert len(rows) > 60
    assert (rows.max() - rows.min()) > 0.2 * SIZE[1]
    assert (columns.max() - columns.min()) < 0.5 * SIZE[0]


def test_two_networks_side_by_side_have_nothing_selected() -> None:
    with pytest.raises(UserError, match="--select lights a part of one network"):
        config(select="hidden1", beside=True, mutate="ablate hidden1:1")


def test_beats_are_told_of_a_film_with_something_selected(capsys) -> None:
    tell_beats(config(select="hidden1"), as_json=False)
    assert "11" not in capsys.readouterr().err
