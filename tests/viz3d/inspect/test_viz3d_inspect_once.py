"""However much is asked at once: a network is loaded, changed and has its digit read once."""

from collections import Counter

import numpy as np
import pytest

import data
import engine
from viz3d.command.choice.digits import dataset
from viz3d.inspect.command import inspect

EDITS = "ablate hidden2:3; prune hidden1 30%"


@pytest.fixture
def done(monkeypatch) -> Counter:
    """How often each was done."""
    count: Counter = Counter()

    def counted(place: str, name: str, function) -> None:
        def counting(*given, **named):
            count[name] += 1
            return function(*given, **named)

        monkeypatch.setattr(place, counting)

    counted("engine.load", "load", engine.load)
    counted("engine.mutate.mutate", "mutate", engine.mutate.mutate)
    counted("engine.run.trace.trace", "trace", engine.run.trace.trace)
    counted("viz3d.session.images.dataset", "images", dataset)
    # Drawn is what was prepared, without the pictures.
    monkeypatch.setattr("viz3d.inspect.films.draw", lambda _, prepare: prepare(print, print))
    return count


def test_a_film_is_of_what_was_told(done, monkeypatch, tmp_path, capsys):
    drawn = []
    monkeypatch.setattr(
        "viz3d.inspect.films.compose_pair", lambda before, after, look: drawn.append((before, after))
    )
    path = tmp_path / "changed.npz"
    inspect(data="digits", sample="digits:4", mutate=[EDITS], survey=True, save=path, film=tmp_path / "a.mp4")
    assert "Before and after" in capsys.readouterr().out
    assert done == {"load": 1, "mutate": 1, "trace": 2, "images": 1}
    before, after = drawn[0]
    assert after.net.history == tuple(EDITS.split("; "))
    image = data.load("digits", "test").images[4]
    given = engine.load(data.model_path("mlp"))
    assert np.array_equal(before.neurons, given.trace(image).neurons)
    assert np.array_equal(after.neurons, given.mutate(EDITS).trace(image).neurons)
    assert engine.load(path).diff(after.net) == ()


def test_a_scene_is_of_the_study_that_was_told(done, monkeypatch, tmp_path):
    drawn = []
    monkeypatch.setattr("viz3d.inspect.films.compose", lambda trace, look: drawn.append((trace, look)))
    asked = {"preset": "mlp-sigmoid", "study": "ablate", "mutate": ["ablate hidden2:3"], "quiet": True}
    inspect(data="digits", typed="4", scene=tmp_path / "a.png", **asked)
    assert done == {"load": 1, "mutate": 1, "trace": 2, "images": 1}
    assert drawn[0][0].net.history == ("ablate hidden2:3",)
    assert drawn[0][1].title == "Hidden 2 without each of its neurons"


def test_a_wrong_edit_is_told_before_images_are_looked_for(done):
    with pytest.raises(engine.EngineError):
        inspect(data="digits", typed="4", mutate=["ablate hidden9:3"], quiet=True)
    assert done == {"load": 1, "mutate": 1}
