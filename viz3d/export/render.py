"""Pictures of a clip, in order: drawn here, or by several processes at once."""

import logging
import mmap
import os
import signal
import sys
import tempfile
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import recv_handle, send_handle
from typing import IO

import numpy as np

from scenes import Clip, SceneError, stage_of
from scenes.clip import ClipStage
from viz3d.command.errors import UserError
from viz3d.command.process.children import end_with
from viz3d.command.process.signals import undisturbed

SLOTS = 2  # pictures that a worker or a thread may be ahead: one is read while the next is drawn
FINISHERS = 2  # threads of the only process: with the encoder, one would leave half a processor idle
FEW = 40  # pictures; for fewer, starting processes and compiling loops costs more than it brings
MOST = 4  # processes; more gain little beside the encoder
_PATIENCE = 5  # seconds that a worker gets to end


def default_workers(pictures: int, *, software: bool, shared: bool = True) -> int:
    """How many processes should draw: one for a graphics card, or where there is little to do.

    Each keeps two processors busy, as other threads finish its pictures. shared: whether a process finds
    on disk what this one compiled; each would else compile it again.
    """
    if not software or pictures <= FEW or not shared:
        return 1
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(available // 2, MOST))


def render(
    clip: Clip, times: Sequence[float], *, workers: int = 1, supersample: int = 1
) -> Generator[np.ndarray, None, None]:
    """Yield the picture at each of `times`: uint8 (height, width, 3), good until the next is asked for.

    Close the iterator to stop early; the processes end with it. Raises UserError where one fails.
    """
    size = (SLOTS, clip.size[1], clip.size[0], 3)
    files = _memory(min(workers, len(times)), int(np.prod(size)))
    if len(files) < 2:
        with ExitStack() as stack:
            # What PyVista has half built when it is interrupted is told on stderr as it goes.
            with undisturbed():
                stage = stack.enter_context(stage_of(clip, supersample))
            yield from _pictured(stage, times, FINISHERS)
        return
    with ExitStack() as stack:
        crew = [_Worker(stack.enter_context(file), size) for file in files]
        for worker in crew:
            stack.callback(worker.wait)
        for first, worker in enumerate(crew):
            stack.callback(worker.end)  # all of them before the first wait
            worker.start(clip, times[first :: len(crew)], supersample)
        for number in range(len(times)):
            yield crew[number % len(crew)].take(number // len(crew))


def _pictured(
    stage: ClipStage, times: Sequence[float], finishers: int = 1
) -> Generator[np.ndarray, None, None]:
    """Pictures of a stage: so many other threads finish some while the driver draws the next."""
    begun: deque[Future[np.ndarray]] = deque()
    with ThreadPoolExecutor(finishers, "Finisher") as finisher:
        for time in times:
            # VTK calls Python back while it draws, and ends the process where that is interrupted.
            with undisturbed():
                finish = stage.begin_at(time)
            begun.append(finisher.submit(finish))
            if len(begun) > SLOTS:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


def _memory(count: int, size: int) -> Sequence[IO[bytes]]:
    """`count` nameless files of `size` bytes to share with processes; none where there is no room.

    Nameless, so that the system takes them back however we end.
    """
    if count < 2 or sys.platform == "win32":  # Windows has no such files; its driver is fast alone
        return []
    # In memory where there is such a folder; in containers it is often small, and then on disk.
    for folder in ("/dev/shm", None):
        with suppress(OSError), ExitStack() as stack:
            files = [stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(count)]
            for file in files:
                # Taken now, as memory that turns out to be missing later would end the process.
                os.posix_fallocate(file.fileno(), 0, size) if sys.platform == "linux" else file.truncate(size)
            stack.pop_all()
            return files
    return []


class _Worker:
    """A process that draws its share of the film into memory shared with this one."""

    def __init__(self, file: IO[bytes], size: tuple[int, ...]):
        self._file = file
        self._pictures = _pictures(file.fileno(), size)
        self._process: BaseProcess | None = None

    def start(self, clip: Clip, times: Sequence[float], supersample: int) -> None:
        context = get_context("spawn")
        # Its first start lets Ctrl-C through again, and so comes before.
        resource_tracker.ensure_running()
        with undisturbed():
            self._line, far_end = context.Pipe()
            self._process = context.Process(target=_work, args=(far_end, os.getpid()), daemon=True)
            self._process.start()
            # With our copy of its end closed, a worker that dies ends our wait.
            far_end.close()
        # Not as arguments: a process that dies while it reads large ones would keep start() for ever.
        with suppress(OSError):  # take() says why it died
            send_handle(self._line, self._file.fileno(), self._process.pid)
            self._line.send((clip, times, supersample, self._pictures.shape))

    def take(self, number: int) -> np.ndarray:
        """Wait for picture `number` of this worker and copy it, so that its place is free for the next."""
        assert self._process is not None
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

    def end(self) -> None:
        if self._process is not None and self._process.pid is not None:
            self._process.terminate()
            # One that ignores this, as a shell's `trap '' TERM` has it do, ends as nobody wants its pictures.
            self._line.close()

    def wait(self) -> None:
        if self._process is not None and self._process.pid is not None:
            self._process.join(_PATIENCE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _work(line: Connection, parent: int) -> None:
    end_with(parent)
    # What is noteworthy of this machine has been noted by the process that asked.
    logging.disable(logging.WARNING)
    # Software GL with a thread for each processor, in each of several processes, would only crowd them.
    os.environ["LP_NUM_THREADS"] = "1"
    with suppress(EOFError, BrokenPipeError):  # whoever wanted the pictures has gone
        try:
            _draw(line, recv_handle(line), *line.recv())
        except (EOFError, BrokenPipeError):
            raise
        except SceneError as error:
            line.send(str(error))
        except Exception as error:
            line.send(f"a drawing process failed: {type(error).__name__}: {error}")


def _draw(
    line: Connection,
    file: int,
    clip: Clip,
    times: Sequence[float],
    supersample: int,
    size: tuple[int, ...],
) -> None:
    pictures = _pictures(file, size)
    with stage_of(clip, supersample) as stage:
        for number, picture in enumerate(_pictured(stage, times)):
            if number >= SLOTS:
                line.recv()
            pictures[number % SLOTS] = picture
            line.send(None)


def _pictures(file: int, size: tuple[int, ...]) -> np.ndarray:
    return np.ndarray(size, np.uint8, mmap.mmap(file, int(np.prod(size))))


def _death(status: int | None) -> str:
    ended = f"ended by {signal.Signals(-status).name}" if status is not None and status < 0 else "ended"
    return f"a drawing process {ended} too early: try fewer --workers, or a smaller --size if memory is short"
