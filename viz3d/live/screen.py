"""Whether there is a screen to open a window on: Qt ends the process where it finds none."""

import ctypes
import os
import socket
import subprocess
import sys
from pathlib import Path

from viz3d.command.errors import UserError

_NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
# What Qt's way to an X server needs; distributions leave some of them out.
_LIBRARIES = (
    "libxcb.so.1",
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxkbcommon-x11.so.0",
)
_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
_PATIENCE = 20  # seconds


def check_screen() -> None:
    """UserError where there is no screen, or none that answers. macOS and Windows always have one."""
    if sys.platform != "linux":
        return
    if not any(os.environ.get(name) for name in _NAMES):
        raise UserError(
            "there is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not set): run it in a "
            "desktop session, over `ssh -X`, or with --web in a browser; `python -m viz3d.export` makes "
            "films without a screen"
        )
    way = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if way not in ("", "xcb", "wayland"):
        return
    # To ask the server itself takes a millisecond. Where that fails, Qt is asked in a process of its own.
    if not (way != "xcb" and _wayland_answers()) and not (way != "wayland" and _x_answers()):
        _ask_qt()


def _x_answers() -> bool:
    """Whether the X server lets us in, and the libraries are there that Qt talks to it with."""
    if not os.environ.get("DISPLAY"):
        return False
    if _missing():
        return False
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = ctypes.c_char_p, ctypes.c_void_p
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not broken


def _missing() -> list[str]:
    """Which of the libraries are not there."""

    def there(name: str) -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return [name for name in _LIBRARIES if not there(name)]


def _wayland_answers() -> bool:
    """Whether somebody listens where the compositor should."""
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ours:
        ours.settimeout(1)
        try:
            ours.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name))
        except OSError:
            return False
    return True


def _ask_qt() -> None:
    """Have Qt open a screen in a process of its own; UserError where that ends."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", _PROBE],
            check=False,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{_told()} does not answer: {_FIX}") from None
    if done.returncode == 0 or "ImportError" in done.stderr or "ModuleNotFoundError" in done.stderr:
        return  # that Qt is missing is told by whoever imports it
    # Qt's own words blame a library whatever the cause.
    why = f" ({', '.join(_missing())}: not installed)" if os.environ.get("DISPLAY") and _missing() else ""
    raise UserError(f"{_told()} cannot be used{why}: {_FIX}")


_FIX = (
    "run it in a desktop session, over `ssh -X`, or with --web in a browser; scripts/live installs what Qt "
    "needs; `python -m viz3d.export` makes films without a screen"
)


def _told() -> str:
    named = [f"{name}={os.environ[name]}" for name in _NAMES if os.environ.get(name)]
    return f"the screen that {' and '.join(named)} names"
