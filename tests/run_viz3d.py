"""A command of viz3d as a process of its own, as people run it."""

import os
import subprocess
import sys
from pathlib import Path


def viz3d(*words: str, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        capture_output=True,
        text=True,
        cwd=folder,
        env=os.environ | variables,
        check=False,
    )
