"""The modules whose weights a file holds, told apart by shape, and the order in which they follow."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.pickles import shown
from engine.foreign.refused import way_round

_MOST_MODULES = 400
_MOST_STEPS = 20_000
_SIDES = (28, 32, 24, 20, 16, 8)


@dataclass(frozen=True, eq=False)
class Module:
    """A module with weights; arrays: by the ends of their names.

    kind: dense, conv, batch-norm, norm (of a layer or groups of maps) or slopes (of a PReLU).
    """

    name: str
    kind: str
    arrays: Mapping[str, Array]

    @property
    def weight(self) -> Array:
        """Its weights, as PyTorch has them: (n_out, n_in) or (maps, channels, height, width)."""
        return self.arrays["weight"]

    @property
    def width(self) -> int:
        """How many units, maps or numbers it makes."""
        return len(self.arrays["running_mean"] if self.kind == "batch-norm" else self.weight)


def modules_of(tensors: Mapping[str, Array]) -> list[Module]:
    """The modules of tensors <module>.weight and so on, in the order of the file.

    EngineError names the tensors that belong to none that is known.
    """
    grouped: dict[str, dict[str, Array]] = {}
    for name, array in tensors.items():
        module, _, leaf = name.rpartition(".")
        if name.endswith(_NORMED_ENDS):
            module, _, leaf = name.replace(".parametrizations.weight.", ".").rpartition(".")
        if leaf != "num_batches_tracked":
            grouped.setdefault(module, {})[leaf] = array
    grouped = {name: _unnormed(arrays) for name, arrays in grouped.items()}
    made = [Module(name, _kind(arrays), arrays) for name, arrays in grouped.items()]
    odd = [each for each in made if not each.kind]
    if odd or not made:
        told = {
            f"{each.name}.{leaf}".lstrip("."): array for each in odd for leaf, array in each.arrays.items()
        }
        way = _way_round(odd)
        if way:
            raise EngineError(f"it holds {named(told)}: {way}")
        raise EngineError(
            f"it holds {named(told) or 'no tensors'}: known are dense layers, convolutions and batch norms, "
            "such as fc1.weight (512, 784), fc1.bias (512,), fc2.weight and so on; "
            "other networks: --architecture, or export it as ONNX"
        )
    if len(made) > _MOST_MODULES:
        raise EngineError(f"it holds {len(made)} modules, the limit is {_MOST_MODULES}")
    for each in made:
        if any(array.dtype.kind != "f" or not array.size for array in each.arrays.values()):
            told = {f"{each.name}.{leaf}": array for leaf, array in each.arrays.items()}
            raise EngineError(f"it holds {named(told)}, not all of which are floating-point numbers")
    return made


def _way_round(odd: Sequence[Module]) -> str:
    """What to do about modules that are no layers here, by the names and shapes of their arrays."""
    leaves = {leaf: each.arrays for each in odd for leaf in each.arrays}
    if any(leaf == "in_proj_weight" or re.match(r"(cls|class|pos)_?(tok|emb)", leaf) for leaf in leaves):
        return "shapes do not tell how a transformer goes on: give --architecture, or export it as ONNX"
    if any(".parametrizations." in f".{each.name}." for each in odd):
        return (
            "its weights are made of others (a parametrization): before saving, for each such layer, "
            "torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight')"
        )
    for each in odd:
        weight, bias = each.arrays.get("weight"), each.arrays.get("bias")
        if weight is not None and bias is not None and weight.ndim == 4 and bias.shape == weight.shape[1:2]:
            return way_round("conv_transpose")
    return next(filter(None, map(way_round, leaves)), "")


_NORMED = (("weight_g", "weight_v"), ("original0", "original1"))
_NORMED_ENDS = (".parametrizations.weight.original0", ".parametrizations.weight.original1")


def _unnormed(arrays: dict[str, Array]) -> dict[str, Array]:
    """A module's arrays with the weight that a weight norm makes: g v / |v|, the norm of each unit's own.

    Salimans and Kingma 2016, "Weight normalization", equation 2.
    """
    for long, way in _NORMED:
        g, v = arrays.get(long), arrays.get(way)
        if g is None or v is None or v.ndim < 2 or g.shape != (len(v), *(1,) * (v.ndim - 1)):
            continue
        length = np.sqrt((v.astype(np.float64) ** 2).sum(axis=tuple(range(1, v.ndim)), keepdims=True))
        weight = (g * v / np.maximum(length, 1e-30)).astype(np.float32)
        rest = {leaf: array for leaf, array in arrays.items() if leaf not in (long, way)}
        return {"weight": weight, **rest}
    return arrays


def _kind(arrays: Mapping[str, Array]) -> str:
    shapes = {leaf: array.shape for leaf, array in arrays.items()}
    if "running_mean" in shapes and "running_var" in shapes:
        alike = all(len(shape) == 1 and shape == shapes["running_mean"] for shape in shapes.values())
        return (
            "batch-norm" if alike and set(shapes) <= {"weight", "bias", "running_mean", "running_var"} else ""
        )
    weight = shapes.get("weight", ())
    if not set(shapes) <= {"weight", "bias"} or shapes.get("bias", weight[:1]) != weight[:1]:
        return ""
    if len(weight) == 1 and "bias" not in shapes:
        return "slopes"
    return {1: "norm", 2: "dense", 4: "conv"}.get(len(weight), "")


def named(tensors: Mapping[str, Array]) -> str:
    """Tensors and their shapes in a few words, for messages."""
    listed = [f"{shown(name)} {tuple(array.shape)}" for name, array in tensors.items()]
    return ", ".join(listed[:4]) + (f" and {len(listed) - 4} more" if len(listed) > 4 else "")


def follows(before: Module | None, after: Module) -> bool:
    """Whether one module can read what another makes; None: the image."""
    reads = after.weight.shape[1]
    if before is None:
        return bool(reads in (1, 3)) if after.kind == "conv" else True
    if after.kind == "conv":
        grouped = reads == 1 and after.width % before.width == 0
        return bool(before.kind == "conv" and (reads == before.width or grouped))
    if before.kind == "conv":
        cells = int(reads) // before.width
        return bool(cells * before.width == reads) and math.isqrt(cells) ** 2 == cells
    return bool(reads == before.width)


def in_order(modules: Sequence[Module], stored: bool) -> tuple[list[Module], str]:
    """Layers with weights one behind another, and a note on what told their order.

    stored: whether the file keeps the order in which its network was written down. EngineError where neither
    that, nor shapes, nor numbers in the names tell it.
    """
    layers = [each for each in modules if each.kind in ("dense", "conv")]
    if not layers:
        raise EngineError("it holds no layer with weights, only normalisations")
    if stored and _fits(layers):
        return layers, ""
    found = _chains(layers, _any)
    if not found:
        raise EngineError(
            f"{_misfit(layers)}: where it branches, give --architecture, or export the network as ONNX"
        )
    if len(found) > 1:
        found = _chains(layers, _numbered)
        if len(found) != 1:
            names = ", ".join(shown(each.name) for each in layers)
            raise EngineError(
                f"its layers {names} could follow each other in several orders, and the file does not tell "
                "which: give it, --order first,second,third, or save with "
                'torch.save(net.state_dict(), "net.pt"), which keeps it'
            )
        return found[0], ""
    order = ", ".join(shown(each.name) for each in found[0])
    known = [each.name for each in found[0]] == [each.name for each in sorted(layers, key=natural_name)]
    return found[0], "" if known else f"its layers stand in the order that their shapes fix: {order}"


def ordered(modules: Sequence[Module], names: Sequence[str]) -> list[Module]:
    """The layers with weights in the order of these names; EngineError where these are others."""
    layers = {each.name: each for each in modules if each.kind in ("dense", "conv")}
    if sorted(names) != sorted(layers):
        raise EngineError(f"--order {','.join(names)}: its layers are {', '.join(map(shown, layers))}")
    chosen = [layers[name] for name in names]
    if not _fits(chosen):
        raise EngineError(f"--order {','.join(names)}: {_misfit(chosen)}")
    return chosen


def _fits(layers: Sequence[Module]) -> bool:
    return all(map(follows, (None, *layers[:-1]), layers))


def _misfit(layers: Sequence[Module]) -> str:
    for before, after in zip((None, *layers[:-1]), layers, strict=True):
        if not follows(before, after):
            reads, gives = after.weight.shape[1], "an image" if before is None else before.width
            who = "the image" if before is None else shown(before.name)
            return f"{shown(after.name)}.weight reads {reads} numbers, but {who} gives {gives}"
    return "its layers do not fit each other"


def _any(before: Module, after: Module) -> bool:
    del before, after
    return True


def _numbered(before: Module, after: Module) -> bool:
    """Whether names that differ in numbers alone stand in the order of these."""
    return stem(before.name) != stem(after.name) or natural(before.name) <= natural(after.name)


def _chains(layers: Sequence[Module], allowed: Callable[[Module, Module], bool]) -> list[list[Module]]:
    """Up to two orders in which every layer reads the one before."""
    found: list[list[Module]] = []
    steps = 0

    def walk(chain: list[Module], rest: list[Module]) -> None:
        nonlocal steps
        steps += 1
        if len(found) > 1 or steps > _MOST_STEPS:
            return
        if not rest:
            found.append(chain)
            return
        last = chain[-1] if chain else None
        for each in rest:
            others = [other for other in rest if other is not each]
            if follows(last, each) and all(allowed(each, other) for other in others):
                walk([*chain, each], others)

    first = [each for each in layers if _may_begin(each, layers)]
    for each in first:
        others = [other for other in layers if other is not each]
        if all(allowed(each, other) for other in others):
            walk([each], others)
    # A search that was given up has not shown that its one find is the only one.
    return found if steps <= _MOST_STEPS else [*found, *found]


def _may_begin(layer: Module, layers: Sequence[Module]) -> bool:
    """Whether a layer can read the image: a convolution where there is one, else one that reads a square."""
    if any(each.kind == "conv" for each in layers):
        return layer.kind == "conv" and follows(None, layer)
    sides = {n * n for n in _SIDES}
    reads = layer.weight.shape[1]
    if any(each.weight.shape[1] in sides for each in layers if each.weight.shape[1] != each.width):
        return reads in sides
    return True


_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
)


def _digits(name: str) -> str:
    """A name with its words for numbers as numbers: fc_two as fc_2."""
    parts = re.split(r"([._-])", name)
    return "".join(
        str(_WORDS.index(part.lower()) % 10 + 1) if part.lower() in _WORDS else part for part in parts
    )


def stem(name: str) -> str:
    """A name without its numbers."""
    return re.sub(r"\d+", "#", _digits(name))


def natural(name: str) -> list[Any]:
    """A key that has fc2 before fc10, and fc_two before fc_three."""
    parts = re.split(r"(\d+)", _digits(name))
    return [(int(part[:15]), "") if part.isdecimal() else (-1, part) for part in parts]


def natural_name(module: Module) -> list[Any]:
    """The same of a module."""
    return natural(module.name)
