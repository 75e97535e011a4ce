"""What the tests of edits share: small nets of every kind, and random edits that they allow."""

import numpy as np
from image_nets import stack
from token_nets import transformer

from engine import Conv, Dense, EngineError, LayerNorm, LocalNorm, Maxout, MaxPool, Net
from engine.graph import address

NEURON = {"ablate": None, "clamp": 0.7, "scale": -1.6, "shift": 0.4, "function": "tanh", "freeze": None}
LINK = {"cut": None, "set": 0.9, "scale": -0.5, "nudge": 0.3}


def nets() -> dict[str, Net]:
    """Small float64 nets: dense, convolutional with overlapping windows, normalised, and a transformer."""
    uneven = [Conv(3, 3, 2, (2, 1), 1), MaxPool((1, 2)), Conv(2, 2, 2, (1, 2))]
    norms = [Conv(6, 2, 2), LocalNorm(3, alpha=2.0), Maxout(2), LayerNorm(eps=0.1)]
    return {
        "dense": stack((3, 3, 1), [Dense(5), Dense(4)], "relu"),
        "images": stack((6, 6, 2), [Conv(3, 3, 3), MaxPool(2, 1), Conv(2, 2, 2, padding="same")], "sigmoid"),
        "uneven": stack((6, 5, 2), uneven, "tanh"),
        "norms": stack((4, 4, 1), norms, "tanh"),
        "tokens": transformer(),
    }


def image(net: Net, seed: int = 0) -> np.ndarray:
    """A random input of that net."""
    return np.random.default_rng(seed).random(net.layers[0].shape)


def random_edit(net: Net, rng: np.random.Generator) -> str:
    """The text of one edit that the net allows as it is now."""
    while True:
        text = _neuron_edit(net, rng) if rng.random() < 0.4 else _link_edit(net, rng)
        try:
            net.mutate(text)
        except EngineError:
            continue
        return text


def _neuron_edit(net: Net, rng: np.random.Generator) -> str:
    verb = rng.choice(list(NEURON))
    where = address.write(net.graph, int(rng.integers(net.neuron_count)))
    return f"{verb} {where} {'' if NEURON[verb] is None else NEURON[verb]}"


def _link_edit(net: Net, rng: np.random.Generator) -> str:
    target = int(rng.integers(net.layers[0].size, net.neuron_count))
    name, place = address.write(net.graph, target).split(":")[0], target
    if rng.random() < 0.25:
        source = int(rng.integers(target))
        return f"add {address.write(net.graph, source)} -> {address.write(net.graph, target)} 0.8"
    found = net.synapses_into(name, place - net.offset(name))
    if not len(found):
        return "cut nothing -> nothing"
    chosen = int(rng.integers(len(found)))
    verb = rng.choice(list(LINK))
    ends = f"{address.write(net.graph, int(found.source[chosen]))} -> {address.write(net.graph, target)}"
    return f"{verb} {ends} {'' if LINK[verb] is None else LINK[verb]}"


def chain(net: Net, length: int, seed: int) -> Net:
    """The net after that many random edits."""
    rng = np.random.default_rng(seed)
    for _ in range(length):
        net = net.mutate(random_edit(net, rng))
    return net
