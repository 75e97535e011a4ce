"""Films of an inspection: a digit before and after edits, and what a study found as colours."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from scenes import Paint, compose
from viz3d.export.config import Config, default_supersample, parse_size
from viz3d.export.film import draw, make, wishes_of
from viz3d.export.writers import kind_of
from viz3d.inspect.request import Inquiry
from viz3d.session.subject import Subject


class Painted(Protocol):
    """What was found out about the neurons of a network that reads a digit, ready to be shown as colours."""

    @property
    def shown(self) -> Subject: ...  # noqa: D102

    @property
    def headline(self) -> str: ...  # noqa: D102

    @property
    def paint(self) -> Paint: ...  # noqa: D102


def before_and_after(inquiry: Inquiry) -> None:
    """Film the digit of an inquiry in its network before and after its edits, side by side; see `make`."""
    make(replace(_config(inquiry, inquiry.film), mutate=inquiry.mutate, beside=True))


def painted(inquiry: Inquiry, found: Painted) -> None:
    """Draw or film the digit of an inquiry in its network, with what was found as its colours; see `make`."""
    config, subject = _config(inquiry, inquiry.scene), found.shown
    wishes = wishes_of(config, subject.digit)
    wishes |= {"title": found.headline, "paint": found.paint, "mutated": subject.changes}
    draw(config, lambda *_: compose(subject.trace, **wishes))


def _config(inquiry: Inquiry, path: Path | None) -> Config:
    kind = kind_of(str(path))
    size = parse_size(None, kind)
    return Config(
        out=str(path),
        size=size,
        fps=15 if kind == ".gif" else 30,
        supersample=default_supersample(size, kind),
        preset=inquiry.preset,
        model=inquiry.model,
        wanted=inquiry.wanted,
        quiet=inquiry.quiet or inquiry.json,
    )
