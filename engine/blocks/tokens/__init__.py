"""Blocks that read rows of tokens: the parts of a transformer."""
