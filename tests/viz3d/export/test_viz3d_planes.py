"""Loops make what video is encoded from: a user loses the colours of a film where they do it wrong."""

from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

import scenes
from scenes.kernels.planes import planes
from viz3d.export.writing.writers import open_writer


def by_formula(picture: np.ndarray) -> list[np.ndarray]:
    """ITU-R BT.709-6, 3.2 to 3.4, in 8 bits: Y (h, w), Cb and Cr (h / 2, w / 2), not rounded."""
    red, green, blue = np.moveaxis(picture / 255, -1, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    high, wide = luma.shape
    cb, cr = (
        (128 + 224 * each).reshape(high // 2, 2, wide // 2, 2).mean(axis=(1, 3))
        for each in ((blue - luma) / 1.8556, (red - luma) / 1.5748)
    )
    return [16 + 219 * luma, cb, cr]


def by_loops(picture: np.ndarray) -> list[np.ndarray]:
    high, wide = picture.shape[:2]
    out = np.empty((high * 3 // 2, wide), np.uint8)
    planes(picture, out)
    return [out[:high], *out[high:].reshape(2, high // 2, wide // 2)]


@pytest.mark.parametrize("size", [(2, 2), (46, 70), (64, 128)])
def test_planes_are_those_of_the_formula(size) -> None:
    rng = np.random.default_rng(0)
    for most in (256, 2):  # of all colours; and of the eight at the ends
        picture = rng.integers(0, most, (*size, 3), np.uint8) * np.uint8(255 if most == 2 else 1)
        for made, exact in zip(by_loops(picture), by_formula(picture), strict=True):
            assert np.abs(made - exact).max() < 0.53  # rounded to the nearest, in fixed point


def test_grey_has_no_colour() -> None:
    grey = np.repeat(np.arange(256, dtype=np.uint8), 12).reshape(512, 2, 3)
    _, *colours = by_loops(grey)
    assert (np.array(colours) == 128).all()


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
@pytest.mark.parametrize("size", [(96, 64), (95, 63)])
def test_a_film_by_loops_is_that_of_ffmpeg(tmp_path, monkeypatch, name, size) -> None:
    # Where the two make two films, a film's colours depend on what happened to be compiled.
    ramp = np.linspace(0, 255, size[0]).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp, ramp[::-1], ramp[: size[1], None]), axis=-1)
    facts, seen = [], []
    for loop in (None, planes):
        monkeypatch.setattr(scenes, "video_planes", lambda loop=loop: loop)
        film = tmp_path / f"{loop is not None}_{name}"
        with open_writer(str(film), size, 10) as write:
            for shift in range(4):
                write(np.roll(picture, 8 * shift, axis=1))
        told, pictures = decoded(film)
        facts.append({fact: told[fact] for fact in ("codec", "pix_fmt", "size", "fps", "duration")})
        seen.append(pictures)
    assert facts[0] == facts[1]
    assert len(seen[0]) == len(seen[1]) == 4
    # The codec alone is further from the picture than the two from one another.
    assert np.abs(seen[1] - seen[0]).mean() < 1.2
    assert np.abs((seen[1] - seen[0]).mean(axis=(0, 1, 2))).max() < 0.5


def decoded(film: Path) -> tuple[dict, np.ndarray]:
    reader = imageio_ffmpeg.read_frames(str(film))
    facts = next(reader)
    width, height = facts["size"]
    return facts, np.stack([np.frombuffer(raw, np.uint8).reshape(height, width, 3) for raw in reader]) * 1.0
