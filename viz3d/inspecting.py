"""An inspection from its inquiry to its words and files."""

import io
import json
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console, RenderableType

import engine
from data import Dataset
from engine import Net
from viz3d import print_digit, print_effect, print_neuron, print_paths
from viz3d.atomic import whole
from viz3d.cli import say
from viz3d.effects import Effect, StudyFacts, Why
from viz3d.inputs import choose_digit, dataset
from viz3d.inquiry import Inquiry, parse_paths, parse_why
from viz3d.inspect_files import write
from viz3d.models import choose_net
from viz3d.neuron_facts import NeuronFacts
from viz3d.paths_facts import PathsFacts
from viz3d.progress import share_bar
from viz3d.subject import Overview, Subject
from viz3d.synapse_facts import SynapseFacts
from viz3d.terminal import Paper

Facts = Overview | NeuronFacts | SynapseFacts | Effect | Why | PathsFacts | StudyFacts
_PRINTERS: dict[str, Callable[[Any, Paper], RenderableType]] = {
    "effect": print_effect.effect,
    "layers": print_digit.overview,
    "neuron": print_neuron.neuron,
    "synapse": print_digit.synapse,
    "why": print_effect.why,
    "paths": print_paths.paths,
    "study": print_effect.study,
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
        save(net, subject.net, inquiry.mutate, inquiry.save)
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
    layer = inquiry.layer or last_hidden(subject.net)
    if inquiry.why is not None:
        found["why"] = Why.of(subject, *parse_why(inquiry.why), layer, inquiry.top)
    if inquiry.paths is not None:
        found["paths"] = PathsFacts.of(subject, *parse_paths(inquiry.paths), before)
    if inquiry.study is not None:
        assert images is not None
        found["study"] = study(subject, layer, images, inquiry.top, inquiry.quiet)
    if not found and not inquiry.mutate:
        found["layers"] = Overview.of(subject)
    return found


def last_hidden(net: Net) -> str:
    """The layer that the output reads."""
    return net.layers[-1].sources[0]


def study(subject: Subject, layer: str, images: Dataset, top: int, quiet: bool) -> StudyFacts:
    """Silence the neurons of a layer one at a time over a set of images, with a bar of progress."""
    found = None
    with share_bar(quiet, f"{layer} without each of its neurons") as tell:
        for share, result in engine.ablate_each(subject.net, layer, images.images, images.labels):
            found = result
            tell(share)
    assert found is not None
    return StudyFacts(subject, images, found, top)


def save(original: Net, mutated: Net, text: str, path: Path) -> None:
    """Save a mutated network; where it comes from is told, what was measured before it was mutated is not."""
    told = {"mutated": text, "viz3d": version("viz3d"), "base": dict(original.provenance)}
    with whole(path) as part:
        # The engine writes to names that end in .npz only.
        beside = part.with_suffix(".npz")
        try:
            engine.save(mutated.replace(provenance=told), beside)
            beside.replace(part)
        finally:
            beside.unlink(missing_ok=True)


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
