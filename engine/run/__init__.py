"""A net at work: a batch forward and backward, traces, predictions, losses, evaluations.

Here belongs what goes through a whole net; what one kind of layer computes belongs to its file in
`engine.blocks`, steps of training to `engine.training`.
"""

from engine.run.inputs import as_inputs
from engine.run.losses import loss_of
from engine.run.machine import Machine

__all__ = ["Machine", "as_inputs", "loss_of"]
