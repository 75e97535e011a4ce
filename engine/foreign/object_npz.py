"""A sigmoid network in an .npz of object arrays: `weights` (n_out, n_in) and `biases` (n_out, 1) by layer.

np.load would run the pickles in such a file; here they are read as data.
"""

from __future__ import annotations

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.build import Imported, dense_chain
from engine.foreign.formats import ForeignFile, Format
from engine.foreign.numpy_pickle import read_npy
from engine.graph.recipe import Recipe

_NOTE = "taken with a sigmoid in every layer, as preset mlp-sigmoid: the file does not say"


def _read(file: ForeignFile) -> Imported:
    weights, biases = _arrays(file, "weights"), _arrays(file, "biases")
    if len(weights) != len(biases) or not weights:
        raise EngineError(
            f"it has {len(weights)} weights and {len(biases)} biases: one of each a layer is known"
        )
    for place, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        if weight.ndim != 2 or not weight.size or bias.shape not in ((len(weight), 1), (len(weight),)):
            raise EngineError(
                f"weights[{place}] {weight.shape} and biases[{place}] {bias.shape}: "
                "known are (n_out, n_in) and (n_out, 1)"
            )
    sizes = [weights[0].shape[1], *map(len, weights)]
    if "sizes.npy" in file.entries:
        told = np.asarray(read_npy(file.entry("sizes.npy"), "sizes")).tolist()
        if told != sizes:
            raise EngineError(f"its sizes are {told!r:.60}, its weights are of {sizes}: save it again")
    layers = {
        f"layer {place}": (weight, bias.reshape(-1))
        for place, (weight, bias) in enumerate(zip(weights, biases, strict=True), 1)
    }
    graph = dense_chain(layers, "sigmoid", "sigmoid", 0.0, "normal")
    recipe = Recipe("squared-error", "sgd", lr=0.25, batch=32, epochs=30)
    net = graph.net("imported-sigmoid", "Imported sigmoid network", recipe)
    return Imported(net, "an .npz of weights and biases as object arrays", (_NOTE,))


def _arrays(file: ForeignFile, name: str) -> list[Array]:
    arrays = read_npy(file.entry(f"{name}.npy"), name)
    if not isinstance(arrays, list):
        raise EngineError(f"{name} is one array {arrays.shape}, known is an array of arrays, one a layer")
    for place, array in enumerate(arrays):
        if array.dtype.kind != "f":
            raise EngineError(f"{name}[{place}] holds {array.dtype}, not floating-point numbers")
    return arrays


OBJECT_NPZ = Format(
    name="an .npz of weights and biases",
    system="NumPy",
    endings=(".npz",),
    recognises=lambda file: {"weights.npy", "biases.npy"} <= set(file.entries),
    read=_read,
)
