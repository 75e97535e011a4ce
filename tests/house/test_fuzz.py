"""What strangers hand us is read or refused in a line: damaged inputs for every reader, a few of very many.

More of them: `python -m tests.fuzz --count 10000 --seed 1`.
"""

import pickle
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from fuzz.readers import READERS, REFUSALS
from fuzz.run import damaged, run
from fuzz.watched import Guard, watched

COUNT, SEED = 100, 1


@pytest.fixture(scope="module")
def tallies():
    return dict(run(list(READERS), COUNT, SEED))


@pytest.mark.parametrize("name", READERS)
def test_every_damaged_input_is_taken_or_refused(tallies, name):
    tally = tallies[name]
    assert tally.count == COUNT
    assert tally.wrong == []
    # A reader that refuses all, or takes all, would hear nothing of the damage.
    assert tally.kinds["refused"]


@pytest.mark.parametrize("name", READERS)
def test_what_is_damaged_was_sound(tmp_path, name):
    # What is refused as it is would be refused for the same reason whatever the damage.
    taken = 0
    for file, content in READERS[name].seeds():
        (tmp_path / file).write_bytes(content)
        with suppress(*REFUSALS):
            READERS[name].read(tmp_path / file)
            taken += 1
    assert taken >= min(2, len(READERS[name].seeds()))


def test_a_seed_and_a_number_make_one_input(tmp_path):
    first, again, other = (damaged("nets", 3, n, tmp_path).read_bytes() for n in (5, 5, 6))
    assert first == again != other


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    return Guard(tmp_path_factory.mktemp("guarded"))


class Harm:
    def __reduce__(self):
        return print, ("harm",)


def starts():
    subprocess.run([sys.executable, "-c", ""], check=True)


def writes():
    Path("/proc/self/comm").write_text("x")


def takes():
    np.ones(300 << 20, np.uint8)


def warns():
    warnings.warn("of something", stacklevel=1)


def two_lines():
    raise ValueError("one\nanother")


@pytest.mark.parametrize(
    ("read", "kind", "told"),
    [
        (starts, "did what no reader may", "subprocess.Popen"),
        (writes, "did what no reader may", "open for writing"),
        (lambda: pickle.loads(pickle.dumps(Harm())), "did what no reader may", "pickle.find_class"),
        (takes, "memory", " MB"),
        (warns, "warns", "UserWarning: of something"),
        (two_lines, "an error that is no line", "another"),
        (lambda: {}["a"], "another exception", "KeyError"),
        (lambda: sys.exit(3), "another exception", "SystemExit"),
        (lambda: None, "taken", ""),
    ],
)
def test_what_no_reader_may_do_is_seen(guard, read, kind, told):
    outcome = watched(read, guard, (ValueError,))
    assert outcome.kind == kind
    assert told in outcome.told
