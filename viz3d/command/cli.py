"""What every command shares: how it starts, how it fails, how it is stopped, and what it says meanwhile."""

import errno
import os
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console

from viz3d.command.completing import check_program
from viz3d.command.errors import UserError
from viz3d.command.meaning import option_meant
from viz3d.command.process.ending import end_beside_threads
from viz3d.command.process.limits import short_of_addresses
from viz3d.command.process.signals import end_at_once, end_in_order
from viz3d.command.process.streams import complete_streams

BAD_INPUT = 2
_CHOOSE_A_DIGIT = ("--digit", "--sample", "--image", "--pick", "--label")
STOPPED = 130  # what a shell reports for Ctrl-C
_LONGEST_WORD = 300  # characters of a word of a message; paths are not longer
_LONGEST = 3_000
_WIDEST = 4  # digits of a width; lines are filled to it

# Typer carries its own copy of Click or uses an installed one, by version; this is the usage error of either.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def command_line(**settings: Any) -> typer.Typer:
    """An empty Typer application with this project's settings."""
    return typer.Typer(
        add_completion=bool(settings.pop("completion", False)),
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
        **settings,
    )


def single_command(function: Callable[..., None]) -> typer.Typer:
    """The application that has `function` as its only command, for `python -m viz3d.<name>`."""
    app = command_line()
    app.command()(function)
    return app


