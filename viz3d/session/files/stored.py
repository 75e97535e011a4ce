"""A session in a folder or a file: its lines, and what is costly to do again or may be gone by then.

A file is a zip of the folder, nothing in it packed. `session.json` lists the moments, each with its acts:

    {"viz3d session": 1, "undone": 0, "moments": [[{"line": "data mnist"}, ...], [{"line": ..., "net": ...}]]}

An act that trained or evolved, or that read a network's file, has the network that came of it ("net", an .npz
beside); a run, where it is known, what it measured ("curves": a file beside, see `Curves.to_bytes`, and three
lengths), and the one that the last moment could go on with, where it stands ("standing", a checkpoint
beside); one that took a digit has it as text ("picture", "label", "source"). All else is done again. Nothing
in it is run as code, and no more is read than its sizes allow. "back" is there where the moment before the
last one was on screen: the step of its training at which that is.
"""

import json
import os
import secrets
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import engine
from data import DataError
from engine import Checkpoint, EngineError, Net
from viz3d.command.errors import UserError
from viz3d.command.options import CUSTOM
from viz3d.command.output import atomic_write
from viz3d.session.acts.change import Evolve, Select, UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.drawing import Drawing, is_drawing
from viz3d.session.acts.registry import line_of
from viz3d.session.acts.take import TakeDigit, TakeImage, TakeSample
from viz3d.session.acts.train import Train
from viz3d.session.curves import Curves
from viz3d.session.files.replayed import (
    CURVES,
    DAMAGED,
    FILES,
    MOST_ACTS,
    MOST_TEXT,
    STANDING,
    Replaying,
    replaying,
)
from viz3d.session.images import Notify, hush
from viz3d.session.moments import Moments
from viz3d.session.session import Session
from viz3d.session.state import Act, State

ENDING = ".viz3d"
LIST = "session.json"
FORMAT = 1
Stored: TypeAlias = "Net | Curves | Checkpoint"
_MOST_BYTES = 8 << 30  # of a file
_MOST_ENTRIES = 10_000


class SessionFolder:
    """A folder that holds a session as it was last written, whatever happens meanwhile.

    The list is replaced in one step, after all that it names is there; what it named before goes after that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stored: list[tuple[Stored, str]] = []

    def write(self, moments: Moments) -> None:
        """Write a session's moments; UserError or EngineError where that cannot be, and the last stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        names: list[tuple[Stored, str]] = []
        listed = [[self._told(state, act, names) for act in state.acts] for state in moments.states]
        self._tell_standing(moments, listed, names)
        told: dict[str, Any] = {"viz3d session": FORMAT, "undone": moments.undone, "moments": listed}
        text = json.dumps(told if moments.back is None else told | {"back": moments.back})
        with atomic_write(self.folder / LIST) as part:
            part.write_text(text, encoding="utf-8")
        self._stored = names
        wanted = {name for _, name in names}
        for file in self.folder.iterdir():
            if is_part(file.name) and file.name not in wanted:
                with suppress(OSError):
                    file.unlink()

    def _told(self, state: State, act: Act, names: list[tuple[Stored, str]]) -> dict[str, Any]:
        """An act as JSON; its network is stored, unless it is already."""
        told: dict[str, Any] = {"line": line_of(act)}
        digit = state.traced.digit
        # What is no picture of a digit is looked for again.
        if isinstance(act, TakeDigit | TakeSample | TakeImage) and is_drawing(digit.image):
            picture = Drawing.of(digit.image).code
            told |= {"picture": picture, "label": digit.label, "source": digit.source}
        net = _costly(state, act)
        if net is not None:
            told["net"] = self._file(net, "net-{}.npz", partial(engine.save, net), names)
        curves = state.measured if isinstance(act, Train) else None
        if curves is not None:
            name = self._file(curves, "curves-{}.f64", partial(_write, curves), names)
            told["curves"] = [name, *curves.lengths]
        return told

    def _tell_standing(
        self, moments: Moments, listed: list[list[dict[str, Any]]], names: list[tuple[Stored, str]]
    ) -> None:
        """Store where the training stands that the last moment could go on with, beside the run it is of."""
        standing = moments.held[-1].standing
        if standing is None:
            return
        run = next(k for k, state in enumerate(moments.states) if state.standing is standing)
        write = partial(engine.save_checkpoint, _lean(standing))
        listed[run][-1]["standing"] = self._file(standing, "standing-{}.npz", write, names)

    def _file(
        self,
        thing: Stored,
        named: str,
        write: Callable[[Path], object],
        names: list[tuple[Stored, str]],
    ) -> str:
        """The name of the file that has a thing; it is written unless it is there."""
        known = [name for each, name in (*self._stored, *names) if each is thing]
        name = known[0] if known else named.format(secrets.token_hex(6))
        if not known:
            write(self.folder / name)
        names.append((thing, name))
        return name


@dataclass(frozen=True)
class Peek:
    """What a folder holds, in short: the line that chose its network ("net custom": layers of its own), acts
    that hold, acts undone. What only selects is no such act: nobody misses it.

    back: see Moments.
    """

    net: str
    done: int
    undone: int
    back: int | None = None


def peek(folder: Path) -> Peek:
    """What a folder holds; UserError, one line, where it holds no session."""
    try:
        listed = _listed(folder)
        moments, undone = listed["moments"], int(listed["undone"])
        lines = [act["line"] for acts in moments for act in acts]
        own = f"{Design.word} "
        nets = [line for line in lines if line.startswith(("net ", "model ", own))]
        chosen = f"net {CUSTOM}" if nets[-1].startswith(own) else nets[-1]
        back = listed.get("back")
        kept = [any(not act["line"].startswith(f"{Select.word} ") for act in acts) for acts in moments[1:]]
        holds = len(kept) - undone
        return Peek(chosen, sum(kept[:holds]), sum(kept[holds:]), None if back is None else int(back))
    except DAMAGED as error:
        raise _unsound(folder, error) from error


