"""Net files: one .npz with a JSON description and the arrays, never a pickle."""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.arrays import Array
from engine.blocks import describe, restore
from engine.graph import Net
from engine.layer import Layer
from engine.recipe import Recipe

VERSION = 1


def save(net: Net, path: str | Path, half: bool = False) -> None:
    """Write a net to a .npz; half stores float16. Atomic."""
    path = Path(path)
    description = {
        "format": "viz3d net",
        "version": VERSION,
        "name": net.name,
        "title": net.title,
        "layers": [_layer(layer) for layer in net.layers],
        "recipe": dataclasses.asdict(net.recipe),
        "provenance": dict(net.provenance),
    }
    arrays: dict[str, Array] = {
        name: array.astype(np.float16) if half else array for name, array in net.parameters.items()
    }
    arrays["description"] = np.frombuffer(json.dumps(description).encode(), np.uint8)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez_compressed(file, **arrays)
    os.replace(file.name, path)


def load(path: str | Path, expect: str | None = None) -> Net:
    """Read a net from a .npz."""
    with np.load(path, allow_pickle=False) as file:
        d = json.loads(bytes(file["description"]).decode())
        arrays = {name: file[name].astype(np.float32) for name in file.files if name != "description"}
    layers = tuple(_restored(item) for item in d["layers"])
    return Net(d["name"], d["title"], layers, arrays, Recipe(**d["recipe"]), d["provenance"])


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "shape": list(layer.shape),
        "block": None if layer.block is None else describe(layer.block),
        "sources": list(layer.sources),
        "activation": layer.activation,
        "dropout": layer.dropout,
    }


def _restored(item: Mapping[str, Any]) -> Layer:
    return Layer(
        item["name"],
        item["title"],
        tuple(item["shape"]),
        None if item["block"] is None else restore(item["block"]),
        tuple(item["sources"]),
        item["activation"],
        item["dropout"],
    )
