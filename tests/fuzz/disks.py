"""`python -m tests.fuzz disks --count 40 --seed 1`: commands that write on a disk which is too small.

The disk is one in memory, mounted where only the command and what it starts see it: an ordinary user may do
so too wherever the system lets him have a name space of his own. After each run: the output is what it was
before, or whole; what is said is one line about room; nothing half written is left.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fuzz.jobs import JOBS, Job
from fuzz.outcome import KINDS, Outcome
from fuzz.processes import Marked, of_viz3d

# $1 the folder where the disk is mounted, $2 its bytes, $3 what is there before, $4 where what is there after
# goes.
_SCRIPT = """
mount -t tmpfs -o "size=$2" none "$1" && cd "$1" || exit 99
cp -a "$3/." . && after=$4 && shift 4 || exit 98
"$@"
status=$?
cp -a . "$after" && exit $status
"""
_PATIENCE = 600.0  # seconds for a run, however busy the machine
_PAGE = 4096
_ROOM = ("the disk is full", "No space left on device")


def possible() -> bool:
    """Whether a small disk can be made here."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*_own_space(), "mount", "-t", "tmpfs", "-o", "size=4k", "none", folder]
        try:
            return subprocess.run(words, capture_output=True, check=False).returncode == 0
        except OSError:
            return False


def _own_space() -> list[str]:
    return ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]


def size_of(job: Job) -> int:
    """Bytes that the outputs of a job take; ValueError where it fails though there is room enough."""
    outcome, size = _on_disk(job, 1 << 30)
    if outcome.wrong or outcome.status:
        raise ValueError(f"on a large disk: status {outcome.status}, {outcome.wrong}")
    return size


def fill(job: Job, size: int) -> Outcome:
    """Run a job on a disk of so many bytes."""
    return _on_disk(job, size)[0]


def _on_disk(job: Job, size: int) -> tuple[Outcome, int]:
    with tempfile.TemporaryDirectory(prefix="viz3d-disks-") as made:
        folder = Path(made)
        work, disk, before, after = (folder / name for name in ("work", "disk", "before", "after"))
        for each in (work, disk, before, after):
            each.mkdir()
        job.prepare(before)
        size = max(size, _PAGE * (2 + len(list(before.iterdir()))))
        places = [str(disk), str(size), str(before), str(after)]
        words = [*_own_space(), "sh", "-c", _SCRIPT, "sh", *places, *of_viz3d(job.words)]
        run, outcome = Marked(words, work), Outcome(size)
        try:
            if not run.ended(_PATIENCE):
                outcome.wrong.append(f"{len(run.alive())} processes go on")
        finally:
            run.end()
        _judge(job, run, after, outcome)
        files = (path for path in after.rglob("*") if path.is_file())
        return outcome, sum(-(-path.stat().st_size // _PAGE) * _PAGE for path in files)


def _judge(job: Job, run: Marked, after: Path, outcome: Outcome) -> None:
    status = outcome.status = run.process.returncode
    outcome.outputs = job.found(after)
    wrong, lines = outcome.wrong, [line for line in run.complaint if not line.startswith("note: ")]
    if status not in (0, 2):
        wrong.append(f"status {status}")
    if status == 2 and (len(lines) != 1 or not any(words in lines[0] for words in _ROOM)):
        wrong.append(f"status 2, and says {' / '.join(lines)!r:.400}")
    if status == 0 and lines:
        wrong.append(f"says {' / '.join(lines)!r:.400}")
    allowed = ("before", "new") if status else ("new",)
    for name, state in outcome.outputs.items():
        if state not in allowed and not (name in job.only and state == "before"):
            wrong.append(f"{name}: {state}")
    wrong += [f"leaves {path.name}" for path in after.iterdir() if path.name not in job.whole]
    # A trained net that finds no room where it was wanted goes there, and is said to be there.
    left = [path.name for path in run.scratch.iterdir() if path.name not in " ".join(lines)]
    wrong += [f"leaves {name} in the temporary folder" for name in left]


def main(names: Sequence[str], count: int, seed: int) -> int:
    """Run, print each failure and a line for each job; 1 where there was one, 2 where no disk can be made."""
    if not possible():
        print("no small disk can be made here: `unshare --mount --map-root-user` is refused", file=sys.stderr)
        return 2
    wrong = 0
    for name in names:
        most, tally = size_of(JOBS[name]), Counter[str]()
        for number in range(count):
            rng = np.random.default_rng([seed, number, *name.encode()])
            outcome = fill(JOBS[name], _PAGE * round(rng.uniform(0, 1.5 * most / _PAGE)))
            tally[outcome.kind] += 1
            for what in outcome.wrong:
                print(
                    f"    seed {seed}, {name}, number {number}, {outcome.bytes:,} bytes: {what}", flush=True
                )
        wrong += tally["wrong"]
        kinds = "  ".join(f"{kind} {tally[kind]:>3}" for kind in KINDS)
        print(f"{name:<12} {count} disks of up to {1.5 * most:>11,.0f} bytes: {kinds}", flush=True)
    return int(wrong > 0)
