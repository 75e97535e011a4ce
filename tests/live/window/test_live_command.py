"""The command that opens the window: what it says where it cannot, and what it needs to say it."""

import os
import shutil
import subprocess
import sys

import pytest
from run_viz3d import viz3d, viz3d_here

pytest.importorskip("PySide6")

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def without_screen(monkeypatch):
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("command", [("-m", "viz3d.live"), ("-m", "viz3d", "live")])
def test_help_needs_no_qt_no_numbers_and_no_screen(tmp_path, command):
    code = (
        "import runpy, sys\n"
        f"sys.argv = ['viz3d', *{list(command[2:])!r}, '--help']\n"
        "try:\n"
        f"    runpy.run_module({command[1]!r}, run_name='__main__')\n"
        "finally:\n"
        "    heavy = {'PySide6', 'numpy', 'engine', 'scenes', 'pyqtgraph', 'vtk'} & set(sys.modules)\n"
        "    print('brought', sorted(heavy))\n"
    )
    kept = {name: value for name, value in os.environ.items() if name not in SCREENS}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=kept, cwd=tmp_path, check=False
    )
    assert "brought []" in done.stdout
    assert "--theme" in done.stdout


def test_all_commands_list_it():
    assert "python -m viz3d live" in viz3d("viz3d", COLUMNS="200").stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_without_a_screen_it_says_so_in_one_line(tmp_path, monkeypatch):
    without_screen(monkeypatch)
    done = viz3d_here("viz3d.live", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("error: there is no screen")
    assert done.stderr.count("\n") == 1
    assert "ssh -X" in done.stderr
    assert "--web" in done.stderr, "the way for a machine without a screen"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
@pytest.mark.parametrize(
    ("name", "value"),
    [("DISPLAY", ":987"), ("DISPLAY", "no such host:0"), ("WAYLAND_DISPLAY", "wayland-987")],
)
def test_a_screen_that_is_not_there_is_told_in_one_line(tmp_path, monkeypatch, name, value):
    without_screen(monkeypatch)
    monkeypatch.setenv(name, value)
    done = viz3d("viz3d.live", folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith(f"error: the screen that {name}={value} names cannot be used")
    assert done.stderr.count("\n") == 1
    assert "ssh -X" in done.stderr
    assert "--web" in done.stderr, "the way for a machine without a screen"


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("Xvfb"), reason="needs an X server")
def test_an_x_server_that_answers_is_asked_without_another_process(monkeypatch):
    from viz3d.live import screen

    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "64x64x24", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    try:
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        without_screen(monkeypatch)
        monkeypatch.setenv("DISPLAY", f":{number}")
        assert screen._x_answers()
        monkeypatch.setattr(screen, "_ask_qt", None)
        screen.check_screen()
    finally:
        server.terminate()
        server.wait()


def test_without_qt_it_says_how_to_get_it(tmp_path):
    (tmp_path / "PySide6.py").write_text("raise ImportError('no Qt here', name='PySide6')\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = viz3d("viz3d.live", folder=tmp_path, PYTHONPATH=path, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert done.stderr.startswith("error: the window needs Qt")
    assert done.stderr.count("\n") == 1
    assert ".[live]" in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--size", "12by7"], "--size 12by7: give WIDTHxHEIGHT"),
        (["--size", "300x200"], "--size 300x200: the window needs 960x640"),
        (["--theme", "pink"], "--theme pink is not known"),
        (["--model", "gone.npz"], "gone.npz: there is no such file"),
        (["--mutate", "ablate nowhere:1"], "nowhere"),
        (["--digit", "12"], "--digit 12 is out of range"),
    ],
)
@pytest.mark.usefixtures("screen")
def test_a_wrong_option_is_one_line_and_status_2(tmp_path, words, says):
    done = viz3d_here("viz3d.live", *words, folder=tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def asked(image=None, **network):
    from viz3d.command.choice.wanted import Wanted
    from viz3d.command.options import Network
    from viz3d.live.options import Asked, Change, Opening

    return Asked(Network(**network), Change(), Wanted(data="digits", image=image), Opening())


@pytest.mark.parametrize(("words", "says"), [([], "no session"), (["--digit", "3"], "leave out --digit")])
@pytest.mark.usefixtures("screen")
def test_a_session_that_is_none_or_has_its_own_digit_is_one_line(tmp_path, words, says):
    (tmp_path / "bad.viz3d").write_text("no zip")
    command = ["--session", "bad.viz3d", *words]
    done = viz3d_here("viz3d.live", *command, folder=tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_last_network_is_opened_again_unless_another_is_named(tmp_path, capsys):
    from viz3d.live.app import begin

    assert begin(asked(), "net mlp-sigmoid").net.name == "mlp-sigmoid"
    assert begin(asked(preset="cnn-fast"), "net mlp-sigmoid").net.name == "cnn-fast"
    assert begin(asked(), f"model {tmp_path / 'gone.npz'}").net.name == "mlp"
    assert "gone.npz" in capsys.readouterr().err
    assert begin(asked(), "no act at all").net.name == "mlp"


def test_a_digit_that_is_not_there_is_told_once_whatever_network_was_the_last(tmp_path, capsys):
    from viz3d.command.errors import UserError
    from viz3d.live.app import begin

    with pytest.raises(UserError, match="there is no such file"):
        begin(asked(image=tmp_path / "gone.png"), "net mlp-sigmoid")
    assert capsys.readouterr().err == ""
