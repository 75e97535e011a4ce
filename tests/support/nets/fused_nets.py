"""Small nets of convolutions and poolings, and a pass through them, fast or plain."""

import numpy as np
from image_nets import stack

from engine import Conv, MaxPool
from engine.run import Machine

SHAPE = (12, 12, 2)


def net_of(*blocks, shape=SHAPE, **of):
    return stack(shape, list(blocks), **{"activation": "relu", **of}).astype(np.float32)


def passes(net, x, grad, lean, keep=False):
    """A pass forward and back: the answer, the parameters' gradients, the layers' gradients."""
    gradients = {name: np.full_like(array, np.nan) for name, array in net.parameters.items()}
    machine = Machine(
        net.layers, net.parameters, len(x), gradients=gradients, fast=lean, lean=lean, overlay=net.overlay
    )
    out = machine.forward(x).copy()
    return out, gradients, machine.backward(grad, keep=keep), machine


def batch(net, count, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((count, *net.layers[0].shape)).astype(np.float32)
    return x, rng.standard_normal((count, 3)).astype(np.float32)


def near(found, expected):
    return np.abs(found - expected).max() <= 3e-6 * max(1e-3, np.abs(expected).max())


NETS = {
    "two in a row": ((14, 13, 1), [Conv(5, 3, 3), MaxPool(2), Conv(19, 2, 2), MaxPool(2)]),
    "padded": ((9, 12, 3), [Conv(6, 3, 5, 1, 1), MaxPool(3), Conv(7, 2, 2, 1, "same"), MaxPool(2)]),
    "cells left over": ((11, 10, 1), [Conv(3, 2, 2), MaxPool(3), Conv(2, 1, 1), MaxPool(1)]),
    "more maps than a block": ((8, 8, 2), [Conv(70, 3, 3), MaxPool(2), Conv(4, 2, 2), MaxPool(2)]),
}  # fmt: skip
