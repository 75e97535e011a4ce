"""An inspection from its inquiry to its words and files."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console, RenderableType

from viz3d.command.choice.letters import how_written
from viz3d.command.choice.models import how_imported
from viz3d.command.choice.seen import how_seen
from viz3d.command.cli import say
from viz3d.command.process.signals import undisturbed
from viz3d.findings.answer import AnswerFacts
from viz3d.findings.deciders import Contest
from viz3d.findings.effect import Effect, Why
from viz3d.findings.layers import LayersFacts
from viz3d.findings.neuron import NeuronFacts
from viz3d.findings.overview import Overview
from viz3d.findings.paths import PathsFacts
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts, StudyFacts
from viz3d.findings.studies.run import make_study
from viz3d.findings.synapse import SynapseFacts
from viz3d.inspect.files import write
from viz3d.inspect.request import InspectRequest, parse_paths, parse_why
from viz3d.inspect.terminal import digit as print_digit
from viz3d.inspect.terminal import effect as print_effect
from viz3d.inspect.terminal import layers as print_layers
from viz3d.inspect.terminal import neuron as print_neuron
from viz3d.inspect.terminal import paths as print_paths
from viz3d.inspect.terminal import study as print_study
from viz3d.inspect.terminal.drawing import Paper
from viz3d.session.files.save import save
from viz3d.session.images import hush
from viz3d.session.session import Session
from viz3d.session.traced_digit import TracedDigit

Facts = Overview | LayersFacts | NeuronFacts | SynapseFacts | Effect | Why | Contest | PathsFacts | StudyFacts
_PRINTERS: dict[str, Callable[[Any, Paper], RenderableType]] = {
    "effect": print_effect.effect,
    "layers": print_digit.overview,
    "panels": print_layers.layers,
    "neuron": print_neuron.neuron,
    "synapse": print_digit.synapse,
    "why": print_effect.why,
    "paths": print_paths.paths,
    "study": print_study.study,
}


def inspect_digit(request: InspectRequest) -> dict[str, Facts]:
    """Find out what is asked, write the files, print, and return what was found, by its kind.

    The network is loaded and changed once and reads the digit once, however much is asked. Raises UserError,
    DataError, EngineError or SceneError.
    """
    request.check_places()
    notify = hush if request.quiet or request.json else say
    session = request.session(notify)
    net = session.before.net
    seen = how_seen(net, session.traced.digit.image.shape)
    for line in (*how_imported(net), *seen, *(how_written(net) if request.draws else ())):
        notify(line)
    facts = _find_out(request, session)
    if request.save is not None:
        study = facts.get("study")
        made = study.net if isinstance(study, PruneFacts | EvolveFacts) else session.net
        save(session.before.net, made, request.save)
    # Its answer silences many neurons: only who reads it waits for that.
    told = as_json(session.traced, facts) if request.json or request.out is not None else {}
    if request.out is not None:
        write(facts, told, request.out, request.theme or "dark")
    _print(request, facts, told)
    _draw(request, session, facts)
    return facts


def _find_out(request: InspectRequest, session: Session) -> dict[str, Facts]:
    """The facts that a request asks for, by kind; those of the layers where it asks for none."""
    traced, facts = session.traced, dict[str, Facts]()
    surveyed = session.images() if request.survey else None
    before = session.before if request.mutate else None
    if before is not None and request.about_digit:
        facts["effect"] = Effect.between(before, traced, request.mutate, min(request.top, 3), surveyed)
    if request.layers:
        facts["panels"] = LayersFacts.of(traced)
    if request.neuron is not None:
        facts["neuron"] = NeuronFacts.of(traced, request.neuron, request.top, surveyed)
    if request.synapse is not None:
        facts["synapse"] = SynapseFacts.of(traced, request.synapse)
    if request.why is not None:
        facts["why"] = why_of(traced, parse_why(request.why, traced.net.classes), request.layer, request.top)
    if request.paths is not None:
        facts["paths"] = PathsFacts.of(traced, *parse_paths(request.paths, traced.net.classes), before)
    if request.study is not None:
        asked = request.layer, request.settings, session.images, request.top, request.quiet
        facts["study"] = make_study(request.study, traced, *asked)
    return facts or {"layers": Overview.of(traced)}


def why_of(traced: TracedDigit, classes: tuple[int, int], layer: str | None, top: int) -> Why | Contest:
    """Which neurons decide between two classes: all of a layer, or the most of all hidden layers."""
    return Contest.of(traced, *classes, top) if layer is None else Why.of(traced, *classes, layer, top)


def _print(request: InspectRequest, facts: dict[str, Facts], told: dict[str, Any]) -> None:
    if request.json:
        print(json.dumps(told, allow_nan=False))
    elif not request.quiet:
        show(facts)
        for path, what in ((request.save, "the mutated network"), (request.out, "the report")):
            if path is not None:
                print(f"{path}: {what}")


def _draw(request: InspectRequest, session: Session, facts: dict[str, Facts]) -> None:
    if request.film is None and request.scene is None:
        return
    with undisturbed():  # it brings VTK, which crashes where its import is interrupted
        from viz3d.inspect.films import before_and_after, painted  # noqa: PLC0415

    if request.film is not None:
        before_and_after(request, session, request.film)
    study = facts.get("study")
    if request.scene is not None and isinstance(study, StudyFacts):
        painted(request, study, request.scene)


def as_json(traced: TracedDigit, facts: dict[str, Facts]) -> dict[str, Any]:
    """All that was found as one JSON object."""
    answer = AnswerFacts(traced).as_json()
    told = {**traced.as_json(), "answer": answer, **{name: each.as_json() for name, each in facts.items()}}
    return json.loads(json.dumps(told, default=_plain))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


def show(facts: dict[str, Facts], console: Console | None = None) -> None:
    """Print what was found."""
    console = console or Console(highlight=False, markup=False, emoji=False)
    for place, (name, each) in enumerate(facts.items()):
        if place:
            console.print()
        console.print(_PRINTERS[name](each, Paper.of(console)))
