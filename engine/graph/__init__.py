"""What a net is made of and what follows from that alone: layers, rules, addresses, topology.

Here belongs what can be said of a net without its weights. What weights and an image come to belongs to
`engine.run`, single synapses to `engine.synapses`.
"""
