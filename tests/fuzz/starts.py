"""`python -m tests.fuzz starts --count 40 --seed 1`: Ctrl-C while a command begins.

A command imports for a second or two before it does anything; whenever Ctrl-C comes, it ends with the status
of that and says at most, in one line, where it stopped.
"""

import signal
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fuzz.processes import Marked, is_pythons, of_viz3d

STARTS: dict[str, tuple[str, ...]] = {
    "viz3d": ("viz3d", "presets"),
    "export": ("viz3d.export", "--preset", "mlp-sigmoid", "--sample", "digits:7", "--out", "a.png"),
    "train": ("viz3d.train", "--data", "digits", "--preset", "mlp-sigmoid", "--out", "a.npz"),
    "live": ("viz3d.live", "--preset", "mlp-sigmoid"),
}
_PATIENCE = 60.0  # seconds to end in, however busy the machine
_WINDOW = 6.0  # seconds, for a command that does not end by itself


def duration(words: Sequence[str]) -> float:
    """Seconds that a command takes, at most _WINDOW."""
    with tempfile.TemporaryDirectory(prefix="viz3d-starts-") as made:
        run, begun = _begin(words, Path(made)), time.monotonic()
        run.ended(_WINDOW)
        run.end()
        return time.monotonic() - begun


def interrupted(words: Sequence[str], moment: float) -> str:
    """Send Ctrl-C some seconds after a command began; what is wrong with how it ended, or nothing."""
    with tempfile.TemporaryDirectory(prefix="viz3d-starts-") as made:
        run = _begin(words, Path(made))
        time.sleep(moment)
        run.process.send_signal(signal.SIGINT)
        ended = run.ended(_PATIENCE)
        run.end()
        lines, status = run.complaint, run.process.returncode
        told = " / ".join(lines)
        if not ended:
            return "goes on"
        # A shell shows 130 of both: what ends in order says so itself.
        if status not in (0, 130, -signal.SIGINT) and not is_pythons(lines):
            return f"status {status}, says {told!r:.300}"
        right = not lines or (len(lines) == 1 and told.startswith("stopped")) or is_pythons(lines)
        return "" if right else f"says {told!r:.1000}"


def _begin(words: Sequence[str], folder: Path) -> Marked:
    place = folder / "work"
    place.mkdir()
    return Marked(of_viz3d(words), place)


def main(count: int, seed: int) -> int:
    """Interrupt each command so many times, print a line for each; 1 where one ended otherwise."""
    rng, status = np.random.default_rng(seed), 0
    for name, words in STARTS.items():
        longest, tally = duration(words), Counter[str]()
        for number in range(count):
            moment = float(rng.uniform(0, longest))
            wrong = interrupted(words, moment)
            tally["wrong" if wrong else "right"] += 1
            if wrong:
                status = 1
                print(f"    seed {seed}, {name}, number {number}, after {moment:.3f} s: {wrong}", flush=True)
        print(f"{name:<8} {count} times within {longest:.1f} s: {tally['wrong']} wrong", flush=True)
    return status
