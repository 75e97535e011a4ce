"""Edited synapses: as columns of a table, as arrays of single ones, as bundles of many edited alike.

What they make of a layer's sums and of the gradients is in `link_sums` (one by one), `bundle_sums` (many at
once) and `windows` (of a layer that takes a maximum).
"""
