"""Mutations as text: edits that lie on top of a net, and surgery that changes the net itself, in order.

Besides the edits of `engine.edits`:

    weight conv1.kernel:1,2,0,7 0.5     one learned number; all synapses that share it change
    noise hidden1 0.1 seed 3            random changes, 0.1 of the weights' own spread
    noise hidden1:17 -> hidden2 0.1     the same for single synapses: each becomes a nudge of its own
    prune hidden1 30%                   the weakest weights become 0, and stay so in training
    remove hidden1:3-5                  neurons, or whole maps of a convolution, leave the net
    grow hidden1 8 seed 3               neurons join it; they send nothing yet
    crossover other.npz seed 3          each neuron's or map's weights stay or are that file's, at random

A crossover takes what the other net has learned, and none of its edits; this net's edits stay. The layers of
both must be the same, so it comes ahead of remove and grow.

Here belongs what makes a new net of one; edits, which lie on top of it, belong to `engine.edits`.
"""

from engine.mutate.statements import mutate

__all__ = ["mutate"]
