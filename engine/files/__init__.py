"""Nets as files: an .npz that is written whole or not at all and read without pickle and without trust.

Files of other systems belong to `engine.foreign`.
"""
