"""`python -m viz3d`: all commands under one roof."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from viz3d.command.cli import command_line, run

# Where each is; one is imported when it is asked for, all of them for the help of all.
COMMANDS = {
    "export": ("viz3d.export.command", "export"),
    "live": ("viz3d.live.command", "live"),
    "inspect": ("viz3d.inspect.command", "inspect"),
    "train": ("viz3d.train.command", "train"),
    "import": ("viz3d.importing", "import_network"),
    "statistics": ("viz3d.statistics", "statistics"),
    "data": ("viz3d.data_sets", "data_set"),
    "presets": ("viz3d.presets", "presets"),
}
_HELP = """Watch a neural network read a handwritten digit, neuron by neuron, in 3D.

[bold]export[/bold] makes a film, GIF or still of one digit crossing a trained network:

    python -m viz3d export --preset mlp --digit 7 --out seven.mp4

[bold]live[/bold] opens a window: draw digits, pick neurons, read and change them while you watch:

    python -m viz3d live --preset mlp

[bold]inspect[/bold] looks into one: a neuron, a synapse, what follows when they are changed:

    python -m viz3d inspect --preset mlp --digit 7 --neuron hidden1:17

[bold]train[/bold] trains a network and saves it as a file for --model:

    python -m viz3d train --preset mlp --epochs 10 --out my.npz

[bold]import[/bold] reads a trained network of PyTorch, ONNX, Keras and others:

    python -m viz3d import mnist.pt --out my.npz

[bold]statistics[/bold] gathers what a network's neurons usually do; films then sort them by digit:

    python -m viz3d statistics --model my.npz

[bold]data[/bold] tells what a folder or file of your own data holds:

    python -m viz3d data my-pictures/

[bold]presets[/bold] lists the networks that come with viz3d, their sizes and how well they read:

    python -m viz3d presets

Each command explains its options with --help, and each option has a default.
"""


def application(given: Sequence[str] = ()) -> typer.Typer:
    """The command line for the words that were given: of the command that they begin with, or of all."""
    app = command_line(completion=True, help=_HELP, invoke_without_command=True)
    app.callback()(viz3d)
    for name in given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS:
        module, function = COMMANDS[name]
        app.command(name)(getattr(import_module(module), function))
    return app


def viz3d(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
) -> None:
    """Without a command, show the version or the help."""
    if show_version:
        # Imported here so that all else starts sooner.
        from importlib.metadata import version  # noqa: PLC0415

        print(f"viz3d {version('viz3d')}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(program: str = "viz3d") -> None:
    """Run the command line of the `viz3d` program, by whatever name."""
    if sys.argv[1:2] == ["help"]:  # as other programs have it: `viz3d help export`
        sys.argv[1:] = [*sys.argv[2:3], "--help"]
    run(application(sys.argv[1:]), program)


if __name__ == "__main__":
    main("python -m viz3d")
