"""A command's parameters from frozen dataclasses: each field that is an option becomes one of the command's.

A command takes a few groups of options, and no long row of parameters:

    @command
    def export(network: Network, film: Film) -> None: ...
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import wraps
from inspect import Parameter
from typing import Annotated, Any

import typer

from viz3d.command.completing import as_known, words_in
from viz3d.command.option import OPTION, Option


def command(function: Callable[..., None]) -> Callable[..., None]:
    """`function` with a parameter for each field of the dataclasses that it takes, for Typer to read.

    A field that is a dataclass again stands for its own fields; one that is no option is left to its default.
    Other parameters stay as they are. Called with these parameters, by name, the result fills the
    dataclasses, and calls `function` with them.
    """
    groups = inspect.signature(function).parameters.values()
    flat = [each for group in groups for each in _parameters(group)]
    # By name only, so that one without a default may follow one that has a default.
    signature = inspect.Signature([each.replace(kind=Parameter.KEYWORD_ONLY) for each in flat])

    @wraps(function)
    def call(**given: Any) -> None:
        bound = signature.bind(**given)
        bound.apply_defaults()
        function(**{group.name: _filled(group.name, group.annotation, bound.arguments) for group in groups})

    call.__signature__ = signature  # type: ignore[attr-defined]
    call.__doc__ = _unwrapped(function.__doc__ or "")
    return call


def _unwrapped(words: str) -> str:
    """Each paragraph in one line, which the help breaks by its width; lines to be typed stay as they are."""
    parts = inspect.cleandoc(words).split("\n\n")
    return "\n\n".join(part if "python -m" in part else " ".join(part.split()) for part in parts)


def _parameters(group: Parameter) -> Iterator[Parameter]:
    if not is_dataclass(group.annotation):
        yield group
        return
    for each in fields(group.annotation):
        if is_dataclass(each.type):
            yield from _parameters(Parameter(each.name, Parameter.KEYWORD_ONLY, annotation=each.type))
        elif OPTION in each.metadata:
            yield _parameter(each)


def _parameter(made: Field[Any]) -> Parameter:
    default = Parameter.empty if made.default is MISSING else made.default
    annotation = Annotated[made.type, _option(made.name, made.metadata[OPTION])]  # type: ignore[name-defined]
    return Parameter(made.name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(name: str, made: Option) -> Any:
    if made.bare:
        return typer.Argument(metavar=made.metavar, help=made.words)
    spelled = f"--{(made.spelled or name).replace('_', '-')}"
    names = f"{spelled}/--no-{spelled[2:]}" if made.both else spelled
    return typer.Option(
        names,
        *([made.short] if made.short else []),
        # A switch takes no value, and so its help shows no kind of one.
        metavar=made.metavar or "",
        help=made.words,
        show_default=made.shown or True,
        rich_help_panel=made.panel,
        autocompletion=_completer(made),
    )


def _filled(name: str, kind: Any, values: Mapping[str, Any]) -> Any:
    """The value of a parameter: a dataclass from the values of its fields, or the value itself."""
    if not is_dataclass(kind):
        return values[name]
    given = [each for each in fields(kind) if is_dataclass(each.type) or OPTION in each.metadata]
    filled = {each.name: _spelled(each, _filled(each.name, each.type, values)) for each in given}
    return kind(**filled)  # type: ignore[operator]


def _spelled(made: Field[Any], value: Any) -> Any:
    """The value of a field; one of a few words in the letters that it is known by, however it was typed."""
    choice: Option | None = made.metadata.get(OPTION)
    complete = None if choice is None else _completer(choice)
    if choice is None or complete is None or not isinstance(value, str):
        return value
    return as_known(value, complete, file="FILE" in (choice.metavar or ""))


def _completer(made: Option) -> Callable[[str], list[str]] | None:
    """What completes an option's value, and knows all its words; None where any value will do."""
    return made.completed or words_in(made.metavar)
