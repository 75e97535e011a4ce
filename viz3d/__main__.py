"""`python -m viz3d`: all commands under one roof."""

from typing import Annotated

import typer

from viz3d.command.cli import command_line, run
from viz3d.data_sets import data_set
from viz3d.export.command import export
from viz3d.importing import import_network
from viz3d.inspect.command import inspect
from viz3d.live.command import live
from viz3d.presets import presets
from viz3d.statistics import statistics
from viz3d.train.command import train

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

app = command_line(completion=True, help=_HELP, invoke_without_command=True)
app.command()(export)
app.command()(live)
app.command()(inspect)
app.command()(train)
app.command("import")(import_network)
app.command()(statistics)
app.command("data")(data_set)
app.command()(presets)


@app.callback()
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


def main() -> None:
    """Run the command line of the `viz3d` program."""
    run(app, "viz3d")


if __name__ == "__main__":
    run(app, "python -m viz3d")
