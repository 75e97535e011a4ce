"""The application around the window: from the command line to its end."""

import gc
import re
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtCore import QSettings, QSize, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from data import DataError
from engine import EngineError
from viz3d.command import display
from viz3d.command.checks import among
from viz3d.command.choice.edit_files import join_edits, places_told, read_edits
from viz3d.command.choice.suiting import design_for, digits_alone
from viz3d.command.choice.wanted import DIGIT_SETS
from viz3d.command.cli import say
from viz3d.command.errors import UserError
from viz3d.live.control import faults
from viz3d.live.control.scene.theming import CHOICES, SYSTEM, theme_of
from viz3d.live.control.screen_fit import within
from viz3d.live.options import Asked
from viz3d.live.places import LEAST
from viz3d.live.widgets.sheet import dress
from viz3d.live.window import Window
from viz3d.live.work.session_folders import left_behind, new_place, state_folder
from viz3d.session.acts.change import UseNet
from viz3d.session.acts.design import Design
from viz3d.session.acts.registry import read_act
from viz3d.session.acts.take import take
from viz3d.session.files.stored import read_file
from viz3d.session.images import Images
from viz3d.session.session import Session

_UNSEEN = 10_000  # ms after which no first picture is waited for: a window that begins minimised has none
_LATER = 50  # ms after which it is looked again whether the window may close


def settings() -> QSettings:
    """What the window remembers, in a file of its own."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "viz3d", "live")


def open_window(asked: Asked) -> None:
    """Open the window and stay until it is closed. Raises UserError, DataError, EngineError or SceneError."""
    if asked.opening.theme is not None:
        among("--theme", asked.opening.theme, CHOICES)
    size = None if asked.opening.size is None else parse_size(asked.opening.size)
    if asked.opening.port is not None:
        check_port(asked.opening.port)
    display.prepare()
    remembered = settings()
    chosen = asked.opening.session
    session = begin(asked, str(remembered.value("net", ""))) if chosen is None else opened(asked, chosen)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("viz3d")
    theme = asked.opening.theme or str(remembered.value("theme", SYSTEM))
    dress(app, theme_of(theme))
    unread: list[str] = []
    left = None if chosen else left_behind(state_folder(), unread.append)
    window = Window(session, remembered, theme, kept=new_place(state_folder()))
    window.resize(within(window.size(), app.primaryScreen()) if size is None else size)
    # Queued: Ctrl-C may close it before the loop has begun, which would then never end.
    window.closed.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    for told in (window.view.painter.painted, window.view.painter.failed):
        told.connect(lambda _: gc.enable())  # see `viz3d.live.command`
    QTimer.singleShot(_UNSEEN, window, gc.enable)
    window.playing.begin()
    if left is not None:
        window.keeping.offer(left)
    window.show()
    for words in unread:
        window.desk.said.emit(words)
    window.helping.tour.begin()
    with ExitStack() as open_still:
        open_still.enter_context(faults.told(window.desk.said.emit))
        open_still.enter_context(_ended_by_ctrl_c(window))
        if asked.opening.web:
            # Imported here: a window on a screen opens without it.
            from viz3d.live.web.server import hush_screen, served  # noqa: PLC0415

            hush_screen()
            server = open_still.enter_context(served(window, asked.opening.port or 0, window.desk.said.emit))
            print(f"the window is at {server.url}", flush=True)
        app.exec()


def begin(asked: Asked, last_net: str) -> Session:
    """The session that is asked for; where no network is named, with that of the last time if it is there."""
    edits = read_edits(asked.change.mutate or [])
    chosen = _chosen(asked)
    nets: list[UseNet | Design] = [chosen]
    if asked.network.preset is None and asked.network.model is None and not edits and last_net:
        last = _remembered(last_net) or chosen
        if not isinstance(chosen, Design) or (isinstance(last, UseNet) and last.model is not None):
            nets.insert(0, last)  # no preset reads data of one's own
    digit, failed = take(asked.wanted), []
    with places_told(edits):
        for net in nets[:-1]:
            try:
                return Session(net, digit, asked.wanted.data, notify=say)
            except (UserError, DataError, EngineError) as error:
                failed.append(f"{net.text}: {error}")
        session = Session(nets[-1], digit, asked.wanted.data, join_edits(edits), say)
    for words in failed:  # what fails with any network, such as a digit, is told once
        say(words)
    return session


def _chosen(asked: Asked) -> UseNet | Design:
    """The network that is asked for; of data of one's own, for which there is no other, an untrained one."""
    named, data = asked.network, asked.wanted.data
    if named.preset is not None or named.model is not None or data in DIGIT_SETS:
        return UseNet.of(named.preset, named.model)
    images = Images().load(data, "train")
    if digits_alone(images):
        return UseNet()
    text = design_for(images, None, np.random.default_rng(0)).text
    say(f"{images.title}: the network begins with new weights: Train teaches it; --model opens a trained one")
    return Design.of(text, images=images)


