"""Films of an inspection: a digit before and after edits, and what a study found as colours."""

from pathlib import Path

from scenes import Look, compose, compose_pair
from scenes.texts import catalogue
from viz3d.command.choice.digits import Digit
from viz3d.export.config import Output, default_fps, default_supersample, parse_size
from viz3d.export.film import draw
from viz3d.export.kinds import kind_of
from viz3d.findings.studies.made_nets import StudyFacts
from viz3d.inspect.request import InspectRequest
from viz3d.session.session import Session


def before_and_after(request: InspectRequest, session: Session, path: Path) -> None:
    """Film a session's digit in its network before and after the changes, side by side; see `export.film`."""
    config = _config(request, path)
    look = _of_digit(config.look, session.digit)
    draw(config, lambda *_: compose_pair(session.before.trace, session.trace, look))


def painted(request: InspectRequest, study: StudyFacts, path: Path) -> None:
    """Draw or film the digit of a study in its network, with what was found as its colours."""
    config, traced = _config(request, path), study.shown
    texts = catalogue(config.look.language)
    told = study.headline(texts), study.paint(texts)
    look = _of_digit(config.look, traced.digit).changed(title=told[0], paint=told[1])
    draw(config, lambda *_: compose(traced.trace, look))


def _of_digit(look: Look, digit: Digit) -> Look:
    return look.changed(label=digit.label, source=digit.source)


def _config(request: InspectRequest, path: Path) -> Output:
    kind = kind_of(str(path))
    look = Look(size=parse_size(None, kind), language=request.language or "en", theme=request.theme or "dark")
    return Output(
        out=str(path),
        look=look,
        fps=default_fps(kind),
        supersample=default_supersample(look.size, kind),
        quiet=request.quiet or request.json,
    )
