"""Single synapses and neurons, read: views of a net's edges, the strongest of them, readings, paths, handles.

What an answer leads by and its slopes, which evidence needs, and the slow interpreter that runs a net edge by
edge are here too; what changes a synapse belongs to `engine.edits`.
"""