def read_folder(folder: Path, notify: Notify = hush) -> Session:
    """The session that a folder holds; UserError, DataError or EngineError where there is none."""
    return _done(reading_folder(folder, notify))


def reading_folder(folder: Path, notify: Notify = hush) -> Replaying:
    """The same act by act, for who does other things meanwhile."""
    try:
        return (yield from replaying(_listed(folder), folder, notify))
    except DAMAGED as error:
        raise _unsound(folder, error) from error


def _unsound(folder: Path, error: Exception) -> UserError:
    return UserError(f"{folder} holds no sound session ({error!s:.80}): it was not written whole")


def write_file(moments: Moments, path: Path) -> None:
    """Write a session as one file, whole or not at all; UserError where it cannot be written."""
    if path.suffix.lower() != ENDING:
        raise UserError(f"cannot write {path}: a session is a {ENDING} file: end its name in {ENDING}")
    with tempfile.TemporaryDirectory(prefix="viz3d-") as scratch, atomic_write(path) as part:
        SessionFolder(Path(scratch)).write(moments)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for file in sorted(Path(scratch).iterdir()):
                archive.write(file, file.name)


def read_file(path: Path, notify: Notify = hush) -> Session:
    """The session in a file; UserError, DataError or EngineError, one line, where there is none."""
    return _done(reading_file(path, notify))


def reading_file(path: Path, notify: Notify = hush) -> Replaying:
    """The same act by act, for who does other things meanwhile."""
    if not path.is_file():
        raise UserError(f"{path}: there is no such file")
    with tempfile.TemporaryDirectory(prefix="viz3d-") as scratch:
        folder = Path(scratch)
        try:
            with zipfile.ZipFile(path) as archive:
                for entry in _entries(archive, path):
                    _extract(archive, entry, folder)
            return (yield from replaying(_listed(folder), folder, notify))
        except (UserError, DataError, EngineError) as error:
            told = str(error).replace(f"{folder}{os.sep}", "")  # nobody knows that folder
            raise UserError(told if str(path) in told else f"{path}: {told}") from error
        except (zipfile.BadZipFile, *DAMAGED) as error:
            told = str(error) or type(error).__name__
            raise UserError(f"{path} is no session, or is cut short ({told:.80}): save it again") from error


def is_part(name: str) -> bool:
    """Whether a file's name is one that a session's list can name."""
    return any(kind.fullmatch(name) for kind in FILES)


def _lean(standing: Checkpoint) -> Checkpoint:
    """Where a training stands, without the best and the last good weights: who goes on begins them anew."""
    needed = {name: array for name, array in standing.arrays.items() if name not in ("best", "good")}
    return replace(standing, arrays=needed)


def _write(curves: Curves, file: Path) -> None:
    with atomic_write(file) as part:
        part.write_bytes(curves.to_bytes())


def _done(replaying: Replaying) -> Session:
    while True:
        try:
            next(replaying)
        except StopIteration as end:
            session: Session = end.value
            return session


def _entries(archive: zipfile.ZipFile, path: Path) -> Iterator[zipfile.ZipInfo]:
    """The entries of a session's file, each of a name and a size that a session has."""
    entries = archive.infolist()
    wrong = len(entries) > _MOST_ENTRIES or len({entry.filename for entry in entries}) < len(entries)
    if wrong or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise UserError(f"{path} is no session: it has more in it than a session has")
    for entry in entries:
        known = entry.filename == LIST or is_part(entry.filename)
        # What is not packed cannot unpack to more than the file.
        if not known or entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
            later = "" if known else ", or is of a later viz3d"
            raise UserError(f"{path} is no session: {entry.filename!r:.40} does not belong in one{later}")
        yield entry


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    """Take an entry out; what is damaged and no network is left out: it is then told as lost."""
    try:
        archive.extract(entry, folder)
    except (zipfile.BadZipFile, EOFError):
        if not any(kind.fullmatch(entry.filename) for kind in (CURVES, STANDING)):
            raise
        (folder / entry.filename).unlink(missing_ok=True)


def _listed(folder: Path) -> dict[str, Any]:
    """The list of a folder, with no more checked than that it is one."""
    file = folder / LIST
    if not file.is_file():
        raise UserError(f"{folder} holds no session: there is no {LIST} in it")
    if file.stat().st_size > MOST_TEXT:
        raise UserError(f"{file} has {file.stat().st_size:,} bytes, the limit is {MOST_TEXT:,}")
    listed = json.loads(file.read_text(encoding="utf-8"))
    if listed["viz3d session"] != FORMAT:
        raise UserError(
            f"{file} is of format {listed['viz3d session']!r:.20}, known is {FORMAT}: update viz3d"
        )
    if not 0 < len(listed["moments"]) <= MOST_ACTS:
        raise UserError(f"{file} has {len(listed['moments']):,} acts: a session has 1 to {MOST_ACTS:,}")
    return dict(listed)


def _costly(state: State, act: Act) -> Net | None:
    """The network that an act made, where it took long or came from a file."""
    if isinstance(act, UseNet):
        return None if act.model is None else state.before.net
    made = isinstance(act, Evolve) or (isinstance(act, Train) and act.steps > 0)
    return state.traced.net if made else None
