"""What checkpoints hold besides a network's weights, and weights in the parts that PyTorch keeps them in."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from engine.arrays import Array
from engine.errors import EngineError
from engine.foreign.pickles import shown

_TRAINING = re.compile(r"(^|[._])(criterion|loss|loss_fn|metrics?|accuracy|auroc)($|[._])", re.I)
"""Parts of a Lightning module and its like that judge the network, and are none of its layers."""
_OF_LAYERS = ("weight", "bias")
_SCALE = ("mean", "std")
_PART = re.compile(r"(.+)\.(?:weight_|parametrizations\.weight\.(?:0\._)?)(original|orig|mask|u|v)")
"""A weight that pruning or a spectral norm keeps in parts, in old files and new ones."""


def weights_alone(tensors: Mapping[str, Array]) -> tuple[dict[str, Array], tuple[str, ...]]:
    """The tensors that are a network's weights, and what to say of those that were left out.

    Counters and tables of metrics are whole numbers; a loss has weights of its classes; a mean and std of
    pixels are found out by trial. Pruned weights are those times their masks, and a spectral norm divides
    by the largest singular value (Miyato et al. 2018, "Spectral normalization", equation 8).
    """
    kept: dict[str, Array] = {}
    layers = {name.rpartition(".")[0] for name, array in tensors.items() if array.ndim > 1}
    left: list[str] = []
    for name, array in tensors.items():
        module, _, leaf = name.rpartition(".")
        if leaf == "num_batches_tracked":
            continue
        counts = not array.ndim or (array.ndim == 1 and array.dtype.kind in "iu" and leaf not in _OF_LAYERS)
        judges = module not in layers and _TRAINING.search(module) is not None
        if counts or judges or (array.size == 1 and leaf in _SCALE):
            left.append(name)
        else:
            kept[name] = array
    made = _whole(kept)
    if not made or not left:
        return made or dict(tensors), ()
    some = ", ".join(map(shown, left[:4])) + (f" and {len(left) - 4} more" if len(left) > 4 else "")
    return made, (f"left out, since no weights of layers: {some}",)


_FEWEST, _MOST = 4, 4_000
"""Tensors of a network, two layers with weights and biases, and of those that are looked through for two."""


def check_alone(tensors: Mapping[str, Array]) -> None:
    """EngineError where they are several networks of the same layers.

    A teacher and its student are, and so is the mean of many steps (EMA) beside the last one.
    """
    if len(tensors) > _MOST:
        return
    inside: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, array in tensors.items():
        first, _, rest = name.partition(".")
        inside.setdefault(first, {})[rest] = array.shape
    for first, own in inside.items():
        if len(own) < _FEWEST or len(tensors) % len(own):
            continue
        alike = [other for other, theirs in inside.items() if theirs == own]
        others = len(tensors) - len(own)
        if others and others == (len(alike) - 1) * len(own):
            names = ", ".join(map(shown, alike))
        elif others == len(own) and own == {
            name: array.shape for name, array in tensors.items() if not name.startswith(f"{first}.")
        }:
            names = f"{shown(first)} and one without a name"
        else:
            continue
        raise EngineError(
            f"it holds several networks of the same layers ({names:.80}): save one of them, "
            "torch.save(net.state_dict(), ...)"
        )


def _whole(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The same with each weight that is kept in parts as one, in the place of the first of these."""
    parts: dict[str, dict[str, Array]] = {}
    for name, array in tensors.items():
        if match := _PART.fullmatch(name):
            parts.setdefault(match[1], {})[match[2][:4]] = array
    made: dict[str, Array] = {}
    for name, array in tensors.items():
        match = _PART.fullmatch(name)
        own = parts[match[1]] if match else {}
        if match and "orig" in own:
            made[f"{match[1]}.weight"] = _made(own["orig"], own.get("mask"), own.get("u"), own.get("v"))
        else:
            made[name] = array
    return made


def _made(weight: Array, mask: Array | None, u: Array | None, v: Array | None) -> Array:
    if mask is not None and mask.shape == weight.shape:
        return weight * mask
    rows = weight.reshape(len(weight), -1).astype(np.float64)
    if u is None or v is None or u.shape != rows.shape[:1] or v.shape != rows.shape[1:]:
        return weight
    return (weight / (u.astype(np.float64) @ rows @ v)).astype(weight.dtype)
