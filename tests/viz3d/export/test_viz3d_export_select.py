"""`python -m viz3d.export --select`: a neuron, a synapse or a layer is lit in the film as in the window."""

import numpy as np
import pytest
from scene_fixtures import trace

from engine import EngineError
from scenes import Look, shoot
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.export.config import Config
from viz3d.export.film import make, tell_beats

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


def test_what_is_selected_is_a_neuron_a_synapse_or_a_layer_and_no_group() -> None:
    net = trace().net
    lit = shoot(trace(), size=SIZE, selected="hidden2:17").frame(11.0)
    assert lit.focus is not None
    assert lit.focus.about == net.neuron("hidden2:17").numbers
    both = shoot(trace(), size=SIZE, selected="hidden1:201->hidden2:17").frame(11.0)
    assert both.focus is not None
    assert len(both.focus.about) == 2
    for wrong in ("hidden2:0-3", "hidden9", "hidden1:1 -> hidden2:1 -> hidden3:1"):
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
        make(config(out=name, select=select, quiet=True))
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
