"""The training command as people run it, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from inherited_signals import inherited
from patience import PATIENCE
from run_viz3d import viz3d_here

import data
import engine
from viz3d.command.errors import UserError
from viz3d.train import command

COMMAND = ("-m", "viz3d.train")
# The small set that comes with viz3d: a second an epoch, and no download.
SMALL = ["--preset", "mlp-sigmoid", "--data", "digits", "--lr", "1", "--epochs", "2"]


def start(folder: Path, *words: str, program: tuple[str, ...] = COMMAND) -> subprocess.Popen[str]:
    with inherited():
        return subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )


def train(folder: Path, *words: str, program: tuple[str, ...] = COMMAND) -> tuple[int, str, str]:
    process = start(folder, *words, program=program)
    try:
        out, err = process.communicate(timeout=PATIENCE / 1000)
    finally:
        process.kill()  # one that has ended does not mind
    return process.returncode, out, err


def train_here(folder: Path, *words: str) -> tuple[int, str, str]:
    """The same in this process."""
    done = viz3d_here("viz3d.train", *words, folder=folder, NO_COLOR="1")
    return done.returncode, done.stdout, done.stderr


def refused(message: str, **options: Any) -> None:
    """Ask in this process for a training that cannot be: one line says so, and begins with a message."""
    with pytest.raises((UserError, data.DataError, engine.EngineError)) as caught:
        command.train(**options)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value).splitlines()) == 1
