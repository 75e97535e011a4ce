"""Edits: what a mutation of a net says, as values that read and write as text.

An edit never touches the net that it is made for: a net holds edits in a row, its overlay, and the passes
apply them (see `engine.edits.overlay`). In order: a later edit acts on what the earlier ones left.

    ablate hidden1:17                   its activation is 0
    clamp hidden2:5 0.8                 its activation is 0.8
    scale hidden1:3 2                   its activation is twice what it would be
    shift hidden1:3 -0.5                its bias is 0.5 less
    function hidden1:3 tanh             another activation function
    freeze hidden1:3                    training leaves what it has learned as it is
    hold hidden1                        training leaves weights of the layer that are 0 at 0
    cut input:14,14 -> hidden1:3        the synapse is gone
    set input:14,14 -> hidden1:3 0.2    its weight is 0.2
    scale input:14,14 -> hidden1:3 2    its weight is twice what it would be
    nudge input:14,14 -> hidden1:3 0.1  its weight is 0.1 more
    add hidden1:3 -> output:7 0.5       a synapse where none was

A neuron edit may name a group, such as `ablate conv1:map12`. Where a group stands at an end of a synapse, all
synapses that there are between the two are meant: `cut hidden1:17 -> hidden2`; only `add` takes one alone.
Editing a synapse of a convolution unties that one from its kernel; the others keep theirs. A normalisation
goes on dividing by what its whole row comes to, a neuron whose synapse is cut included. A synapse of
attention that is set no longer follows from the input. Only to a layer that takes a maximum none is added.

Here belongs what an edit is, and what a net's edits come to, neuron by neuron and synapse by synapse.
Surgery, which changes the net itself, belongs to `engine.mutate`.
"""

from engine.edits.grammar import (
    NEURON,
    SYNAPSE,
    Edit,
    form,
    meant,
    parse,
    parse_one,
    single,
    statements,
    words,
    write,
)

__all__ = [
    "NEURON",
    "SYNAPSE",
    "Edit",
    "form",
    "meant",
    "parse",
    "parse_one",
    "single",
    "statements",
    "words",
    "write",
]
