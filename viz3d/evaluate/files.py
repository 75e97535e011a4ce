"""A report as files: a picture, and its numbers as JSON."""

import json
from collections.abc import Callable
from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write, check_place
from viz3d.evaluate.report import Report, as_json


def check_report(path: Path) -> None:
    """Raise UserError where a report cannot become the file `path`."""
    check_place(path)
    if path.suffix.lower() not in _WRITERS:
        raise UserError(f"--out {path}: with --test, end its name in .png (a picture) or .json (its numbers)")


def write_report(report: Report, path: Path, theme: str = "dark") -> None:
    """Write a report whole or not at all; the ending says whether as a picture, of this theme, or as JSON."""
    with atomic_write(path) as part:
        _WRITERS[path.suffix.lower()](report, part, theme)


def write_beside(report: Report, net: Path, theme: str = "dark") -> tuple[Path, ...]:
    """Write a report of the net in a file as picture and JSON beside it; return their names."""
    paths = report_paths(net)
    for path in paths:
        write_report(report, path, theme)
    return paths


def report_paths(net: Path) -> tuple[Path, ...]:
    """The names of the files that `write_beside` writes."""
    return tuple(net.with_name(f"{net.stem}-report{ending}") for ending in _WRITERS)


def _write_picture(report: Report, path: Path, theme: str) -> None:
    # Imported here: matplotlib takes half a second that --json need not pay.
    from viz3d.evaluate.figure import draw_report  # noqa: PLC0415

    draw_report(report, path, theme)


def _write_json(report: Report, path: Path, _theme: str) -> None:
    path.write_text(json.dumps(as_json(report), indent=1, allow_nan=False) + "\n", encoding="utf-8")


_WRITERS: dict[str, Callable[[Report, Path, str], None]] = {".png": _write_picture, ".json": _write_json}
