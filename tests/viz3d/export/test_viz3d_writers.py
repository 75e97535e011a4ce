"""Writers: a user loses a film, or the film that was there before, where these fail."""

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image
from scene_fixtures import trace

from scenes import THEMES, Pauses, compose, key_colours, stage_of, theme
from viz3d.command.errors import UserError
from viz3d.export.writing.writers import _whole_pictures, open_writer

COLOURS = [(200, 40, 30), (30, 160, 60), (40, 60, 200), (240, 240, 240), (5, 6, 13), (255, 170, 70)]
OUTPUTS = ("film.mp4", "film.webm", "film.gif", "film.mov", "frames")


def frames(size: tuple[int, int]) -> list[np.ndarray]:
    """Return one plain picture for each colour."""
    return [np.full((size[1], size[0], 3), colour, np.uint8) for colour in COLOURS]


def record(out: Path, size: tuple[int, int] = (96, 64), fps: int = 10) -> None:
    with open_writer(str(out), size, fps) as write:
        for frame in frames(size):
            write(frame)


def broken_off(out: Path) -> None:
    with open_writer(str(out), (96, 64), 10) as write:
        write(frames((96, 64))[0])
        raise KeyboardInterrupt


def decode(path: Path) -> tuple[dict, np.ndarray]:
    """Return what a player sees: facts, and all pictures as uint8 (n, height, width, 3)."""
    if path.is_dir():
        return {}, np.stack([np.asarray(Image.open(file)) for file in sorted(path.iterdir())])
    reader = imageio_ffmpeg.read_frames(str(path))
    facts = next(reader)
    width, height = facts["size"]
    return facts, np.stack([np.frombuffer(raw, np.uint8).reshape(height, width, 3) for raw in reader])


@pytest.mark.parametrize("name", OUTPUTS)
def test_every_frame_arrives_in_order_and_in_its_colour(tmp_path, name):
    record(tmp_path / name)
    _, seen = decode(tmp_path / name)
    assert seen.shape == (len(COLOURS), 64, 96, 3)
    assert np.abs(seen.mean(axis=(1, 2)) - COLOURS).max() < 5


@pytest.mark.parametrize("name", ["film.mov", "film.webm", "still.png", "frames/"])
def test_what_is_clear_can_be_seen_through(tmp_path, name):
    frame = np.zeros((64, 96, 4), np.uint8)
    frame[:, 48:] = 250, 120, 40, 128
    with open_writer(f"{tmp_path}/{name}", (96, 64), 10, clear=True) as write:
        write(frame)
    if name.startswith("film"):
        codec = ["-c:v", "libvpx-vp9"] if name == "film.webm" else []  # else its alpha is not read
        reader = imageio_ffmpeg.read_frames(str(tmp_path / name), pix_fmt="rgba", bpp=4, input_params=codec)
        next(reader)
        seen = np.frombuffer(next(reader), np.uint8).reshape(64, 96, 4)
        reader.close()
    else:
        file = tmp_path / name
        seen = np.asarray(Image.open(next(file.iterdir()) if file.is_dir() else file))
    assert seen[:, :40, 3].max() < 4
    assert np.abs(seen[:, 56:].mean(axis=(0, 1)) - (250, 120, 40, 128)).max() < 5


@pytest.mark.parametrize("name", OUTPUTS[:4])
@pytest.mark.parametrize("fps", [10, 25])
def test_a_film_runs_at_the_speed_that_was_asked_for(tmp_path, name, fps):
    record(tmp_path / name, fps=fps)
    facts, _ = decode(tmp_path / name)
    assert facts["fps"] == pytest.approx(fps, rel=0.01)
    assert facts["duration"] == pytest.approx(len(COLOURS) / fps, abs=0.02)


def test_an_mp4_is_of_the_kind_that_every_player_shows(tmp_path):
    record(tmp_path / "film.mp4")
    facts, _ = decode(tmp_path / "film.mp4")
    assert facts["codec"] == "h264"
    assert facts["pix_fmt"].startswith("yuv420p(tv, bt709")
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "a browser must load it whole before it plays"


