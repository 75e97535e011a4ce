"""The installation: viz3d must start from any folder, and come whole."""

import subprocess
import sys
import tomllib

import pytest
from project import ROOT

from viz3d.live.lessons import LEARN


@pytest.mark.parametrize(
    "names", [pytest.param((), marks=pytest.mark.slow), ("data", "engine", "guarding", "scenes", "viz3d")]
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


def test_each_file_beside_the_code_comes_with_an_installation():
    # Lost otherwise: an installed window whose F1 says that its page is missing.
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = declared["tool"]["setuptools"]["package-data"]
    assert LEARN.is_relative_to(ROOT / "viz3d")
    for package in ("data", "engine", "guarding", "scenes", "viz3d"):
        here = ROOT / package
        brought = {path for pattern in patterns.get(package, []) for path in here.glob(pattern)}
        files = {path for path in here.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
        assert {path for path in files if path.suffix != ".py"} == brought
