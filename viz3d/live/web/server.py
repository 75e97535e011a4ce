"""The server: one page, pictures and deeds, on this machine's own address alone, for who knows the token."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from viz3d.command.errors import UserError
from viz3d.live.web.files import Dropped
from viz3d.live.web.handler import Server
from viz3d.live.web.pictures import Pictures
from viz3d.live.web.relay import Copied, Relay
from viz3d.live.widgets.handlers import hold_handlers
from viz3d.live.window import Window


def hush_screen() -> None:
    """Have Qt say nothing of what only a screen can do."""

    def tell(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith(_OF_SCREENS):
            print(message, file=sys.stderr)

    qInstallMessageHandler(tell)


_OF_SCREENS = "This plugin does not support", "QBackingStore::flush() called for"


@contextmanager
def served(window: Window, port: int, said: Callable[[str], None]) -> Iterator[Server]:
    """Serve a window that is shown; said: hears of what was no deed. UserError where the port is taken."""
    hold_handlers()
    with ExitStack() as ended:
        relay, copied = Relay(window, said, lambda: window.training.page.holding), Copied()
        ended.callback(copied.close)
        pictures = Pictures(window, relay.hands.cursor)
        ended.callback(pictures.close)
        pictures.left.connect(relay.hands.let_go)
        copied.changed.connect(pictures.tell_copied)
        folder = ended.enter_context(tempfile.TemporaryDirectory(prefix="viz3d-", ignore_cleanup_errors=True))
        try:
            server = Server(port, pictures, relay, copied, Dropped(Path(folder)))
        except OSError as error:
            raise UserError(
                f"--port {port} cannot be listened on ({error.strerror}): give another, or none"
            ) from error
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            pictures.close()
            server.shutdown()
            server.server_close()
            thread.join(5)
