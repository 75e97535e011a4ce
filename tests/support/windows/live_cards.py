"""A neuron's card with all that it may tell, for tests of the inspector."""

import numpy as np

from viz3d.live.widgets.inspecting.neuron_card import NeuronCard, SynapseRows


def rows(count, first=0):
    """Synapses whose contributions rise and fall in sign: the last is the largest."""
    weight = np.linspace(-1, 1, count, dtype=np.float32)
    activation = np.linspace(0, 1, count, dtype=np.float32)
    names = [f"input:{k}" for k in range(count)]
    return SynapseRows(names, np.arange(count) + first, weight, activation, weight * activation)


CARD = NeuronCard(
    "hidden1:201",
    1.18,
    note="relu, number 18 of 512",
    excited=2.58,
    inhibited=-1.53,
    bias=0.13,
    total=1.18,
    function="relu",
    output=1.18,
    weights=np.ones((28, 28), np.float32),
    products=np.ones((28, 28), np.float32),
    incoming=rows(784),
    outgoing=rows(256, first=1000),
    pushes=np.linspace(-1, 1, 10, dtype=np.float32),
    classes=tuple("0123456789"),
    prediction=4,
    clamp=(0.0, 4.0),
)
