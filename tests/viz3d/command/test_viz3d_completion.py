"""Shells complete commands, options, networks by name, choices and the endings of files."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from viz3d.command.completing import check_program, ending, presets, words_in
from viz3d.command.errors import UserError

START = "import sys; sys.argv[0] = 'viz3d'; from viz3d.__main__ import main; main()"


def completed(line: str) -> list[str]:
    """What a bash is told for the last word of a line, as `viz3d` is asked by the script that it installs."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    asked = {**os.environ, **words, "_VIZ3D_COMPLETE": "complete_bash"}
    told = subprocess.run(
        [sys.executable, "-c", START], env=asked, capture_output=True, text=True, check=True
    )
    return told.stdout.split()


def test_networks_choices_and_options_are_completed():
    assert completed("viz3d export --preset cnn-dr") == ["cnn-draw"]
    assert "light" in completed("viz3d export --theme li")
    assert completed("viz3d insp") == ["inspect"]
    assert "--synapses" in completed("viz3d export --syn")


def test_a_name_gets_the_endings_that_can_be_written():
    complete = ending(".mp4", ".gif", ".png")
    assert complete("seven") == ["seven.mp4", "seven.gif", "seven.png"]
    assert complete("out/seven.g") == ["out/seven.gif"]
    assert complete("v1.2") == []
    assert complete("out/") == []
    assert complete("") == []


def test_words_are_told_from_what_stands_for_a_value():
    complete = words_in("dark|light|high-contrast")
    assert complete is not None
    assert complete("h") == ["high-contrast"]
    assert words_in("FILE") is None
    assert words_in("NAME|DIR") is None
    assert words_in("1..60") is None


def test_what_is_typed_is_no_pattern():
    assert "mlp" in presets("")
    assert presets("m*") == []
    assert presets("../models/mlp") == []


@pytest.mark.parametrize("option", ["--install-completion", "--show-completion=bash"])
def test_a_program_of_several_words_is_told_how(option):
    with pytest.raises(UserError, match="run `viz3d --"):
        check_program("python -m viz3d", [option])
    check_program("viz3d", [option])


def test_a_real_bash_completes_a_network(tmp_path):
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    program = tmp_path / "viz3d"
    program.write_text(f"#!{sys.executable}\n{START}\n")
    program.chmod(0o755)
    script = (
        f'PATH="{tmp_path}:$PATH"; HOME="{tmp_path}"; eval "$(viz3d --show-completion bash)"\n'
        "complete -p viz3d; COMP_WORDS=(viz3d live --preset cnn-dr); COMP_CWORD=3\n"
        'name=$(complete -p viz3d | sed "s/.*-F \\([^ ]*\\).*/\\1/"); $name viz3d\n'
        'echo "got ${COMPREPLY[@]}"\n'
    )
    asked = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    told = subprocess.run(
        [bash, "--norc", "-c", script], env=asked, capture_output=True, text=True, check=False
    )
    assert re.search(r"^got cnn-draw$", told.stdout, re.MULTILINE), told.stdout + told.stderr


def test_a_paragraph_of_the_help_is_broken_by_the_width_alone():
    asked = {**os.environ, "COLUMNS": "60"}
    words = [sys.executable, "-m", "viz3d", "data", "--help"]
    told = subprocess.run(words, env=asked, capture_output=True, text=True, check=True).stdout
    assert "a folder of pictures," in told
