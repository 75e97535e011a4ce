"""A command of viz3d as people run it: as a process of its own, or here, which takes a tenth of the time."""

import contextlib
import io
import os
import runpy
import subprocess
import sys
import warnings
from pathlib import Path
from unittest import mock

from inherited_signals import inherited


def viz3d(*words: str, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | variables,
        check=False,
    )


def viz3d_here(*words: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The same by the same program, in this process: for many wrong inputs of a command that a test runs once
    as a process. A traceback reaches the test.
    """
    module, *arguments = words
    out, err, status = io.StringIO(), io.StringIO(), 0
    with contextlib.ExitStack() as stack:
        # A command sets handlers of signals and filters of warnings, for its process ends with it.
        for context in (inherited(), warnings.catch_warnings(), contextlib.chdir(folder)):
            stack.enter_context(context)
        stack.enter_context(mock.patch.dict(os.environ, variables))
        stack.enter_context(mock.patch.object(sys, "argv", [module, *arguments]))
        stack.enter_context(contextlib.redirect_stdout(out))
        stack.enter_context(contextlib.redirect_stderr(err))
        # Beside threads that another test left it would end the tests with it.
        stack.enter_context(mock.patch.object(os, "_exit", sys.exit))
        try:
            runpy.run_module(module, run_name="__main__")
        except SystemExit as end:
            status = end.code
    return subprocess.CompletedProcess(list(words), status, out.getvalue(), err.getvalue())
