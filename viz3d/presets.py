"""`python -m viz3d presets`: the networks that come with viz3d, their sizes, and how well they read."""

import json as to_json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from viz3d.command.cli import run, single_command
from viz3d.command.errors import UserError

_KINDS = ("learned", "fixed", "computed", "attention")


@dataclass(frozen=True)
class Facts:
    """What is known of one preset.

    edges: synapses by kind. flatten: neurons, and as many links, that a drawing with flatten layers would
    add. provenance: of the trained net that comes with viz3d, None where none does.
    """

    name: str
    title: str
    architecture: str
    neurons: int
    edges: dict[str, int]
    flatten: int
    parameters: int
    provenance: dict[str, Any] | None

    @property
    def edge_count(self) -> int:
        """Synapses of all kinds."""
        return sum(self.edges.values())

    @property
    def accuracy(self) -> float | None:
        """Share of the test images read right, 0..1."""
        return None if self.provenance is None else self.provenance.get("test_accuracy")

    def as_json(self) -> dict[str, Any]:
        """Everything, with sums spelled out, as JSON values."""
        return {
            "name": self.name,
            "title": self.title,
            "architecture": self.architecture,
            "neurons": self.neurons,
            "edges": self.edge_count,
            "edges_by_kind": self.edges,
            "neurons_with_flatten": self.neurons + self.flatten,
            "edges_with_flatten": self.edge_count + self.flatten,
            "parameters": self.parameters,
            "accuracy": self.accuracy,
            "provenance": self.provenance,
        }


def presets(
    json: Annotated[bool, typer.Option("--json", metavar="", help="For scripts: a list of objects.")] = False,
    code: Annotated[
        str | None,
        typer.Option(
            "--code", metavar="NAME", help="Print one network as a PyTorch module: a preset, or a FILE.npz."
        ),
    ] = None,
) -> None:
    """List the networks that come with viz3d: how large they are, and how well they read.

    python -m viz3d presets

    python -m viz3d presets --code cnn-draw > cnn_draw.py

    Each architecture can be edited and given to `python -m viz3d.train --architecture`.
    """
    if code is not None:
        print(_code(code, json))
        return
    facts = _gather()
    if json:
        print(to_json.dumps([each.as_json() for each in facts], indent=2))
        return
    from rich.console import Console  # noqa: PLC0415

    console = Console(highlight=False, markup=False, emoji=False)
    console.print(_sizes(facts))
    console.print(_counts(facts))
    console.print()
    console.print(
        "Their architectures, to edit and train anew; and what they were trained on\n", style="bold"
    )
    console.print(_designs(facts, console.width))


def _code(name: str, json: bool) -> str:
    """A preset, or the network of a file, as a file of Python."""
    # Imported here so that help answers at once.
    import numpy as np  # noqa: PLC0415

    import engine  # noqa: PLC0415
    from viz3d.command.choice.models import read_net  # noqa: PLC0415
    from viz3d.findings.code import NetworkCode  # noqa: PLC0415

    if json:
        raise UserError("--json and --code are two ways to answer: give one of them")
    filed = name not in engine.presets() and (Path(name).exists() or name.endswith(".npz"))
    net = read_net(Path(name)) if filed else engine.preset(name, np.random.default_rng(0))
    return NetworkCode(net).printed()


def _gather() -> list[Facts]:
    # Imported here so that help answers at once.
    import numpy as np  # noqa: PLC0415

    import data  # noqa: PLC0415
    import engine  # noqa: PLC0415

    facts = []
    for name in engine.presets():
        net = engine.preset(name, np.random.default_rng(0))
        trained = name in data.bundled_models()
        provenance = engine.provenance(data.model_path(name)) if trained else None
        edges = dict.fromkeys(_KINDS, 0) | {k.name.lower(): n for k, n in net.edge_counts.items()}
        counts = (net.neuron_count, edges, net.graph.flatten_count, net.parameter_count)
        facts.append(Facts(name, net.title, net.text, *counts, provenance))
    return facts


def _sizes(facts: list[Facts]) -> Any:
    table = _table("Networks", ("neurons", "synapses", "parameters", "accuracy", "read right"))
    for each in facts:
        told = each.provenance or {}
        table.add_row(
            each.name,
            f"{each.neurons:,}",
            f"{each.edge_count:,}",
            f"{each.parameters:,}",
            "not trained" if each.accuracy is None else f"{each.accuracy:.2%}",
            f"{told['test_correct']:,} of {told['test_images']:,}" if "test_correct" in told else "",
        )
    return table


def _training(told: dict[str, Any]) -> str:
    name = {"mnist": "MNIST", "digits": "UCI digits"}.get(str(told.get("data")), str(told.get("data")))
    augment = str(told.get("augment", "none")).replace("+", " + ")
    return (
        f"{told.get('training_images', 0):,} images of {name}, {told.get('epochs', '?')} epochs, "
        f"{'as they are' if augment == 'none' else augment}, seed {told.get('seed', '?')}"
    )


def _counts(facts: list[Facts]) -> Any:
    table = _table("Their synapses by kind", _KINDS)
    table.add_column("neurons\nflattened", justify="right", no_wrap=True)
    table.add_column("synapses\nflattened", justify="right", no_wrap=True)
    for each in facts:
        kinds = [f"{each.edges[kind]:,}" if each.edges[kind] else "" for kind in _KINDS]
        flat = (each.neurons + each.flatten, each.edge_count + each.flatten)
        table.add_row(each.name, *kinds, *(f"{n:,}" if each.flatten else "" for n in flat))
    table.caption = (
        "Fixed: a mean or an identity link. Computed: from the input, by a maximum or a normalisation. "
        "Attention: one activation times another. Flattened: with the flatten layers that other programs "
        "count between maps and a dense layer; here they are no neurons."
    )
    return table


def _designs(facts: list[Facts], width: int) -> Any:
    from rich.padding import Padding  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    longest = max(len(each.name) for each in facts)
    for each in facts:
        table.add_row(each.name, _folded(each.architecture, width - longest - 6))
        if each.provenance is not None:
            table.add_row("", _training(each.provenance), style="dim")
    return Padding(table, (0, 0, 0, 2))


def _folded(text: str, width: int) -> str:
    """An architecture in lines that break between layers."""
    lines = [""]
    for segment in text.split(" | "):
        if lines[-1] and len(lines[-1]) + len(segment) + 5 > width:
            lines[-1] += " |"
            lines.append("")
        lines[-1] += f" | {segment}" if lines[-1] else segment
    return "\n".join(lines)


def _table(title: str, numbers: tuple[str, ...]) -> Any:
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, box=box.SIMPLE_HEAD, collapse_padding=True)
    table.title_justify = table.caption_justify = "left"
    table.title_style, table.caption_style = "bold", "dim"
    table.add_column("preset", style="bold", no_wrap=True)
    for number in numbers:
        table.add_column(number, justify="right", no_wrap=True)
    return table


if __name__ == "__main__":
    run(single_command(presets), "python -m viz3d.presets")
