"""A changed network as a file, and a session as the lines that lead to it."""

from collections.abc import Collection
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import engine
from engine import Net
from viz3d.command.errors import UserError
from viz3d.command.output import atomic_write, check_place
from viz3d.session.session import Session


def save(original: Net, mutated: Net, path: Path) -> None:
    """Save a mutated network: its history tells how it was made, its provenance what it was made of.

    What was measured before it was mutated is told of that one alone, and images that were worth watching may
    now be misread: the file names none.
    """
    told = {"viz3d": version("viz3d"), "base": dict(original.provenance)}
    check_place(path, option="name")
    engine.save(replace(mutated, provenance=told, watch={}), path)


def write_script(session: Session, path: Path, passing: Collection[Path] = ()) -> str:
    """Write the lines that lead to a session, of a name in .py in Python; return them.

    passing: see Session.script. UserError where the name is not that of a script: what stands there may be a
    network.
    """
    ending = path.suffix.lower()
    check_place(path, option="name")
    if ending not in (".txt", ".py", ""):
        raise UserError(f"cannot write {path}: a script is text: end its name in .txt, or in .py for Python")
    text = "\n".join(session.python(passing) if ending == ".py" else session.script(passing)) + "\n"
    with atomic_write(path) as part:
        part.write_text(text, encoding="utf-8")
    return text
