"""viz3d: watch a neural network read a handwritten digit."""
