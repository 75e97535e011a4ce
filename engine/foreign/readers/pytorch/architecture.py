"""Weights whose architecture is told: each layer of the text takes the arrays that are meant for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import Conv, Dense, LayerNorm, PatchEmbedding, TokenDense, TokenHead
from engine.errors import EngineError
from engine.foreign.build import Imported, preset_or
from engine.foreign.one_output import of_one_output
from engine.foreign.pickles import shown
from engine.foreign.readers.pytorch.modules import Module, modules_of, named, natural, ordered, stem
from engine.foreign.readers.pytorch.norms import Norm, norms_after, norms_ahead
from engine.foreign.readers.pytorch.stack import TORCH, Habits
from engine.foreign.readers.pytorch.transformers import by_role
from engine.graph.layer import Layer
from engine.graph.recipe import Recipe
from engine.net import Net
from engine.text import read
from engine.text.build import loss_for
from engine.text.torch_module import WrittenLayer, written_layers
from engine.text.torch_weights import own_of

Own = dict[str, Array]


def with_architecture(
    tensors: Mapping[str, Array],
    file: str,
    text: str,
    who: str,
    order: Sequence[str] = (),
    stored: bool = True,
    habits: Habits = TORCH,
) -> Imported:
    """The net of an architecture with these tensors as its weights.

    who: what says that it is this architecture. order, stored: see `modules.in_order`. habits: of the system
    that wrote them. EngineError where the tensors are not those of that net, naming the first layer that
    finds none.
    """
    layers = read(text)
    written = [each for each in written_layers(layers) if isinstance(each.layer.block, _WITH_WEIGHTS)]
    found = _by_name(written, tensors) or by_role(written, tensors)
    if found is None:
        try:
            found = _by_shape(written, layers, tensors, order, stored, habits.eps)
        except EngineError as error:
            raise EngineError(_misfit(who, text, str(error))) from None
    shapes = {layer.name: layer.shape for layer in layers}
    images = {layers[0].name: len(layers[0].shape) == 3}
    images |= {each.layer.name: each.part.image for each in written_layers(layers)}
    parameters: dict[str, Array] = {}
    for each in written:
        own = _own(each, found[each.layer.name], shapes, {} if habits.last else images)
        expected = each.layer.block.parameter_shapes([shapes[s] for s in each.layer.sources])  # type: ignore[union-attr]
        for key, shape in expected.items():
            if key not in own or own[key].shape != shape or own[key].dtype.kind != "f":
                problem = f"{each.layer.name} needs {key} {shape}; it holds {named(tensors)}"
                raise EngineError(_misfit(who, text, problem))
            parameters[f"{each.layer.name}.{key}"] = own[key].astype(np.float32)
    if not all(np.isfinite(array).all() for array in parameters.values()):
        raise EngineError("it holds NaN, infinity or a number beyond float32: train it anew")
    recipe = Recipe(loss_for(layers[-1].activation))
    net = preset_or(Net.of("imported", "Imported network", tuple(layers), parameters, recipe))
    what = text.strip() if len(text) < 200 else f"{len(layers)} layers"
    return of_one_output(Imported(net, f"a {file} of {what}"))


_WITH_WEIGHTS = (Conv, Dense, LayerNorm, PatchEmbedding, TokenDense, TokenHead)


def _own(each: WrittenLayer, arrays: Own, shapes: Mapping[str, Shape], images: Mapping[str, bool]) -> Own:
    source = each.layer.sources[0]
    try:
        return own_of(each.layer.block, arrays, shapes[source], images.get(source, False))
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
    written: Sequence[WrittenLayer],
    layers: Sequence[Layer],
    tensors: Mapping[str, Array],
    order: Sequence[str],
    stored: bool,
    eps: float,
) -> dict[str, Own]:
    """Each layer's arrays by their shapes, those of one shape in the order of the file, or of their numbers.

    Batch norms go into the layers that they follow.
    """
    shapes = {layer.name: layer.shape for layer in layers}
    modules = modules_of(tensors)
    given = [each for each in modules if each.kind != "batch-norm"]
    if order:
        given = ordered(modules, order)
    elif not stored:
        given = sorted(given, key=lambda each: natural(each.name))
    found: dict[str, Module] = {}
    for shape in dict.fromkeys(each.weight.shape for each in given):
        alike = [each for each in given if each.weight.shape == shape]
        wanted = [each for each in written if _shape(each.layer, shapes) == shape]
        if len(alike) != len(wanted):
            raise EngineError(
                f"the architecture has {len(wanted)} layers with weights {shape}, the file {len(alike)}: "
                f"{', '.join(shown(each.name) for each in alike)}"
            )
        if len({stem(each.name) for each in alike}) > 1 and not stored and not order:
            names = ", ".join(shown(each.name) for each in alike)
            raise EngineError(f"it is open which of {names} comes first: give their order, --order")
        found |= {each.layer.name: module for each, module in zip(wanted, alike, strict=True)}
    missing = next((each.layer.name for each in written if each.layer.name not in found), None)
    if missing is not None:
        raise EngineError(f"it has no tensors for {missing} of the architecture: it holds {named(tensors)}")
    chain = [found[each.layer.name] for each in written]
    ahead = norms_ahead(chain, modules, stored)
    if ahead:
        norm = shown(ahead[0].name)
        raise EngineError(
            f"{norm} normalises the image, which no layer of a text does: leave --architecture out, or "
            "export the network as ONNX"
        )
    after = norms_after(chain, modules, stored)
    return {name: _folded(module, after.get(module.name, ()), eps) for name, module in found.items()}


def _shape(layer: Layer, shapes: Mapping[str, Shape]) -> Shape:
    """The shape of a layer's weights as PyTorch has them."""
    assert layer.block is not None
    own = layer.block.parameter_shapes([shapes[source] for source in layer.sources])
    if "scale" in own:
        return own["scale"]
    weight = own["weight"]
    return (weight[3], weight[2], weight[0], weight[1]) if len(weight) == 4 else weight[::-1]


def _folded(module: Module, norms: Sequence[Norm], eps: float) -> Own:
    """A module's arrays with a batch norm behind it in them."""
    own = _with_bias({f".{leaf}": array for leaf, array in module.arrays.items()})
    if not norms:
        return own
    if len(norms) > 1 or norms[0].late:
        raise EngineError(
            f"{shown(norms[-1].module.name)} comes after the activation of {shown(module.name)}, where no "
            "weights can take it: export the network as ONNX"
        )
    norm = norms[0].module
    arrays = {leaf: array.astype(np.float64) for leaf, array in norm.arrays.items()}
    scale = arrays.get("weight", np.ones(norm.width)) / np.sqrt(arrays["running_var"] + eps)
    bias = (own[".bias"] - arrays["running_mean"]) * scale + arrays.get("bias", np.zeros(norm.width))
    weight = own[".weight"] * scale.reshape(-1, *(1,) * (own[".weight"].ndim - 1))
    return {".weight": weight, ".bias": bias}


def _misfit(who: str, text: str, problem: str) -> str:
    return f"{who} says that it is {shown(text)}, which its tensors do not fit: {problem}"
