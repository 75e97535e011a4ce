"""Files from their mirrors: checked, atomic, and quick to give up where there is no network."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pooch

from data.sets.mnist import names_of

Progress = Callable[[str, int, int], None]  # file name, bytes done, bytes in all

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://raw.githubusercontent.com/fgnt/mnist/master/",
)


@dataclass(frozen=True)
class Known:
    """Size in bytes and checksum of a file as it was published: SHA-256, or "md5:" and that."""

    size: int
    checksum: str


# As published in 1998, and as all mirrors serve them.
ORIGINALS = {
    "train-images-idx3-ubyte.gz": Known(
        9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": Known(
        28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": Known(
        1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": Known(
        4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}


class DownloadError(Exception):
    """No mirror gave the file; the text is the reason, to be put into a sentence."""


@dataclass(frozen=True)
class Source:
    """Where to download from and how long to wait, in seconds."""

    mirrors: Sequence[str] = field(default_factory=lambda: MIRRORS)
    files: dict[str, Known] = field(default_factory=lambda: dict(ORIGINALS))
    answer_within: float = 4.0
    stall_after: float = 15.0
    file_within: float = 600.0


def fetch(
    split: str,
    folder: Path,
    *,
    notify: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    source: Source | None = None,
) -> Path:
    """Put the two files of a split of MNIST into folder and return it; see `fetch_files`."""
    names = [f"{name}.gz" for name in names_of(split)]
    return fetch_files(names, folder, f"MNIST ({split})", source or Source(), notify, progress)


def fetch_files(
    names: Sequence[str],
    folder: Path,
    title: str,
    source: Source,
    notify: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Put files of a source into folder and return it; files already there and right are kept.

    title: what notify is told of, up to where the size follows in parentheses. A file appears under its name
    only when it is whole and its checksum is right. DownloadError where no mirror gives it.
    """
    # pooch has a handler of its own that writes to the terminal.
    pooch.get_logger().setLevel(logging.WARNING)
    mirrors = _answering(names[-1], source)
    if not mirrors:
        raise DownloadError("no mirror could be reached (is there a network?)")
    if notify is not None:
        megabytes = sum(source.files[name].size for name in names) / 1e6
        notify(f"Downloading {title}, {megabytes:.1f} MB, to {folder}")
    for name in names:
        mirrors = _fetch_one(name, folder, mirrors, source, progress)
    return folder


def _answering(name: str, source: Source) -> list[str]:
    """Mirrors that have the file, in order of preference; all are asked at once: packets may be dropped."""
    answers: queue.SimpleQueue[tuple[str, bool]] = queue.SimpleQueue()
    for mirror in source.mirrors:
        # Daemons: a look-up of a name cannot be interrupted and must not hold the program's end.
        threading.Thread(target=_ask, args=(mirror, name, source.answer_within, answers), daemon=True).start()
    deadline = time.monotonic() + source.answer_within
    good: set[str] = set()
    for _ in source.mirrors:
        try:
            mirror, has_it = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if has_it:
            good.add(mirror)
            deadline = min(deadline, time.monotonic() + 0.5)  # one is enough; the others get a moment
    return [mirror for mirror in source.mirrors if mirror in good]


def _ask(mirror: str, name: str, timeout: float, answers: queue.SimpleQueue[tuple[str, bool]]) -> None:
    try:
        has_it = pooch.HTTPDownloader(timeout=timeout)(mirror + name, None, None, check_only=True)
    except (OSError, ValueError):  # all of requests' errors are OSErrors; a bad proxy setting is a ValueError
        has_it = False
    answers.put((mirror, bool(has_it)))


def _fetch_one(
    name: str, folder: Path, mirrors: Sequence[str], source: Source, progress: Progress | None
) -> list[str]:
    """Try one mirror after another; returns the mirrors with the one that worked first."""
    known = source.files[name]
    reasons: list[str] = []
    for mirror in mirrors:
        meter = _Meter(name, known.size, source.file_within, progress)
        downloader = pooch.HTTPDownloader(
            progressbar=meter, chunk_size=1 << 16, timeout=(source.answer_within, source.stall_after)
        )
        try:
            pooch.retrieve(mirror + name, known.checksum, name, folder, downloader=downloader)
        except (OSError, ValueError) as error:
            reasons.append(f"{mirror}{name}: {_reason(error)}")
        else:
            return [mirror, *(other for other in mirrors if other != mirror)]
    raise DownloadError("; ".join(reasons))


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "hash" in text and "does not match" in text:
        return "its checksum is wrong"
    return text if len(text) <= 120 else f"{text[:117]}..."


class _Meter:
    """pooch's progress protocol; also stops a mirror that sends too much or takes for ever."""

    def __init__(self, name: str, size: int, within: float, progress: Progress | None) -> None:
        self.total = size
        self._name, self._size, self._progress = name, size, progress
        self._done, self._deadline = 0, time.monotonic() + within

    def update(self, count: int) -> None:
        self._done += count
        # pooch counts whole chunks, so the last one may overshoot by less than a chunk.
        if self._done > self._size + 2 * max(count, 1):
            raise OSError("it sends more than the file's size")
        if time.monotonic() > self._deadline:
            raise OSError("it is too slow")
        if self._progress is not None:
            self._progress(self._name, min(self._done, self._size), self._size)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing to close; pooch calls it."""
