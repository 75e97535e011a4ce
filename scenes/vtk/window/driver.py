"""Who draws what shines and finishes pictures: the graphics driver and Pillow, or compiled loops."""

import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # it brings Numba
    from scenes.kernels.light import Light

SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr")
"""Words in the names of drivers by which the processor draws."""
_known: list[bool] = []  # that films were prepared for a driver that is software


def is_software(window: Any) -> bool:
    """Whether the processor draws in a render window, by the name of its driver."""
    window.Initialize()
    report = window.ReportCapabilities().splitlines()
    names = [line.split(":", 1)[1].lower() for line in report if "renderer string" in line]
    return any(word in name for name in names for word in SOFTWARE)


def knows_software() -> bool:
    """Whether it is known, without a window, that the processor draws: `prepare_films` was told so."""
    return bool(_known)


def compiled_light(software: bool, wanted: bool | None) -> "Light | None":
    """What draws light by compiled loops; None where the driver does.

    wanted: None chooses: where the driver is software, and the loops need not be compiled first, which takes
        longer than a picture.
    """
    if wanted is False or not (wanted or software):
        return None
    from scenes.kernels.light import Light, is_ready  # noqa: PLC0415 -- brings Numba

    return Light() if wanted or is_ready() else None


def finish_loops() -> ModuleType | None:
    """Loops that finish a picture; None where one is finished sooner without: Numba is not in use here."""
    if "numba" not in sys.modules:
        return None
    from scenes.kernels import finish  # noqa: PLC0415 -- brings Numba

    return finish if finish.is_ready() else None


def video_planes() -> Callable[[NDArray[np.uint8], NDArray[np.uint8]], None] | None:
    """What writes a picture as most video has it, see `scenes.kernels.planes`; None without loops in use."""
    loops = finish_loops()
    return loops.planes if loops else None


def bring_loops() -> bool:
    """Take loops that finish pictures into use where they are on disk; returns whether they are in use."""
    from scenes.kernels import finish  # noqa: PLC0415 -- brings Numba

    return finish.is_ready() or finish.look_again()


def prepare_films(*, software: bool) -> bool:
    """Compile what draws many pictures faster, or load it from disk: seconds for the first film on a machine.

    software: whether the driver is, so that what shines is drawn by loops.

    Returns whether other processes find on disk what is compiled.
    """
    from engine.kernels import topk  # noqa: PLC0415 -- brings Numba
    from scenes.kernels import compile as compiling  # noqa: PLC0415
    from scenes.kernels import prepare  # noqa: PLC0415

    _known[:] = [True] if software else []
    topk.prepare()
    prepare.prepare(light=software)
    return compiling.is_cached()
