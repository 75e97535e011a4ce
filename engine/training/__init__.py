"""Training: steps, optimizers, schedules, checkpoints, and the loop that yields after each update.

What runs a batch forward and backward belongs to `engine.run`; a command's options to `viz3d.train`.
"""

from engine.training.trainer import Trainer

__all__ = ["Trainer"]
