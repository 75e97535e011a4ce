"""One block at work, without a net around it, and the edges that it reads."""

import numpy as np

from engine.blocks import Scratch


def run_on_all(block, inputs, parameters, grad=None, fast=False):
    """Pre-activations, and with grad the gradients of the parameters and of the inputs."""
    out = np.full((len(inputs[0]), *block.shape([x.shape[1:] for x in inputs])), np.nan, inputs[0].dtype)
    scratch = Scratch(fast)
    block.forward(inputs, parameters, out, scratch)
    if grad is None:
        return out
    gradients = {name: np.full_like(array, np.nan) for name, array in parameters.items()}
    back = [np.full_like(x, np.nan) for x in inputs]
    block.backward(grad.astype(out.dtype), inputs, parameters, scratch, gradients, back)
    return out, gradients, back


def run(block, x, parameters, grad=None, fast=False):
    """The same of a block with one source."""
    found = run_on_all(block, [x], parameters, grad, fast)
    if grad is None:
        return found
    out, gradients, (back,) = found
    return out, gradients, back


def edges_of(synapses):
    columns = (synapses.source, synapses.target, synapses.parameter, synapses.weight, synapses.kind)
    return list(zip(*(column.tolist() for column in columns), strict=True))
