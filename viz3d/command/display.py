"""Find out, before the first picture, what can draw on this machine.

VTK opens the graphics driver at its first picture, and where there is none the process ends at once.
So a process of its own tries it; a good answer is remembered for as long as the driver's files last.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from viz3d.command.cli import command_line, run
from viz3d.command.errors import UserError
from viz3d.command.process.children import ending_with_us
from viz3d.command.process.limits import check_drawing, spare_shader_cache
from viz3d.command.process.signals import undisturbed

CHOICE = "VTK_DEFAULT_OPENGL_WINDOW"
PACKAGES = "libegl1 libgl1-mesa-dri"
# Variables by which people choose a driver, and by which they miss one.
_STEERING = (
    *("GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE", "LIBGL_DRIVERS_PATH", "VTK_EGL_DEVICE_INDEX"),
    *("__EGL_VENDOR_LIBRARY_FILENAMES", CHOICE),
)
# By which people and the system end a process; one that finds no driver ends otherwise.
_ENDED = (signal.SIGTERM, signal.SIGINT, *([signal.SIGKILL] if sys.platform != "win32" else []))
_TOO_LONG = 120  # seconds; a first picture takes two


@dataclass(frozen=True)
class Display:
    """What draws: VTK's window class, the driver's own name, and its files with their times of change."""

    window: str
    renderer: str
    files: dict[str, int]

    @property
    def software(self) -> bool:
        """Whether the processor draws, so that more processes draw more."""
        from scenes.vtk.window.driver import SOFTWARE  # noqa: PLC0415 -- it takes long, and whoever asks has it

        return any(name in self.renderer.lower() for name in SOFTWARE)


def prepare() -> Display:
    """Choose what draws off-screen, for this process and those that it starts; return it.

    Raises UserError with the command to install a driver where nothing can draw, or where limits forbid it.
    Only Linux needs the choice; macOS and Windows bring their own.
    """
    check_drawing()
    spare_shader_cache()
    if sys.platform != "linux":
        return Display("", "", {})
    display = _remembered() or _search()
    os.environ[CHOICE] = display.window
    return display


def _search() -> Display:
    words = ""
    for choice in _choices():
        display, told = _try(choice)
        if display:
            _remember(display)
            return display
        # What went wrong at the likelier kind says more than that another is not there.
        words = words or told
    raise UserError(f"this machine cannot draw off-screen{_misled() or f': {words or _advice()}'}")


def _misled() -> str:
    """What to say where variables keep this machine from drawing, as it draws without; else nothing."""
    given = {name: os.environ[name] for name in _STEERING if os.environ.get(name)}
    for choice in _choices({CHOICE: ""}) if given else ():
        display, _ = _try(choice, without=tuple(given))
        if display:
            told = " ".join(f"{name}={value}" for name, value in given.items())
            drawn = display.renderer or "the system"
            return f" with {told}, and draws without, by {drawn}: run `unset {' '.join(given)}`"
    return ""


def _choices(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The kinds of window to try, the likeliest first; only the environment's, where it names one."""
    if environment.get(CHOICE):
        return [environment[CHOICE]]
    # EGL needs no screen and no X server, and so comes first even where DISPLAY is set.
    with_screen = ["vtkXOpenGLRenderWindow"] if os.environ.get("DISPLAY") else []
    return ["vtkEGLRenderWindow", *with_screen, "vtkOSOpenGLRenderWindow"]


def _try(window: str, without: Collection[str] = ()) -> tuple[Display | None, str]:
    """Draw one picture with `window` in a process of its own; return what drew it, or its last words.

    without: names of variables that it does not see. UserError where someone ended it: that tells nothing.
    """
    seen = {name: value for name, value in os.environ.items() if name not in without}
    done = _probed(seen | {CHOICE: window})
    if done is None:
        return None, f"{window} did not finish its first picture in {_TOO_LONG} s"
    if done.returncode == 0:
        answer = json.loads(done.stdout.splitlines()[-1])
        files = {name: Path(name).stat().st_mtime_ns for name in answer["files"] if Path(name).exists()}
        return Display(answer["window"], answer["renderer"], files), ""
    if -done.returncode in _ENDED:
        ended = signal.Signals(-done.returncode).name
        raise UserError(
            f"the process that tries what can draw here was ended by {ended}: run it again; where that comes "
            "again, memory is short"
        )
    lines = done.stderr.strip().splitlines()
    broken = done.returncode > 0 and lines and "Error" in lines[-1]
    return None, f"the drawing library does not start: {lines[-1]}" if broken else ""


def _probed(environment: Mapping[str, str]) -> subprocess.CompletedProcess[str] | None:
    """How the process that draws a picture ended in an environment; None where it does not end."""
    # What interrupts a process just as it divides is lost, and told on stderr.
    with undisturbed():
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "scenes.vtk.window.probe"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=ending_with_us(),  # noqa: PLW1509  # calls one system function, and imports nothing
        )
    try:
        out, err = child.communicate(timeout=_TOO_LONG)
    except subprocess.TimeoutExpired:
        return None
    finally:
        child.kill()
        child.wait()
    return subprocess.CompletedProcess([], child.returncode, out, err)


def _advice() -> str:
    if shutil.which("apt-get"):
        return f"install a driver with `sudo apt-get install -y --no-install-recommends {PACKAGES}`"
    return "install Mesa's EGL and its software driver (Fedora: mesa-libEGL mesa-dri-drivers; Arch: mesa)"


def _memory() -> Path:
    # Where pooch keeps data sets too; importing it would cost more.
    return platformdirs.user_cache_path("viz3d") / "display.json"


def _key() -> str:
    names = ("DISPLAY", "LIBGL_ALWAYS_SOFTWARE", *(name for name in _STEERING if name != CHOICE))
    return " ".join([version("vtk"), sys.prefix, *(f"{name}={os.environ.get(name, '')}" for name in names)])


def _remembered() -> Display | None:
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        if not _memory().is_file():  # a pipe would be waited for
            return None
        record = json.loads(_memory().read_text())
        display = Display(**record["display"])
        right = record["key"] == _key() and os.environ.get(CHOICE) in (None, "", display.window)
        unchanged = all(Path(name).stat().st_mtime_ns == time for name, time in display.files.items())
        if right and display.files and unchanged:
            return display
    return None


def _remember(display: Display) -> None:
    # A cache that cannot be written only costs the next start two seconds.
    with suppress(OSError):
        if _memory().exists() and not _memory().is_file():
            return
        _memory().parent.mkdir(parents=True, exist_ok=True)
        _memory().write_text(json.dumps({"key": _key(), "display": asdict(display)}))


def show(
    *,
    loops: Annotated[bool, typer.Option("--loops", help="Compile what draws films, once.")] = False,
) -> None:
    """Say what draws on this machine, or what to install."""
    display = prepare()
    print(f"drawing with {display.renderer or 'the system'} ({display.window or 'default window'})")
    if loops:
        from scenes import prepare_films  # noqa: PLC0415 -- it takes long

        prepare_films(software=display.software)


if __name__ == "__main__":
    app = command_line()
    app.command()(show)
    run(app, "python -m viz3d.command.display")
