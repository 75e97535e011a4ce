"""How a command begins: Ctrl-C ends it whenever it comes, and the wrong Python is told in a line."""

import signal
import subprocess
import sys
import venv

import pytest
from fuzz.starts import STARTS, interrupted
from inherited_signals import inherited
from project import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="finds what goes on in /proc")
@pytest.mark.parametrize(("name", "moment"), [("viz3d", 0.2), ("export", 0.4), ("train", 0.6), ("live", 0.8)])
def test_ctrl_c_during_the_first_imports_is_no_fault(name, moment):
    assert interrupted(STARTS[name], moment) == ""


IMPORTS = """
import runpy, signal, sys

class Interrupt:
    # Ctrl-C as soon as the command asks for a library.
    def find_spec(self, name, path=None, target=None):
        if name == "{}":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv[0] = "-m"
{}
"""


@pytest.mark.parametrize("library", ["typer", "vtkmodules"])
def test_ctrl_c_before_there_is_anything_to_put_in_order_ends_a_command_without_a_word(tmp_path, library):
    # VTK crashes where its import is interrupted by an exception.
    program = IMPORTS.format(
        library, "runpy.run_module('viz3d.export', run_name='__main__', alter_sys=False)"
    )
    words = ["--preset", "mlp-sigmoid", "--sample", "digits:7", "--out", str(tmp_path / "a.png")]
    with inherited():
        done = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False, cwd=ROOT
        )
    assert (done.returncode, done.stderr) == (-signal.SIGINT, "")
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_stays_anothers_whose_program_imports_viz3d():
    program = "sys.argv[0] = 'notebook.py'\nimport viz3d\nprint(signal.getsignal(2))"
    with inherited():
        done = subprocess.run(
            [sys.executable, "-c", f"import sys, signal\n{program}"],
            check=True,
            capture_output=True,
            text=True,
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
    # Lost otherwise: an installed copy, which comes without the scripts, names one that is not there.
    for part in ("__init__", "__main__", "command/__init__", "command/begin", "command/errors"):
        made = tmp_path / "viz3d" / f"{part}.py"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes((ROOT / "viz3d" / f"{part}.py").read_bytes())
    done = subprocess.run(
        [bare, "-m", "viz3d", "--help"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stderr.endswith(f"has no numpy, which viz3d needs: run `{bare} -m pip install numpy`\n")
