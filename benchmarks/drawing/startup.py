"""How long each command takes to start, as a person waits for it.

    python benchmarks/drawing/startup.py [--rounds 5] [--only still]

Each is a process of its own, warm: what is on disk has been read before, and bytecode is kept there, as
Python does unless PYTHONDONTWRITEBYTECODE is set (--no-bytecode: as if it were, each start compiles our
modules). Told are medians of seconds by the clock and of processors, and how many modules were imported.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

COMMANDS = {
    "help": ["viz3d", "--help"],
    "help of export": ["viz3d", "export", "--help"],
    "help of live": ["viz3d", "live", "--help"],
    "help of inspect": ["viz3d", "inspect", "--help"],
    "help of train": ["viz3d", "train", "--help"],
    "help of import": ["viz3d", "import", "--help"],
    "help of statistics": ["viz3d", "statistics", "--help"],
    "help of data": ["viz3d", "data", "--help"],
    "help of presets": ["viz3d", "presets", "--help"],
    "presets": ["viz3d", "presets"],
    "data": ["viz3d", "data", "digits"],
    "wrong option": ["viz3d", "export", "--at", "1", "--out", "a.mp4"],
    "inspect": ["viz3d", "inspect", "--sample", "digits:17"],
    "beats": ["viz3d", "export", "--sample", "digits:17", "--beats"],
    "still": ["viz3d", "export", "--sample", "digits:17", "--out", "still.png"],
}


def timed(words: list[str], folder: str, kept: dict[str, str]) -> tuple[float, float]:
    """Seconds by the clock and of processors. kept: the environment."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", *words], cwd=folder, env=kept, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, used


def modules(words: list[str], folder: str, kept: dict[str, str]) -> int:
    """How many modules a command imports, all of which it then has on disk. kept: the environment."""
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", *words],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stderr.count("import time:")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="commands whose name has this")
    parser.add_argument("--no-bytecode", action="store_true", help="compile our modules at each start")
    options = parser.parse_args()
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    kept |= {"PYTHONDONTWRITEBYTECODE": "1"} if options.no_bytecode else {}
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors, {options.rounds} rounds, medians")
    print(f"{'':20}{'s clock':>9}{'s cpu':>8}{'modules':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, words in COMMANDS.items():
            if options.only not in name:
                continue
            count = modules(words, folder, kept)
            spent = [timed(words, folder, kept) for _ in range(options.rounds)]
            clock, used = (statistics.median(each) for each in zip(*spent, strict=True))
            print(f"{name:20}{clock:9.2f}{used:8.2f}{count:9}")


if __name__ == "__main__":
    main()
