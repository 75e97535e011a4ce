"""The options that several commands share, each written once: name, help and place in the help."""

from pathlib import Path
from typing import Annotated

import typer

NETWORK = "Which network"
DIGIT = "Which digit"
FILM = "The film"
RUNNING = "Running"

PRESET = "mlp"  # the network where none is named
CUSTOM = "custom"  # the name of a network of the user's own design

Preset = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="A network by name, such as mlp.", rich_help_panel=NETWORK),
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE.npz",
        help="A network that `python -m viz3d.train` saved.",
        rich_help_panel=NETWORK,
    ),
]
Digit = Annotated[
    int | None,
    typer.Option(
        "--digit",
        metavar="0..9",
        help="The first test image of this digit; 7 unless a digit is chosen.",
        rich_help_panel=DIGIT,
    ),
]
Sample = Annotated[
    str | None,
    typer.Option(
        "--sample",
        metavar="SET:SPLIT:INDEX",
        help="One image of a data set, such as mnist:test:1166 or digits:17.",
        rich_help_panel=DIGIT,
    ),
]
Image = Annotated[
    Path | None,
    typer.Option(
        "--image",
        metavar="FILE",
        help="A photo or drawing of one digit, dark on light or light on dark: a PNG, JPEG, GIF, BMP, TIFF "
        "or WebP.",
        rich_help_panel=DIGIT,
    ),
]
Label = Annotated[
    int | None,
    typer.Option(
        "--label",
        metavar="0..9",
        help="The true digit of --image, so that the picture can say whether the answer is right.",
        rich_help_panel=DIGIT,
    ),
]
Data = Annotated[
    str,
    typer.Option(
        "--data",
        metavar="mnist|digits|DIR",
        help="The images: MNIST (found in VIZ3D_DATA or the cache, else downloaded), "
        "the small set that comes with viz3d, or a folder that holds the MNIST files.",
        rich_help_panel=DIGIT,
    ),
]
Theme = Annotated[
    str,
    typer.Option(
        "--theme", metavar="dark|light", help="Light is for slides and paper.", rich_help_panel=FILM
    ),
]
Size = Annotated[
    str | None,
    typer.Option(
        "--size",
        metavar="WxH",
        help="Pixels, or a name: 720p, 1080p, 1440p, 4k, portrait, square, gif.",
        rich_help_panel=FILM,
    ),
]
Seed = Annotated[
    int,
    typer.Option("--seed", metavar="N", help="Start of the random numbers.", rich_help_panel=RUNNING),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Say nothing but errors.", rich_help_panel=RUNNING),
]
