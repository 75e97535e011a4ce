"""How much memory a network takes, told and compared with what is there before it is made."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from engine.arrays import size_of
from engine.graph.layer import Layer
from engine.graph.rules import parameter_shapes
from viz3d.command.errors import UserError

_COPIES = 4
"""Weights, their gradients and the two numbers that Adam keeps for each, all float32."""
_TOLD = 1 << 30
"""Bytes from which a person wants to know."""


def training_bytes(layers: Sequence[Layer]) -> int:
    """About how many bytes a training of these layers takes, without its images."""
    parameters = sum(size_of(shape) for shape in parameter_shapes(layers).values())
    return 4 * _COPIES * parameters


def check_memory(layers: Sequence[Layer], place: str, tell: Callable[[str], None] | None = None) -> None:
    """UserError where a network would take more memory than there is; a large one is told of.

    place: what asks for it, such as "--architecture".
    """
    needed = training_bytes(layers)
    if needed < _TOLD:
        return
    there = available()
    if there is not None and needed > there:
        raise UserError(
            f"{place}: training it takes about {_gigabytes(needed)} of memory, {_gigabytes(there)} are free: "
            "make it smaller"
        )
    if tell is not None:
        tell(f"{place}: training it takes about {_gigabytes(needed)} of memory")


def available() -> int | None:
    """The bytes that this process may still take; None where the system does not tell."""
    found = []
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable")))
    # A container may have less than its machine.
    with suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        most = int((group / "memory.max").read_text())
        found.append(most - int((group / "memory.current").read_text()))
    if not found:
        with suppress(OSError, ValueError, AttributeError):
            found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return max(min(found), 0) if found else None


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
