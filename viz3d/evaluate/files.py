"""A report as files: a picture, and its numbers as JSON."""

import json
from collections.abc import Callable
from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write, check_place
from viz3d.evaluate.report import Report, as_json


def check_report(path: Path) -> None:
    """Raise UserError where a report cannot become the file `path`."""
    if path.suffix.lower() not in _WRITERS:
        raise UserError(f"--out {path}: with --test, end its name in .png (a picture) or .json (its numbers)")
    check_place(path.resolve(), path)


def write_report(report: Report, path: Path) -> None:
    """Write a report whole or not at all; the ending says whether as a picture or as JSON."""
    with atomic_write(path) as part:
        _WRITERS[path.suffix.lower()](report, part)


def write_beside(report: Report, net: Path) -> tuple[Path, ...]:
    """Write a report of the net in a file as picture and JSON beside it; return their names."""
    paths = tuple(net.with_name(f"{net.stem}-report{ending}") for ending in _WRITERS)
    for path in paths:
        write_report(report, path)
    return paths


def _write_picture(report: Report, path: Path) -> None:
    # Imported here: matplotlib takes half a second that --json need not pay.
    from viz3d.evaluate.figure import draw_report  # noqa: PLC0415

    draw_report(report, path)


def _write_json(report: Report, path: Path) -> None:
    path.write_text(json.dumps(as_json(report), indent=1, allow_nan=False) + "\n", encoding="utf-8")


_WRITERS: dict[str, Callable[[Report, Path], None]] = {".png": _write_picture, ".json": _write_json}
