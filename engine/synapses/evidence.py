"""Evidence: how much each synapse speaks for an answer, and what share of all evidence some of them carry.

evidence of a synapse = weight x activation of its source x d lead / d pre-activation of its target

lead = score of the answer - mean of the other scores, or - the score of one rival: see
`engine.synapses.lead`.
Evidence is what the lead loses if the synapse falls silent, to first order: the first term of its Taylor
series, as Molchanov et al. 2017, section 2.2, have it for neurons. Where all functions are linear piece by
piece and pass through 0 (ReLU, pooling, maxout, sums) and the layers stand in a row, the evidence of all
synapses into a layer and what the biases of this layer and of those behind it bring (bias x slope) add up to
the lead. Through sigmoids, normalisations and softmax rows it holds for small changes only: call it an effect
there. In any net, to take many synapses away at once may bring more or less than their sum.

The weight of a computed synapse is that of the trace, as for a contribution: attention's product of two
neurons is one synapse, a normalisation divides by what the trace divided by, and of a window the winner alone
has any evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import Array
from engine.errors import EngineError, check_kind
from engine.graph.synapses import Synapses
from engine.kernels.threads import one_blas_thread
from engine.run.trace import Trace
from engine.synapses.edited import take
from engine.synapses.lead import lead_gradient
from engine.synapses.measured import View, slopes_by


@dataclass(frozen=True)
class Share:
    """What some synapses of one connection carry of what all of them do.

    count of synapses, out of `synapses` that the connection has; carried out of `total`: sums of |evidence|,
    or of what else they are measured by.
    """

    source: str
    target: str
    count: int
    synapses: int
    carried: float
    total: float

    @property
    def share(self) -> float:
        """Carried over total, 0..1; 1 where there is nothing to carry."""
        return min(self.carried / self.total, 1.0) if self.total > 0 else 1.0


def evidence(
    trace: Trace, synapses: Synapses, of: int | None = None, against: int | None = None
) -> npt.NDArray[np.float32]:
    """Evidence (n,) of synapses of the trace's net, signed: above 0 speaks for class `of`.

    synapses: as `strongest`, or `net.synapses` with this trace, gives them. of, against: a class, the
    prediction by default, and a rival, by default the mean of all others; EngineError as for `lead_gradient`.
    """
    slopes = lead_gradient(trace, of, against)
    check_kind(synapses, Synapses, "an engine.Synapses", "net.synapses(source, target)")
    values = np.zeros(len(synapses), np.float32)
    for pair, mine in _by_connection(trace, synapses):
        values[mine] = View(trace, *pair, "evidence", slopes).values(take(synapses, mine))
    return values


@one_blas_thread()
def evidence_total(
    trace: Trace,
    source: str,
    target: str,
    of: int | None = None,
    against: int | None = None,
    by: str = "evidence",
) -> float:
    """The sum of |evidence| of all synapses between two connected layers; of, against: as for `evidence`.

    by: or of what else they are measured by, see `strongest`. All of them count; where weights have the form
    of a table it is one matrix product.
    """
    return View(trace, source, target, by, slopes_by(trace, by, of, against)).total()


@one_blas_thread()
def shares(
    trace: Trace, synapses: Synapses, of: int | None = None, against: int | None = None, by: str = "evidence"
) -> tuple[Share, ...]:
    """What these synapses carry, connection by connection; arguments as for `evidence` and `strongest`.

    Of every connection of the net that has one of them, in the net's order. The share of all together: the
    sum of `carried` over that of `total`.
    """
    slopes = slopes_by(trace, by, of, against)
    found = []
    for pair, mine in _by_connection(trace, synapses):
        view = View(trace, *pair, by, slopes)
        carried = float(np.abs(view.values(take(synapses, mine))).sum(dtype=np.float64))
        count = trace.net.synapse_count(*pair)
        found.append(Share(*pair, len(mine), count, carried, view.total()))
    return tuple(found)


def _by_connection(trace: Trace, synapses: Synapses) -> Iterator[tuple[tuple[str, str], Array]]:
    """Each connection that has some of the synapses, and which; EngineError where they are of another net."""
    check_kind(synapses, Synapses, "an engine.Synapses", "net.synapses(source, target)")
    net = trace.net
    offsets = [net.offset(layer.name) for layer in net.layers]
    ends = np.stack([synapses.source, synapses.target])
    if ends.size and not 0 <= ends.min() <= ends.max() < net.neuron_count:
        raise EngineError(
            f"synapses of another net: {net.name} has neurons 0..{net.neuron_count - 1}, "
            f"and they reach to {ends.max()}: take those of the trace's own net"
        )
    source, target = np.searchsorted(offsets, ends, side="right") - 1
    for pair in net.connections:
        first, last = net.index(pair[0]), net.index(pair[1])
        mine = np.flatnonzero((source == first) & (target == last))
        if len(mine):
            yield pair, mine
