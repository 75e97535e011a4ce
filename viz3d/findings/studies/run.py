"""Studies over a whole data set, each run with a bar of progress."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import engine
from data import Dataset
from engine import Net
from viz3d.command.choice.digits import first
from viz3d.command.progress import share_bar
from viz3d.findings.studies.made_nets import EvolveFacts, PruneFacts, StudyFacts
from viz3d.findings.studies.settings import Settings, parse_floor
from viz3d.findings.studies.silencing import AblateFacts, LesionFacts
from viz3d.session.traced_digit import TracedDigit

Images = Callable[[str], Dataset]
"""The images of a split, "train" or "test"."""


def last_hidden(net: Net) -> str:
    """The layer that the output reads."""
    return net.layers[-1].sources[0]


def make_study(
    name: str,
    traced: TracedDigit,
    layer: str | None,
    settings: Settings,
    images: Images,
    top: int,
    quiet: bool,
) -> StudyFacts:
    """Make a study of a network over the test images, with a bar of progress on a terminal.

    layer: of which layer; None: the last hidden one. Of prune and evolve several with commas between them;
    None: all that have learned weights.
    """
    return _MAKERS[name](traced, layer, settings, images, top, quiet)


def _ablate(
    traced: TracedDigit, layer: str | None, settings: Settings, images: Images, top: int, quiet: bool
) -> AblateFacts:
    layer, tests = layer or last_hidden(traced.net), first(images("test"), settings.images)
    each = settings.each or engine.unit_of(traced.net, layer)
    steps = engine.ablate_each(traced.net, layer, tests.images, tests.labels, each=each)
    return AblateFacts(traced, tests, _watched(quiet, f"{layer} without each {each}", steps), top)


def _lesion(
    traced: TracedDigit, layer: str | None, settings: Settings, images: Images, top: int, quiet: bool
) -> LesionFacts:
    layer, tests = layer or last_hidden(traced.net), first(images("test"), settings.images)
    each = settings.each or engine.unit_of(traced.net, layer)
    rng = np.random.default_rng(settings.seed or 0)
    steps = engine.lesion(traced.net, layer, tests.images, tests.labels, rng, each=each)
    return LesionFacts(traced, tests, _watched(quiet, f"{layer} with ever more silent", steps), top)


def _prune(
    traced: TracedDigit, layer: str | None, settings: Settings, images: Images, top: int, quiet: bool
) -> PruneFacts:
    del top
    tests, layers = first(images("test"), settings.images), _layers(layer)
    floor = None if settings.floor is None else parse_floor(settings.floor)
    steps = engine.prune_until(traced.net, tests.images, tests.labels, layers=layers, floor=floor)
    return PruneFacts(traced, tests, _watched(quiet, f"pruning {layer or 'all layers'}", steps))


def _evolve(
    traced: TracedDigit, layer: str | None, settings: Settings, images: Images, top: int, quiet: bool
) -> EvolveFacts:
    del top
    tests, train, seed = images("test"), images("train"), settings.seed or 0
    asked = {name: getattr(settings, name) for name in ("generations", "population", "images")}
    steps = engine.evolve(
        traced.net,
        (train.images, train.labels),
        (tests.images, tests.labels),
        np.random.default_rng(seed),
        layers=_layers(layer),
        **{name: value for name, value in asked.items() if value is not None},
    )
    return EvolveFacts(traced, tests, _watched(quiet, f"evolving {layer or 'all layers'}", steps), seed)


def _layers(names: str | None) -> list[str] | None:
    return None if names is None else [name.strip() for name in names.split(",")]


_MAKERS: dict[str, Callable[..., StudyFacts]] = {
    "ablate": _ablate,
    "prune": _prune,
    "lesion": _lesion,
    "evolve": _evolve,
}


def _watched(quiet: bool, name: str, steps: Iterator[tuple[float, Any]]) -> Any:
    """The result of a study, while a bar shows its progress."""
    result = None
    with share_bar(quiet, name) as tell:
        for share, latest in steps:
            result = latest
            tell(share)
    return result
