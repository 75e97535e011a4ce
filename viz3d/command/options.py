"""The options that several commands share, and the panels of their help."""

from dataclasses import dataclass
from pathlib import Path

from viz3d.command.completing import presets
from viz3d.command.option import option

NETWORK = "Which network"
DIGIT = "Which digit"
FILM = "The film"
RUNNING = "Running"
WHOLE_SET = "Over a whole data set"

PRESET = "mlp"  # the network where none is named
CUSTOM = "custom"  # the name of a network of the user's own design

DATA = "NAME|DIR|FILE"
IMAGES = (
    "The images: mnist (found in VIZ3D_DATA or the cache, else downloaded), digits (the small set that comes "
    "with viz3d), fashion-mnist, kmnist, emnist-letters, emnist-balanced, xor, iris and others by name, or "
    "data of your own: IDX files, a folder of pictures, a .csv, a .npz. `python -m viz3d data DIR` tells "
    "what is found there."
)
THEMES = "dark|light|high-contrast|colour-blind"
QUIET = "Say nothing but errors."


@dataclass(frozen=True)
class Network:
    """A trained network: that of a preset, or one in a file."""

    preset: str | None = option("NAME", "A network by name, such as mlp.", NETWORK, completed=presets)
    model: Path | None = option(
        "FILE",
        "A network that `python -m viz3d.train` saved, or one of another system, such as an ONNX model; "
        "`python -m viz3d import --help` lists them.",
        NETWORK,
    )