def run(app: typer.Typer, program: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `app` and end the process: 0 done, 2 bad input, 130 Ctrl-C, 128 + n for another signal n.

    `arguments` are those of the process when None. Bad input is one line on stderr that begins with "error:".
    A fault of viz3d itself is not bad input: it keeps its traceback.
    """
    try:
        _run(app, program, sys.argv[1:] if arguments is None else list(arguments))
    except SystemExit as end:
        if arguments is None:  # else there is a process around that lives on
            end_beside_threads(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)
        raise


def _run(app: typer.Typer, program: str, given: Sequence[str]) -> NoReturn:
    try:
        end_in_order()
        complete_streams()
        _usable_width()
        silence_libraries()
        _check_given(given)
        _check_once(given)
        check_program(program, given)
        command = typer.main.get_command(app)
        _check_values(command, given)
        status = command(args=list(given), prog_name=program, standalone_mode=False)
    except _UsageError as error:
        # Of several commands, the one that was asked: `python -m viz3d import`.
        asked = getattr(getattr(error, "ctx", None), "command_path", None) or _asked(app, program, given)
        message = error.format_message().rstrip(".")  # type: ignore[attr-defined]
        plain = _unknown(error, message) or _plain(message, given)
        plain += _what_goes_behind(error, app, given)
        _fail(f"{plain}{'' if plain.endswith('?') else ';'} `{asked} --help` lists the options")
    except (KeyboardInterrupt, typer.Abort):
        status = STOPPED
    except BrokenPipeError:
        # Whoever read our output has gone (`viz3d ... | head`): there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except Exception as error:
        told = explained(error)
        if told is None:
            raise
        _fail(told)
    end_at_once()
    if status == STOPPED:
        say("stopped")
    sys.exit(status if isinstance(status, int) else 0)


def silence_libraries() -> None:
    """Silence what libraries warn of and whoever runs a command can do nothing about."""
    # What overflows is told where it matters, in one line.
    warnings.filterwarnings("ignore", "(overflow|invalid value) encountered", RuntimeWarning)
    # It is only to clear up what we do not use; another takes its place.
    warnings.filterwarnings("ignore", "resource_tracker: process died unexpectedly", UserWarning)
    # Numba's, where there is no /dev/shm: a lock that one process alone does without.
    warnings.filterwarnings("ignore", ".*Could not obtain multiprocessing lock")
    warnings.filterwarnings("ignore", "Reading `.npy` or `.npz` file required additional", UserWarning)


def _usable_width() -> None:
    """Forget a width of the terminal that no terminal has; its own is then asked for."""
    columns = os.environ.get("COLUMNS", "1")
    if not columns.isdecimal() or len(columns) > _WIDEST or not int(columns):
        del os.environ["COLUMNS"]


def explained(error: Exception) -> str | None:
    """What to say of an error that is bad input or the machine's; None of a fault of viz3d itself."""
    if isinstance(error, MemoryError) or _finds_no_room(error):
        limit = short_of_addresses()
        less = "a smaller picture, fewer --workers, a smaller network"
        return f"not enough memory: {limit}" if limit else f"not enough memory; ask for less: {less}"
    if isinstance(error, OSError):
        return _os_error(error)
    return str(error) if isinstance(error, _user_errors()) else None


def _finds_no_room(error: Exception) -> bool:
    """Whether a library could not be loaded for want of memory, which each system's loader says otherwise."""
    if not isinstance(error, ImportError | OSError) or not short_of_addresses():
        return False
    words = ("failed to map segment", "annot allocate memory", "annot create shared object", "libllvmlite")
    return any(each in str(error) for each in words)


def say(text: str) -> None:
    """Print `text` on stderr as one line, as it may be shown."""
    _console().print(_line(text), soft_wrap=True)


def _check_given(given: Sequence[str]) -> None:
    """UserError where a value is empty, as "$NAME" is where nothing was set: no folder "." is meant."""
    for before, word in pairwise(["", *given]):
        if word.strip():
            name, equals, value = word.partition("=")
            empty = name.startswith("--") and equals and not value.strip()
        else:
            name, empty = before if before.startswith("-") else "a value", True
        if empty:
            raise UserError(f"{name} is empty: give it, or leave it out")


def _check_once(given: Sequence[str]) -> None:
    """UserError where an option that chooses the digit is given twice: the parser would take the last."""
    names = [each.partition("=")[0] for each in given]
    for name in _CHOOSE_A_DIGIT:
        if names.count(name) > 1:
            raise UserError(f"{name} is given {names.count(name)} times: give it once, for one digit")


def _check_values(command: Any, given: Sequence[str]) -> None:
    """The parser's own error where an option stands for the value of the one before it: it would be taken.

    Whoever means it can write --title=--fps.
    """
    params = _own(command, given).params
    known = {"--help", "-h"}.union(*(each.opts + each.secondary_opts for each in params))
    valued = {name for each in params if not getattr(each, "is_flag", True) for name in each.opts}
    words = iter(given)
    for name in words:
        if name == "--":
            return
        if name in valued and next(words, None) in known:
            error = _UsageError(f"Option {name!r} requires an argument.")
            error.option_name = name  # type: ignore[attr-defined]
            raise error


def _own(command: Any, given: Sequence[str]) -> Any:
    """The command that was asked for, of several."""
    return getattr(command, "commands", {}).get(given[0] if given else "", command)


def _asked(app: typer.Typer, program: str, given: Sequence[str]) -> str:
    """The command that was asked for, where the parser does not say whose option is wrong."""
    names = {each.name for each in app.registered_commands}
    return f"{program} {given[0]}" if given and given[0] in names else program


def _unknown(error: Exception, message: str) -> str:
    """What is said of an option or a command that there is not, and which was meant; "" of all else."""
    if option := re.match(r"No such option: (\S+)", message):
        known = [name for each in error.ctx.command.params for name in each.opts]  # type: ignore[attr-defined]
        return f"{option[0]}{option_meant(option[1], known)}"
    command = re.match(r"(No such command '.*')\. Did you mean '(.*)'\?", message)
    return f"{command[1]}: did you mean {command[2]}?" if command else ""


def _plain(message: str, given: Sequence[str]) -> str:
    """What the parser says, in plain words where something is missing, too much, or no number."""
    if missing := re.match(r"Missing (?:option|argument) '([^']+)'", message):
        return f"{missing[1]} is missing"
    if closed := re.match(r"Invalid value for '([^']+)'.*'(.*)' is not readable", message):
        return f"{closed[1]} {closed[2]}: you may not read it"
    if bare := re.match(r"Option '([^']+)' requires an argument", message):
        return f"{bare[1]} has no value behind it: give one"  # which: `_what_goes_behind`
    if extra := re.match(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)$", message, re.DOTALL):
        return f"{extra[1]}: no option takes that; a value of several words goes in quotes"
    match = re.match(r"Invalid value for '(?:-\w / )?(--[\w-]+)'.*valid (int|float|number)", message)
    if match is None:
        return message
    name, kind = match[1], "one number" if match[2] != "int" else "one whole number"
    values = re.findall(rf"{re.escape(name)}[ =](\S+)", " ".join(given))
    # Of an option that is given twice, the value that is wrong.
    right = r"[-+]?\d+" if match[2] == "int" else r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?"
    wrong = [value for value in values if not re.fullmatch(right, value, re.IGNORECASE)] or values
    return f"{name} {wrong[0] if wrong else ''}: give {kind}".replace(" :", ":")


def _what_goes_behind(error: Exception, app: typer.Typer, given: Sequence[str]) -> str:
    """What the help calls the value of an option that was given none: " (A:B)"."""
    if "requires an argument" not in str(error):
        return ""
    command = _own(typer.main.get_command(app), given)
    name = getattr(error, "option_name", None)
    called = [each.metavar for each in command.params if name in each.opts and each.metavar]
    return f" ({called[0]})" if called else ""


def _fail(message: str) -> NoReturn:
    end_at_once()
    console = _console()
    console.print("error:", style="bold red", end=" ")
    console.print(_line(message), soft_wrap=True)
    sys.exit(BAD_INPUT)


def _line(text: str) -> str:
    """A message in one line: what files and people say in it is shown, and never obeyed or endless."""
    line = " ".join(text.split())
    if line.isprintable() and len(line) <= _LONGEST_WORD:
        return line
    # Imported here so that help and wrong options answer at once.
    from engine.errors import harmless, shortened  # noqa: PLC0415

    words = (shortened(word, _LONGEST_WORD) for word in harmless(text).split(" "))
    return shortened(" ".join(words), _LONGEST)


def _console() -> Console:
    # What users typed is shown as it is: "mnist:train:5" is no picture of a train, "[a]" no markup.
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def _os_error(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename is None and error.errno == errno.ENOENT:
        try:
            Path.cwd()
        except OSError:
            return "the folder that you are in is gone: go to one that is there, with cd"
    if error.filename is None and error.errno == errno.ENOSPC:
        return "the disk is full, so that not all could be written: free some space"
    return f"{error.filename}: {reason[0].lower()}{reason[1:]}" if error.filename else reason


def _user_errors() -> tuple[type[Exception], ...]:
    """The errors that are bad input: this room's, and those of the rooms imported so far."""
    rooms = (("data", "DataError"), ("engine", "EngineError"), ("scenes", "SceneError"))
    named = (getattr(sys.modules.get(room), name, None) for room, name in rooms)
    return (UserError, *(kind for kind in named if kind is not None))
