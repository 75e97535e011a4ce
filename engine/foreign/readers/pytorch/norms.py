"""Which layer each norm of a file follows, by the file's order, numbers in names, and widths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import EngineError
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.modules import Module, natural, natural_name, stem


@dataclass(frozen=True, eq=False)
class Norm:
    """A batch norm; late: whether it comes after the activation of its layer, not ahead of it.

    open: whether nothing tells which of both it is.
    """

    module: Module
    late: bool
    open: bool = False


_OF_IMAGE = re.compile(
    r"(^|[._])(bn|norm|batch_?norm)(_?0|_?in|_?input)$|(^|[._])(in|input)_?(bn|norm)$", re.I
)


def norms_ahead(layers: Sequence[Module], modules: Sequence[Module], stored: bool) -> list[Module]:
    """The batch norms of the image itself: of as many numbers as it has maps, and ahead of all layers."""
    first = layers[0]
    channels = first.weight.shape[1]
    ahead = [each for each in modules if each.kind == "batch-norm" and each.width == channels]
    if any(each.width == channels for each in layers):
        place = modules.index(first)
        ahead = [each for each in ahead if _before(each, first) or (stored and modules.index(each) < place)]
    return ahead[:1]


def _before(norm: Module, first: Module) -> bool:
    """Whether names tell that a norm stands ahead of the first layer: bn0, input_norm, 0 before 1."""
    row = stem(norm.name) == stem(first.name) and natural(norm.name) < natural(first.name)
    return row or _OF_IMAGE.search(norm.name) is not None


_NORM = re.compile(r"norm|rms|(^|[._])[bgl]n(?![a-z])", re.I)


def _check_slopes(slopes: Sequence[Module]) -> None:
    """EngineError for what a norm without shifts holds: names tell it, and numbers above 1, but no shape."""
    for each in slopes:
        if _NORM.search(each.name) or each.weight.max() > 1:
            raise EngineError(
                f"it holds {shown(each.name)}.weight {each.weight.shape} with no bias: a norm without shifts "
                "(RMS norm), or slopes of a PReLU above 1, which are not taken: "
                "give --architecture, or export the network as ONNX"
            )


def slopes_after(layers: Sequence[Module], modules: Sequence[Module], stored: bool) -> dict[str, Module]:
    """The slopes of PReLUs by the name of the layer that each follows; one for all where it is alone.

    EngineError where the file leaves open which that is.
    """
    slopes = [each for each in modules if each.kind == "slopes"]
    _check_slopes(slopes)
    slopes = slopes if stored else sorted(slopes, key=natural_name)
    hidden = layers[:-1]
    rows = [[each for each in hidden if stem(each.name) == stem(own.name)] for own in slopes]
    before = [
        [each for each in row if natural(each.name) < natural(own.name)]
        for own, row in zip(slopes, rows, strict=True)
    ]
    if all(before):
        found = {max(row, key=natural_name).name: own for own, row in zip(slopes, before, strict=True)}
    elif len(slopes) in (1, len(hidden)):
        own_of_each = slopes if len(slopes) > 1 else slopes * len(hidden)
        found = {layer.name: own for layer, own in zip(hidden, own_of_each, strict=True)}
    else:
        found = {}
    widths = {each.name: each.width for each in layers}
    if len(found) < len(slopes) or any(own.width not in (1, widths[name]) for name, own in found.items()):
        names = ", ".join(shown(each.name) for each in slopes)
        raise EngineError(
            f"it is open which layer the slopes {names} of a PReLU follow: "
            "give --architecture, or export the network as ONNX"
        )
    return found


def norms_after(layers: Sequence[Module], modules: Sequence[Module], stored: bool) -> dict[str, list[Norm]]:
    """The batch norms that follow each layer, by the layer's name.

    EngineError where the file's order, numbers and widths leave open which it is.
    """
    norms = [each for each in modules if each.kind in ("batch-norm", "norm")]
    after: dict[str, list[Norm]] = {}
    for norm in norms:
        layer = _normed(norm, norms, layers, modules, stored)
        own = [] if layer is None else after.setdefault(layer.name, [])
        gap = 0 if layer is None else _gap(layer, norm)
        late = gap > 1
        if layer is None or (own and (own[-1].late or not late)):
            raise EngineError(
                f"it is open which layer {shown(norm.name)} ({norm.width},) normalises: give --architecture, "
                "or export the network as ONNX"
            )
        own.append(Norm(norm, late, open=gap == 0))
    return after


def _gap(layer: Module, norm: Module) -> int:
    """How many places of one row of modules a norm is behind its layer; 0 where they are in no one row."""
    a, b = (natural(each.name) for each in (layer, norm))
    if stem(layer.name) != stem(norm.name) or a[:-2] != b[:-2]:
        return 0
    return int(b[-2][0]) - int(a[-2][0])


def _normed(
    norm: Module, norms: Sequence[Module], layers: Sequence[Module], modules: Sequence[Module], stored: bool
) -> Module | None:
    """The layer that a batch norm follows, None where that is open."""
    fits = [each for each in layers if each.width == norm.width]
    row = [
        each
        for each in layers
        if stem(each.name) == stem(norm.name) and natural(each.name) < natural(norm.name)
    ]
    if row:
        nearest = max(row, key=natural_name)
        return nearest if nearest in fits else None
    alike = [each for each in norms if each.width == norm.width]
    alike = alike if stored else sorted(alike, key=natural_name)
    if len(alike) == len(fits):
        return fits[alike.index(norm)]
    place = modules.index(norm)
    if stored and place and modules[place - 1] in fits:
        return modules[place - 1]
    numbers = re.findall(r"\d+", norm.name)[-1:]
    same = [each for each in fits if re.findall(r"\d+", each.name)[-1:] == numbers]
    return same[0] if numbers and len(same) == 1 else None
