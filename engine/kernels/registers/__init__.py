"""Blocks of vectors that compiled loops carry in registers; `emit` writes their code, see `blocks`."""
