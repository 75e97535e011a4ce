"""Drawings on clean paper: what is left out for speed changes nothing, and what it rests on is right."""

from itertools import pairwise

import numpy as np
import pytest
from digit_pictures import bytes_of, noise
from PIL import Image, ImageDraw

import data.photo.ink
from data import DataError, digit_from_image
from data.photo.clean import known_ink
from data.photo.pixels.morphology import grow, long_runs
from data.photo.pixels.pieces import label_pieces
from data.photo.strokes import FULL, full_ink, otsu


def scrawl(draw: ImageDraw.ImageDraw, rng, centre, radius: float, width: float) -> None:
    """A stroke that wanders inside a square, with round ends."""
    angle, point = rng.uniform(0, 6.3), np.array(centre)
    points = []
    for _ in range(rng.integers(2, 25)):
        angle += rng.normal(0, 0.7)
        point = np.clip(
            point + radius / 4 * np.array([np.cos(angle), np.sin(angle)]),
            *np.add.outer((-radius, radius), centre),
        )
        points.append(tuple(point))
    draw.line(points, fill=255, width=max(1, round(width)), joint="curve")
    for x, y in (points[0], points[-1]):
        draw.ellipse([x - width / 2, y - width / 2, x + width / 2, y + width / 2], fill=255)


def drawing(kind: str, rng) -> np.ndarray:
    """A white drawing on black, uint8, 100 to 600 pixels, drawn twice as large so that its edges are soft."""
    size = int(rng.choice([100, 200, 200, 280, 280, 420, 600]))
    image = Image.new("L", (2 * size, 2 * size), 0)
    draw = ImageDraw.Draw(image)
    width = 2 * size * float(rng.choice([0.005, 0.02, 0.04, 0.08, 0.12, 0.25]))
    middle, reach = rng.uniform(0.3, 0.7, 2) * 2 * size, rng.uniform(0.1, 0.5) * size
    if kind == "two digits":
        for x in (0.5, 1.5):
            scrawl(draw, rng, (x * size, size), 0.4 * size, width)
    elif kind == "tiny in a corner":
        scrawl(draw, rng, (0.15 * size, 0.15 * size), 0.1 * size, max(2, 0.02 * size))
    elif kind == "a dab":
        draw.ellipse([*(middle - width / 2), *(middle + width / 2)], fill=255)
    elif kind == "over the border":
        scrawl(draw, rng, (0.2 * size, size), 0.6 * size, width)
    elif kind == "a sheet":
        draw.rectangle([0.5 * size, 0.5 * size, 1.4 * size, 1.5 * size], fill=255)
        draw.line(
            [0.8 * size, 0.7 * size, 1.1 * size, 0.7 * size, 0.9 * size, 1.3 * size], 0, round(0.1 * size)
        )
    else:
        for _ in range(rng.integers(1, 4)):
            scrawl(draw, rng, middle, reach, width)
    spoil(kind, draw, rng, size)
    return np.asarray(image.reduce(2))


