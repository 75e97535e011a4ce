"""A changed network as a file."""

from importlib.metadata import version
from pathlib import Path

import engine
from engine import Net
from viz3d.command.output import atomic_write


def save(original: Net, mutated: Net, path: Path) -> None:
    """Save a mutated network: its history tells how it was made, its provenance what it was made of.

    What was measured before it was mutated is told of that one alone.
    """
    told = {"viz3d": version("viz3d"), "base": dict(original.provenance)}
    with atomic_write(path) as part:
        # The engine writes to names that end in .npz only.
        beside = part.with_suffix(".npz")
        try:
            engine.save(mutated.replace(provenance=told), beside)
            beside.replace(part)
        finally:
            beside.unlink(missing_ok=True)
