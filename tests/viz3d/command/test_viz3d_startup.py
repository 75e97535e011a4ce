"""What commands import: a user waits seconds for help, or to be told of a typing error, where this grows."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {
    "PIL", "PySide6", "data", "engine", "h5py", "imageio", "imageio_ffmpeg", "matplotlib", "numba", "numpy",
    "onnx", "pooch", "prompt_toolkit", "pyvista", "scenes", "torch", "vtkmodules",
}  # fmt: skip
DRAWS = {"pyvista", "vtkmodules", "matplotlib", "imageio", "imageio_ffmpeg"}
FOREIGN = {"PySide6", "onnx", "h5py", "torch", "prompt_toolkit"}
HELPS = ("", "export", "live", "inspect", "train", "import", "statistics", "data", "presets")
# What each light command must not import.
LIGHT = {
    "presets": (["presets"], DRAWS | FOREIGN | {"scenes"}),
    "data": (["data", "digits"], DRAWS | FOREIGN | {"numba", "scenes"}),
    "version": (["--version"], HEAVY),
    "an unknown option": (["export", "--sise", "720p"], HEAVY),
    "a digit given twice": (["export", "--digit", "1", "--digit", "2"], HEAVY),
    "a wrong size": (["export", "--size", "big"], DRAWS | FOREIGN | {"numba", "pooch"}),
    "a still that is none": (["export", "--at", "1", "--out", "a.mp4"], DRAWS | FOREIGN | {"numba"}),
    "inspect": (["inspect", "--sample", "digits:17"], DRAWS | FOREIGN),
    "beats": (["export", "--sample", "digits:17", "--beats"], FOREIGN | {"imageio_ffmpeg"}),
}
# One process for many: nothing that it has imported before may be heavy either.
PROGRAM = """
import contextlib, io, json, sys
from viz3d.__main__ import application
from viz3d.command.cli import run
told = {}
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        try:
            run(application(words), "viz3d", words)
        except SystemExit:
            pass
    told[" ".join(words)] = [out.getvalue(), sorted({name.partition(".")[0] for name in sys.modules})]
print(json.dumps(told))
"""


def imported(folder, *commands: list[str]) -> dict[str, tuple[str, set[str]]]:
    """For each command what it says, and what was imported by its end."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(commands)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "VIZ3D_DATA": ""},
        check=True,
    )
    return {words: (said, set(names)) for words, (said, names) in json.loads(done.stdout).items()}


def test_help_imports_nothing_heavy(tmp_path):
    helps = imported(tmp_path, *([*([name] if name else []), "--help"] for name in HELPS))
    assert len(helps) == len(HELPS)
    for words, (said, names) in helps.items():
        assert "Usage" in said, words
        assert not names & HEAVY, words


@pytest.mark.parametrize("name", LIGHT)
def test_a_light_command_imports_no_more_than_it_needs(tmp_path, name):
    words, spared = LIGHT[name]
    ((said, names),) = imported(tmp_path, words).values()
    assert said
    assert not names & spared


def test_a_command_is_not_kept_waiting_by_the_others(tmp_path):
    program = (
        "import sys\nfrom viz3d.__main__ import application\napplication(['export', '--help'])\n"
        "print(*(name for name in sys.modules if name.startswith('viz3d.')))"
    )
    words = [sys.executable, "-c", program]
    told = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True).stdout.split()
    assert "viz3d.export.command" in told
    assert not {"viz3d.train.command", "viz3d.inspect.command", "viz3d.live.command"} & set(told)


def test_what_reads_files_of_other_systems_waits_for_such_a_file(tmp_path):
    program = "import sys, engine\nprint('engine.foreign.registry' in sys.modules)"
    words = [sys.executable, "-c", program]
    told = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True).stdout
    assert told == "False\n"


# What a user of PyVista and matplotlib does beside a stage: all of it is theirs again.
FIGURES = """
import matplotlib.backends.backend_agg, matplotlib.pyplot, pyvista
from pyvista.plotting import colors, lookup_table
for name in ("matplotlib", "matplotlib.colors", "matplotlib.pyplot", "matplotlib.backends.backend_agg"):
    assert type(sys.modules[name]).__name__ == "module", name
assert colors.get_cmap_safe("viridis") == matplotlib.colormaps["viridis"] and "viridis" in colors.colormaps
assert isinstance(matplotlib.colormaps["viridis"], colors.colors.Colormap)
assert colors.get_cmap_safe(["red", "blue"]).N == 2
assert lookup_table.mpl.colors.Colormap is matplotlib.colors.Colormap
assert lookup_table.mpl.__version__ == matplotlib.__version__
assert pyvista.LookupTable("plasma", n_values=8).cmap.name == "plasma"
assert pyvista.plotting.colors.get_cycler("matplotlib") is not None
pyvista.ChartMPL(matplotlib.pyplot.figure())
plotter = pyvista.Plotter(off_screen=True)
plotter.add_mesh(pyvista.Sphere(), scalars=pyvista.Sphere().points[:, 2], cmap="magma")
plotter.close()
"""


def test_a_picture_does_not_wait_for_what_draws_figures(tmp_path):
    # PyVista would bring pyplot, for colour maps of which none is used; the window has examples.
    start = "import scenes.vtk.window.plotter\nimport viz3d.figures.example"
    program = f"import sys\n{start}\nprint(*sys.modules)\n{FIGURES}"
    words = [sys.executable, "-c", program]
    told = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=True).stdout.split()
    assert {"pyvista.plotting.charts", "viz3d.figures.ink"} <= set(told)
    assert not {"matplotlib.pyplot", "matplotlib.figure", "matplotlib.font_manager"} & set(told)
