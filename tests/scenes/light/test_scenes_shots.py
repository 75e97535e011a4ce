"""Light: what compiled loops make of lines and bodies, and what of it a shot keeps."""

import numpy as np
import pytest

from scenes.kernels.light import Light
from scenes.kernels.primitives.spots import aim_spots
from scenes.kernels.values import View

# Looks along -z; what is w units away has the depth 0.5 - 0.5 / w.
VIEW = View(np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, -1], [0, 0, -1, 0]]), 0.1, 60, 40)


def drawn(light: Light, view: View = VIEW) -> np.ndarray:
    """What a light gives over nothing, by whole numbers (h, w, 3)."""
    size = view.height, view.width
    light.lay(np.zeros((*size, 3), np.uint8), ink=False)
    return light.over(light.shoot(view, 1.0))[0].astype(int)


def line(places: list, *, width: float = 1.0, grey: int = 100, alpha: int = 255) -> Light:
    """A light of one line through places [(x, y, z), ...] in pixels and units from the camera."""
    light = Light()
    room = light.add_lines(1, len(places))
    room.widen(width)
    at = np.array([[(x / 30 - 1) * z, (1 - y / 20) * z, -z] for x, y, z in places], np.float32)
    room.move(at[None])
    room.paint(np.full((1, len(places), 4), (grey, grey, grey, alpha), np.uint8))
    return light


@pytest.mark.parametrize("end", [(40, 12), (40, 20.5), (17.3, 33), (12, 33), (30.2, 6)])
@pytest.mark.parametrize("width", [1.0, 2.4])
def test_a_lines_light_is_its_width_times_its_length_times_its_opacity(end, width) -> None:
    start, bends = np.array((12.4, 9.7)), np.linspace(0, 1, 6)[:, None]
    points = start + bends * (np.array(end) - start)
    # Faint, so that nothing is clipped; bright enough that rounding is little.
    seen = drawn(line([(x, y, 5.0) for x, y in points], width=width, grey=200, alpha=204))
    expected = width * np.hypot(*(np.array(end) - start)) * 200 * 0.8
    assert seen[..., 0].sum() == pytest.approx(expected, rel=0.02)


def by_sums(start: tuple, end: tuple, width: float, colours: np.ndarray) -> np.ndarray:
    """What a line that runs along the rows lights of 40 x 60 pixels, column by column."""
    (x0, y0), (x1, y1) = start, end
    slope, seen = (y1 - y0) / (x1 - x0), np.zeros((40, 60, 3))
    narrow, rows = 1 / np.hypot(1, slope), np.arange(40) + 0.5
    for column in range(60):
        begin, finish = max(column, x0), min(column + 1, x1)
        t = (begin + finish) / 2 - x0
        cover = np.clip(width / 2 + 0.5 - np.abs(rows - y0 - slope * t) * narrow, 0, 1)
        colour = colours[0] + (colours[1] - colours[0]) * t / (x1 - x0)
        seen[:, column] = max(finish - begin, 0) * cover[:, None] * colour
    return seen


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("start", "end"), [((2.3, 30.2), (37.6, 5.1)), ((-30, 3), (90, 12)), ((20.2, 8), (21.1, 8.5))]
)
def test_each_pixel_of_a_line_has_its_own_light_and_no_other_pixel_any(start, end, turned) -> None:
    # Lost otherwise: strands of another colour, or stripes where several pixels are lit at once.
    colours = np.array([(10, 120, 200), (180, 20, 60)], np.uint8)
    places = [start, end]
    if turned:
        places = [(y + 8, x) for x, y in places]
    light = line([(x, y, 5.0) for x, y in places], width=3.0)
    light._lines[0].paint(np.dstack([colours[None], np.full((1, 2, 1), 255, np.uint8)]))
    expected = by_sums(start, end, 3.0, colours.astype(float))
    if turned:
        expected = np.pad(expected.swapaxes(0, 1)[:40], ((0, 0), (8, 12), (0, 0)))
    np.testing.assert_allclose(drawn(light), expected, atol=0.51)


def test_lines_of_all_parts_add_up_over_all_bands() -> None:
    # Lost otherwise: strands in place of the floor's grid, or only in some rows.
    ends = [(-3, 3), (3, -3)], [(-3, -3), (3, 3)], [(-1, 4), (1, -4)]
    alone, together = [], Light()
    for part, places in enumerate(ends):
        for light in (Light(), together):
            room = light.add_lines(1, 2, part=part)
            room.move(np.array([[(x, y, -5.0) for x, y in places]], np.float32))
            room.paint(np.full((1, 2, 4), (60, 40 + 20 * part, 80, 255), np.uint8))
            alone += [drawn(light)] if light is not together else []
    assert all(each[[10, 20, 31]].any(axis=(1, 2)).all() for each in alone)
    np.testing.assert_allclose(drawn(together), sum(alone), atol=1.5)


def test_light_is_hidden_behind_bodies_and_seen_before_them() -> None:
    for away, seen in ((4.9, False), (5.1, True)):
        light = line([(10, 20, 5.0), (50, 20, 5.0)])
        # A black cell that fills the picture.
        corner, right, down = (
            np.array(each, np.float32) for each in ((-9, 9, -away), (18, 0, 0), (0, -18, 0))
        )
        black, whole = np.array([[(0, 0, 0, 255)]], np.uint8), np.array([(0, 1)], np.float32)
        light.bodies.add_cells((corner, right, down), black, (whole, whole), (1, 1), (0, 0, 0))
        assert drawn(light).any() == seen


