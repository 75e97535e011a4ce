"""A net's parameters as its PyTorch module keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.arrays import Array, Shape
from engine.blocks import Conv, Dense, LayerNorm, PatchEmbedding
from engine.net import Net, check_net
from engine.text.torch_module import written_layers


def torch_weights(net: Net) -> dict[str, Array]:
    """The net's parameters under the names and in the shapes of its `torch_module`'s state_dict.

    Edits of single neurons and synapses are in no weight, and not in these.
    """
    check_net(net)
    shapes = {layer.name: layer.shape for layer in net.layers}
    images = {net.layers[0].name: len(net.layers[0].shape) == 3}
    made: dict[str, Array] = {}
    for each in written_layers(net.layers):
        layer, source = each.layer, each.layer.sources[0]
        images[layer.name] = each.part.image
        own = net.own_parameters(layer.name)
        if own:
            for key, array in _tensors(layer.block, own, shapes[source], images[source]).items():
                made[each.name + key] = np.ascontiguousarray(array)
    return made


def _tensors(block: Any, own: Mapping[str, Array], source: Shape, image: bool) -> dict[str, Array]:
    """A layer's parameters as PyTorch keeps them, by the end of their names, such as ".weight" or "_class".

    own: by short name, as in the engine. source: shape of the layer that it reads; image: whether PyTorch has
    that as an image.
    """
    match block:
        case Conv() | PatchEmbedding():
            weight = own["weight"].transpose(3, 2, 0, 1)
        case Dense() if image:
            # PyTorch flattens map by map, the engine cell by cell.
            weight = own["weight"].reshape(*source, -1).transpose(3, 2, 0, 1).reshape(block.units, -1)
        case LayerNorm():
            return {".weight": own["scale"], ".bias": own["shift"]}
        case _:
            weight = own["weight"].T
    made = {".weight": weight, ".bias": own["bias"]}
    made |= {"_class": own["class"][None, None]} if "class" in own else {}
    return made | ({"_position": own["position"][None]} if "position" in own else {})


def own_of(block: Any, tensors: Mapping[str, Array], source: Shape, image: bool) -> dict[str, Array]:
    """A layer's parameters by short name from those that PyTorch keeps, the other way round as `_tensors`.

    tensors: by the end of their names. ValueError or KeyError where they are not those of such a block.
    """
    if isinstance(block, LayerNorm):
        return {"scale": tensors[".weight"], "shift": tensors[".bias"]}
    weight = tensors[".weight"]
    if isinstance(block, Conv | PatchEmbedding):
        weight = weight.transpose(2, 3, 1, 0)
    elif isinstance(block, Dense) and image:
        h, w, maps = source
        weight = weight.reshape(block.units, maps, h, w).transpose(2, 3, 1, 0).reshape(-1, block.units)
    else:
        weight = weight.T
    own = {"weight": weight, "bias": tensors[".bias"]}
    own |= {"class": tensors["_class"].reshape(-1)} if "_class" in tensors else {}
    return own | (
        {"position": tensors["_position"].reshape(-1, block.units)} if "_position" in tensors else {}
    )
