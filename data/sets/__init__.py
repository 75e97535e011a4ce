"""Data sets: where they lie, how they are fetched, checked and read.

Nothing here alters an image.
"""
