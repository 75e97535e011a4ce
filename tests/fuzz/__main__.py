"""`python -m tests.fuzz --count 10000 --seed 1 [--reader nets]`: damaged inputs for every reader.

`python -m tests.fuzz kills --count 200 --seed 1 [--job gif]`: commands killed at random moments.

`python -m tests.fuzz disks --count 40 --seed 1 [--job gif]`: disks that are too small, for each command.

`python -m tests.fuzz starts --count 40 --seed 1`: Ctrl-C while a command begins.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "support" / "files"), str(ROOT)]

from fuzz import disks, kills, starts  # noqa: E402  # found by the path above
from fuzz.jobs import JOBS  # noqa: E402
from fuzz.readers import READERS  # noqa: E402
from fuzz.run import WORKERS, damaged, main  # noqa: E402

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("inputs", "kills", "disks", "starts"), default="inputs")
    parser.add_argument("--count", type=int, default=200, help="of each reader or command; of kills in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reader", choices=list(READERS), action="append", help="only this one")
    parser.add_argument("--job", choices=list(JOBS), action="append", help="only this one")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes that read")
    parser.add_argument(
        "--write", type=int, metavar="NUMBER", help="only write the input of that number here"
    )
    asked = parser.parse_args()
    names = asked.reader or list(READERS)
    if asked.what == "kills":
        sys.exit(kills.main(asked.job or list(JOBS), asked.count, asked.seed))
    if asked.what == "disks":
        sys.exit(disks.main(asked.job or list(JOBS), asked.count, asked.seed))
    if asked.what == "starts":
        sys.exit(starts.main(asked.count, asked.seed))
    if asked.write is not None:
        print(damaged(names[0], asked.seed, asked.write, Path()))
        sys.exit(0)
    sys.exit(main(names, asked.count, asked.seed, asked.workers))
