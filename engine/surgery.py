"""Surgery: nets made of other nets by changing what they have learned or how many neurons they have.

Unlike an edit (see edits.py), which lies on top of a net, surgery gives the new net parameters of its own.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from engine import address
from engine.arrays import Array
from engine.blocks import AveragePool, Conv, Dense, LocalNorm, MaxPool
from engine.edits import Edit
from engine.errors import EngineError
from engine.layer import Layer

if TYPE_CHECKING:
    from engine.graph import Net


def set_weight(net: Net, where: str, value: float) -> Net:
    """Set one learned number, such as "conv1.kernel:1,2,0,7": every synapse that shares it changes."""
    if not math.isfinite(value):
        raise EngineError(f"weight {where}: {value} is no finite number")
    name, index = address.parameter(net, where)
    return _replace(net, {name: _changed(net.parameters[name], index, value)})


def sharers(net: Net, where: str, chunk: int = 1 << 18) -> int:
    """How many synapses have that learned number as their weight; of a bias none."""
    name, index = address.parameter(net, where)
    layer = net.layer(name.rpartition(".")[0])
    place = net.parameter_offsets[name] + int(np.ravel_multi_index(index, net.parameters[name].shape))
    plain = dataclasses.replace(net, edits=())
    pairs = [(source, layer.name) for source in layer.sources]
    found = (part for pair in pairs for part in plain.iter_synapses(chunk, pair))
    return sum(int((part.parameter == place).sum()) for part in found)


def noise(net: Net, layer: str, spread: float, rng: np.random.Generator) -> Net:
    """Add N(0, (spread x the weights' own standard deviation)^2) to a layer's weights; biases stay."""
    if not 0 <= spread < math.inf:
        raise EngineError(f"noise {layer} {spread}: the spread must be 0 or more")
    name = _weights(net, layer)
    weight = net.parameters[name]
    added = rng.standard_normal(weight.shape) * (spread * float(weight.std()))
    return _replace(net, {name: (weight + added).astype(weight.dtype)})


def prune(net: Net, layer: str, share: float) -> Net:
    """Set the weakest share 0..1 of a layer's weights to 0, where training then leaves them."""
    if not 0 <= share <= 1:
        raise EngineError(f"prune {layer} {share}: the share must be in 0..1")
    name = _weights(net, layer)
    weight = net.parameters[name].copy()
    weakest = np.argsort(np.abs(weight), axis=None, kind="stable")[: round(share * weight.size)]
    weight.reshape(-1)[weakest] = 0
    hold = Edit("hold", layer)
    edits = net.edits if hold in net.edits else (*net.edits, hold)
    return dataclasses.replace(_replace(net, {name: weight}), edits=edits)


def crossover(net: Net, other: Net, rng: np.random.Generator) -> Net:
    """Take each neuron's or map's weights and bias from one of two nets of the same shape, at random."""
    if net.parameter_shapes != other.parameter_shapes or net.layers != other.layers:
        raise EngineError(
            f"{net.name} and {other.name} cannot be crossed: their layers differ ({diff(net, other)[0]})"
        )
    found: dict[str, Array] = {}
    for layer in net.layers:
        own = net.own_parameters(layer.name)
        widths = {array.shape[-1] for array in own.values()}
        ours = {width: rng.random(width) < 0.5 for width in sorted(widths)}
        for key, array in own.items():
            name = f"{layer.name}.{key}"
            found[name] = np.where(ours[array.shape[-1]], array, other.parameters[name])
    return _replace(net, found)


def remove(net: Net, where: str) -> Net:
    """Take neurons of a dense hidden layer, or whole maps of a convolution, out of the net."""
    numbers = address.neurons(net, where)
    layer = _resizable(net, where.partition(":")[0].strip())
    flat = numbers - net.offset(layer.name)
    last = layer.shape[-1]
    counts = np.bincount(flat % last, minlength=last)
    if ((counts > 0) & (counts < layer.size // last)).any():
        raise EngineError(
            f"remove {where}: the neurons of a map share its kernel: remove the whole of it, "
            f"such as remove {layer.name}:map{int(flat[0]) % last}"
        )
    kept = np.flatnonzero(counts == 0)
    if not len(kept):
        raise EngineError(f"remove {where}: nothing would be left of {layer.name}: keep one at least")
    return _resized(net, layer, kept, None)


def grow(net: Net, layer: str, count: int, rng: np.random.Generator) -> Net:
    """Add neurons to a dense hidden layer, or maps to a convolution.

    They start with fresh incoming weights and send nothing yet, so the net answers as before.
    """
    if count < 1:
        raise EngineError(f"grow {layer} {count}: add 1 neuron or more")
    found = _resizable(net, layer)
    units = np.concatenate([np.arange(found.shape[-1]), np.full(count, -1)])
    return _resized(net, found, units, rng)


def diff(net: Net, other: Net) -> tuple[str, ...]:
    """What differs between two nets, a line for each: layers, learned numbers, edits."""
    lines = []
    ours, theirs = ({layer.name: layer for layer in n.layers} for n in (net, other))
    for name in dict.fromkeys([*ours, *theirs]):
        if name not in ours or name not in theirs:
            lines.append(f"{name}: only in the {'first' if name in ours else 'second'}")
        elif ours[name] != theirs[name]:
            one, two = ("x".join(map(str, n[name].shape)) for n in (ours, theirs))
            lines.append(f"{name}: {one} against {two}" if one != two else f"{name}: built otherwise")
    for key, array in net.parameters.items():
        twin = other.parameters.get(key)
        if twin is not None and twin.shape == array.shape and (array != twin).any():
            change = np.abs(array - twin)
            lines.append(
                f"{key}: {int((change > 0).sum()):,} of {change.size:,} differ, by up to {change.max():.3g}"
            )
    for edit in net.edits:
        lines += [] if edit in other.edits else [f"only the first has the edit: {edit}"]
    for edit in other.edits:
        lines += [] if edit in net.edits else [f"only the second has the edit: {edit}"]
    return tuple(lines)


def _changed(array: Array, index: tuple[int, ...], value: float) -> Array:
    array = array.copy()
    array[index] = value
    return array


def _replace(net: Net, changed: dict[str, Array]) -> Net:
    return net.replace({**net.parameters, **changed})


def _weights(net: Net, layer: str) -> str:
    name = f"{net.layer(layer).name}.weight"
    if name not in net.parameters:
        having = [key.removesuffix(".weight") for key in net.parameters if key.endswith(".weight")]
        raise EngineError(f"{layer} has learned no weights: {', '.join(having)} have")
    return name


def _resizable(net: Net, name: str) -> Layer:
    layer = net.layer(name)
    if not isinstance(layer.block, (Dense, Conv)) or layer is net.layers[-1]:
        fit = [n.name for n in net.layers[:-1] if isinstance(n.block, (Dense, Conv))]
        raise EngineError(
            f"{name} cannot lose or gain neurons: dense and convolutional hidden layers can "
            f"({', '.join(fit) or 'this net has none'})"
        )
    mine = [
        edit
        for edit in net.edits
        if name in (end.partition(":")[0].strip() for end in edit.where.split("->"))
    ]
    if mine:
        raise EngineError(f"{name} has edits ({mine[0]}): its neurons would change places, resize it first")
    return layer


def _resized(net: Net, layer: Layer, units: Array, rng: np.random.Generator | None) -> Net:
    """The net with a layer of these units (places in the old one, -1 for a new one)."""
    layers = {n.name: n for n in net.layers}
    parameters = dict(net.parameters)
    size = "units" if isinstance(layer.block, Dense) else "maps"
    block: Any = layer.block
    layers[layer.name] = _reshaped(layer, len(units), dataclasses.replace(block, **{size: len(units)}))
    fresh: dict[str, Array] = {}
    if rng is not None:
        shapes = [net.layer(source).shape for source in layer.sources]
        fresh = dataclasses.replace(block, **{size: len(units)}).initial(shapes, rng)
    for key, array in net.own_parameters(layer.name).items():
        parameters[f"{layer.name}.{key}"] = _along(array, units, -1, fresh.get(key))
    waiting = [layer.name]
    while waiting:
        source = net.layer(waiting.pop())
        for reader in net.layers:
            if source.name not in reader.sources:
                continue
            match reader.block:
                case MaxPool() | AveragePool() | LocalNorm() if len(reader.sources) == 1:
                    layers[reader.name] = _reshaped(reader, len(units), reader.block)
                    waiting.append(reader.name)
                case Dense():
                    weight = parameters[f"{reader.name}.weight"].reshape(*source.shape, -1)
                    parameters[f"{reader.name}.weight"] = _along(weight, units, -2, None).reshape(
                        -1, reader.size
                    )
                case Conv():
                    parameters[f"{reader.name}.weight"] = _along(
                        parameters[f"{reader.name}.weight"], units, 2, None
                    )
                case _:
                    raise EngineError(
                        f"{reader.name} needs {source.name} as it is: {layer.name} cannot be resized"
                    )
    return dataclasses.replace(net, layers=tuple(layers.values()), parameters=parameters)


def _reshaped(layer: Layer, last: int, block: Any) -> Layer:
    return dataclasses.replace(layer, shape=(*layer.shape[:-1], last), block=block)


def _along(array: Array, units: Array, axis: int, fresh: Array | None) -> Array:
    """The array with those units along an axis; a new one (-1) has what is in fresh, else 0."""
    taken = np.take(array, np.maximum(units, 0), axis=axis)
    there = np.reshape(units >= 0, [-1 if i == axis % array.ndim else 1 for i in range(array.ndim)])
    return np.where(there, taken, 0 if fresh is None else fresh).astype(array.dtype)
