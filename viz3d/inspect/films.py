"""Films of an inspection: a digit before and after edits, and what a study found as colours."""

from pathlib import Path

from scenes import compose, compose_pair
from viz3d.command.history import history
from viz3d.export.config import Config, default_supersample, parse_size
from viz3d.export.film import draw, wishes_of
from viz3d.export.writers import kind_of
from viz3d.findings.made_nets import StudyFacts
from viz3d.inspect.request import InspectRequest
from viz3d.session.session import Session


def before_and_after(request: InspectRequest, session: Session, path: Path) -> None:
    """Film a session's digit in its network before and after the changes, side by side; see `export.film`."""
    config = _config(request, path)
    told = history(session.before.net), "; ".join(session.changes)
    traces = session.before.trace, session.trace
    draw(config, lambda *_: compose_pair(*traces, mutated=told, **wishes_of(config, session.digit)))


def painted(request: InspectRequest, found: StudyFacts, path: Path) -> None:
    """Draw or film the digit of a study in its network, with what was found as its colours."""
    config, traced = _config(request, path), found.shown
    wishes = wishes_of(config, traced.digit) | {"title": found.headline, "paint": found.paint}
    draw(config, lambda *_: compose(traced.trace, **wishes))


def _config(request: InspectRequest, path: Path) -> Config:
    kind = kind_of(str(path))
    size = parse_size(None, kind)
    return Config(
        out=str(path),
        size=size,
        fps=15 if kind == ".gif" else 30,
        supersample=default_supersample(size, kind),
        wanted=request.wanted,
        quiet=request.quiet or request.json,
    )
