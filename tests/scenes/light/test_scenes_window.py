"""The window on the digit, light at rest and where it meets, and the ground: each is as it is told."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scene_fixtures import trace

from scenes import THEMES, compose
from scenes.light import meeting, pulse, window
from scenes.light.strand_curves import POINTS
from scenes.vtk.ground import ground


def test_the_window_rests_at_each_place_slides_to_the_next_and_goes_with_the_signal() -> None:
    # Lost otherwise: a window that jumps, or that is seen before anything fires.
    scene = compose(trace("cnn-draw"), size=(160, 90))
    reach, line = scene.reach, scene.timeline
    assert reach is not None
    (start, end), count = line.pulses[0], len(reach.steps)
    assert count > 2
    for number, step in enumerate(reach.steps):
        lines, seen = window.at(reach, line, start + (number + 0.5) / count * (end - start))
        np.testing.assert_array_equal(lines, step)
        assert seen == pytest.approx(1.0)
    for number, (one, other) in enumerate(pairwise(reach.steps)):
        lines, _ = window.at(reach, line, start + (number + 0.85) / count * (end - start))
        np.testing.assert_allclose(lines, (one + other) / 2, atol=1e-3)
    half = 0.075 * (end - start)
    for t, share in (
        (start - 2.1 * half, 0.0),
        (start - half, 0.5),
        (end + half, 0.5),
        (end + 2.1 * half, 0.0),
    ):
        assert window.at(reach, line, t)[1] == pytest.approx(share, abs=1e-6)


def test_light_that_meets_is_that_of_one_connection_in_one_cell() -> None:
    # Lost otherwise: bundles that burn to white, or connections that are dimmed for the light of others.
    drawn = compose(trace(), size=(160, 90)).drawn
    sight, shine = np.eye(3, dtype=np.float32)[:2], drawn.strength
    met = []
    for point in meeting._MEASURED:
        cells = np.floor(drawn.curves[:, point] @ sight.T).astype(int).tolist()
        light = np.zeros(len(drawn.spans))
        for number, span in enumerate(drawn.spans):
            total: Counter[tuple[int, ...]] = Counter()
            for cell, own in zip(cells[span], shine[span].tolist(), strict=True):
                total[tuple(cell)] += own
            each = [total[tuple(cell)] for cell in cells[span]]
            light[number] = max(np.mean(each), max(each) / meeting._PEAK)
        met.append(light)
    expected = [np.interp(np.arange(POINTS), meeting._MEASURED, own) for own in np.transpose(met)]
    np.testing.assert_allclose(meeting.overlap(drawn, shine, sight), expected, rtol=1e-4)


def test_a_signal_that_has_moved_on_leaves_half_of_its_light() -> None:
    # Lost otherwise: layers behind the signal that stay as bright as where it runs, or go out.
    scene = compose(trace(), size=(160, 90))
    signal, rest, line = scene.signal, scene.signal_light, scene.timeline
    (start, end), span = line.pulses[0], signal.spans[0]
    passed = start + 1.95 * (end - start)
    assert passed < line.back[0]
    trail = pulse.forth(signal, rest, line, passed).trail[span]
    assert trail.any()
    np.testing.assert_allclose(trail, 0.55 * 255 * rest.alpha[span], rtol=1e-4)


def test_the_ground_is_lightest_in_its_middle_and_darkens_to_its_rim() -> None:
    dark = THEMES["dark"]
    rimmed, even = (
        ground((320, 180), theme).mean(axis=2, dtype=np.float64)
        for theme in (dark, replace(dark, vignette=0.0))
    )
    corner, middle = (slice(0, 20),) * 2, (slice(80, 100), slice(150, 170))
    assert rimmed[corner].mean() < even[corner].mean() - 1
    assert np.abs(rimmed[middle] - even[middle]).max() <= 1
    assert even[middle].mean() > even[corner].mean() + 5
