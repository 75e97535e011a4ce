"""Compiled loops over images and maps: convolutions and poolings, alone and in one pass."""
