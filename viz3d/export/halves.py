"""The networks that a picture shows: one, one before and after its edits, or two that are not akin."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

import data
from engine import EngineError, Net, Trace
from scenes import SceneError, stopping
from scenes.texts import catalogue
from viz3d.command.choice.digits import knowing
from viz3d.command.choice.models import choose_net
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM
from viz3d.export.config import Config, Output

Kind = TypeVar("Kind", bound=Output)

_FEW = 4  # classes that are told by their names
_ANY = (CUSTOM, "imported")  # what a network is called whose title tells nothing of it


@dataclass(frozen=True, eq=False)
class Nets:
    """The networks that an export is about, each loaded when it is first asked for.

    config: the export.
    """

    config: Config

    @cached_property
    def given(self) -> Net:
        """The first one, without the edits of this run."""
        return knowing(choose_net(self.config.preset, self.config.model), self.config.wanted)

    @cached_property
    def changed(self) -> Net:
        """The first one, with them."""
        return self.given if self.config.mutate is None else self.given.mutate(self.config.mutate)

    @cached_property
    def shown(self) -> list[Net]:
        """Those of the picture; see `shown_of`."""
        return shown_of(self.config, self.given, self.changed)


def stopping_in(configs: Sequence[Config], nets: Nets) -> list[Config]:
    """Exports whose pauses are moments of the film; UserError where no network shown has such a layer."""
    return [stopping_at(each, *nets.shown) if each.stops_by_name else each for each in configs]


def stopping_at(output: Kind, *nets: Net) -> Kind:
    """An output whose pauses are moments of the film of these nets; UserError where none has such a layer."""
    try:
        return replace(output, look=output.look.changed(pause=stopping(output.look, *nets)))
    except SceneError as error:
        raise UserError(f"--{error}") from None


def shown_of(config: Config, given: Net, changed: Net) -> list[Net]:
    """The networks of a picture, from left to right.

    given, changed: the first network, without and with the edits of this run. Raises UserError where the
    second answers with other classes, and as `choose_net` does.
    """
    if config.versus is None:
        return [_before(given, changed), changed] if config.beside else [changed]
    named = config.versus in data.bundled_models()
    preset, model = (config.versus, None) if named else (None, Path(config.versus))
    if model is not None and not model.suffix and not model.exists():
        data.model_path(config.versus)  # which tells the names that there are
    other = knowing(choose_net(preset, model, option="--versus"), config.wanted)
    if other.classes != given.classes:
        ours, theirs = (_classes(net) for net in (given, other))
        raise UserError(f"--versus {config.versus} answers with {theirs}, the first network with {ours}")
    return [changed, other]


def traces_of(config: Config, shown: Sequence[Net], image: np.ndarray) -> list[Trace]:
    """What each network makes of an image. UserError where the second one cannot read it."""
    first = shown[0].trace(image)
    try:
        return [first, *(net.trace(image) for net in shown[1:])]
    except EngineError as error:
        if config.versus is None:
            raise
        raise UserError(f"--versus {config.versus} cannot read it: {error}") from error


def titles_of(config: Config, shown: Sequence[Net]) -> tuple[str, str]:
    """The headlines of two networks: their titles, or the names of their files where those tell more."""
    texts, second = catalogue(config.look.language), Path(config.versus or "")
    files = config.model, None if config.versus in data.bundled_models() else second
    left, right = (
        file.stem if file is not None and net.name in _ANY else texts.name(net.title)
        for net, file in zip(shown, files, strict=True)
    )
    if left != right:
        return left, right
    first = config.model or Path(shown[0].name)
    return (first.stem, second.stem) if first.stem != second.stem else (str(first), str(second))


def _classes(net: Net) -> str:
    some = ", ".join(net.classes[:_FEW]) + (" ..." if len(net.classes) > _FEW else "")
    return f"{len(net.classes):,} classes ({some})"


def _before(given: Net, changed: Net) -> Net:
    """What stands beside a changed net: the net as it was given, or where that is the same, without edits."""
    if changed is not given:
        return given
    if all(edit.verb == "hold" for edit in given.edits):
        raise UserError(
            '--beside shows a change, and this network has no edits: give some with --mutate "..."'
        )
    return given.without_edits()
