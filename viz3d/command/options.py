"""The options that several commands share, and the panels of their help."""

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.option import option

NETWORK = "Which network"
DIGIT = "Which digit"
FILM = "The film"
RUNNING = "Running"
WHOLE_SET = "Over a whole data set"

PRESET = "mlp"  # the network where none is named
CUSTOM = "custom"  # the name of a network of the user's own design

DATA = "mnist|digits|DIR"
IMAGES = (
    "The images: MNIST (found in VIZ3D_DATA or the cache, else downloaded), "
    "the small set that comes with viz3d, or a folder that holds the MNIST files."
)
QUIET = "Say nothing but errors."


@dataclass(frozen=True)
class Network:
    """A trained network: that of a preset, or one in a file."""

    preset: str | None = option("NAME", "A network by name, such as mlp.", NETWORK)
    model: Path | None = option("FILE.npz", "A network that `python -m viz3d.train` saved.", NETWORK)
