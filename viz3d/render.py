"""Pictures of a scene, in order: drawn here, or by several processes at once."""

import os
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np

from scenes import Scene, SceneError, Stage
from viz3d.errors import UserError

SLOTS = 2  # pictures that a worker may be ahead: one is read while the next is drawn
FEW = 20  # pictures; for fewer, starting processes costs more than it brings
MOST = 4  # processes; more gain little beside the encoder
_PATIENCE = 5  # seconds that a worker gets to end


def default_workers(pictures: int, *, software: bool) -> int:
    """Return how many processes should draw: one for a graphics card, or where there is little to do."""
    if not software or pictures <= FEW:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(available, MOST)


def render(
    scene: Scene, times: Sequence[float], *, workers: int = 1, supersample: int = 1
) -> Generator[np.ndarray, None, None]:
    """Yield the picture at each of `times`: uint8 (height, width, 3), good until the next is asked for.

    Close the iterator to stop early; the processes end with it. Raises UserError where one fails.
    """
    workers = min(workers, len(times))
    size = (SLOTS, scene.size[1], scene.size[0], 3)
    if workers == 1 or not _room_for(workers * int(np.prod(size))):
        with Stage(scene, supersample=supersample) as stage:
            for time in times:
                yield stage.draw(scene.frame(time))
        return
    with ExitStack() as stack:
        crew = [
            stack.enter_context(_Worker(scene, times[first::workers], supersample, size))
            for first in range(workers)
        ]
        for number in range(len(times)):
            yield crew[number % workers].take(number // workers)


class _Worker:
    """A process that draws its share of the film into memory shared with this one."""

    def __init__(self, scene: Scene, times: Sequence[float], supersample: int, size: tuple[int, ...]):
        self._memory = SharedMemory(create=True, size=int(np.prod(size)))
        self._pictures = np.ndarray(size, np.uint8, self._memory.buf)
        context = get_context("spawn")
        self._line, far_end = context.Pipe()
        self._process: BaseProcess = context.Process(
            target=_work, args=(scene, times, supersample, self._memory.name, size, far_end), daemon=True
        )
        try:
            with _deaf_to_ctrl_c():
                self._process.start()
        except BaseException:
            self.__exit__()
            raise
        # With our copy of its end closed, a worker that dies ends our wait.
        far_end.close()

    def take(self, number: int) -> np.ndarray:
        """Wait for picture `number` of this worker and copy it, so that its place is free for the next."""
        try:
            trouble = self._line.recv()
        except (EOFError, OSError):
            self._process.join(_PATIENCE)
            raise UserError(_death(self._process.exitcode)) from None
        if trouble is not None:
            raise UserError(trouble)
        picture: np.ndarray = self._pictures[number % SLOTS].copy()
        with suppress(OSError):  # after its last picture the worker has gone
            self._line.send(None)
        return picture

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *error: object) -> None:
        if self._process.pid is not None:
            self._process.terminate()
            self._process.join(_PATIENCE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        self._line.close()
        del self._pictures
        self._memory.close()
        self._memory.unlink()


def _work(
    scene: Scene, times: Sequence[float], supersample: int, name: str, size: tuple[int, ...], line: Connection
) -> None:
    # Software GL with a thread for each processor, in each of several processes, would only crowd them.
    os.environ["LP_NUM_THREADS"] = "1"
    memory = SharedMemory(name=name)
    pictures = np.ndarray(size, np.uint8, memory.buf)
    try:
        with Stage(scene, supersample=supersample) as stage:
            for number, time in enumerate(times):
                if number >= SLOTS:
                    line.recv()
                pictures[number % SLOTS] = stage.draw(scene.frame(time))
                line.send(None)
    except (EOFError, BrokenPipeError):
        pass  # Whoever wanted the pictures has gone.
    except SceneError as error:
        line.send(str(error))
    except Exception as error:
        line.send(f"a drawing process failed: {type(error).__name__}: {error}")
    finally:
        del pictures
        memory.close()


def _death(status: int | None) -> str:
    ended = f"ended by {signal.Signals(-status).name}" if status is not None and status < 0 else "ended"
    return f"a drawing process {ended} too early: try fewer --workers, or a smaller --size if memory is short"


def _room_for(size: int) -> bool:
    """Whether shared memory has room for `size` bytes; containers often have little, and too little kills."""
    place = Path("/dev/shm")
    if sys.platform != "linux" or not place.is_dir():
        return True
    left = os.statvfs(place)
    return left.f_bavail * left.f_frsize > 1.1 * size


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Start a process that Ctrl-C does not reach, as the terminal sends it to all: we end it ourselves."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
