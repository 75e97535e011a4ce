"""One input read under watch: what came of it, and what it took."""

import os
import sys
import time
import traceback
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST_BYTES = 256 << 20
"""Beyond what was there before; the nets of the corpus are small."""
MOST_SECONDS = 10.0
"""Of the processor."""
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "pty.spawn")
_RUNS = ("pickle.find_class", "ctypes.dlopen", "socket.connect", "socket.bind", "code.__new__")


@dataclass
class Outcome:
    """What came of one input.

    kind: "taken", "refused", or what is wrong. told: the error's text, or more of what is wrong.
    """

    kind: str
    told: str = ""
    seconds: float = 0.0
    bytes: int = 0

    @property
    def wrong(self) -> bool:
        """Whether no input may come to that."""
        return self.kind not in ("taken", "refused")


@dataclass
class Guard:
    """Hears what Python does, while it is on."""

    folder: Path
    on: bool = False
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.on:
            return
        if event == "subprocess.Popen" and _is_ours(arguments):
            return
        if event in _STARTS or event in _RUNS:
            self.heard.append(f"{event} {arguments!r:.100}")
        elif event == "open" and self._writes(arguments):
            self.heard.append(f"open for writing {arguments!r:.100}")

    def _writes(self, arguments: tuple[object, ...]) -> bool:
        path, mode, flags = (*arguments, None, None, None)[:3]
        writing = (isinstance(mode, str) and set(mode) & set("wxa+")) or (
            isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        )
        if not writing or not isinstance(path, str | bytes | os.PathLike):
            return False
        real = os.path.realpath(os.fsdecode(path))
        # Numba's and Matplotlib's caches are ours, and so is what a reader unpacks for itself.
        return not real.startswith((str(self.folder), "/dev/null")) and "cache" not in real


def _is_ours(arguments: tuple[object, ...]) -> bool:
    """Whether a started process is the one that reads HDF5 apart: its library may crash."""
    program, words = arguments[0], arguments[1]
    path = Path(str(words[2])) if isinstance(words, list) and len(words) > 2 else Path()
    return program == sys.executable and path.is_relative_to(ROOT / "engine" / "foreign")


def watched(read: Callable[[], object], guard: Guard, refusals: tuple[type[BaseException], ...]) -> Outcome:
    """Read once; the guard hears what is done meanwhile."""
    guard.heard.clear()
    room = _Room()
    begun, guard.on = time.process_time(), True
    try:
        outcome = _read(read, refusals)
    finally:
        guard.on = False
        seconds, peak = time.process_time() - begun, room.taken()
    outcome.seconds, outcome.bytes = seconds, peak
    if guard.heard and not outcome.wrong:
        return Outcome("did what no reader may", guard.heard[0], seconds, peak)
    if peak > MOST_BYTES and not outcome.wrong:
        return Outcome("memory", f"{peak >> 20} MB", seconds, peak)
    if seconds > MOST_SECONDS and not outcome.wrong:
        return Outcome("time", f"{seconds:.1f} s", seconds, peak)
    return outcome


class _Room:
    """The most memory that is taken from now on, by C libraries too where the system tells."""

    def __init__(self) -> None:
        self._before = 0
        try:
            _ASKED.write_text("5")  # begins the most anew: man 5 proc
            self._before = _most()
        except OSError:
            tracemalloc.start()

    def taken(self) -> int:
        """Bytes."""
        if self._before:
            return _most() - self._before
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak


_ASKED = Path("/proc/self/clear_refs")


def _most() -> int:
    """The most bytes of memory that this process had at once."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (told,) = [line for line in lines if line.startswith("VmHWM:")]
    return int(told.split()[1]) << 10


def _read(read: Callable[[], object], refusals: tuple[type[BaseException], ...]) -> Outcome:
    try:
        with warnings.catch_warnings(record=True) as warned:
            read()
        if warned:
            return Outcome("warns", f"{warned[0].category.__name__}: {warned[0].message!s:.200}")
    except refusals as error:
        told = str(error)
        if not told.strip() or "\n" in told.strip():
            return Outcome("an error that is no line", repr(told)[:300])
        return Outcome("refused", told)
    except (Exception, SystemExit) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        return Outcome("another exception", f"{type(error).__name__} at {where}: {error!s:.200}")
    return Outcome("taken")
