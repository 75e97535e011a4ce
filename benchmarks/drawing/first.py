"""What the first film on a machine waits for: the loops of drawing compile, into an empty folder.

    python benchmarks/drawing/first.py [--before ../earlier] [--rounds 2]

--before: a checkout of an earlier version, measured in turns with this one. Prints medians of seconds of wall
and of the processor, of the process that draws and of the one that helps it.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
TELL = """
import resource, time
begun = time.perf_counter()
import scenes
scenes.prepare_films(software=True)
wall = time.perf_counter() - begun
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    used = resource.getrusage(who)
    print(used.ru_utime + used.ru_stime)
print(wall)
"""


def compiled(place: Path) -> list[float]:
    """Seconds of the processor here and of the helper, and of wall, in a checkout."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = os.environ | {"PYTHONPATH": str(place), "NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-c", TELL]
        told = subprocess.run(
            command, cwd=place, env=surroundings, capture_output=True, text=True, check=True
        )
    return [float(word) for word in told.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    places = {"here": HERE} | ({"before": options.before.resolve()} if options.before else {})
    spent: dict[str, list[list[float]]] = {name: [] for name in places}
    for _ in range(options.rounds):
        for name, place in places.items():
            spent[name].append(compiled(place))
    print("| | processor s | helper s | wall s |\n|---|---|---|---|")
    for name, rounds in spent.items():
        own, helper, wall = (statistics.median(each) for each in zip(*rounds, strict=True))
        print(f"| {name} | {own:.1f} | {helper:.1f} | {wall:.1f} |")
    print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)


if __name__ == "__main__":
    main()
