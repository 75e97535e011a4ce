"""Silencer: reads one traced image on without some of its neurons, many such sets at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.arrays import Array
from engine.graph.layer import Layer
from engine.graph.topology import after, read_by
from engine.kernels.threads import one_blas_thread
from engine.run.machine import Machine
from engine.run.trace import Trace

MOST_VALUES = 1 << 22
"""Neurons of all images of a batch together, at most."""


class Silencer:
    """What a trace's net would say of its image with sets of neurons silent, each set by itself.

    What lies ahead of the silent layer is the trace's; only what follows is worked out anew. So it is what
    `ablate` makes, within rounding.

    Attributes:
        batch: how many sets one pass takes: so many as were asked for, or as have room.
    """

    def __init__(self, trace: Trace, batch: int) -> None:
        net = trace.net
        self.batch = max(1, min(batch, MOST_VALUES // net.neuron_count))
        self._trace = trace
        self._machine = Machine(net.layers, net.parameters, self.batch, overlay=net.overlay)

    def read(self, layer: Layer, silent: Sequence[Array], rows: int = 0) -> tuple[Array, Array]:
        """The scores, float64 (n, classes), and the output's activations without each set of neurons.

        silent: flat indices (k,) in the layer, `batch` sets at most. rows: n, where that is more than there
        are sets: nothing is silent in the others.
        """
        net, count = self._trace.net, max(rows, len(silent))
        behind = after(net.graph, net.reads, layer)
        pre, act = (
            {name: np.repeat(arrays[name][None], count, axis=0) for name in read_by(net.reads, behind)}
            for arrays in (self._trace.pre, self._trace.activation)
        )
        flat = act[layer.name].reshape(count, -1)
        for row, neurons in enumerate(silent):
            flat[row, neurons] = 0
        with one_blas_thread():
            out = self._machine.resume(pre, act, behind).copy()
        score = self._machine.pre[net.layers[-1].name].reshape(count, -1)
        return score.astype(np.float64), out.reshape(count, -1)
