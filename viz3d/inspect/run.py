"""An inspection from its inquiry to its words and files."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console, RenderableType

from data import Dataset
from engine import Net
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
from viz3d.inspect.request import Inquiry, parse_paths, parse_why
from viz3d.inspect.terminal import digit as print_digit
from viz3d.inspect.terminal import effect as print_effect
from viz3d.inspect.terminal import neuron as print_neuron
from viz3d.inspect.terminal import paths as print_paths
from viz3d.inspect.terminal import study as print_study
from viz3d.inspect.terminal.drawing import Paper
from viz3d.session.save import save
from viz3d.session.subject import Subject

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


def inspect_digit(inquiry: Inquiry) -> dict[str, Any]:
    """Find out what is asked, write the files, print, and return what was found, by its kind.

    Raises UserError, DataError or EngineError.
    """
    inquiry.check_places()
    net = choose_net(inquiry.preset, inquiry.model)
    _ = net.mutate(inquiry.mutate)  # a wrong edit is told before the images are looked for
    notify = (lambda _: None) if inquiry.quiet or inquiry.json else say
    subject = Subject.of(net, choose_digit(inquiry.wanted, notify))
    images = None
    if inquiry.survey or inquiry.study:
        images = dataset(inquiry.wanted.data, "test", notify)
    found: dict[str, Facts] = {}
    before = subject if inquiry.mutate else None
    if inquiry.mutate:
        effect = Effect.of(subject, inquiry.mutate, min(inquiry.top, 3), images if inquiry.survey else None)
        found["effect"], subject = effect, effect.after
    found |= _asked(inquiry, subject, before, images)
    if inquiry.save is not None:
        save(net, *_changed(subject, found, inquiry.mutate), inquiry.save)
    told = as_json(subject, found)
    if inquiry.out is not None:
        write(found, told, inquiry.out)
    if inquiry.json:
        print(json.dumps(told, allow_nan=False))
    elif not inquiry.quiet:
        show(found)
        for path, what in ((inquiry.save, "the mutated network"), (inquiry.out, "the report")):
            if path is not None:
                print(f"{path}: {what}")
    return found


def _asked(
    inquiry: Inquiry, subject: Subject, before: Subject | None, images: Dataset | None
) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    if inquiry.neuron is not None:
        tests = images if inquiry.survey else None
        found["neuron"] = NeuronFacts.of(subject, inquiry.neuron, inquiry.top, tests)
    if inquiry.synapse is not None:
        found["synapse"] = SynapseFacts.of(subject, inquiry.synapse)
    if inquiry.why is not None:
        layer = inquiry.layer or last_hidden(subject.net)
        found["why"] = Why.of(subject, *parse_why(inquiry.why), layer, inquiry.top)
    if inquiry.paths is not None:
        found["paths"] = PathsFacts.of(subject, *parse_paths(inquiry.paths), before)
    if inquiry.study is not None:
        assert images is not None
        found["study"] = make_study(
            inquiry.study,
            subject,
            inquiry.layer,
            inquiry.settings,
            lambda split: images if split == "test" else dataset(inquiry.wanted.data, split, _hush),
            inquiry.top,
            inquiry.quiet,
        )
    if not found and not inquiry.mutate:
        found["layers"] = Overview.of(subject)
    return found


def _hush(_: str) -> None:
    """What is told where another data set stands in for MNIST was told of the test images."""


def _changed(subject: Subject, found: dict[str, Facts], mutate: str) -> tuple[Net, str]:
    """The network that is saved and how it was made: by edits, then perhaps by a study."""
    study = found.get("study")
    if isinstance(study, PruneFacts | EvolveFacts):
        return study.net, "; ".join(part for part in (mutate, study.text) if part)
    return subject.net, mutate


def as_json(subject: Subject, found: dict[str, Facts]) -> dict[str, Any]:
    """All that was found as one JSON object."""
    told = {**subject.as_json(), **{name: facts.as_json() for name, facts in found.items()}}
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
