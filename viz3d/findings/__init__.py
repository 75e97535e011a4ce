"""Facts, found out and kept as values: a neuron, a synapse, an effect, paths, studies.

Nothing here prints or draws: terminal and figures of `viz3d.inspect` do.
"""