def spoil(kind: str, draw: ImageDraw.ImageDraw, rng, size: int) -> None:
    """Specks, a line or a frame, in a drawing twice this size."""
    if kind == "specks":
        for x, y in rng.uniform(0, 2 * size, (6, 2)):
            draw.ellipse([x - 3, y - 3, x + 3, y + 3], fill=255)
    if kind == "underline":
        draw.line(
            [0, 1.7 * size, 2 * size, 1.7 * size + rng.uniform(-20, 20)], fill=255, width=max(2, size // 50)
        )
    if kind == "along the border":
        for side in rng.permutation(4)[:2]:
            at, end = 2 * size * (side % 2), rng.uniform(0.3, 1) * 2 * size
            draw.line([at, 0, at, end] if side < 2 else [0, at, end, at], fill=255, width=rng.integers(4, 12))
    if kind == "hatching":
        for x in range(size // 3, 2 * size - size // 3, 12):
            draw.line([x, size // 3, x + 30, 2 * size - size // 3], fill=255, width=3)
    if kind == "a blob":
        wide = rng.uniform(0.6, 0.75) * size
        draw.ellipse([size - wide, size - wide, size + wide, size + wide], fill=255)
    if kind == "a frame at the border":
        draw.rectangle([0, 0, 2 * size - 1, 2 * size - 1], outline=255, width=6)
    if kind == "a frame inside":
        draw.rectangle([12, 12, 2 * size - 13, 2 * size - 13], outline=255, width=4)


KINDS = (
    "strokes",
    "two digits",
    "tiny in a corner",
    "a dab",
    "over the border",
    "a sheet",
    "specks",
    "underline",
    "along the border",
    "hatching",
    "a blob",
    "a frame at the border",
    "a frame inside",
)


def outcome(picture: np.ndarray) -> np.ndarray | str:
    try:
        return digit_from_image(picture)
    except DataError as error:
        return str(error)


def assert_found_as_in_any_picture(picture: np.ndarray, monkeypatch) -> None:
    """The same 28x28, or the same error, as when nothing is known of the paper."""
    fast = outcome(picture)
    with monkeypatch.context() as patch:
        patch.setattr(data.photo.ink, "known_ink", lambda *_: (None, None))
        np.testing.assert_array_equal(fast, outcome(picture))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_a_clean_drawing_becomes_what_the_search_for_paper_makes_of_it(kind, monkeypatch):
    for seed in range(8):
        picture = drawing(kind, np.random.default_rng(seed))
        assert_found_as_in_any_picture(picture if seed % 2 else 255 - picture, monkeypatch)


def test_each_move_of_a_pen_becomes_what_the_search_for_paper_makes_of_it(monkeypatch):
    image = Image.new("L", (560, 560), 0)
    turns = np.linspace(-1.6, 4.7, 14)
    points = np.stack([280 + 120 * np.cos(turns), 280 + 180 * np.sin(turns)], 1).tolist()
    for start, end in pairwise(points):  # a nought, from its first dab on
        ImageDraw.Draw(image).line([*start, *end], fill=255, width=44)
        assert_found_as_in_any_picture(np.asarray(image.reduce(2)), monkeypatch)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_pad_saved_as_png_becomes_what_the_pad_itself_becomes(mode, tmp_path):
    pad = bytes_of(seven(0.0))
    Image.fromarray(pad).convert(mode).save(tmp_path / "pad.png")
    np.testing.assert_array_equal(digit_from_image(tmp_path / "pad.png"), digit_from_image(pad))


@pytest.mark.parametrize("length", [40, 120, 250])
def test_ink_along_the_border_becomes_what_the_search_for_paper_makes_of_it(length, monkeypatch):
    picture = np.full((280, 280), 255, np.uint8)
    picture[10 : 10 + length, :20] = 0
    assert_found_as_in_any_picture(picture, monkeypatch)


@pytest.mark.parametrize("value", [0, 255, 128])
def test_a_pad_of_nothing_but_paper_or_ink_has_no_ink(value):
    with pytest.raises(DataError, match="no ink found"):
        digit_from_image(np.full((280, 280), value, np.uint8))


def seven(paper: float, size: int = 280) -> np.ndarray:
    page = Image.new("L", (2 * size, 2 * size), 0)
    ImageDraw.Draw(page).line([160, 140, 400, 140, 240, 440], fill=255, width=44)
    ink = np.asarray(page.reduce(2), np.float32) / 255
    return ink if paper == 0 else 1 - ink


@pytest.mark.parametrize("paper", [0.0, 1.0])
def test_a_clean_pad_is_known_as_one_and_its_other_ink_is_none(paper):
    dark, light = known_ink(seven(paper))
    ink, none = (light, dark) if paper == 0 else (dark, light)
    assert ink.score > 0.3
    assert none.score == 0


@pytest.mark.parametrize("place", [(0, 40), (3, 40), (100, 150)])
def test_a_clean_drawing_is_as_clear_as_the_search_for_paper_finds_it(place):
    picture = np.ones((280, 280), np.float32)
    top, left = place
    picture[top : top + 120, left : left + 30] = picture[top + 90 : top + 120, left : left + 110] = 0
    known, _ = known_ink(picture)
    whole = data.photo.ink._dark_ink(picture, 0.25)
    assert known.score == whole.score
    assert known.mask.sum() == whole.mask.sum()


@pytest.mark.parametrize(
    "picture",
    [
        np.clip(seven(1.0) + noise(0.02, 280).astype(np.float32), 0, 1),
        np.float32(0.9) * seven(1.0),
        np.minimum(seven(1.0), np.linspace(1, 0.6, 280, dtype=np.float32)[:, None]),
    ],
    ids=["noise", "grey paper", "a shadow"],
)
def test_the_paper_of_a_photo_is_looked_for(picture):
    assert known_ink(picture) == (None, None)


def test_of_a_sheet_on_a_clean_desk_its_writing_is_read_and_not_the_sheet():
    on_sheet = np.zeros((280, 280), np.float32)
    on_sheet[40:240, 60:240] = seven(1.0)[40:240, 60:240]
    found, alone = digit_from_image(bytes_of(on_sheet)), digit_from_image(bytes_of(seven(1.0)))
    assert np.corrcoef(found.ravel(), alone.ravel())[0, 1] > 0.95


def flooded(mask: np.ndarray) -> list[set[tuple[int, int]]]:
    """The 8-connected pieces of a mask, one pixel after another."""
    left, pieces = set(zip(*np.nonzero(mask), strict=True)), []
    while left:
        piece, queue = set(), [left.pop()]
        while queue:
            row, column = queue.pop()
            piece.add((row, column))
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            queue += near
        pieces.append(piece)
    return pieces


@pytest.mark.parametrize("share", [0.05, 0.3, 0.45, 0.8])
def test_pieces_are_what_touches_in_eight_directions(share):
    for seed in range(10):
        mask = np.random.default_rng(seed).random((23, 31)) < share
        labels, pieces = label_pieces(mask, np.ones(mask.sum(), np.float32), top=5, left=7)
        at = np.argwhere(mask)
        ours = [{(int(r), int(c)) for r, c in at[labels == piece.label]} for piece in pieces]
        assert sorted(map(sorted, ours)) == sorted(map(sorted, flooded(mask)))
        for piece, pixels in zip(pieces, ours, strict=True):
            rows, columns = zip(*pixels, strict=True)
            assert (piece.top, piece.left) == (min(rows) + 5, min(columns) + 7)
            assert (piece.bottom, piece.right) == (max(rows) + 6, max(columns) + 8)
            assert piece.mass == len(pixels)


@pytest.mark.parametrize("radius", [0.3, 1.0, 2.7])
def test_ink_grows_by_a_disc_with_a_soft_rim(radius):
    ink = np.random.default_rng(1).random((9, 12)).astype(np.float32)
    reach = int(np.ceil(radius))
    expected = np.zeros((9 + 2 * reach, 12 + 2 * reach), np.float32)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            share = np.clip(radius + 0.5 - np.hypot(down - reach, right - reach), 0, 1).astype(np.float32)
            there = expected[down : down + 9, right : right + 12]
            np.maximum(there, share * ink, out=there)
    np.testing.assert_array_equal(grow(ink, radius), expected)


@pytest.mark.parametrize("least", [1, 2, 5, 40])
def test_long_runs_are_vertical_and_at_least_as_long(least):
    mask = np.random.default_rng(2).random((30, 12)) < 0.7
    expected = np.zeros_like(mask)
    for column in range(12):
        for start in range(30 - least + 1):
            if mask[start : start + least, column].all():
                expected[start : start + least, column] = True
    np.testing.assert_array_equal(long_runs(mask, least), expected)


@pytest.mark.parametrize("solid", [0.0, 0.2, 0.39, 0.4, 0.41, 0.7, 1.0])
@pytest.mark.parametrize("greatest", [0.02, 0.25, 1.0, 1.3])
def test_how_dark_full_ink_is_needs_no_threshold_where_most_is_as_dark(solid, greatest):
    # The threshold is not worked out where the answer is the same whatever it would be.
    rng = np.random.default_rng(int(100 * solid))
    for count in (1, 2, 5, 60, 900):
        values = rng.uniform(-0.1, greatest, count).astype(np.float32)
        values[rng.random(count) < solid] = greatest
        some = values[values > 0.03]
        known = np.quantile(some[some > otsu(some)], FULL) if some.size else 0
        assert full_ink(values.reshape(1, -1), 0.03) == known
