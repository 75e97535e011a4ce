"""What draws: without a driver VTK ends the process, so a user must be told before that."""

import json
import os
import signal
import subprocess
import sys

import pytest
from slow_cases import slow_but

from viz3d.command import display
from viz3d.command.errors import UserError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux chooses what draws")


@pytest.fixture(scope="module")
def driver() -> display.Display:
    """What draws here, as this run of the tests knows it."""
    try:
        return display.prepare()
    except UserError as error:
        pytest.skip(str(error))


@pytest.fixture
def answers(monkeypatch, driver) -> None:
    """Whatever is tried draws, without a process that takes seconds."""
    monkeypatch.setattr(display, "_try", lambda window: (driver, ""))


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(display.CHOICE, os.environ.get(display.CHOICE, ""))


def probes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note each window class that is tried."""
    tried: list[str] = []
    real = display._try
    monkeypatch.setattr(display, "_try", lambda window: tried.append(window) or real(window))
    return tried


def test_no_driver_is_one_line_that_says_what_to_install(monkeypatch):
    monkeypatch.setattr(display, "_choices", lambda environment=None: ["vtkOSOpenGLRenderWindow"])
    monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
    if display._try("vtkOSOpenGLRenderWindow")[0]:
        pytest.skip("this machine has OSMesa, which needs no driver")
    with pytest.raises(UserError, match=r"cannot draw off-screen: install .*[mM]esa"):
        display.prepare()


NONSENSE = ["GALLIUM_DRIVER=nonsense", f"{display.CHOICE}=vtkOSOpenGLRenderWindow"]


@pytest.mark.parametrize("given", slow_but(NONSENSE[:1], NONSENSE))
def test_a_variable_that_misleads_is_named_and_no_driver_asked_for(monkeypatch, driver, given):
    name, value = given.split("=")
    monkeypatch.delenv(display.CHOICE)
    monkeypatch.setenv(name, value)
    if display._try(os.environ.get(display.CHOICE) or driver.window)[0]:
        pytest.skip("what draws here does not read it")
    with pytest.raises(UserError, match="cannot draw off-screen with") as told:
        display.prepare()
    assert f"with {given}, and draws without, by {driver.renderer}: run `unset {name}`" in str(told.value)
    assert "install" not in str(told.value)


@pytest.mark.parametrize(
    "name",
    [
        *("GALLIUM_DRIVER", "MESA_LOADER_DRIVER_OVERRIDE", "LIBGL_DRIVERS_PATH", "VTK_EGL_DEVICE_INDEX"),
        display.CHOICE,
    ],
)
def test_each_variable_that_chooses_a_driver_is_tried_without(monkeypatch, name):
    answer = json.dumps({"window": "window", "renderer": "driver", "files": []})

    def probed(environment):
        wrong = environment.get(name) == "nonsense"
        return subprocess.CompletedProcess([], int(wrong), "" if wrong else answer, "no such driver")

    monkeypatch.setattr(display, "_probed", probed)
    monkeypatch.delenv(display.CHOICE)
    monkeypatch.setenv(name, "nonsense")
    with pytest.raises(UserError, match=f"with {name}=nonsense, and draws without, by driver: run `unset"):
        display.prepare()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_try_that_someone_ended_is_not_taken_for_a_driver_that_is_missing(monkeypatch, number):
    ended = subprocess.CompletedProcess([], -number, "", "")
    monkeypatch.setattr(display, "_probed", lambda environment: ended)
    monkeypatch.delenv(display.CHOICE)
    with pytest.raises(UserError, match=f"was ended by {number.name}: run it again"):
        display.prepare()


@pytest.mark.usefixtures("screen")
def test_the_driver_is_tried_once_and_then_remembered(monkeypatch):
    monkeypatch.delenv(display.CHOICE)
    tried = probes(monkeypatch)
    first = display.prepare()
    again = display.prepare()
    assert len(tried) >= 1
    assert again == first
    assert len(tried) == tried.index(first.window) + 1
    assert os.environ[display.CHOICE] == first.window


@pytest.mark.parametrize(
    "record",
    [
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"key": 1, "display": {"window": 3, "renderer": [], "files": {"/etc/passwd": "x"}}}',
        '{"key": 1, "display": {"window": "a", "renderer": "b", "files": [1]}}',
    ],
)
def test_a_memory_that_is_nonsense_is_forgotten(record):
    display._memory().parent.mkdir(parents=True)
    display._memory().write_text(record)
    assert display._remembered() is None


def test_a_pipe_in_place_of_the_memory_is_not_waited_for():
    display._memory().parent.mkdir(parents=True)
    os.mkfifo(display._memory())
    assert display._remembered() is None
    display._remember(display.Display("window", "driver", {}))
    assert display._memory().is_fifo()


@pytest.mark.usefixtures("answers")
def test_a_driver_that_changed_or_went_is_tried_again(monkeypatch):
    display.prepare()
    tried = probes(monkeypatch)
    memory = display._memory()
    memory.write_text(memory.read_text().replace(".so", ".gone"))
    display.prepare()
    assert tried


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("rubbish", ["", "[]", "{}", '{"key": 1, "display": {}}', "\x00"])
def test_rubbish_in_the_cache_is_no_obstacle(rubbish):
    display.prepare()
    display._memory().write_text(rubbish)
    assert display.prepare().window


def test_what_went_wrong_first_is_told_though_another_kind_of_window_is_merely_missing(monkeypatch):
    # Lost otherwise: on a busy machine the advice is to install a driver that is there.
    told = iter(["the first did not finish its first picture in 60 s", ""])
    monkeypatch.setattr(display, "_choices", lambda *_: ["one", "other"])
    monkeypatch.setattr(display, "_try", lambda *_, **__: (None, next(told)))
    monkeypatch.setattr(display, "_misled", str)
    with pytest.raises(UserError, match="did not finish its first picture"):
        display._search()


@pytest.mark.usefixtures("driver")
def test_a_script_is_not_warned_of_the_screen_that_its_machine_never_had():
    # Lost otherwise: what draws before a command has chosen what draws begins with a line of VTK's log.
    program = (
        "from scenes.vtk.window.plotter import OffscreenPlotter\n"
        "OffscreenPlotter(off_screen=True, window_size=[16, 16], lighting='none').close()"
    )
    screenless = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", display.CHOICE)}
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, env=screenless, check=True)
    assert done.stderr == ""
