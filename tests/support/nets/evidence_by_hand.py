"""Evidence of every synapse, worked out one by one, and small nets of every kind to do it for."""

import edit_nets
import numpy as np

import data
import engine
from engine import Net, Synapses, Trace

IMAGE = data.load("digits").images[7]
EDITS = {
    "dense": "ablate dense0:1; clamp dense0:2 0.4; function dense1:0 tanh; scale dense0:3 -1.5; "
    "cut dense0:4 -> dense1:1; set input:1,1 -> dense0:0 0.9; add input:0,0 -> dense1:2 1.3",
    "images": "ablate conv0:1,1,2; cut conv0:0,0,0 -> max-pool1:0,0,0; "
    "scale max-pool1:1,1,1 -> conv2:1,1,0 3; add input:2,2,1 -> conv2:0,0,1 0.8; clamp input:0,1,0 0.3",
    "uneven": "ablate conv0:1,1,2; cut conv0:0,0,0 -> max-pool1:0,0,0; shift conv2:0,0,1 0.2",
    "norms": "scale conv0:1,1,1 -> lrn1:1,1,1 0.4; cut conv0:1,1,1 -> lrn1:1,1,2; shift maxout2:0,0,1 0.2; "
    "set maxout2:1,1,1 -> layer-norm3:1,1,0 0.7; cut lrn1:0,0,0 -> maxout2:0,0,0",
    "tokens": "scale block1.query:1,2 -> block1.scores:1,1,0 2; "
    "cut block1.value:2,1 -> block1.attention:1,1; ablate block1.hidden:0,3; "
    "add tokens:0,1 -> block1.residual2:0,2 0.6; scale tokens:0,1 -> block1.norm1:0,1 0.5",
}


def cases() -> dict[str, tuple[Net, np.ndarray]]:
    """Small float64 nets of every kind, each as it is and edited, with an input."""
    found = {}
    for name, net in edit_nets.nets().items():
        found[name] = net, edit_nets.image(net)
        found[f"{name}, edited"] = net.mutate(EDITS[name]), edit_nets.image(net)
    return found


CASES = cases()


def by_hand(trace: Trace, pair: tuple[str, str], of=None, against=None) -> tuple[np.ndarray, np.ndarray]:
    """Each synapse of a connection, by one number for both ends, ascending; its evidence in float64."""
    net, found = trace.net, trace.net.synapses(*pair, trace)
    slope = engine.lead_gradient(trace, of, against)[pair[1]].reshape(-1).astype(np.float64)
    start = trace.activation[pair[0]].reshape(-1).astype(np.float64)[found.source - net.offset(pair[0])]
    values = found.weight.astype(np.float64) * start * slope[found.target - net.offset(pair[1])]
    order = np.argsort(ends(net, found))
    return ends(net, found)[order], values[order]


def ends(net: Net, synapses: Synapses) -> np.ndarray:
    return synapses.source.astype(np.int64) * net.neuron_count + synapses.target
