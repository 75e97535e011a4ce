"""Edited synapses: as columns of a table, as arrays of single ones, as bundles of many edited alike.

What they make of a layer's sums and of the gradients is in `link_sums` (one by one), `bundle_sums` (many at
once; of normalisations, maxima, and boxes of an image: `bundle_norms`, `bundle_windows`, `bundle_boxes`) and
`windows` (single ones of a layer that takes a maximum).
"""