def test_of_what_lies_behind_the_camera_nothing_is_left_unsaid() -> None:
    # Lost otherwise: whatever lay in memory is reckoned with, and at times warned of.
    at = np.full((2, 4), np.nan, np.float32)
    aim_spots(np.array([(0, 0, -5), (0, 0, 5)], np.float32), np.ones(2, np.float32), 0.0, VIEW, at)
    assert at[0].tolist() == [30, 20, pytest.approx(0.4), pytest.approx(0.2)]
    assert at[1].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("width", [2.0, 20.0])
def test_the_height_of_the_bands_changes_nothing(monkeypatch, width) -> None:
    # Lost otherwise: corners of slanting lines, cut where a band ends.
    light = line([(3, 2, 5.0), (50, 37, 5.0), (24, 26, 4.0), (36, 14, 6.0)], width=width)
    whole = drawn(light)
    for rows in (1, 7, 64):
        monkeypatch.setattr("scenes.kernels.light.BAND", rows)
        light._bands.clear()
        np.testing.assert_array_equal(drawn(light), whole)


def test_a_line_past_the_camera_is_seen_as_far_as_it_lies_before_it() -> None:
    whole = drawn(line([(30, 20, 4.0), (45, 20, 4.0)]))
    light = Light()
    room = light.add_lines(1, 2)
    # From the middle of the picture to a point beside the camera and behind it.
    room.move(np.array([[(0, 0, -4.0), (6.0, 0, 2.0)]], np.float32))
    room.paint(np.full((1, 2, 4), (100, 100, 100, 255), np.uint8))
    seen = drawn(light)
    assert whole[19:21, 32:44].any(axis=(0, 2)).all()
    assert seen[19:21, 32:59].any(axis=(0, 2)).all()
    assert not seen[:, :29].any()


def test_what_is_drawn_after_the_light_covers_it_by_its_opacity() -> None:
    # Lost otherwise: the bars' own colours beside a bright neuron.
    plain = drawn(line([(10, 20, 5.0), (50, 20, 5.0)], grey=200))
    light = line([(10, 20, 5.0), (50, 20, 5.0)], grey=200)
    # A quad at the same distance over the right half of the picture, half opaque.
    corners = np.array([[(0, -9, -5), (9, -9, -5), (9, 9, -5), (0, 9, -5)]], np.float32)
    light.bodies.add_quads(corners, np.array([[(0, 0, 0, 128)] * 4], np.uint8), over=True)
    seen = drawn(light)
    np.testing.assert_array_equal(seen[:, :30], plain[:, :30])
    np.testing.assert_allclose(seen[:, 30:], plain[:, 30:] * (1 - 128 / 255), atol=1)


@pytest.mark.parametrize(("part", "kept"), [(0, 0.4), (1, 1.0), (2, 1.0)])
def test_what_lies_beneath_is_covered_by_bodies_without_depth(part, kept) -> None:
    # Lost otherwise: a floor that shines through walls.
    light = Light()
    room = light.add_lines(1, 2, part=part)
    room.move(np.array([[(-2, 0, -4.0), (2, 0, -4.0)]], np.float32))
    room.paint(np.full((1, 2, 4), (200, 200, 200, 255), np.uint8))
    plain = drawn(light)
    # A quad that fills the picture, behind the line.
    corners = np.array([[(-9, -9, -5), (9, -9, -5), (9, 9, -5), (-9, 9, -5)]], np.float32)
    light.bodies.add_quads(corners, np.array([[(0, 0, 0, 153)] * 4], np.uint8), over=False)
    np.testing.assert_allclose(drawn(light), plain * kept, atol=1)


@pytest.mark.parametrize("first", ["paint", "move"])
def test_what_is_written_later_is_in_the_next_picture_alone(first) -> None:
    # Lost otherwise: a film's pictures that show parts of the one after, or of the one before.
    light = line([(10, 20, 5.0), (50, 20, 5.0)])
    (room,), view = light._lines, VIEW
    before = drawn(light)
    shot, again = light.shoot(view, 1.0), light.shoot(view, 1.0)
    assert shot.lines.places is again.lines.places, "not copied once more"
    assert shot.lines.rgba is again.lines.rgba
    if first == "paint":
        room.paint(np.full((1, 2, 4), (200, 0, 0, 255), np.uint8))
    else:
        room.move(room.places * np.array((0.5, 1, 1), np.float32))
    np.testing.assert_array_equal(light.over(shot)[0], before)
    assert (drawn(light) != before).any()


def test_bodies_that_change_later_are_in_the_next_picture_alone() -> None:
    # Lost otherwise: a bar or a name of the picture after, in one that a thread still finishes.
    light = Light()
    plane = np.array([(-2, 2, -5), (2, 0, 0), (0, -2, 0)], np.float32)
    spans = (np.array([(0, 1)] * 2, np.float32),) * 2
    cells = light.bodies.add_cells(tuple(plane), np.full((2, 2, 4), 90, np.uint8), spans, (8, 8), (0, 0, 0))
    corners = np.array([[(1, 1, -4), (2, 1, -4), (2, 2, -4), (1, 2, -4)]], np.float32)
    quads = light.bodies.add_quads(corners, np.full((1, 4, 4), 200, np.uint8), over=False)
    names = light.bodies.add_stamps(1, (4, 4), 0.75)
    names.move(corners - np.array((3, 3, 0), np.float32))
    changes = (
        lambda: cells.paint(np.full((2, 2, 4), 250, np.uint8)),
        lambda: quads.take(corners - np.float32(0.5), np.full((1, 4, 4), 99, np.uint8)),
        lambda: names.paint(0, np.full((4, 4, 4), 255, np.uint8)),
    )
    for change in changes:
        before, shot = drawn(light), light.shoot(VIEW, 1.0)
        change()
        np.testing.assert_array_equal(light.over(shot)[0], before)
        assert (drawn(light) != before).any()
