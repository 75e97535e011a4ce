"""What was asked of the inspecting command, done: a shell, or one answer with its files and films."""

from collections.abc import Sequence

import typer

from viz3d.command.edit_files import Statement, join_edits, places_told, read_edits
from viz3d.inspect.options import Asked
from viz3d.inspect.request import InspectRequest


def dispatch(asked: Asked) -> None:
    """Do what was asked. Raises UserError, DataError, EngineError or SceneError."""
    edits = read_edits(asked.change.mutate or [])
    request = _request(asked, join_edits(edits))
    if not request.shell:
        _answer(request, edits)
        return
    from viz3d.inspect.shell.lines import run_shell  # noqa: PLC0415

    with places_told(edits):
        raise typer.Exit(run_shell(request))


def _request(asked: Asked, mutate: str) -> InspectRequest:
    groups = (asked.network, asked.look, asked.change, asked.whole_set, asked.answer)
    plain = {name: value for group in groups for name, value in vars(group).items()}
    return InspectRequest(wanted=asked.wanted, settings=asked.settings, **(plain | {"mutate": mutate}))


def _answer(request: InspectRequest, edits: Sequence[Statement]) -> None:
    from viz3d.inspect.run import inspect_digit  # noqa: PLC0415

    with places_told(edits):
        found = inspect_digit(request)
    if request.film is not None:
        from viz3d.inspect.films import before_and_after  # noqa: PLC0415  # brings VTK

        before_and_after(request)
    if request.scene is not None:
        from viz3d.inspect.films import painted  # noqa: PLC0415

        painted(request, found["study"])
