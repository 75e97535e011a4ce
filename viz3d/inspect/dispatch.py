"""What was asked of the inspecting command, done: a shell, or one answer with its files and films."""

import typer

from viz3d.command.choice.edit_files import join_edits, places_told, read_edits
from viz3d.command.process.starting import quick_imports
from viz3d.inspect.options import Asked
from viz3d.inspect.request import InspectRequest


def dispatch(asked: Asked) -> None:
    """Do what was asked. Raises UserError, DataError, EngineError or SceneError."""
    edits = read_edits(asked.change.mutate or [])
    request = _request(asked, join_edits(edits))
    with places_told(edits):
        if request.shell:
            from viz3d.inspect.shell.lines import run_shell  # noqa: PLC0415

            raise typer.Exit(run_shell(request))
        with quick_imports():
            from viz3d.inspect.run import inspect_digit  # noqa: PLC0415

        inspect_digit(request)


def _request(asked: Asked, mutate: str) -> InspectRequest:
    groups = (asked.network, asked.look, asked.change, asked.whole_set, asked.answer)
    plain = {name: value for group in groups for name, value in vars(group).items()}
    return InspectRequest(wanted=asked.wanted, settings=asked.settings, **(plain | {"mutate": mutate}))