def test_no_whole_picture_comes_while_a_film_stands_still():
    # Lost otherwise: the ground jumps in a stop, where nothing else moves.
    pauses = Pauses(30.0, ((5.0, 8.0), (12.0, 1.0)))
    times = [float(at) for at in _whole_pictures(pauses)[-1].split(",")]
    assert times == [0, 13.25, 18, 24]
    assert not any(stop.first <= at <= stop.last for at in times for stop in pauses.stops)


@pytest.mark.parametrize("name", OUTPUTS[:2])
def test_players_find_whole_pictures_while_a_film_moves_and_none_comes_in_its_still_end(tmp_path, name):
    # Lost otherwise: a held end whose ground jumps, or a long film in which one cannot jump ahead.
    with open_writer(str(tmp_path / name), (96, 64), 2, pauses=Pauses(30.0)) as write:
        for _ in range(2 * (30 + 9)):
            write(frames((96, 64))[0])
    show = ["-i", tmp_path / name, "-vf", "showinfo", "-f", "null", "-"]
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), *show], capture_output=True, text=True, check=True
    )
    assert re.findall(r"pts_time:(\S+) .*iskey:1", done.stderr) == ["0", "6", "12"]


def test_a_gif_loops_for_ever(tmp_path):
    record(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as gif:
        assert gif.info["loop"] == 0
        assert gif.n_frames == len(COLOURS)


def test_a_gif_of_many_colours_stays_near_them(tmp_path):
    ramp = np.linspace(0, 255, 160).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp, ramp[::-1], ramp[:90, None]), axis=-1)
    with open_writer(str(tmp_path / "film.gif"), (160, 90), 10) as write:
        for shift in range(4):
            write(np.roll(picture, shift * 8, axis=1))
    _, seen = decode(tmp_path / "film.gif")
    assert np.abs(seen[0].astype(int) - picture).mean() < 6


def recorded(out: Path, pictures: list[np.ndarray], keep: np.ndarray) -> np.ndarray:
    """What a player sees of pictures that were written as a GIF."""
    height, width, _ = pictures[0].shape
    with open_writer(str(out), (width, height), 10, keep=keep) as write:
        for picture in pictures:
            write(picture)
    return decode(out)[1].astype(int)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("painted", [False, True])
def test_a_gif_keeps_the_colours_that_mean_something_however_rare_they_are(tmp_path, name, painted):
    # Lost otherwise: blue strands turn violet beside so much red, and no longer mean what the legend says.
    rng, keep = np.random.default_rng(0), key_colours(theme(name), painted=painted)
    crowd = rng.integers((120, 0, 0), (256, 200, 120), (3, 90, 160, 3), np.uint8)
    crowd[:, 0, : len(keep)] = keep
    seen = recorded(tmp_path / "film.gif", list(crowd), keep)
    # Not 0: a colour of the crowd may be as near as that.
    assert np.linalg.norm(seen[:, 0, : len(keep)] - keep, axis=-1).max() < 3
    assert np.abs(seen - crowd).mean() < 12


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("preset", ["mlp", "vit-tiny"])
def test_the_legend_of_a_gif_has_the_colours_of_the_film(tmp_path, preset, name):
    scene = compose(trace(preset), size=(640, 360), theme=name)
    with stage_of(scene) as stage:
        pictures = [stage.draw_at(t) for t in (4.0, 8.0, scene.seconds)]
    seen = recorded(tmp_path / "film.gif", pictures, key_colours(theme(name)))[-1]
    for swatch in scene.frame(scene.seconds).swatches:
        left, top, right, bottom = (round(side) for side in swatch.box)
        inside = slice(top + 1, max(bottom - 1, top + 2)), slice(left + 3, right - 3)
        away = np.linalg.norm(seen[inside] - pictures[-1][inside], axis=-1)
        assert away.mean() < 16
        # Single pixels of a ramp are dithered further off, by other pixels than another renderer's.
        assert np.quantile(away, 0.95) < 30


