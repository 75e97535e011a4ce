"""`python -m viz3d.live`: the window."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from viz3d.command.errors import UserError
from viz3d.command.process.signals import ending_at_once
from viz3d.command.process.starting import quick_imports
from viz3d.command.signature import command
from viz3d.live.options import Asked
from viz3d.live.screen import check_screen

_QT = ("PySide6", "shiboken6", "pyqtgraph")


_SCREEN = Path(__file__).with_name("web") / "screen.json"
# Without it a screen has 800 x 800, within which menus are held. Qt parts what it is told at colons.
_UNSEEN = "offscreen" if ":" in str(_SCREEN) else f"offscreen:configfile={_SCREEN}"


@command
def live(asked: Asked) -> None:
    """Open a window: draw digits, watch them cross a network in 3D, pick a neuron, read it, change it.

    python -m viz3d.live

    python -m viz3d.live --preset cnn-draw --digit 4

    python -m viz3d.live --model my.npz --image my-four.png

    python -m viz3d.live --sample mnist:test:340 --mutate "ablate hidden1:38"

    python -m viz3d.live --web
    """
    if asked.opening.web:
        os.environ["QT_QPA_PLATFORM"] = _UNSEEN
    elif asked.opening.port is not None:
        raise UserError("--port is for --web: add it, or leave it out")
    else:
        check_screen()
    # Imported here so that help and wrong options answer at once.
    try:
        with ending_at_once(), quick_imports():
            from viz3d.live.app import open_window  # noqa: PLC0415
    except ImportError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _QT and not any(name in str(error) for name in _QT):
            raise
        raise UserError(
            f'the window needs Qt ({error}): install it with `python -m pip install -e ".[live]"`, '
            "or run scripts/live"
        ) from error
    with _collected_later():
        open_window(asked)


@contextmanager
def _collected_later() -> Iterator[None]:
    """Open without Python's collector; the window lets it begin at its first picture.

    What draws that picture imports more, and nothing of it is garbage.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
