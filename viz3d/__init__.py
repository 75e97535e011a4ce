"""viz3d: watch a neural network read a handwritten digit, neuron by neuron, in 3D."""

from viz3d.command.errors import UserError

__all__ = ["UserError"]
