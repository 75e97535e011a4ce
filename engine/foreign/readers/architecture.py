"""Weights whose architecture is told: each layer of the text takes the arrays that are meant for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import Conv, Dense, LayerNorm, PatchEmbedding, TokenDense, TokenHead
from engine.errors import EngineError
from engine.foreign.build import Imported, preset_or
from engine.foreign.pickles import shown
from engine.foreign.readers.modules import Module, in_order, modules_of, named, norms_after, ordered
from engine.foreign.readers.transformers import by_role
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.text import read
from engine.text.build import loss_for
from engine.text.torch_module import WrittenLayer, written_layers
from engine.text.torch_weights import own_of

_EPS = 1e-5
Own = dict[str, Array]


def with_architecture(
    tensors: Mapping[str, Array], file: str, text: str, who: str, order: Sequence[str] = (), stored: bool = True
) -> Imported:
    """The net of an architecture with these tensors as its weights.

    who: what says that it is this architecture. order, stored: see `modules.in_order`. EngineError where the
    tensors are not those of that net, naming the first layer that finds none.
    """
    layers = read(text)
    written = [each for each in written_layers(layers) if isinstance(each.layer.block, _WITH_WEIGHTS)]
    found = _by_name(written, tensors) or by_role(written, tensors)
    notes: tuple[str, ...] = ()
    if found is None:
        found, notes = _by_shape(written, tensors, order, stored)
    shapes = {layer.name: layer.shape for layer in layers}
    images = {layers[0].name: len(layers[0].shape) == 3}
    images |= {each.layer.name: each.part.image for each in written_layers(layers)}
    parameters: dict[str, Array] = {}
    for each in written:
        own = _own(each, found[each.layer.name], shapes, images)
        expected = each.layer.block.parameter_shapes([shapes[s] for s in each.layer.sources])  # type: ignore[union-attr]
        for key, shape in expected.items():
            if key not in own or own[key].shape != shape or own[key].dtype.kind != "f":
                raise EngineError(_misfit(who, text, f"{each.layer.name} needs {key} {shape}", tensors))
            parameters[f"{each.layer.name}.{key}"] = own[key].astype(np.float32)
    if not all(np.isfinite(array).all() for array in parameters.values()):
        raise EngineError("it holds NaN, infinity or a number beyond float32: train it anew")
    recipe = Recipe(loss_for(layers[-1].activation))
    net = preset_or(Net.of("imported", "Imported network", tuple(layers), parameters, recipe))
    return Imported(net, f"a {file} of {text.strip() if len(text) < 200 else f'{len(layers)} layers'}", notes)


_WITH_WEIGHTS = (Conv, Dense, LayerNorm, PatchEmbedding, TokenDense, TokenHead)


def _own(each: WrittenLayer, arrays: Own, shapes: Mapping[str, Shape], images: Mapping[str, bool]) -> Own:
    source = each.layer.sources[0]
    try:
        return own_of(each.layer.block, arrays, shapes[source], images[source])
    except (ValueError, KeyError):
        return {}


def _by_name(written: Sequence[WrittenLayer], tensors: Mapping[str, Array]) -> dict[str, Own] | None:
    """Each layer's arrays where they have the names that the net's own module gives them."""
    found: dict[str, Own] = {}
    taken = 0
    for each in written:
        ends = (".weight", ".bias", "_class", "_position")
        own = {end: tensors[each.name + end] for end in ends if each.name + end in tensors}
        if ".weight" not in own:
            return None
        taken += len(own)
        found[each.layer.name] = _with_bias(own)
    return found if taken == len(tensors) else None


def _with_bias(own: Own) -> Own:
    """A layer's arrays with a bias of zeros where it has none."""
    return {".bias": np.zeros(len(own[".weight"]), np.float32), **own}


def _by_shape(
    written: Sequence[WrittenLayer], tensors: Mapping[str, Array], order: Sequence[str], stored: bool
) -> tuple[dict[str, Own], tuple[str, ...]]:
    """Each layer's arrays by the order in which they follow each other; batch norms go into the layers before."""
    modules = modules_of(tensors)
    chain, note = (ordered(modules, order), "") if order else in_order(modules, stored)
    after = norms_after(chain, modules, stored)
    wanted = [each for each in written if not isinstance(each.layer.block, LayerNorm)]
    if len(chain) != len(wanted) or any(each.kind == "norm" for each in modules):
        counts = f"{len(wanted)} layers with weights, the file {len(chain)}"
        raise EngineError(f"the architecture has {counts}: {named(tensors)}")
    found = {
        each.layer.name: _folded(module, after.get(module.name))
        for each, module in zip(wanted, chain, strict=True)
    }
    return found, (note,) if note else ()


def _folded(module: Module, norm: Module | None) -> Own:
    """A module's arrays with a batch norm behind it in them."""
    own = _with_bias({f".{leaf}": array for leaf, array in module.arrays.items()})
    if norm is None:
        return own
    arrays = {leaf: array.astype(np.float64) for leaf, array in norm.arrays.items()}
    scale = arrays.get("weight", np.ones(norm.width)) / np.sqrt(arrays["running_var"] + _EPS)
    bias = (own[".bias"] - arrays["running_mean"]) * scale + arrays.get("bias", np.zeros(norm.width))
    weight = own[".weight"] * scale.reshape(-1, *(1,) * (own[".weight"].ndim - 1))
    return {".weight": weight, ".bias": bias}


def _misfit(who: str, text: str, needs: str, tensors: Mapping[str, Array]) -> str:
    said = f"{who} says that it is {shown(text)}, which its tensors do not fit: {needs}"
    return f"{said}; it holds {named(tensors)}"

