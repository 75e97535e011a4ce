"""Films to see through: a user loses room on a disk, or clean edges, where these fail."""

from pathlib import Path

import numpy as np
import pytest

from viz3d.export.writing.evening import evened
from viz3d.export.writing.writers import open_writer


@pytest.mark.parametrize("cover", [0, 1, 3, 40, 127, 128, 255])
def test_even_colours_lie_alike_on_every_ground(cover):
    frame = np.random.default_rng(0).integers(0, 256, (70, 50, 4), np.uint8)
    frame[10:30, 10:30, 3] = cover
    even = evened(frame)
    assert (even[..., 3] == frame[..., 3]).all()
    shown = frame[..., 3:] / 255
    assert (np.abs(even[..., :3] * shown - frame[..., :3] * shown) <= 0.5).all()
    assert (even[frame[..., 3] >= 128] == frame[frame[..., 3] >= 128]).all()


def test_what_hardly_covers_has_the_colour_of_what_covers_beside_it():
    # Lost otherwise: dark rims where an editor scales a film, and its size.
    frame = np.random.default_rng(0).integers(0, 256, (64, 64, 4), np.uint8)
    frame[..., 3] = 0
    frame[:, 30:34] = (250, 120, 40, 255)
    even = evened(frame)
    assert (even[:, 34:, :3] == (250, 120, 40)).all()
    frame[:, 34:, 3] = 1
    assert (
        evened(frame)[:, 34:40, :3].std(axis=(0, 1)).max() < 0.5 * frame[:, 34:40, :3].std(axis=(0, 1)).min()
    )


def sizes_of_noise(folder: Path, name: str, least: int, most: int, cover: int) -> tuple[int, int]:
    """Bytes of films of the same noise, opaque and seen through."""
    frame = np.random.default_rng(0).integers(least, most, (256, 256, 4), np.uint8)
    frame[..., 3] = cover
    sizes = []
    for clear in (False, True):
        film = folder / f"{clear}-{name}"
        with open_writer(str(film), (256, 256), 10, clear=clear) as write:
            write(frame if clear else frame[..., :3].copy())
        sizes.append(film.stat().st_size)
    return sizes[0], sizes[1]


def test_a_film_to_see_through_is_not_many_times_as_large_as_another(tmp_path):
    # Lost otherwise: a disk. Where little is seen its colours are noise, which no codec makes small.
    opaque, clear = sizes_of_noise(tmp_path, "film.mov", 0, 256, cover=3)
    assert clear < 2.5 * opaque


def test_noise_of_which_nothing_is_seen_takes_no_room(tmp_path):
    opaque, clear = sizes_of_noise(tmp_path, "film.webm", 78, 178, cover=1)
    assert clear < 0.5 * opaque
