"""Surgery: nets made of other nets by changing what they have learned.

Unlike an edit (see `engine.edits`), which lies on top of a net, surgery gives the new net parameters of its
own.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import numpy as np

from engine.arrays import Array, by_layer, holds
from engine.edits.grammar import Edit
from engine.errors import EngineError, check_generator, check_several, check_text
from engine.graph import address
from engine.net import Net, check_net

MOST_NOISY = 1000
"""Synapses that noise may nudge singly."""


def set_weight(net: Net, where: str, value: float) -> Net:
    """Set one learned number, such as "conv1.kernel:1,2,0,7": every synapse that shares it changes."""
    if not holds(net.dtype, value):
        raise EngineError(f"weight {where}: {value} is no finite {net.dtype} number")
    name, index = address.parameter(net.graph, where)
    return _replace(net, {name: _changed(net.parameters[name], index, value)})


def sharers(net: Net, where: str, chunk: int = 1 << 18) -> int:
    """How many synapses share a learned parameter as their weight; 0 for a bias."""
    check_net(net)
    name, index = address.parameter(
        net.graph, check_text(where, "a parameter's address", "hidden1.weight:3,17")
    )
    layer = net.layer(name.rpartition(".")[0])
    place = net.graph.parameter_offsets[name] + int(np.ravel_multi_index(index, net.parameters[name].shape))
    plain = net.without_edits()
    pairs = [(source, layer.name) for source in layer.sources]
    parts = (part for pair in pairs for part in plain.iter_synapses(chunk, pair))
    return sum(int((part.parameter == place).sum()) for part in parts)


def noise(net: Net, layer: str, spread: float, rng: np.random.Generator) -> Net:
    """Add N(0, (spread x the weights' own standard deviation)^2) to a layer's weights.

    Biases stay, and so do weights that edits hold or freeze: what was pruned does not come back.
    """
    name = weights_of(net, layer)
    _check_spread(layer, spread)
    with np.errstate(over="ignore"):
        weights = shaken(net.parameters[name], spread, rng, net.overlay.held.get(name))
    if not np.isfinite(weights).all():
        raise EngineError(f"noise {layer} {spread:g}: weights grow beyond {net.dtype}: take a smaller spread")
    return _replace(net, {name: weights})


def shaken(weight: Array, spread: float, rng: np.random.Generator, held: Array | None = None) -> Array:
    """Weights with noise of `spread` times their standard deviation; held: flat indices that it leaves."""
    added = rng.standard_normal(weight.shape) * (spread * float(weight.std()))
    if held is not None:
        added.reshape(-1)[held] = 0
    return (weight + added).astype(weight.dtype)


def noise_synapses(net: Net, where: str, spread: float, rng: np.random.Generator) -> tuple[Edit, ...]:
    """A random nudge, as an edit, for each synapse of an address such as "hidden1:17 -> hidden2".

    Drawn from N(0, (spread x the standard deviation of the weights of the target's layer)^2).
    """
    _check_spread(where, spread)
    source, target, links = net.draft.synapses(where)
    scale = spread * float(net.parameters[weights_of(net, target.name)].std())
    if not len(links):
        raise EngineError(f"noise {where} {spread:g}: there is no such synapse")
    if len(links) > MOST_NOISY:
        raise EngineError(
            f"noise {where} {spread:g}: it names {len(links):,} synapses: name no more than {MOST_NOISY:,}, "
            "or a layer"
        )
    first, second = net.offset(source.name), net.offset(target.name)
    ends = (
        f"{address.write(net.graph, first + start)} -> {address.write(net.graph, second + end)}"
        for start, end in links.ends
    )
    return tuple(Edit("nudge", where, float(rng.normal() * scale)) for where in ends)


def _check_spread(where: str, spread: float) -> None:
    if not 0 <= spread < math.inf:
        raise EngineError(f"noise {where} {spread}: the spread must be 0 or more")


def prune(net: Net, layer: str, share: float) -> Net:
    """Set the weakest share 0..1 of a layer's weights to 0, where training then leaves them."""
    if not 0 <= share <= 1:
        raise EngineError(f"prune {layer} {share}: the share must be in 0..1")
    name = weights_of(net, layer)
    weight = net.parameters[name].copy()
    weakest = np.argsort(np.abs(weight), axis=None, kind="stable")[: round(share * weight.size)]
    weight.reshape(-1)[weakest] = 0
    hold = Edit("hold", layer)
    edits = net.edits if hold in net.edits else [*net.edits, hold]
    return dataclasses.replace(_replace(net, {name: weight}), edits=edits)


def crossover(net: Net, other: Net, rng: np.random.Generator) -> Net:
    """Take each neuron's or map's weights and bias from one of two nets of the same shape, at random.

    The child has the edits of the first, and its history tells the second by name.
    """
    check_generator(rng)
    check_net(net)
    check_net(other)
    if net.layers != other.layers:
        what = (*diff(net, other), "they stand in another order")[0]
        raise EngineError(f"{net.name} and {other.name} cannot be crossed: their layers differ ({what})")
    theirs = {name: other.parameters[name].astype(array.dtype) for name, array in net.parameters.items()}
    return _replace(net, crossed(net.parameters, theirs, rng)).noted(f"crossover {other.name}")


def crossed(
    ours: Mapping[str, Array], theirs: Mapping[str, Array], rng: np.random.Generator
) -> dict[str, Array]:
    """Parameters of the same names and shapes, each neuron's or map's from one of two sides at random."""
    mixed: dict[str, Array] = {}
    for layer, own in by_layer(ours).items():
        widths = {array.shape[-1] for array in own.values()}
        first = {width: rng.random(width) < 0.5 for width in sorted(widths)}
        for key, array in own.items():
            name = f"{layer}.{key}"
            mixed[name] = np.where(first[array.shape[-1]], array, theirs[name])
    return mixed


def diff(net: Net, other: Net) -> tuple[str, ...]:
    """What differs between two nets, a line for each: layers, learned numbers, edits."""
    check_net(other)
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
    mine, others = set(net.edits), set(other.edits)
    lines += [f"only the first has the edit: {edit}" for edit in net.edits if edit not in others]
    lines += [f"only the second has the edit: {edit}" for edit in other.edits if edit not in mine]
    return tuple(lines)


def _changed(array: Array, index: tuple[int, ...], value: float) -> Array:
    array = array.copy()
    array[index] = value
    return array


def _replace(net: Net, changed: dict[str, Array]) -> Net:
    return net.replace({**net.parameters, **changed})


def weights_of(net: Net, layer: str) -> str:
    """The name of a layer's weights, such as "hidden1.weight"; EngineError where it has none."""
    name = f"{net.layer(layer).name}.weight"
    if name not in net.parameters:
        raise EngineError(f"{layer} has learned no weights: {', '.join(weighted(net))} have")
    return name


def weighted_of(net: Net, layers: Sequence[str] | None) -> tuple[str, ...]:
    """The layers that are named, each once; None names all that have learned weights."""
    if layers is None:
        return weighted(net)
    check_several(layers)
    return tuple(dict.fromkeys(net.layer(name).name for name in layers))


def weighted(net: Net) -> tuple[str, ...]:
    """The layers that have learned weights, in order."""
    return tuple(key.removesuffix(".weight") for key in net.parameters if key.endswith(".weight"))
