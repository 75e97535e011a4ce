"""The installation: viz3d must start from any folder."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "names", [pytest.param((), marks=pytest.mark.slow), ("data", "engine", "scenes", "viz3d")]
)
def test_viz3d_starts_from_any_folder_even_one_that_has_folders_of_the_same_names(tmp_path, names):
    for name in names:
        (tmp_path / name).mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "viz3d.export", "--sample", "digits:9999"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert "has images 0 to 509" in done.stderr
