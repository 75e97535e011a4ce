"""Blocks: what computes one layer from earlier ones."""
