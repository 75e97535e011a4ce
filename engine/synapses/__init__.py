"""Single synapses and neurons, read: views of a net's edges, the strongest of them, readings, paths, handles.

The slow interpreter that runs a net edge by edge is here too; what changes one belongs to
`engine.edits`.
"""
