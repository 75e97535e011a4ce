"""Texts that stand in space: names of layers and of bands, labels of bars, what comes in, the answer."""
