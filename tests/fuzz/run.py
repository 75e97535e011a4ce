"""Many inputs, read by a few processes with limits."""

import multiprocessing
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from fuzz import hdf5_forks
from viz3d.command.cli import silence_libraries

WORKERS = 2
_PART = 250  # inputs that a worker takes at a time
_PATIENCE = 1_800.0  # seconds for such a part, however busy the machine
_ADDRESSES = 6 << 30  # bytes of memory that a worker may take before the system refuses


@dataclass
class Tally:
    """What came of the inputs of one reader; wrong: the number of each that failed, and how."""

    count: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    bytes: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.count + other.count,
            self.kinds + other.kinds,
            max(self.seconds, other.seconds),
            max(self.bytes, other.bytes),
            self.wrong + other.wrong,
        )


def run(names: Sequence[str], count: int, seed: int, workers: int = WORKERS) -> Iterator[tuple[str, Tally]]:
    """The tally of each reader in turn, of `count` inputs made with the seed."""
    context = multiprocessing.get_context("spawn")
    # A process that dies is a failure of its reader, and another takes its place.
    with context.Pool(workers, _prepare) as pool:
        for name in names:
            parts = np.array_split(np.arange(count), max(workers, -(-count // _PART)))
            asked = [pool.apply_async(tally, (name, seed, part.tolist())) for part in parts]
            total = Tally()
            for part, each in zip(parts, asked, strict=True):
                try:
                    total += each.get(_PATIENCE)
                except multiprocessing.TimeoutError:
                    lost = f"the process that read it, or one of the {len(part) - 1} after it, ended or hung"
                    total.wrong.append((int(part[0]), lost))
            yield name, total


def _prepare() -> None:
    silence_libraries()
    hdf5_forks.use()
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    # A reader that writes at random fills no disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))


def tally(name: str, seed: int, numbers: Sequence[int]) -> Tally:
    """Make and read the inputs of these numbers; the same name, seed and number make the same input."""
    from fuzz.readers import READERS, REFUSALS
    from fuzz.watched import Guard, watched

    reader = READERS[name]
    seeds = _seeds(name)
    total = Tally()
    with tempfile.TemporaryDirectory(prefix="viz3d-fuzz-") as made:
        folder = Path(made)
        guard = Guard(Path(tempfile.gettempdir()))
        for path, content in _written(seeds, folder):
            # The sound ones first: what they load and compile is no input's fault.
            path.write_bytes(content)
            with suppress(*REFUSALS):  # some foreign files are there to be refused
                reader.read(path)
        for number in numbers:
            path = damaged(name, seed, number, folder)
            outcome = watched(lambda path=path: reader.read(path), guard, REFUSALS)
            total.count += 1
            total.kinds[outcome.kind] += 1
            total.seconds = max(total.seconds, outcome.seconds)
            total.bytes = max(total.bytes, outcome.bytes)
            if outcome.wrong:
                total.wrong.append((number, f"{outcome.kind}: {outcome.told}"))
            known = {path.name, *dict(seeds)}
            strays = sorted(each.name for each in folder.iterdir() if each.name not in known)
            if strays:
                total.wrong.append((number, f"left {strays[0]}"))
            path.unlink()
    return total


def _written(seeds: Sequence[tuple[str, bytes]], folder: Path) -> Iterator[tuple[Path, bytes]]:
    for name, content in seeds:
        yield folder / name, content


@cache
def _seeds(name: str) -> list[tuple[str, bytes]]:
    from fuzz.readers import READERS

    return READERS[name].seeds()


def damaged(name: str, seed: int, number: int, folder: Path) -> Path:
    """Write the input of a reader with this seed and number."""
    from fuzz.readers import READERS

    rng = np.random.default_rng([seed, number, *name.encode()])
    seeds = _seeds(name)
    file, content = seeds[rng.integers(len(seeds))]
    path = folder / file
    path.write_bytes(READERS[name].damage(rng, content))
    return path


def told(name: str, total: Tally) -> str:
    """One line of a table."""
    failures = len(total.wrong)
    return (
        f"{name:<15} {total.count:>7,} inputs  {total.kinds['taken']:>7,} taken  "
        f"{total.kinds['refused']:>7,} refused  {failures:>4,} wrong  "
        f"at most {total.seconds:5.2f} s, {total.bytes / 1e6:6.1f} MB"
    )


def main(names: Sequence[str], count: int, seed: int, workers: int) -> int:
    """Run and print a line for each reader, and each failure; 1 where there was one."""
    status = 0
    for name, total in run(names, count, seed, workers):
        print(told(name, total), flush=True)
        for number, what in total.wrong[:5]:
            print(f"    seed {seed}, number {number}: {what}", file=sys.stderr)
            status = 1
    return status
