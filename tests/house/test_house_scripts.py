"""The set-up scripts: a newcomer's first minute."""

import os
import re
import select
import shutil
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from project import ROOT

PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
ALL = ["-n", str(PROCESSORS + 1), "--dist", "worksteal"]
FAST = [*ALL, "-m", "not slow"]
SCRIPTS = ("scripts/demo", "scripts/live", "scripts/test", "scripts/setup.sh", ".ci/run")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for POSIX shells")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_plain_posix_shell(name):
    for shell in filter(shutil.which, ("sh", "dash")):
        subprocess.run([shell, "-n", ROOT / name], check=True)


@pytest.mark.parametrize("name", [name for name in SCRIPTS if not name.endswith(".sh")])
def test_a_script_can_be_run_as_the_readme_says(name):
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
    assert (ROOT / name).read_text().startswith("#!/bin/sh\n")


def bare_machine(folder: Path, *programs: str) -> dict[str, str]:
    """Return an environment in which only a few programs are found."""
    for program in ("sh", "id", "uname", "cat", "dirname", *programs):
        found = shutil.which(program)
        assert found
        (folder / program).symlink_to(found)
    return {**os.environ, "PATH": str(folder)}


def test_without_python_the_user_is_told_what_is_needed(tmp_path):
    done = subprocess.run(
        ["/bin/sh", ROOT / "scripts" / "demo"],
        env=bare_machine(tmp_path),
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings all that it needs")
@pytest.mark.parametrize(("what", "asks"), [("demo", False), ("live", True), ("test", True)])
def test_what_qt_lacks_is_named_with_the_command_that_installs_it(what, asks):
    lacking = "qt_packages() { printf libxcb-cursor0; }; has() { :; }; may_install() { false; }"
    done = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'. "{ROOT}/scripts/setup.sh"; {lacking}; python={sys.executable}; system_packages {what}',
        ],
        env={**os.environ, "root": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("apt-get install -y --no-install-recommends libxcb-cursor0" in done.stdout) is asks


def test_qts_libraries_are_looked_for_one_by_one():
    check = f'. "{ROOT}/scripts/setup.sh"; python=$1; qt_packages'
    words = [
        subprocess.run(
            ["/bin/sh", "-c", check, "sh", python],
            env={**os.environ, "root": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for python in (sys.executable, "")
    ]
    assert "libxcb-cursor0" in words[1], "without a Python, all of them"
    assert set(words[0]) < set(words[1]), "with one, those that cannot be opened"


def test_a_moved_environment_is_noticed(tmp_path):
    (tmp_path / ".venv").mkdir()
    stamp = tmp_path / ".venv" / "installed-plain"
    check = f'. "{ROOT}/scripts/setup.sh"; moved && echo moved || echo here'
    for place, answer in ((tmp_path, "here"), ("/somewhere/else", "moved")):
        stamp.write_text(f"123 456 {place}\n")
        done = subprocess.run(
            ["/bin/sh", "-c", check],
            env={**os.environ, "root": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == answer


def test_an_environment_behind_a_link_is_not_emptied(tmp_path):
    # Lost otherwise: all that was installed for another copy of the repository.
    other, here = tmp_path / "other", tmp_path / "here"
    for folder in (other, here):
        folder.mkdir()
    (other / "kept").touch()
    (here / ".venv").symlink_to(other)
    (here / "pyproject.toml").touch()
    done = subprocess.run(
        ["/bin/sh", "-c", f'. "{ROOT}/scripts/setup.sh"; python=false; environment ""'],
        env={**os.environ, "root": str(here)},
        cwd=here,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{here / '.venv'} is a link" in done.stderr
    assert (other / "kept").exists()


STAND_IN = """
venv=$root
venv_python=$root/told
say() { :; }
system_packages() { :; }
environment() { :; }
check_drawing() { :; }
prepare_drawing() { :; }
"""


@pytest.fixture
def tools(tmp_path):
    """A folder in which every tool only tells how it was called; the one that FAILS names fails."""
    for name in ("scripts", ".ci", "bin"):
        (tmp_path / name).mkdir()
    for name in ("scripts/test", ".ci/run"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "scripts" / "setup.sh").write_text(STAND_IN)
    told = (
        'for word; do printf "%s|" "$word"; done\necho\ncase " $* " in *" ${FAILS-nothing} "*) exit 3; esac\n'
    )
    for name in ("told", "bin/lint-imports"):
        (tmp_path / name).write_text(f"#!/bin/sh\n{told}")
        (tmp_path / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("script", ["scripts/test", ".ci/run"])
@pytest.mark.parametrize(
    ("words", "pytest_gets"),
    [
        ([], ALL),
        (["-k", "engine or data"], [*ALL, "-k", "engine or data"]),
        (["--fast"], FAST),
        (["--fast", "-k", "engine or data"], [*FAST, "-k", "engine or data"]),
    ],
)
def test_the_tests_run_whole_or_fast_with_the_words_that_pytest_knows(
    tools, script, words, pytest_gets, monkeypatch
):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)  # nproc heeds it
    done = subprocess.run(["/bin/sh", tools / script, *words], capture_output=True, text=True, check=True)
    *checks, tests, types = done.stdout.splitlines()
    assert tests == "|".join(["-m", "pytest", *pytest_gets, ""])
    # What is checked besides does not depend on it.
    assert [*checks, types] == ["-m|ruff|check|.|", "-m|ruff|format|--check|.|", "", "-m|mypy|"]


@pytest.mark.parametrize("fails", ["check", "format", "mypy", "pytest"])
def test_whatever_is_found_wrong_is_told_and_fails_the_whole(tools, fails):
    # Lost otherwise: types that are wrong pass, for they are checked beside the tests.
    done = subprocess.run(
        ["/bin/sh", tools / ".ci/run"],
        capture_output=True,
        text=True,
        env={**os.environ, "FAILS": fails},
        check=False,
    )
    assert done.returncode == 3
    assert f"|{fails}|" in done.stdout


def test_a_broken_off_run_leaves_nothing_behind(tools):
    # Lost otherwise: a check of types that goes on after Ctrl+C, and a file for its words after each. Sent is
    # what a trap takes in every shell: one that was begun in the background cannot take Ctrl+C.
    (tools / "words").mkdir()
    (tools / "told").write_text(
        """#!/bin/sh
case $* in
*mypy*) trap 'sleep 0.3; : >ended; exit' TERM; echo $$ >mypy.pid; for _ in $(seq 9999); do sleep 0.05; done ;;
*pytest*) until [ -s mypy.pid ]; do sleep 0.02; done; kill -TERM $PPID; exit 2 ;;
esac
"""
    )
    run = ["/bin/sh", tools / "scripts/test"]
    done = subprocess.run(run, env={**os.environ, "TMPDIR": str(tools / "words")}, check=False)
    assert done.returncode == 130
    assert not list((tools / "words").iterdir())
    assert (tools / "ended").exists(), "the check of types was ended, and waited for"


@pytest.mark.parametrize("script", ["scripts/test", ".ci/run"])
def test_help_is_told_and_nothing_else_is_done(tools, script):
    # Lost otherwise: whoever asks waits for an environment and all checks, and reads pytest's help.
    done = subprocess.run(["/bin/sh", tools / script, "--help"], capture_output=True, text=True, check=True)
    assert "Words after it go to pytest" in done.stdout
    assert "--fast" in done.stdout
    assert not any(line.startswith("#") or "|" in line for line in done.stdout.splitlines())


@pytest.fixture
def told_demo(tmp_path):
    """A folder with the demo, in which Python only tells how it was called."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "demo", tmp_path / "scripts" / "demo")
    (tmp_path / "scripts" / "setup.sh").write_text(STAND_IN.replace("say() { :; }", 'say() { echo "$*"; }'))
    (tmp_path / "told").write_text('#!/bin/sh\nfor word; do printf "%s|" "$word"; done\necho\n')
    (tmp_path / "told").chmod(0o755)
    return tmp_path


def test_the_demo_starts_one_process_for_all_that_it_makes(told_demo):
    # Each start costs two seconds, and says once more that MNIST is not there.
    done = subprocess.run(
        ["/bin/sh", told_demo / "scripts" / "demo"], capture_output=True, text=True, check=True
    )
    started = [line.split("|") for line in done.stdout.splitlines() if "|" in line]
    assert len(started) == 1
    outs = [word for before, word in pairwise(started[0]) if before == "--out"]
    assert outs == [f"renders/seven.{ending}" for ending in ("mp4", "gif", "png")]
    assert all(f"{told_demo}/{out}" in done.stdout for out in outs)


@pytest.mark.parametrize("installed", [True, False])
def test_loops_are_compiled_with_the_set_up_and_with_no_later_demo(told_demo, installed):
    # Lost otherwise: the first film waits for them, or each later one is made to load them twice.
    begin = (
        f'. "{ROOT}/scripts/setup.sh"; venv=$root; venv_python=$root/told; find_python; python=$venv_python'
    )
    (told_demo / "pyproject.toml").touch()
    work = 'right_version() { :; }; moved() { false; }; environment ""; prepare_drawing'
    environment = {**os.environ, "root": str(told_demo)}
    for _ in range(1 if installed else 2):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{begin}; {work}"], env=environment, capture_output=True, text=True, check=True
        )
    told = done.stdout.splitlines()[-1]
    assert told == "-m|viz3d.command.display|" + ("--loops|" if installed else "")


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_sees_how_far_the_installation_is(told_demo, terminal):
    import pty  # not there on Windows

    (told_demo / "pyproject.toml").touch()
    install = f'. "{ROOT}/scripts/setup.sh"; venv=$root; venv_python=$root/told; environment ""'
    ours, theirs = pty.openpty() if terminal else os.pipe()
    environment = {**os.environ, "root": str(told_demo)}
    subprocess.run(["/bin/sh", "-c", install], env=environment, stdout=theirs, check=True)
    words = ""
    # A terminal hands on what was written to it bit by bit.
    while not re.search(r"install\|.*\n", words) and select.select([ours], [], [], 30)[0]:
        words += os.read(ours, 100_000).decode()
    for end in (ours, theirs):
        os.close(end)
    line = next(line for line in words.splitlines() if "install|" in line)
    assert ("--quiet" in line) is not terminal
