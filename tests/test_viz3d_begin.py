"""How a command begins: Ctrl-C ends it whenever it comes, and the wrong Python is told in a line."""

import signal
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from fuzz.starts import STARTS, interrupted

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(sys.platform != "linux", reason="finds what goes on in /proc")
@pytest.mark.parametrize(("name", "moment"), [("viz3d", 0.2), ("export", 0.4), ("train", 0.6), ("live", 0.8)])
def test_ctrl_c_during_the_first_imports_is_no_fault(name, moment):
    assert interrupted(STARTS[name], moment) == ""


IMPORTS = """
import runpy, signal, sys

class Interrupt:
    # Ctrl-C as soon as the command asks for its first library.
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "typer" and not path:
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv[0] = "-m"
{}
"""


def ended_by(program: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS.format(program)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    return done.returncode, done.stderr


def test_ctrl_c_before_a_command_runs_ends_it_without_a_word():
    assert ended_by("runpy.run_module('viz3d.export', run_name='__main__')") == (-signal.SIGINT, "")


def test_ctrl_c_stays_anothers_whose_program_imports_viz3d():
    program = "sys.argv[0] = 'notebook.py'\nimport viz3d\nprint(signal.getsignal(2))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, signal\n{program}"], check=True, capture_output=True, text=True
    )
    assert "default_int_handler" in done.stdout


@pytest.mark.parametrize("command", ["viz3d", "viz3d.export", "viz3d.command.display"])
def test_a_python_without_the_libraries_says_how_to_take_the_one_with_them(tmp_path, command):
    venv.create(tmp_path / "bare", with_pip=False)
    bare = tmp_path / "bare" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    done = subprocess.run(
        [bare, "-m", command, "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: this Python ({bare}) has no numpy")
    assert "activate` first" in done.stderr or "scripts/demo" in done.stderr
    assert done.stderr.count("\n") == 1
