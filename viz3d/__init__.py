"""viz3d: watch a neural network read a handwritten digit, neuron by neuron, in 3D.

From Python, `read(net, "four.png")` makes of a picture what the net reads, `picture(trace)` draws a moment,
and `film(trace, "seven.mp4")` a film; a notebook shows both.
"""

from viz3d.command.begin import begin
from viz3d.command.errors import UserError

begin()  # ahead of longer imports

import logging  # noqa: E402
import sys  # noqa: E402
from typing import TYPE_CHECKING, Any  # noqa: E402

if TYPE_CHECKING:
    from viz3d.command.choice.digits import read
    from viz3d.export.from_python import film, picture

__all__ = ["UserError", "film", "picture", "read"]

# Here, because the processes that draw import it too: matplotlib's words about a home where it cannot write,
# and the encoder's about a film that is stopped before its first picture, are not for this program's users.
for _library in ("matplotlib", "imageio_ffmpeg"):
    logging.getLogger(_library).setLevel(logging.ERROR)

if "IPython" in sys.modules:
    from viz3d.command.tracebacks import shorten

    shorten()


def __getattr__(name: str) -> Any:
    """Load what reads pictures, and what draws and with it VTK, only where they are asked for."""
    if name == "read":
        from viz3d.command.choice.digits import read  # noqa: PLC0415

        return read
    if name in ("film", "picture"):
        from viz3d.export import from_python  # noqa: PLC0415

        return getattr(from_python, name)
    raise AttributeError(f"module 'viz3d' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What a notebook's Tab key offers: the names above too that are loaded late, and no module's own."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
