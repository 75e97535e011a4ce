"""A command's options are the fields of the dataclasses that it takes: typed by name, filled, checked."""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

import pytest

from data import AUGMENTATIONS
from engine.graph import recipe
from scenes import SHOWN
from viz3d.command.cli import run, single_command
from viz3d.command.completing import one_of
from viz3d.command.errors import UserError
from viz3d.command.option import OPTION, argument, option, switch
from viz3d.command.signature import command
from viz3d.export.options import Film
from viz3d.train import options


@dataclass(frozen=True)
class Place:
    file: Path = argument("FILE", "What is read.")
    out: Path = option("FILE", "What is written.", "Files", default=MISSING, short="-o")


@dataclass(frozen=True)
class Speed:
    step_every: int | None = option("N", "How often.", "Speed")
    rate: float = option("0..1", "How fast.", "Speed", default=0.5)

    def __post_init__(self) -> None:
        if self.rate > 1:
            raise UserError(f"--rate {self.rate} is out of range: give 0 to 1")


@dataclass(frozen=True)
class Asked:
    speed: Speed
    place: Place
    report: bool = switch("Tell more.", "Words", default=True, both=True)
    quiet: bool = switch("Say nothing.", "Words", short="-q")


def typed(*words: str) -> Any:
    """What a command that takes Asked is given where these words are typed."""
    heard = []

    @command
    def listen(asked: Asked) -> None:
        """Listen."""
        heard.append(asked)

    with pytest.raises(SystemExit) as ended:
        run(single_command(listen), "listen", words)
    assert ended.value.code == (0 if heard or "--help" in words else 2)
    return heard[0] if heard else None


def test_what_is_typed_fills_the_groups_and_the_rest_are_defaults():
    asked = typed("in.npz", "--step-every", "3", "-o", "out.npz", "-q", "--no-report")
    assert asked == Asked(Speed(3), Place(Path("in.npz"), Path("out.npz")), report=False, quiet=True)
    assert typed("in.npz", "--out", "a") == Asked(Speed(None, 0.5), Place(Path("in.npz"), Path("a")), True)


@dataclass(frozen=True)
class Choice:
    theme: str | None = option("dark|light", "How it looks.")
    data: str | None = option("NAME|DIR|FILE", "What is read.", completed=one_of("mnist", "digits"))
    compare: str | None = option("NAMES", "What is compared.", completed=one_of("adam", "sgd"))
    title: str | None = option("TEXT", "What is written.")


def test_a_choice_knows_no_case_and_what_is_no_choice_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    heard = []

    def chosen(**given: str) -> Choice:
        command(_listener(heard, Choice))(**given)
        return heard.pop()

    # "LIGHT" as a title is a title, and a theme that is none is told as it was typed.
    assert chosen(theme="LIGHT", data="MNIST", title="LIGHT") == Choice("light", "mnist", title="LIGHT")
    assert chosen(theme="Lite", compare="Adam:0.01,SGD") == Choice("Lite", compare="adam:0.01,sgd")
    (tmp_path / "MNIST").mkdir()
    assert chosen(data="MNIST").data == "MNIST"  # the folder
    assert chosen(data="Digits").data == "digits"


def test_words_of_options_are_those_that_are_known():
    assert set(options.LOSSES) == set(recipe.LOSSES)
    assert set(options.OPTIMIZERS) == set(recipe.OPTIMIZERS)
    assert set(options.AUGMENTATIONS) == set(AUGMENTATIONS)
    show = {each.name: each for each in fields(Film)}["show"].metadata[OPTION]
    assert set(show.completed("")) == set(SHOWN)


def test_a_command_can_be_called_from_python_by_the_names_of_its_options():
    heard = []
    command_of_speed = command(_listener(heard))
    command_of_speed(rate=0.25)
    assert heard == [Speed(rate=0.25)]
    with pytest.raises(TypeError, match="speeed"):
        command_of_speed(speeed=1)


def _listener(heard, kind=Speed):
    def listen(asked) -> None:
        heard.append(asked)

    listen.__annotations__["asked"] = kind
    return listen


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["in.npz"], "--out is missing"),
        (["--out", "a"], "FILE is missing"),
        (["in.npz", "-o", "a", "--rate", "2"], "--rate 2.0 is out of range: give 0 to 1"),
        (["in.npz", "-o", "a", "--rate", "fast"], "--rate fast: give one number"),
        (["in.npz", "-o", "a", "--rate", "0.5", "--rate", "fast"], "--rate fast: give one number"),
        (["in.npz", "-o", "a", "--no-quiet"], "No such option: --no-quiet"),
    ],
)
def test_wrong_words_are_one_line(capsys, words, says):
    assert typed(*words) is None
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1


def test_help_has_the_groups_in_order_with_their_words_and_defaults(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    typed("--help")
    told = capsys.readouterr().out
    words = ["What is read.", "How often.", "How fast.", "[default: 0.5]", "What is written.", "Tell more."]
    places = [told.index(each) for each in words]
    assert places == sorted(places)
    for panel in ("Speed", "Files", "Words"):
        assert f"─ {panel} ─" in told
