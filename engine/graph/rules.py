"""What makes a sound graph: rules for layers and for the parameters that they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, Shape, size_of
from engine.errors import EngineError
from engine.graph.layer import Layer
from engine.limits import LAYERS, NEURONS, PARAMETERS, check_count
from guarding import in_a_line


def parameter_shapes(layers: Sequence[Layer]) -> dict[str, Shape]:
    """Names ("<layer>.<name>") and shapes of all trainable arrays, in the order of their flat numbering."""
    layer_shapes = {layer.name: layer.shape for layer in layers}
    shapes: dict[str, Shape] = {}
    for layer in layers:
        if layer.block is not None:
            sources = [layer_shapes[source] for source in layer.sources]
            for name, shape in layer.block.parameter_shapes(sources).items():
                shapes[f"{layer.name}.{name}"] = shape
    return shapes


def check_layers(layers: tuple[Layer, ...]) -> None:
    """EngineError unless layers form a graph: input first, output last, sources before users."""
    check_count(len(layers), LAYERS, "layers")
    shapes: dict[str, Shape] = {}
    if len(layers) < 2 or layers[0].name != "input" or layers[-1].name != "output":
        raise EngineError('a net starts with the layer "input" and ends with the layer "output"')
    for layer in layers:
        if layer.name in shapes:
            raise EngineError(f"two layers are named {layer.name!r}: names must differ")
        if ":" in layer.name or not all(layer.name.split(".")):
            raise EngineError(
                f"a layer cannot be named {layer.name!r}: a name has no colon, and a dot only inside, "
                "as in block1.norm1"
            )
        if (layer.block is None) != (layer is layers[0]):
            raise EngineError(f"layer {layer.name!r}: the first layer, and only it, has no block")
        if len(set(layer.sources)) < len(layer.sources):
            raise EngineError(f"layer {layer.name!r} reads one layer twice: name each source once")
        for source in layer.sources:
            if source not in shapes:
                raise EngineError(f"layer {layer.name!r} reads {source!r}, which is no layer before it")
        if layer.block is not None:
            shape = layer.block.shape([shapes[source] for source in layer.sources])
            if shape != layer.shape:
                raise EngineError(f"layer {layer.name!r} has shape {layer.shape}, its block makes {shape}")
        shapes[layer.name] = layer.shape


def check_size(layers: Sequence[Layer]) -> None:
    """EngineError where a net has more neurons or parameters than anybody means."""
    check_count(sum(layer.size for layer in layers), NEURONS, "neurons")
    check_count(sum(size_of(shape) for shape in parameter_shapes(layers).values()), PARAMETERS, "parameters")


def check_parameters(expected: Mapping[str, Shape], parameters: Mapping[str, Array]) -> None:
    """EngineError unless the parameters are exactly the expected names and shapes, floats of one dtype."""
    if not isinstance(parameters, Mapping):
        raise EngineError(
            f"parameters are arrays by name, as net.parameters has them, got {in_a_line(parameters)}"
        )
    missing = [name for name in expected if name not in parameters]
    extra = [name for name in parameters if name not in expected]
    if missing or extra:
        text = f"missing {', '.join(missing)}" if missing else f"not of this net: {', '.join(extra)}"
        raise EngineError(f"parameters do not fit the graph: {text}")
    for name, shape in expected.items():
        if not isinstance(parameters[name], np.ndarray):
            raise EngineError(f"{name} must be an array {shape}, got {in_a_line(parameters[name])}")
        if parameters[name].shape != shape:
            raise EngineError(f"{name} must be {shape}, got {parameters[name].shape}: was the net changed?")
        if parameters[name].dtype not in (np.float32, np.float64):
            raise EngineError(f"{name} must be float32 or float64, got {parameters[name].dtype}")
    if len({array.dtype for array in parameters.values()}) > 1:
        raise EngineError("parameters must be of one dtype: use net.astype(...)")
