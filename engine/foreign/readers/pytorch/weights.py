"""Weights without a graph: how a file of modules can be meant, as operations, the likeliest way first."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from engine.arrays import Array
from engine.blocks.activations import activation, activations, is_activation
from engine.errors import EngineError
from engine.foreign.build import Imported, Way
from engine.foreign.graph.finish import imported
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.branches import Shortcuts, check_names, doubt, shortcuts
from engine.foreign.readers.pytorch.layouts import Layout, layouts_of, otherwise_pooled, uneven
from engine.foreign.readers.pytorch.modules import Module, in_order, modules_of, named, ordered
from engine.foreign.readers.pytorch.norms import Norm, norms_after, norms_ahead, slopes_after
from engine.foreign.readers.pytorch.stack import TORCH, Functions, Habits, Stack
from engine.foreign.refused import way_round
from engine.foreign.told import Told

_GUESSED = ("relu", "sigmoid", "tanh")
_ALIKE = (
    (
        *("relu", "gelu", "elu", "silu", "leaky-relu-0.2", "leaky-relu-0.1", "selu", "mish", "relu6"),
        "hard-swish",
    ),
    ("tanh", "softsign", "elu", "selu", "hard-tanh"),
)
"""Functions that a net may have whose sums are read about right with another of their row."""
_FAR = (
    *("relu", "tanh", "sigmoid", "gelu", "silu", "leaky-relu", "elu", "leaky-relu-0.2", "leaky-relu-0.1"),
    *("selu", "mish", "softplus", "hard-tanh", "softsign", "relu6", "hard-swish"),
)
"""All functions that are tried, the most usual first."""
TAKEN_WITH, SHAPES_FIT = "taken with", "its shapes fit"
"""How notes begin that tell of the way that is taken, and of another layout: digits may tell better."""
PLAIN = "no shortcuts"
BEHIND = "batch norms behind the functions"
_MOST_LAYOUTS, _MOST_MEANS, _MOST_LATE, _MOST_FAR = 12, 3, 4, 48
_MOST_TOLD = 16  # layouts that are tried beside the one that was taken, to name the next best


@dataclass(frozen=True, eq=False)
class _Open:
    """What the ways to read one file have in common.

    layouts: all that fit. told: whether its function is. around: the shortcuts that it may have.
    """

    kind: str
    layouts: Sequence[Layout | None]
    means: Sequence[Layout]
    told: bool
    around: Sequence[Shortcuts] = ()

    def way(self, stack: Stack, layout: Layout | None, functions: Functions, beside: str = "") -> Way:
        """One way to read the modules, and those beside it; beside: in what it differs from another."""
        last = {"": "nothing", "Sigmoid": "a sigmoid"}.get(stack.end, "a log-softmax") + " at the end"
        words = last if len(stack.layers) == 1 else f"{stack.told(functions)} and {last}"
        words += f", {BEHIND}" * stack.turned
        words += f", {stack.around.told}" * bool(stack.around.told)
        assumed = words if layout is None else f"{words}, {layout.told}"

        def with_functions(alike: Sequence[str], parted: Sequence[str]) -> list[Way]:
            others = [] if self.told else stack.near(functions, alike, parted)
            return [self.way(stack, layout, each, stack.beside(each)) for each in others]

        def with_layouts(layouts: Iterable[Layout]) -> list[Way]:
            others = [each for each in dict.fromkeys(layouts) if each != layout and stack.takes(each)]
            return [self.way(stack, each, functions, each.told) for each in others]

        def near() -> tuple[Way, ...]:
            beside = with_functions(_near(functions.first), _GUESSED)
            if layout is None:
                return tuple(beside)
            seldom = uneven(stack.layers)[: _MOST_FAR // 2]
            alike = (dataclasses.replace(each, means=layout.means) for each in seldom)
            return (*beside, *with_layouts((*self.means, *alike)))

        def far() -> tuple[Way, ...]:
            made = with_functions(_FAR, _FAR)
            made += [
                self.way(each, layout, functions, BEHIND if each.turned else "batch norms ahead of them")
                for each in (stack.late(), stack.early())
                if each
            ]
            if layout is None:
                return tuple(made)
            bare = [each for each in self.layouts if each is not None]
            others = [*bare, *otherwise_pooled(stack.layers, bare), *uneven(stack.layers)][:_MOST_FAR]
            alike = (dataclasses.replace(each, means=layout.means) for each in others)
            return (*made, *with_layouts((layout.pooled_otherwise(), *alike)))

        def whole() -> Imported:
            return imported(stack.program(layout, functions), self.kind)

        def each_function() -> tuple[Way, ...]:
            bends = not self.told and stack.bends(layout)
            alike = dict.fromkeys((*map(Functions.of, _FAR), functions)) if bends else {}
            return tuple(self.way(stack, layout, each, stack.beside(each)) for each in alike)

        def each_layout() -> tuple[Way, ...]:
            bare = [each for each in self.layouts if each is not None]
            if layout is None or not bare:
                return ()
            some = dict.fromkeys((layout, layout.pooled_otherwise(), *bare, *self.means))
            there = [each for each in some if (any(each.pools) or not each.means) and stack.takes(each)]
            return tuple(self.way(stack, each, functions, each.told) for each in there[:_MOST_TOLD])

        def each_around() -> tuple[Way, ...]:
            made = [dataclasses.replace(stack, around=each) for each in (Shortcuts(), *self.around)]
            fitting = [each for each in made if each.takes(layout)]
            ways = (self.way(each, layout, functions, each.around.told or PLAIN) for each in fitting)
            return tuple(ways) if len(fitting) > 1 else ()

        odd = functions.first != functions.last
        keeps = whole if stack.keeps else None
        asked = (near, far, each_function, each_layout, each_around)
        return Way(assumed, lambda: whole().net, *asked, beside=beside, odd=odd, whole=keeps)


def from_modules(
    tensors: Mapping[str, Array], file: str, told: Told, stored: bool, habits: Habits = TORCH
) -> Imported:
    """The network of tensors <module>.weight and so on, as PyTorch has them.

    stored: whether the file keeps their order. habits: of the system that wrote it. EngineError where they
    are no chain of dense layers, convolutions and batch norms, or in which order they stand is open.
    """
    modules = modules_of(tensors)
    layers, note = (ordered(modules, told.order), "") if told.order else in_order(modules, stored)
    if not told.order:
        check_names(layers)
    ahead = norms_ahead(layers, modules, stored)
    after = norms_after(layers, [each for each in modules if each not in ahead], stored)
    _check_norms(layers, after)
    stack = Stack(layers, after, ahead, habits, slopes_after(layers, modules, stored))
    kind = f"a {file} with layers {', '.join(shown(each.name) for each in layers)}"
    ways, layouts, means = _ways(layers, [Functions.of(each) for each in _functions(told)])
    arounds = [] if told.order else shortcuts(layers)
    left_open = _Open(kind, layouts, means, bool(told.activation), arounds)
    readings = [left_open.way(stack, *way) for way in ways]
    late = stack.late()
    if late is not None:
        readings += [left_open.way(late, *way) for way in ways[:_MOST_LATE]]
    for around in arounds:
        residual = dataclasses.replace(stack, around=around)
        fitting = [each for each in layouts if residual.takes(each)]
        readings += [left_open.way(residual, each, ways[0][1]) for each in fitting[:1]]
    # First: who reads no further should know that it may be another network.
    notes = [each for each in ("" if told.order else doubt(layers), note) if each]
    if any(norm.module.kind == "batch-norm" for norms in after.values() for norm in norms) or ahead:
        notes.append(
            f"its batch norms are in the weights of the layers beside them, with {habits.system}'s usual eps "
            f"{habits.eps:g}"
        )
    of_layers = [norm.module.name for norms in after.values() for norm in norms if norm.module.kind == "norm"]
    if of_layers:
        notes.append(
            f"its norms {', '.join(map(shown, of_layers))} are taken as layer norms, with {habits.system}'s "
            f"usual eps {habits.eps:g}: group norms, and batch norms that keep no means, have the same shapes"
        )
    besides = "" if layouts[0] is None else ", nor of dilation, mirrored borders or norms without weights"
    notes.append(f"{TAKEN_WITH} {readings[0].assumed}: the file does not say{besides}")
    if len(layouts) > 1 and layouts[1] is not None:
        notes.append(
            f"{SHAPES_FIT} {len(layouts)} layouts of its convolutions, the next likely one "
            f"{layouts[1].told}: --architecture says which it is"
        )
    first = imported(stack.program(*ways[0]), kind)
    ways_open = tuple(readings) if len(readings) > 1 else ()
    return dataclasses.replace(first, notes=(*notes, *first.notes), readings=ways_open)


_NO_LAYER_S = re.compile(r"batch|group|instance|(^|[._])[bg]n(?![a-z])", re.I)
"""Names of norms that are not over a layer, whatever the shapes."""


def _check_norms(layers: Sequence[Module], after: Mapping[str, Sequence[Norm]]) -> None:
    """EngineError for norms that keep no means, behind maps, or by their names no layer norms."""
    for layer in layers:
        for norm in after.get(layer.name, ()):
            if norm.module.kind != "norm":
                continue
            held = {f"{norm.module.name}.{leaf}": array for leaf, array in norm.module.arrays.items()}
            if layer.kind == "conv":
                raise EngineError(f"it holds {named(held)} after a convolution: {way_round('group_norm')}")
            if _NO_LAYER_S.search(norm.module.name):
                raise EngineError(
                    f"it holds {named(held)}, by its name no layer norm, and no means of it: train it with "
                    "batch normalisation that keeps them, or with layer norms"
                )


def _near(name: str) -> Sequence[str]:
    """Functions by which sums of a net with this one are read about right."""
    rows = (row for row in _ALIKE if name in row)
    return tuple(dict.fromkeys(each for row in rows for each in row if each != name))


def _functions(told: Told) -> Sequence[str]:
    """The activation functions that hidden layers may have, the likeliest first."""
    hidden = (told.activation.lower(),) if told.activation else _GUESSED
    for name in hidden:
        if not is_activation(name) or activation(name).rowwise:
            raise EngineError(f"--activation {told.activation}: known are {', '.join(_known())}")
    return hidden


def _ways(
    layers: Sequence[Module], hidden: Sequence[Functions]
) -> tuple[list[tuple[Layout | None, Functions]], Sequence[Layout | None], list[Layout]]:
    """Layouts with functions, the likeliest first; all layouts; and those with other pools, for later."""
    layouts = layouts_of(layers)
    ends_in_maps = layers[-1].kind == "conv"
    if ends_in_maps:
        # Nothing tells whether the function goes on before the mean of each map, or what else is the end.
        layouts = [
            each if each is None or not bent else dataclasses.replace(each, bent=True)
            for each in layouts[: _MOST_LAYOUTS // 2]
            for bent in (False, True)
        ]
    ways = [
        *product(layouts[:_MOST_LAYOUTS], hidden[:1]),
        *product(layouts[: 4 if ends_in_maps else _MOST_LAYOUTS // 2], hidden[1:]),
    ]
    if not ways:
        flat = next(each for each in layers if each.kind == "dense")
        raise EngineError(
            f"{shown(flat.name)}.weight reads {flat.weight.shape[1]} numbers, which no usual padding and "
            "pooling of its convolutions give: say how they go on, --architecture, or export it as ONNX"
        )
    pooled = [each for each in layouts if each is not None and any(each.pools)]
    near = [dataclasses.replace(each, means=True) for each in pooled[:_MOST_MEANS]]
    return ways, layouts, [*near, *otherwise_pooled(layers, pooled[:1])]


def _known() -> list[str]:
    """Names of the activation functions that may be told."""
    return [name for name in activations() if not activation(name).rowwise]
