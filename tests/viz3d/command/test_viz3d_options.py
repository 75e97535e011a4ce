"""Options: a wrong one must be told in one line with its name, its value and what to give instead."""

import re
from pathlib import Path

import pytest
from run_viz3d import viz3d, viz3d_here

from scenes import Look
from viz3d.command.choice.wanted import Wanted, parse_sample
from viz3d.command.cli import run, single_command
from viz3d.command.errors import UserError
from viz3d.export.config import SIZES, Config, parse_size
from viz3d.inspect.command import inspect


def config(seconds: float = 10.5, **changes) -> Config:
    look = Look(size=(1280, 720), seconds=seconds)
    plain = {"out": "film.mp4", "look": look, "fps": 30, "supersample": 1, "wanted": Wanted()}
    return Config(**(plain | changes))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--size", "12by7"], "--size 12by7: give WIDTHxHEIGHT"),
        (["--size", "10x10"], "--size 10x10: too small to be read, give 160x90 at least"),
        (["--size", "9000x720"], "--size 9000 is out of range"),
        (
            ["--pause", "conv9=2"],
            "--pause conv9 is not known: give one of digit, bars, answer, why, input, hidden1",
        ),
        (
            ["--pause", "hidden1"],
            "--pause hidden1: give a layer with seconds, such as hidden1=3, or a number",
        ),
        (["--pause", "hidden1=-1", "--beats"], "--pause hidden1=-1 is out of range: give more than 0"),
        (["--pause", "=2"], "--pause =2: give a layer with seconds, such as hidden1=3"),
        (["--pause", "nan"], "--pause nan is out of range: give more than 0, and 60 seconds at most"),
        (["--fps", "0"], "--fps 0 is out of range: give 1 to 120"),
        (["--fps", "60", "--out", "a.gif"], "--fps 60 is out of range: give 1 to 50"),
        (["--fps", "many"], "--fps"),
        (["--seconds", "nan"], "--seconds nan is out of range: give 1 to 600"),
        (["--seconds", "0.5"], "--seconds 0.5 is out of range"),
        (["--at", "12"], "--at 12 is out of range: give 0 to 11.5 seconds"),
        (["--at", "-1"], "--at -1 is out of range"),
        (["--at", "3", "--out", "a.mp4"], "--at makes a still, and a.mp4 is none"),
        (["--no-loop", "--at", "3"], "--no-loop is for films"),
        (["--versus", "mpl"], "did you mean mlp?"),
        (["--versus", "none.npz"], "--versus none.npz: there is no such file"),
        (["--versus", "mlp", "--beside"], "--beside shows a change, --versus another network: leave one out"),
        (["--versus", "mlp", "--select", "hidden1"], "--versus shows two: leave one out"),
        (["--versus", "cnn-fast", "--title", "Both"], "--title heads one network, --versus shows two"),
        (["--versus", "mlp"], "--versus mlp is the first network itself: give another network"),
        (["--theme", "pink"], "--theme pink is not known: give one of dark, light"),
        (["--synapses", "-5"], "--synapses -5 is out of range"),
        (["--workers", "0"], "--workers 0 is out of range"),
        (["--supersample", "9"], "--supersample 9 is out of range: give 1 to 4"),
        (["--digit", "11"], "--digit 11 is out of range: give 0 to 9"),
        (["--digit", "3", "--sample", "digits:3"], "--digit and --sample each choose a digit"),
        (["--digit", "3", "--image", "a.png"], "--digit and --image each choose a digit"),
        (["--label", "3"], "--label is the truth of an --image"),
        (["--sample", "mnist"], "--sample mnist: give SET:SPLIT:NUMBER"),
        (["--sample", "mnist:train:-1"], "--sample mnist:train:-1: give SET:SPLIT:NUMBER"),
        (["--sample", "cifar:test:3"], "--sample cifar:test:3: give SET:SPLIT:NUMBER"),
        (["--out", "film.avi"], "'film.avi': the endings are .mp4, .webm, .mov, .gif, .png"),
        (["--out", "-"], "cannot write '-': what is drawn goes to a file, not to a pipe"),
        (["--out", ""], "--out is empty: give it, or leave it out"),
        (["--image", ""], "--image is empty"),  # a folder, ".", was told of
        (["--model= "], "--model is empty"),
        (["--quiet", "--digit", "3", ""], "a value is empty"),
        (["--image", "."], "--image . is a folder: give one picture"),
        (["--oot", "film.mp4"], "No such option: --oot: did you mean --out? `python -m viz3d.export"),
        (["--duration", "3"], "No such option: --duration: did you mean --seconds?"),
        (["--alpha"], "No such option: --alpha: did you mean --transparent?"),
        (["--vertical"], "No such option: --vertical: did you mean --size?"),
        (["--orbit"], "No such option: --orbit: did you mean --camera?"),
        (["--xyz"], "No such option: --xyz; `python"),
        (["film.mp4"], "film.mp4: no option takes that; a value of several words goes in quotes"),
        (["--mutate", "@none.txt"], "--mutate @none.txt: there is no such file"),
        (["--mutate", "ablate hidden1:1", "--mutate", "@edits.txt"], "edits.txt, line 2: mlp has no layer"),
        (
            ["--select", "hidden1:1 -> hidden1:2", "--show-image", "seen.png"],
            "hidden1:1 -> hidden1:2: there is no such synapse",
        ),
        (["--data", "Fashion"], "--data Fashion: did you mean fashion-mnist?"),
        (["--data", "emnist"], "--data emnist: did you mean emnist-"),
        (["--fps", "3", "--fps", "x"], "--fps x: give one whole number"),
        (["--out", "a" * 300 + ".png"], "file name too long"),
        (["--out"], "--out has no value behind it: give one (FILE); `python -m viz3d.export --help`"),
        (["--for", "--against", "3"], "--for has no value behind it: give one (CLASS)"),
        (["--title", "--no-text"], "--title has no value behind it"),  # a film of that name was made
        (["--out", "-q"], "--out has no value behind it"),
    ],
)
def test_a_wrong_option_is_one_line_and_status_2(tmp_path, words, says):
    (tmp_path / "edits.txt").write_text("# of two\nablate hidden9:1\n")
    done = viz3d_here("viz3d.export", *words, folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "seen.png").exists(), "of a film that is not made"


