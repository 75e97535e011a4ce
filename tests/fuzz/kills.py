"""`python -m tests.fuzz kills --count 200 --seed 1`: commands that are killed at random moments.

After each: its processes are gone; each output is what it was before or whole; what it says is a line at
most, and its status tells the signal; after the next run into that folder nothing half written lies there.
"""

import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from fuzz.jobs import JOBS, Job
from fuzz.outcome import KINDS, Outcome
from fuzz.processes import Marked, is_pythons, of_viz3d
from viz3d.command.output import atomic_write

HOW = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "child")
_PATIENCE = 60.0  # seconds to end in, however busy the machine


def times_of(job: Job) -> tuple[float, float]:
    """Seconds of an undisturbed run until it begins to write, and in all; ValueError where it fails."""
    with tempfile.TemporaryDirectory(prefix="viz3d-kills-") as made:
        run = _begin(job, Path(made))
        begun = time.monotonic()
        _wait(run, begun + 10 * _PATIENCE, writing=True)
        first = time.monotonic() - begun
        if not run.ended(10 * _PATIENCE) or run.process.returncode or run.complaint:
            run.end()
            raise ValueError(f"undisturbed: status {run.process.returncode}, {run.complaint}")
        found = job.found(run.folder)
        if any(found[name] != "new" for name in found if name not in job.only):
            raise ValueError(f"undisturbed: {found}")
        return first, time.monotonic() - begun


def kill(job: Job, how: str, times: tuple[float, float], rng: np.random.Generator) -> Outcome:
    """Disturb one run, see HOW, at a random moment: any, or one while it writes."""
    with tempfile.TemporaryDirectory(prefix="viz3d-kills-") as made:
        run = _begin(job, Path(made))
        begun = time.monotonic()
        try:
            if rng.random() < 0.5:
                _wait(run, begun + 10 * _PATIENCE, writing=True)
                moment = time.monotonic() + rng.uniform(0, times[1] - times[0])
            else:
                moment = begun + rng.uniform(0, times[1])
            _wait(run, moment)
            outcome = Outcome(time.monotonic() - begun)
            _send(run, how, rng)
            if not run.ended(_PATIENCE if how != "child" else 10 * _PATIENCE):
                outcome.wrong.append(f"{len(run.alive())} processes go on")
        finally:
            run.end()
        _judge(job, how, run, outcome)
        return outcome


def _begin(job: Job, folder: Path) -> Marked:
    place = folder / "work"
    place.mkdir()
    job.prepare(place)
    return Marked(of_viz3d(job.words), place)


def _wait(run: Marked, until: float, *, writing: bool = False) -> None:
    """Wait until a moment, or until the run has ended, or begun to write."""
    while time.monotonic() < until and run.process.poll() is None:
        if writing and any(path.name.startswith(".viz3d-") for path in run.folder.iterdir()):
            return
        time.sleep(0.005)


def _send(run: Marked, how: str, rng: np.random.Generator) -> None:
    """Send a signal to the run, or to it and all that it started, as a terminal does; or end one of those."""
    us = run.process.pid
    with suppress(ProcessLookupError):
        if how == "child":
            children: list[int] = []
            while not children and run.process.poll() is None:
                children = [each for each in run.alive() if each != us]
            if children:
                os.kill(int(rng.choice(children)), signal.SIGKILL)
        elif how in ("SIGINT", "SIGHUP") and rng.random() < 0.5:
            os.killpg(us, signal.Signals[how])
        else:
            run.process.send_signal(signal.Signals[how])


def _judge(job: Job, how: str, run: Marked, outcome: Outcome) -> None:
    status = outcome.status = run.process.returncode
    outcome.outputs = job.found(run.folder)
    early = is_pythons(run.complaint)
    wrong, lines = outcome.wrong, [] if early else run.complaint
    if status not in lawful(how) and not early:
        wrong.append(f"status {status}")
    wrong += [f"{name}: {state}" for name, state in outcome.outputs.items() if state not in ("before", "new")]
    if status == 0:
        held = [name for name, state in outcome.outputs.items() if state != "new" and name not in job.only]
        wrong += [f"{name} is not new, though the status is 0" for name in held]
    if any("Traceback" in line for line in lines) or len(lines) > 1 or (status in (0, -9) and lines):
        wrong.append(f"says {' / '.join(lines)!r:.400}")
    if how == "child" and status == 2 and not (lines and lines[0].startswith("error: ")):
        wrong.append(f"status 2, and says {lines}")
    if status != -signal.SIGKILL:
        wrong += [f"leaves {name}" for name in strays(job, run)]
    with atomic_write(run.folder / "next.txt"):
        pass
    wrong += [f"leaves {name} after the next run" for name in strays(job, run) if name not in wrong]


def lawful(how: str) -> tuple[int, ...]:
    """The statuses that a disturbed run may end with; 0 where it was done before."""
    if how == "child":
        return 0, 2
    number = int(signal.Signals[how])
    # Of the signal itself where it came before Python was there to hear it: a shell tells no difference.
    return (0, -number) if how == "SIGKILL" else (0, 128 + number, -number)


def strays(job: Job, run: Marked) -> list[str]:
    """What lies in a run's folders that is none of its outputs."""
    known = {*job.whole, "next.txt"}
    beside = [path.name for path in run.folder.iterdir() if path.name not in known]
    return [*beside, *(f"{path.name} in the temporary folder" for path in run.scratch.iterdir())]


def run(names: Sequence[str], count: int, seed: int) -> Iterator[tuple[str, str, int, Outcome]]:
    """(job, how, number, what came of it) of `count` kills, over the jobs and the ways in turn."""
    ways = [(name, how) for how in HOW for name in names if how != "child" or JOBS[name].makes_processes]
    times: dict[str, tuple[float, float]] = {}
    for number in range(count):
        name, how = ways[number % len(ways)]
        if name not in times:
            times[name] = times_of(JOBS[name])
        yield name, how, number, kill(JOBS[name], how, times[name], np.random.default_rng([seed, number]))


def main(names: Sequence[str], count: int, seed: int) -> int:
    """Run, print each failure as it comes and then a line for each job; 1 where there was one."""
    if sys.platform != "linux":
        print("kills are judged by /proc: only Linux has it", file=sys.stderr)
        return 2
    tallies: dict[str, Counter[str]] = {name: Counter() for name in names}
    for name, how, number, outcome in run(names, count, seed):
        tallies[name].update((how, outcome.kind))
        for what in outcome.wrong:
            print(
                f"    seed {seed}, number {number}, {name}, {how} after {outcome.at:.2f} s: {what}",
                flush=True,
            )
    for name, tally in tallies.items():
        ways = "  ".join(f"{how} {tally[how]:>3}" for how in HOW)
        came = "  ".join(f"{kind} {tally[kind]:>3}" for kind in KINDS)
        print(f"{name:<12} {ways}  {came}")
    return int(any(tally["wrong"] for tally in tallies.values()))
