"""Foreign files in tests/foreign, and what their makers answered."""

import numpy as np
from project import FOREIGN

import engine
from engine.run import Machine


def graphs() -> dict[str, np.ndarray]:
    """The images (n, 1, 8, 8) and the answers of make_foreign_graphs.py, by the network's name."""
    with np.load(FOREIGN / "graphs.npz", allow_pickle=False) as file:
        return dict(file)


def outputs(net: engine.Net, images: np.ndarray) -> np.ndarray:
    """A net's output activations for images with their channels first."""
    x = np.moveaxis(images, 1, -1).reshape(len(images), *net.layers[0].shape)
    return Machine(net.layers, net.parameters, len(x)).forward(np.ascontiguousarray(x, np.float32)).copy()


def as_shares(sums: np.ndarray) -> np.ndarray:
    """The softmax of sums (n, classes)."""
    made = np.exp(sums - sums.max(axis=1, keepdims=True))
    return made / made.sum(axis=1, keepdims=True)
