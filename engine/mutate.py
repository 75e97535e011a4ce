"""Mutations as text: edits that lie on top of a net, and surgery that changes the net itself, in order.

Besides the edits of edits.py:

    weight conv1.kernel:1,2,0,7 0.5     one learned number; all synapses that share it change
    noise hidden1 0.1 seed 3            random changes, 0.1 of the weights' own spread
    noise hidden1:17 -> hidden2 0.1     the same for single synapses: each becomes a nudge of its own
    prune hidden1 30%                   the weakest weights become 0, and stay so in training
    remove hidden1:3-5                  neurons, or whole maps of a convolution, leave the net
    grow hidden1 8 seed 3               neurons join it; they send nothing yet
    crossover other.npz seed 3          each neuron's or map's weights stay or are that file's, at random

A crossover takes what the other net has learned, and none of its edits; this net's edits stay. The layers of
both must be the same, so it comes ahead of remove and grow.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine import edits, resize, surgery
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.graph import Net


def mutate(net: Net, text: str) -> Net:
    """A new net, mutated by statements separated by semicolons or lines; see above and `engine.edits`."""
    for statement in edits.statements(text):
        verb, _, rest = statement.partition(" ")
        if verb in _SURGERY and (verb == "noise" or "->" not in statement):
            net = _SURGERY[verb](net, statement, rest.split())
        else:
            net = net.with_edits(edits.parse(statement))
    return net


def _weight(net: Net, text: str, words: list[str]) -> Net:
    where, value = _split(text, words, "weight conv1.kernel:1,2,0,7 0.5")
    return surgery.set_weight(net, where, _number(text, value))


def _noise(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    where, spread = _split(text, words, "noise hidden1 0.1")
    strength = _number(text, spread)
    if "->" in where:
        return net.with_edits(surgery.noise_synapses(net, where, strength, rng))
    return surgery.noise(net, where, strength, rng)


def _prune(net: Net, text: str, words: list[str]) -> Net:
    layer, share = _split(text, words, "prune hidden1 30%")
    scale = 0.01 if share.endswith("%") else 1.0
    return surgery.prune(net, layer, scale * _number(text, share.removesuffix("%")))


def _remove(net: Net, text: str, words: list[str]) -> Net:
    if not words:
        raise EngineError(f"{text!r} names no neuron: write remove hidden1:3")
    return resize.remove(net, "".join(words))


def _grow(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    layer, count = _split(text, words, "grow hidden1 8")
    if not count.isdigit():
        raise EngineError(f"{text!r}: {count!r} is no number of neurons")
    return resize.grow(net, layer, int(count), rng)


def _crossover(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    if not words:
        raise EngineError(f"{text!r} names no file: write crossover other.npz")
    # As it was written: a file's name may hold spaces, more than one too.
    name = text.partition(" ")[2].strip()
    if len(words) < len(name.split()):
        name = re.sub(r"\s+seed\s+\d+$", "", name)
    other = _load(text, name)
    try:
        return surgery.crossover(net, other, rng)
    except EngineError as error:
        raise EngineError(
            f"{text!r}: {error}: name a net with the same layers, and cross ahead of remove and grow"
        ) from None


_SURGERY: dict[str, Callable[[Net, str, list[str]], Net]] = {
    "weight": _weight,
    "noise": _noise,
    "prune": _prune,
    "remove": _remove,
    "grow": _grow,
    "crossover": _crossover,
}


def _split(text: str, words: list[str], example: str) -> tuple[str, str]:
    if len(words) < 2:
        raise EngineError(f"{text!r} is not whole: write it like {example}")
    return "".join(words[:-1]), words[-1]


def _seeded(text: str, words: list[str]) -> tuple[list[str], np.random.Generator]:
    """The words ahead of "seed N", and its random numbers; seed 0 where none is given."""
    if "seed" not in words:
        return words, np.random.default_rng(0)
    at = words.index("seed")
    if len(words) != at + 2 or not words[-1].isdigit():
        raise EngineError(f"{text!r}: write the seed last, like seed 3")
    return words[:at], np.random.default_rng(int(words[-1]))


def _load(text: str, name: str) -> Net:
    from engine.files import load  # noqa: PLC0415  # files hold nets, and nets can be mutated

    try:
        path = Path(name).expanduser()
        there = path.is_file()
    except (OSError, RuntimeError):
        there = False
    if not there:
        raise EngineError(f"{text!r}: there is no file {name}: name that of a saved net, such as other.npz")
    return load(path)


def _number(text: str, word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise EngineError(f"{text!r}: {word!r} is no number") from None
