"""Films of an inspection: a digit before and after edits, and what a study found as colours."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from scenes import Look, Paint, compose
from viz3d.export.config import Config, default_supersample, parse_size
from viz3d.export.film import draw, make
from viz3d.export.writers import kind_of
from viz3d.inspect.request import InspectRequest
from viz3d.session.traced_digit import TracedDigit


class Painted(Protocol):
    """What was found out about the neurons of a network that reads a digit, ready to be shown as colours."""

    @property
    def shown(self) -> TracedDigit: ...  # noqa: D102

    @property
    def headline(self) -> str: ...  # noqa: D102

    @property
    def paint(self) -> Paint: ...  # noqa: D102


def before_and_after(request: InspectRequest) -> None:
    """Film the digit of an inquiry in its network before and after its edits, side by side; see `make`."""
    make(replace(_config(request, request.film), mutate=request.mutate, beside=True))


def painted(request: InspectRequest, found: Painted) -> None:
    """Draw or film the digit of an inquiry in its network, with what was found as its colours; see `make`."""
    config, traced = _config(request, request.scene), found.shown
    look = config.look.changed(
        label=traced.digit.label,
        source=traced.digit.source,
        title=found.headline,
        paint=found.paint,
        mutated=traced.changes,
    )
    draw(config, lambda *_: compose(traced.trace, look))


def _config(request: InspectRequest, path: Path | None) -> Config:
    kind = kind_of(str(path))
    look = Look(size=parse_size(None, kind))
    return Config(
        out=str(path),
        look=look,
        fps=15 if kind == ".gif" else 30,
        supersample=default_supersample(look.size, kind),
        preset=request.preset,
        model=request.model,
        wanted=request.wanted,
        quiet=request.quiet or request.json,
    )
