"""Once all neurons have lit, a film works them out no more: each is still what its time makes of it."""

from dataclasses import fields

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import Paint, compose
from scenes.light import attended, lighting

LAST = {"mlp": "hidden2", "vit-tiny": "block2.hidden"}


@pytest.mark.parametrize("painted", [False, True])
@pytest.mark.parametrize("preset", LAST)
def test_neurons_at_rest_are_what_their_time_makes_of_them(preset, painted) -> None:
    # Lost otherwise: an answer that jumps to its size, or paint that never changes.
    net = trace(preset).net
    layer = LAST[preset]
    values = {layer: np.linspace(-1.0, 1.0, net.layer(layer).size).reshape(net.layer(layer).shape)}
    scene = compose(
        trace(preset), size=(160, 90), paint=Paint(values, "t", "low", "high") if painted else None
    )
    times = [scene.seconds, *(np.linspace(0.5, 1.0, 24) * scene.seconds).tolist()]
    for lights in scene._faces_lit:  # just before all of a face is dark no more, and before it is at rest
        times += [t for end in (lights.until, lights.since) for t in (end - 0.03, end + 0.03) if t > 0]
    for t in np.clip(times, 0.0, scene.seconds).tolist():
        moment = scene.moment(t)
        expected = lighting.at(scene.neurons, scene.theme, t, moment.winner)
        for name in (field.name for field in fields(expected)):
            np.testing.assert_array_equal(getattr(moment.neurons, name), getattr(expected, name))
        for found, face, share in zip(moment.faces, scene.layout.faces, scene.attended, strict=True):
            lit = attended.at(face, share, scene.neurons, expected.level, scene.theme, t)
            np.testing.assert_array_equal(found, lit)


def test_neurons_that_wait_or_rest_in_blocks_are_what_each_would_be(monkeypatch) -> None:
    # Lost otherwise: a whole layer that lights late, or no longer flashes.
    monkeypatch.setattr(lighting, "_BLOCK", 16)
    scene = compose(trace(), size=(160, 90))
    kinds, most = set(), np.zeros(len(scene.neurons.level), np.float32)
    for t in (np.linspace(0.0, 0.99, 40) * scene.seconds).tolist():
        kinds |= {kind for _, kind in lighting._runs(scene.neurons, t)}
        found = lighting.at(scene.neurons, scene.theme, t, 0.0)
        expected = lighting._shown(scene.neurons, scene.theme, t, slice(None))
        for name in (field.name for field in fields(expected)):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        most = np.maximum(most, found.halo)
    assert (most > 1.5 * found.halo).any(), "they flash"
    assert kinds == {0, 1, 2, 3}