def test_a_gif_stays_small_where_almost_nothing_moves(tmp_path):
    rng = np.random.default_rng(0)
    picture = rng.integers(40, 200, (90, 160, 3), np.uint8)
    for name, trembling in (("calm.gif", 0), ("trembling.gif", 2)):
        with open_writer(str(tmp_path / name), (160, 90), 10) as write:
            for _ in range(8):
                write(picture + rng.integers(0, trembling + 1, picture.shape, np.uint8))
    calm, trembling = ((tmp_path / name).stat().st_size for name in ("calm.gif", "trembling.gif"))
    assert trembling < 1.3 * calm


def test_a_slow_fade_still_reaches_its_end_in_a_gif(tmp_path):
    with open_writer(str(tmp_path / "film.gif"), (96, 64), 10) as write:
        for level in range(0, 240, 2):
            write(np.full((64, 96, 3), level, np.uint8))
    _, seen = decode(tmp_path / "film.gif")
    assert np.abs(seen.mean(axis=(1, 2, 3)) - np.arange(0, 240, 2)).max() < 12


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_odd_size_makes_a_film_too(tmp_path, name):
    record(tmp_path / name, size=(95, 63))
    _, seen = decode(tmp_path / name)
    even = name.endswith((".mp4", ".webm", ".mov"))
    assert seen.shape[1:3] == ((64, 96) if even else (63, 95))
    assert np.abs(seen[:, -1, -1].astype(int) - COLOURS).max() < 12, "the added edge is of another colour"


def test_a_still_is_exact(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    with open_writer(str(tmp_path / "still.png"), (96, 64), 30) as write:
        write(picture)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "still.png")), picture)


@pytest.mark.parametrize("name", ["frames", "frames.v2/"])
def test_a_folder_of_frames_is_numbered_from_one(tmp_path, name):
    with open_writer(f"{tmp_path}/{name}", (96, 64), 30) as write:
        for frame in frames((96, 64)):
            write(frame)
    files = sorted(file.name for file in (tmp_path / name).iterdir())
    assert files == [f"frame_{number:04d}.png" for number in range(1, len(COLOURS) + 1)]


@pytest.mark.parametrize("name", [*OUTPUTS, "still.png"])
def test_a_broken_off_film_leaves_what_was_there_and_nothing_else(tmp_path, name):
    old = tmp_path / name
    if name == "frames":
        old.mkdir()
    else:
        old.write_bytes(b"the film of yesterday")
    with pytest.raises(KeyboardInterrupt):
        broken_off(old)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert old.is_dir() or old.read_bytes() == b"the film of yesterday"


@pytest.mark.parametrize("name", OUTPUTS)
def test_a_whole_film_replaces_the_old_one(tmp_path, name):
    if name == "frames":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_bytes(b"the film of yesterday")
    record(tmp_path / name)
    assert len(decode(tmp_path / name)[1]) == len(COLOURS)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_film_behind_a_link_is_written_where_the_link_points(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "film.mp4").symlink_to(tmp_path / "disk" / "real.mp4")
    record(tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").is_symlink()
    assert (tmp_path / "disk" / "real.mp4").stat().st_size > 0


@pytest.mark.parametrize("name", ["film.avi", "still.jpeg", "film.mp5", ".mp4"])
def test_an_unknown_ending_lists_those_that_are_known(tmp_path, name):
    with pytest.raises(UserError, match=r"\.mp4, \.webm, \.mov, \.gif, \.png"):
        open_writer(str(tmp_path / name), (96, 64), 30)


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("missing/film.mp4", "there is no folder"),
        ("note.txt/film.mp4", "is a file, not a folder"),
        ("folder.mp4", "it is a folder"),
        ("full", "not empty"),
        ("note.txt/", "it is a file"),
    ],
)
def test_a_place_that_cannot_be_written_is_named_before_any_work(tmp_path, out, words):
    (tmp_path / "note.txt").write_text("mine")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.png").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=words) as caught, open_writer(f"{tmp_path}/{out}", (96, 64), 30):
        pytest.fail("the writer opened")
    assert out.rstrip("/") in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_frame_of_another_size_is_refused(tmp_path):
    with (
        pytest.raises(ValueError, match=r"\(64, 96, 3\)"),
        open_writer(str(tmp_path / "film.mp4"), (96, 64), 30) as write,
    ):
        write(np.zeros((64, 97, 3), np.uint8))
