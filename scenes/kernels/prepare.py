"""All loops of drawing are compiled once on a machine: by two processes, from both ends of one list."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numba
import numpy as np

from scenes.kernels import bands, finish
from scenes.kernels import light as lights
from scenes.kernels.compile import is_cached
from scenes.kernels.primitives import balls, cells, segments, sheet, sides, spots, stamps
from scenes.kernels.primitives.lines import aim
from scenes.kernels.values import Band, Bodies, Discs, Lines, Rasters, Sides, Spots, Stamps, View, f

_SECOND = "from scenes.kernels import prepare; prepare.from_the_end()"


def prepare(*, light: bool) -> None:
    """Compile the loops, or load them from disk: seconds for the first film on a machine.

    light: all of them; else those that finish a picture alone, which one process does soon.
    """
    if not light:
        for compiling in finish.preparing():
            compiling()
        return
    # Inner loops are in those that are loaded, and are needed to compile them alone.
    ready = lights.is_ready() and finish.is_ready()
    with _helped():
        for compiling in finish.preparing() if ready else _parts():
            compiling()
        lights.prepare()


def from_the_end() -> None:
    """Compile the same from the last to the first, as long as the process lives that began this one.

    (Windows does not tell: there it goes on to the end.)
    """
    parent = os.getppid()
    for compiling in reversed(_parts()):
        if os.getppid() != parent:
            return
        compiling()


@contextmanager
def _helped() -> Iterator[None]:
    """A second process at work on the same, where there is a processor for it and something to do.

    What it keeps on disk is loaded here, and the other way round: they meet in the middle.
    """
    process = None
    if not (lights.is_ready() and finish.is_ready()) and is_cached() and (os.cpu_count() or 1) > 1:
        quiet = subprocess.DEVNULL
        ours = str(Path(__file__).parents[2])
        paths = os.pathsep.join([ours, *filter(None, [os.environ.get("PYTHONPATH")])])
        with suppress(OSError):
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _SECOND],
                stdin=quiet,
                stdout=quiet,
                stderr=quiet,
                env={**os.environ, "PYTHONPATH": paths},
            )
    try:
        yield
    finally:
        if process is not None:
            process.wait()


def _parts() -> list[Callable[[], object]]:
    """What compiles each part of the work: those that `draw_bands` is made of, then those beside it."""
    real: Callable[..., Any] = partial(np.zeros, dtype=f)
    byte: Callable[..., Any] = partial(np.zeros, dtype=np.uint8)
    count: Callable[..., Any] = partial(np.zeros, dtype=np.int64)
    view = View(np.eye(4), 0.1, 4, 4)
    band = Band(real(3), real(1), real(4), 0, 4, 0, 4)
    whole, wide, texels = np.zeros(1, np.bool_), np.zeros((1, 3, 3)), np.zeros((1, 2))
    places = wide, count((1, 2)), count((1, 5)), texels
    rasters = Rasters(*places, whole, real((1, 3)), byte((1, 4)), real((1, 2)))
    discs, side = Discs(real((1, 4)), real((1, 4)), byte((1, 4)), 0), Sides(real((1, 3, 4)), byte((1, 3, 4)))
    stamp = Stamps(real((1, 4)), byte((1, 1, 4)), 1, 1, 0.0)
    bodies = Bodies(rasters, discs, side, stamp, side)
    lines = Lines(real((2, 3)), byte((2, 4)), count((1, 3)), real(1), real(1), count(4), real((2, 4)))
    spot = Spots(real((1, 4)), byte((1, 4)))
    typed: list[tuple[Any, ...]] = [
        (cells.add_raster, rasters, 0, view, band),
        (balls.add_discs, discs, band),
        (stamps.add_stamp, stamp, 0, band),
        (sides.add_sides, side, band),
        (bands.add_bodies, bodies, view, band),
        (bands.add_stamps, stamp, band),
        (sheet.keep, sheet.NOTHING, view, band, byte((1, 1))),
        (bands.put, band, 0, byte(1), byte(1), f(1)),
        (bands.clear, band),
        (bands.dim, band),
        (segments.spread, lines, view, 32),
        (bands.add_lines, real((1, 16)), 0, 0, band),
        (bands.add_spots, spot, band),
        (aim, lines, view),
        (spots.aim_spots, real((1, 3)), real(1), 0.0, view, real((1, 4))),
    ]
    made = [partial(loop.compile, tuple(map(numba.typeof, handed))) for loop, *handed in typed]
    return [*made, partial(stamps.levels_of, byte((2, 2, 4))), *finish.preparing()]
