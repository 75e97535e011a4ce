"""An inspection from its inquiry to its words and files."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console, RenderableType

from data import Dataset
from viz3d.command.cli import say
from viz3d.command.digits import choose_digit, dataset
from viz3d.command.models import choose_net
from viz3d.findings.effect import Effect, Why
from viz3d.findings.made_nets import EvolveFacts, PruneFacts, StudyFacts
from viz3d.findings.neuron import NeuronFacts
from viz3d.findings.overview import Overview
from viz3d.findings.paths import PathsFacts
from viz3d.findings.studies import last_hidden, make_study
from viz3d.findings.synapse import SynapseFacts
from viz3d.inspect.files import write
from viz3d.inspect.request import InspectRequest, parse_paths, parse_why
from viz3d.inspect.terminal import digit as print_digit
from viz3d.inspect.terminal import effect as print_effect
from viz3d.inspect.terminal import neuron as print_neuron
from viz3d.inspect.terminal import paths as print_paths
from viz3d.inspect.terminal import study as print_study
from viz3d.inspect.terminal.drawing import Paper
from viz3d.session.save import save
from viz3d.session.traced_digit import TracedDigit

Facts = Overview | NeuronFacts | SynapseFacts | Effect | Why | PathsFacts | StudyFacts
_PRINTERS: dict[str, Callable[[Any, Paper], RenderableType]] = {
    "effect": print_effect.effect,
    "layers": print_digit.overview,
    "neuron": print_neuron.neuron,
    "synapse": print_digit.synapse,
    "why": print_effect.why,
    "paths": print_paths.paths,
    "study": print_study.study,
}


def inspect_digit(request: InspectRequest) -> dict[str, Any]:
    """Find out what is asked, write the files, print, and return what was found, by its kind.

    Raises UserError, DataError or EngineError.
    """
    request.check_places()
    net = choose_net(request.preset, request.model)
    _ = net.mutate(request.mutate)  # a wrong edit is told before the images are looked for
    notify = (lambda _: None) if request.quiet or request.json else say
    traced = TracedDigit.of(net, choose_digit(request.wanted, notify))
    images = None
    if request.survey or request.study:
        images = dataset(request.wanted.data, "test", notify)
    found: dict[str, Facts] = {}
    before = traced if request.mutate else None
    if request.mutate:
        effect = Effect.of(traced, request.mutate, min(request.top, 3), images if request.survey else None)
        found["effect"], traced = effect, effect.after
    found |= _asked(request, traced, before, images)
    if request.save is not None:
        study = found.get("study")
        made = study.net if isinstance(study, PruneFacts | EvolveFacts) else traced.net
        save(net, made, request.save)
    told = as_json(traced, found)
    if request.out is not None:
        write(found, told, request.out)
    if request.json:
        print(json.dumps(told, allow_nan=False))
    elif not request.quiet:
        show(found)
        for path, what in ((request.save, "the mutated network"), (request.out, "the report")):
            if path is not None:
                print(f"{path}: {what}")
    return found


def _asked(
    request: InspectRequest, traced: TracedDigit, before: TracedDigit | None, images: Dataset | None
) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    if request.neuron is not None:
        tests = images if request.survey else None
        found["neuron"] = NeuronFacts.of(traced, request.neuron, request.top, tests)
    if request.synapse is not None:
        found["synapse"] = SynapseFacts.of(traced, request.synapse)
    if request.why is not None:
        layer = request.layer or last_hidden(traced.net)
        found["why"] = Why.of(traced, *parse_why(request.why), layer, request.top)
    if request.paths is not None:
        found["paths"] = PathsFacts.of(traced, *parse_paths(request.paths), before)
    if request.study is not None:
        assert images is not None
        found["study"] = make_study(
            request.study,
            traced,
            request.layer,
            request.settings,
            lambda split: images if split == "test" else dataset(request.wanted.data, split, _hush),
            request.top,
            request.quiet,
        )
    if not found and not request.mutate:
        found["layers"] = Overview.of(traced)
    return found


def _hush(_: str) -> None:
    """What is told where another data set stands in for MNIST was told of the test images."""


def as_json(traced: TracedDigit, found: dict[str, Facts]) -> dict[str, Any]:
    """All that was found as one JSON object."""
    told = {**traced.as_json(), **{name: facts.as_json() for name, facts in found.items()}}
    return json.loads(json.dumps(told, default=_plain))  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else str(value)


def show(found: dict[str, Facts], console: Console | None = None) -> None:
    """Print what was found."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal without these characters shows others, and no traceback.
        sys.stdout.reconfigure(errors="replace")
    console = console or Console(highlight=False, markup=False, emoji=False)
    for place, (name, facts) in enumerate(found.items()):
        if place:
            console.print()
        console.print(_PRINTERS[name](facts, Paper.of(console)))
