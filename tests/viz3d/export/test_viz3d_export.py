"""Export: the commands that a user types, from digit to file."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from run_viz3d import viz3d, viz3d_here

import data
import engine
from scenes import Look
from viz3d.command.choice.digits import choose_digit
from viz3d.command.choice.models import choose_net
from viz3d.command.choice.wanted import Wanted
from viz3d.command.errors import UserError
from viz3d.export.config import Config
from viz3d.export.film import _clip, make

SMALL = ("--size", "160x90", "--seconds", "2", "--fps", "4", "--workers", "1")


def export(folder: Path, *words: str, run=viz3d) -> subprocess.CompletedProcess[str]:
    return run("viz3d.export", *words, folder=folder, VIZ3D_DATA="")


def small(out: Path, size: tuple[int, int] = (160, 90), **changes) -> Config:
    plain = {
        "out": str(out),
        "look": Look(size=size, seconds=2),
        "fps": 4,
        "supersample": 1,
        "wanted": Wanted(sample="digits:17"),
        "quiet": True,
    }
    return Config(**(plain | changes))


@pytest.fixture
def four(tmp_path: Path) -> Path:
    """A drawing of a four, dark on light."""
    picture = Image.new("RGB", (300, 400), (250, 248, 240))
    ImageDraw.Draw(picture).line([(190, 60), (80, 240), (240, 240)], fill=(20, 20, 60), width=26)
    ImageDraw.Draw(picture).line([(190, 150), (190, 340)], fill=(20, 20, 60), width=26)
    path = tmp_path / "my-four.png"
    picture.save(path)
    return path


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_film_without_a_name_goes_to_renders_and_says_so(tmp_path):
    done = export(tmp_path, "--data", "digits", "--digit", "3", *SMALL)
    assert done.stderr == ""
    assert re.fullmatch(r"renders/mlp-3\.mp4: 0\.\d\d MB, 8 frames, \d+\.\d s\n", done.stdout)
    assert (tmp_path / "renders" / "mlp-3.mp4").stat().st_size > 1000


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_quiet_says_nothing(tmp_path):
    done = export(tmp_path, "--sample", "digits:17", *SMALL, "--quiet", "--out", "a.gif", run=viz3d_here)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "a.gif").is_file()


@pytest.mark.parametrize(
    ("new", "beside", "told"),
    [
        ("prune hidden2 80%", False, "remove hidden1:199; ablate hidden2:3; prune hidden2 80%"),
        ("prune hidden2 80%", True, ("remove hidden1:199; ablate hidden2:3", "prune hidden2 80%")),
        (None, True, ("remove hidden1:199", "ablate hidden2:3")),
    ],
)
def test_a_film_tells_what_the_command_line_changed_and_the_file_before(tmp_path, new, beside, told):
    path = tmp_path / "cut.npz"
    engine.save(choose_net().mutate("remove hidden1:199; ablate hidden2:3"), path)
    clip = _clip(small(tmp_path / "a.png", model=path, mutate=new, beside=beside), print, lambda _: None)
    assert ((clip.left.words.change, clip.right.words.change) if beside else clip.words.change) == told


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("name", ["a.webm", "frames/"])
def test_each_other_kind_is_made_too(tmp_path, name):
    make(small(f"{tmp_path}/{name}"))
    assert [file.name for file in tmp_path.iterdir()] == [name.rstrip("/")]


@pytest.mark.usefixtures("screen")
def test_a_still_of_another_moment_is_another_picture(tmp_path):
    for at in (0.1, 1.9):
        make(small(tmp_path / f"{at}.png", at=at))
    make(small(tmp_path / "end.png"))
    early, late, end = (np.asarray(Image.open(tmp_path / f"{name}.png"), int) for name in (0.1, 1.9, "end"))
    assert early.shape == (90, 160, 3)
    assert np.abs(early - late).mean() > np.abs(late - end).mean()


@pytest.mark.usefixtures("screen")
def test_a_still_of_the_beginning_is_not_the_end(tmp_path):
    # A film begins with its last picture, which dissolves; a still of that moment is the net at rest.
    for at in (0, 1.1):
        make(small(tmp_path / f"{at}.png", at=at))
    make(small(tmp_path / "end.png"))
    first, later, end = (np.asarray(Image.open(tmp_path / f"{name}.png"), int) for name in (0, 1.1, "end"))
    assert (first[:, :, 0] > 150).sum() < 0.5 * (end[:, :, 0] > 150).sum()
    assert np.abs(first - later).mean() < np.abs(first - end).mean()


@pytest.mark.usefixtures("screen")
def test_ones_own_drawing_is_shown_as_the_network_sees_it(tmp_path, four):
    make(small(tmp_path / "a.png", wanted=Wanted(image=four, label="4"), show_image=tmp_path / "seen.png"))
    seen = np.asarray(Image.open(tmp_path / "seen.png"))
    assert seen.shape == (280, 280)
    np.testing.assert_array_equal(seen[::10, ::10], data.digit_from_image(four))


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted(sample="digits:510"), "--sample digits:510: UCI digits test has images 0 to 509"),
        (Wanted(sample="digits:all:1797"), "UCI digits all has images 0 to 1796"),
        (Wanted(image=Path("missing.png")), "--image missing.png: there is no such file"),
        (Wanted(data=""), "--data names nothing: give mnist"),
        (Wanted(data="missing"), "--data missing: give mnist, digits or another set by name"),
    ],
)
def test_a_digit_that_is_not_there_is_one_line(wanted, says):
    with pytest.raises(UserError) as caught:
        choose_digit(wanted, print)
    assert says in str(caught.value)


@pytest.mark.parametrize("option", ["out", "show_image"])
def test_a_photo_is_never_written_over(tmp_path, four, option):
    link = tmp_path / "link.png"
    link.symlink_to(four)
    with pytest.raises(UserError, match="is --image's file too: give each a name of its own"):
        small(**({"out": tmp_path / "a.png", "wanted": Wanted(image=four)} | {option: link}))
    with pytest.raises(UserError, match=r"--out .* is --show-image's file too"):
        small(tmp_path / "a.png", show_image=tmp_path / "a.png")


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_by_name_is_that_digit_and_always_the_same(digit):
    first, again = (choose_digit(Wanted(digit=digit, data="digits"), print) for _ in range(2))
    assert first.label == digit
    np.testing.assert_array_equal(first.image, again.image)
    assert first.source == again.source


def test_a_sample_is_the_image_of_that_number():
    images = data.load("digits", "train")
    digit = choose_digit(Wanted(sample="digits:train:40"), print)
    np.testing.assert_array_equal(digit.image, images.images[40])
    assert digit.label == images.labels[40]
    assert digit.source == "UCI digits train image #40"


@pytest.mark.skipif(not data.find_mnist(), reason="needs MNIST: set VIZ3D_DATA to its folder")
def test_a_sample_of_mnist_is_the_image_of_that_number():
    images = data.load("mnist", "test", download=False)
    digit = choose_digit(Wanted(sample="mnist:test:1166"), print)
    np.testing.assert_array_equal(digit.image, images.images[1166])
    assert digit.source == "MNIST test image #1166"


def test_a_network_of_ones_own_is_taken_from_its_file(untrained):
    assert choose_net(None, untrained).name == "mlp-sigmoid"
    assert choose_net("mlp-sigmoid", untrained).name == "mlp-sigmoid"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--preset", "resnet"], "mlp"),
        (["--model", "missing.npz"], "--model missing.npz: there is no such file"),
        (["--model", "UNTRAINED", "--preset", "mlp"], "holds a net of preset mlp-sigmoid, not mlp"),
        (["--model", "PICTURE"], "my-four.png"),
        (["--image", "UNTRAINED"], "untrained.npz"),
        (["--sample", "digits:9999"], "has images 0 to 509"),
        (["--sample", "digits:3", "--out", "nowhere/a.mp4"], "there is no folder nowhere"),
        (
            ["--sample", "digits:3", "--out", "a.png", "--show-image", "b.txt"],
            "--show-image b.txt: give a file",
        ),
    ],
)
def test_a_wrong_input_is_one_line_status_2_and_no_file(tmp_path, four, untrained, words, says):
    names = {"UNTRAINED": str(untrained), "PICTURE": str(four)}
    done = export(tmp_path, "--data", "digits", *[names.get(word, word) for word in words], run=viz3d_here)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and file != four]


@pytest.mark.slow
@pytest.mark.usefixtures("screen")
def test_a_changed_network_is_filmed_alone_or_beside_itself(tmp_path):
    edits = "ablate hidden1:0-400"
    plain, changed, both = (tmp_path / f"{name}.png" for name in ("plain", "changed", "both"))
    make(small(plain))
    make(small(changed, mutate=edits))
    make(small(both, mutate=edits, beside=True, size=(320, 90)))
    assert (np.asarray(Image.open(plain)) != np.asarray(Image.open(changed))).any()
    left, right = np.split(np.asarray(Image.open(both)).astype(int), 2, axis=1)
    assert left.shape == (90, 160, 3)
    assert (np.abs(left - right) > 20).any()


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_a_saved_change_stands_beside_the_network_without_it(tmp_path):
    net = engine.load(data.model_path("mlp")).mutate("ablate hidden1:0-400")
    engine.save(net, tmp_path / "changed.npz")
    make(small(tmp_path / "both.png", model=tmp_path / "changed.npz", beside=True, size=(320, 90)))
    assert Image.open(tmp_path / "both.png").size == (320, 90)


def test_nothing_to_set_beside_is_one_line(tmp_path):
    # What surgery did cannot be taken away again: both halves would be the same.
    engine.save(choose_net().mutate("prune hidden2 80%"), tmp_path / "cut.npz")
    for model in (None, tmp_path / "cut.npz"):
        with pytest.raises(UserError, match="this network has no edits"):
            make(small(tmp_path / "both.png", model=model, beside=True))
    assert not (tmp_path / "both.png").exists()


@pytest.mark.usefixtures("screen")
@pytest.mark.slow
def test_inspect_films_before_and_after(tmp_path):
    words = ["--sample", "digits:17", "--mutate", "ablate hidden1:17", "--film", "both.png"]
    done = viz3d_here("viz3d.inspect", *words, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "both.png" in done.stdout
    assert Image.open(tmp_path / "both.png").size == (1920, 1080)


def test_a_film_of_an_odd_size_says_what_it_became(tmp_path, capsys):
    make(small(tmp_path / "a.mp4", (161, 91), quiet=False))
    assert "162x92 pixels, for a video's sides are even" in capsys.readouterr().out
    make(small(tmp_path / "a.gif", (161, 91), quiet=False))
    assert "even" not in capsys.readouterr().out
