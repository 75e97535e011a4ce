"""What an inspection found, as files: pictures, tables, JSON."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from viz3d.command.output import atomic_write
from viz3d.findings.deciders import Contest
from viz3d.findings.effect import Why
from viz3d.findings.paths import PathsFacts


def write(facts: dict[str, Any], told: dict[str, Any], path: Path, theme: str) -> None:
    """Write a report whole or not at all; the ending says what becomes of it. theme: of a picture."""
    with atomic_write(path) as part:
        match path.suffix.lower():
            case ".json":
                text = json.dumps(told, indent=1, allow_nan=False)
                part.write_text(text + "\n", encoding="utf-8")
            case ".csv":
                name = next(name for name in _TABLES if name in facts)
                rows = _TABLES[name](facts[name])
                with part.open("w", newline="", encoding="utf-8") as file:
                    csv.writer(file).writerows(rows)
            case _:
                _draw(facts, part, theme)


def why_rows(facts: Why | Contest) -> list[list[Any]]:
    """A why as the rows of a table, the strongest push first."""
    if isinstance(facts, Contest):
        names = ["neuron", "evidence", "push", "margin_without", "prediction_without"]
        return [names, *(list(row) for side in (facts.toward, facts.against) for row in facts.rows(side))]
    names = ["neuron", "activation", "push", "margin_without", "prediction_without"]
    return [names, *(list(row) for row in facts.rows)]


def paths_rows(facts: PathsFacts) -> list[list[Any]]:
    """Paths as the rows of a table, the strongest first, and then those that are no more among them."""
    names = ["contribution", *(["before"] if facts.compared else []), "path"]
    ways = (*facts.ways, *facts.gone)
    old = [[way.before] if facts.compared else [] for way in ways]
    return [names, *([w.contribution, *o, " -> ".join(w.where)] for w, o in zip(ways, old, strict=True))]


_TABLES: dict[str, Callable[[Any], list[list[Any]]]] = {
    "study": lambda facts: facts.table,
    "why": why_rows,
    "paths": paths_rows,
}


def _draw(facts: dict[str, Any], path: Path, theme: str) -> None:
    # Imported here: matplotlib takes half a second that the terminal need not pay.
    from viz3d.inspect.figures.layers import draw_layers  # noqa: PLC0415
    from viz3d.inspect.figures.neuron import draw_neuron  # noqa: PLC0415
    from viz3d.inspect.figures.study import draw_study  # noqa: PLC0415

    if "study" in facts:
        draw_study(facts["study"], path, theme)
    elif "panels" in facts:
        draw_layers(facts["panels"], path, theme)
    else:
        draw_neuron(facts["neuron"], path, theme)