def test_help_names_every_option_and_needs_no_network_or_screen(tmp_path):
    done = viz3d("viz3d", "help", "export", folder=tmp_path, COLUMNS="200", HOME=str(tmp_path))
    assert done.returncode == 0
    options = Config.__dataclass_fields__.keys() | Wanted.__dataclass_fields__.keys()
    for option in options - {"wanted", "look", "of_class", "of", "typed", "loop"} | {
        "class",
        "no-loop",
        "for",
        "size",
        "seconds",
        "theme",
        "synapses",
    }:
        assert f"--{option.replace('_', '-')} " in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_help_has_no_colour_codes_in_a_file_or_a_pipe():
    assert "\x1b" not in viz3d("viz3d.export", "--help").stdout
    assert "\x1b" not in viz3d("viz3d.export", "--size", "no").stderr


def test_a_size_has_a_name_or_two_numbers():
    assert parse_size("1280x720", ".mp4") == (1280, 720)
    assert parse_size("640X360", ".mp4") == (640, 360)
    assert {parse_size(name, ".mp4") for name in SIZES} == set(SIZES.values())
    assert parse_size(None, ".gif") == (640, 360)
    assert parse_size(None, ".png") == (1920, 1080)


def test_a_sample_says_its_set_its_split_and_its_number():
    assert parse_sample("mnist:train:59999") == ("mnist", "train", 59999)
    assert parse_sample("digits:17") == ("digits", "test", 17)
    assert parse_sample("17") == parse_sample("test:17") == ("", "test", 17)


def test_a_film_has_a_frame_for_each_moment():
    times = config(seconds=2, fps=25).times
    assert len(times) == 50
    assert times[0] == 0
    assert times[25] == 1
    assert times[-1] < 2


def test_a_still_shows_the_end_unless_told():
    assert config(out="a.png", seconds=8).times == [8]
    assert config(out="a.png", at=2.5).times == [2.5]


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        (Wanted(), "7"),
        (Wanted(digit=0), "0"),
        (Wanted(sample="mnist:test:1166"), "mnist-test-1166"),
        (Wanted(image=Path("photos/my-four.png"), label=4), "my-four"),
        (Wanted(image=Path("photos/two.png"), pick=2), "two-2"),
    ],
)
def test_a_film_without_a_name_is_named_after_its_digit(wanted, name):
    assert wanted.name == name


def test_two_sources_of_a_digit_are_refused_as_a_value_too():
    with pytest.raises(UserError, match="give one of them"):
        Wanted(digit=3, sample="digits:3")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"image": Path("http://a.b/c.png")}, "--image http://a.b/c.png: nothing is fetched from the net"),
        ({"pick": 2}, "--pick 2 chooses among an --image's digits"),
        ({"image": Path("a.png"), "pick": -1}, "--pick -1 is out of range"),
    ],
)
def test_an_image_that_cannot_be_meant_is_told_in_one_line(given, told):
    with pytest.raises(UserError, match=re.escape(told)):
        Wanted(**given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--digit", "3,4"], "--digit 3,4: give one digit, 0 to 9"),
        (["--digit", "3", "--digit=4"], "--digit is given 2 times: give it once"),
    ],
)
def test_two_digits_on_the_command_line_are_refused_in_plain_words(given, told, capsys):
    with pytest.raises(SystemExit) as ended:
        run(single_command(inspect), "inspect", given)
    assert ended.value.code == 2
    assert told in " ".join(capsys.readouterr().err.split())
