"""Shortcuts of a fast pass: what comes out is the same within rounding, whether they are taken or not.

Layers become one step (`fused`, `fused_attention`), tokens that nobody reads are left out (`first_rows`), and
calls of compiled loops are made again without Python (`tape`). Whoever asks what a net computes may skip it.
"""
