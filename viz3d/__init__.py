"""viz3d: watch a neural network read a handwritten digit, neuron by neuron, in 3D."""

from viz3d.command.begin import begin
from viz3d.command.errors import UserError

begin()  # ahead of longer imports

import logging  # noqa: E402

__all__ = ["UserError"]

# Here, because the processes that draw import it too: matplotlib's words about a home where it cannot write
# are not for this program's users.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
