"""PyTorch's files: weights by name, in archives of several kinds, and how they are meant."""
