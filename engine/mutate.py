"""Mutations as text: edits that lie on top of a net, and surgery that changes the net itself, in order.

Besides the edits of edits.py:

    weight conv1.kernel:1,2,0,7 0.5     one learned number; all synapses that share it change
    noise hidden1 0.1 seed 3            random changes, 0.1 of the weights' own spread
    prune hidden1 30%                   the weakest weights become 0, and stay so in training
    remove hidden1:3-5                  neurons, or whole maps of a convolution, leave the net
    grow hidden1 8 seed 3               neurons join it; they send nothing yet
"""

from __future__ import annotations

from collections.abc import Callable
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
        if verb in _SURGERY and "->" not in statement:
            net = _SURGERY[verb](net, statement, rest.split())
        else:
            net = net.with_edits(edits.parse(statement))
    return net


def _weight(net: Net, text: str, words: list[str]) -> Net:
    where, value = _split(text, words, "weight conv1.kernel:1,2,0,7 0.5")
    return surgery.set_weight(net, where, _number(text, value))


def _noise(net: Net, text: str, words: list[str]) -> Net:
    words, rng = _seeded(text, words)
    layer, spread = _split(text, words, "noise hidden1 0.1")
    return surgery.noise(net, layer, _number(text, spread), rng)


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


_SURGERY: dict[str, Callable[[Net, str, list[str]], Net]] = {
    "weight": _weight,
    "noise": _noise,
    "prune": _prune,
    "remove": _remove,
    "grow": _grow,
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


def _number(text: str, word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise EngineError(f"{text!r}: {word!r} is no number") from None
