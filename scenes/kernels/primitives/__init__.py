"""What each kind of drawn thing adds to a band of a picture: balls, cells, lines, halos, triangles, stamps.

A file a kind, each a compiled loop over plain arrays; `scenes.kernels.light` calls them band by band.
"""