def opened(asked: Asked, file: Path) -> Session:
    """The session in a file; UserError where another network or digit is asked for too."""
    wanted = asked.wanted
    others = {
        "--preset": asked.network.preset,
        "--model": asked.network.model,
        "--mutate": asked.change.mutate,
        "--digit": wanted.digit,
        "--sample": wanted.sample,
        "--image": wanted.image,
    }
    if more := [name for name, given in others.items() if given is not None]:
        raise UserError(f"--session {file} has its own network and digit: leave out {', '.join(more)}")
    return read_file(file, say)


def check_port(port: int) -> None:
    """UserError where a port is none that a program of one's own may listen on."""
    if not 1024 <= port <= 65535:
        raise UserError(f"--port {port} is out of range: give 1024 to 65535")


def parse_size(text: str) -> QSize:
    """A size from "1440x900"; UserError where it is none, or less than the window needs."""
    match = re.fullmatch(r"(\d{1,5})[x×X](\d{1,5})", text.strip())
    if not match:
        raise UserError(f"--size {text}: give WIDTHxHEIGHT, such as 1440x900")
    size = QSize(int(match[1]), int(match[2]))
    if size.width() < LEAST.width() or size.height() < LEAST.height():
        raise UserError(f"--size {text}: the window needs {LEAST.width()}x{LEAST.height()} at least")
    return size


def _remembered(line: str) -> UseNet | None:
    try:
        act = read_act(line)
    except (UserError, EngineError):
        return None
    return act if isinstance(act, UseNet) else None


@contextmanager
def _ended_by_ctrl_c(window: Window) -> Iterator[None]:
    """Close the window in order at Ctrl-C or `kill`: Qt's loop lets Python hear signals only when woken."""
    heard: list[int] = []

    near, far = socket.socketpair()

    def close() -> None:
        # Not where the signal is heard: that may be amid a lock that a thread needs to end.
        far.recv(64)
        if heard:
            window.keeping.end_at_once()
            leave()

    def leave() -> None:
        if window.training.page.holding or window.desk.waiting:
            # Amid a change that waits for a step: it is done first, and shown by a window that is there.
            QTimer.singleShot(_LATER, window, leave)
        else:
            window.close()

    for end in (near, far):
        end.setblocking(False)
    bell = QSocketNotifier(far.fileno(), QSocketNotifier.Type.Read, window)
    bell.activated.connect(lambda *_: close())
    known = [
        number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN
    ]
    before = {number: signal.signal(number, lambda told, _frame: heard.append(told)) for number in known}
    woken = signal.set_wakeup_fd(near.fileno())
    try:
        yield
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        bell.setEnabled(False)
        near.close()
        far.close()
    if signal.SIGINT in heard:
        raise KeyboardInterrupt
    if heard:
        raise SystemExit(128 + heard[0])
