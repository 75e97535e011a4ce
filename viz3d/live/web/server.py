"""The server: one page, pictures and deeds, on this machine's own address alone, for who knows the token."""

import hmac
import json
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore, Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QWidget

from viz3d.command.errors import UserError
from viz3d.live.web.hands import Hands, WrongDeedError
from viz3d.live.web.pictures import Pictures

LOOPBACK = "127.0.0.1"
MOST_BYTES, MOST_DEEDS = 1 << 16, 64  # of one request
_MOST_AT_ONCE = 32  # requests
_PATIENCE = 20.0  # seconds that a request for a picture, or for deeds to be done, waits
_SILENT = 30.0  # seconds after which a connection that sends nothing is closed
_NAMES = (LOOPBACK, "localhost")
_PAGE = Path(__file__).with_name("page.html")


class Relay(QObject):
    """Brings deeds from the server's threads into the window's; `came` a list, and what is then set."""

    came = Signal(object, object)

    def __init__(self, window: QWidget, said: Callable[[str], None]) -> None:
        super().__init__()
        self._hands, self._said = Hands(window), said
        self.came.connect(self._do)

    def _do(self, deeds: list[dict[str, Any]], done: Event) -> None:
        done.set()  # a dialog that a deed opens lasts longer than a request
        for deed in deeds:
            try:
                self._hands.do(deed)
            except WrongDeedError as error:
                self._said(f"the browser sent what is no deed of a hand: {error}")
                return


class Server(ThreadingHTTPServer):
    """Listens on the loopback address; port: 0 for any that is free.

    Attributes:
        token: what each request must bring.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, pictures: Pictures, relay: Relay) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.pictures, self.relay = pictures, relay
        self.token = secrets.token_urlsafe(32)
        self.rooms = BoundedSemaphore(_MOST_AT_ONCE)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.server_port}/?token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request after another of a connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "viz3d", ""
    timeout = _SILENT
    server: Server

    def do_GET(self) -> None:
        """The page, or a picture later than a number."""
        if not self._let_in():
            return
        parts = urlsplit(self.path)
        if parts.path == "/":
            nonce = secrets.token_urlsafe(16)
            page = _PAGE.read_text(encoding="utf-8").replace("NONCE", nonce)
            rules = (
                f"default-src 'none'; img-src blob:; connect-src 'self'; script-src 'nonce-{nonce}'; "
                f"style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
            )
            told = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": rules}
            self._answer(200, page.encode(), told)
        elif parts.path == "/picture":
            text = parse_qs(parts.query).get("after", ["0"])[0]
            number = int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
            with self._room() as there:
                if there:
                    newest, picture = self.server.pictures.after(number, _PATIENCE)
                    told = {"Content-Type": "image/jpeg", "X-Number": str(newest)}
                    self._answer(200 if picture else 204, picture, told if picture else {})
        else:
            self._answer(404)

    def do_POST(self) -> None:
        """Deeds of a hand: a list in JSON."""
        if not self._let_in():
            return
        length = self.headers.get("Content-Length", "")
        if urlsplit(self.path).path != "/deeds":
            self._answer(404)
        elif self.headers.get_content_type() != "application/json":
            self._answer(415)
        elif not (length.isascii() and length.isdecimal()) or self.headers.get("Transfer-Encoding"):
            self._answer(411)
        elif len(length) > 8 or int(length) > MOST_BYTES:
            self._answer(413)
        else:
            with self._room() as there:
                if there:
                    self._answer(self._done(self.rfile.read(int(length))))

    def _done(self, body: bytes) -> int:
        """Have deeds done; the status that tells whether they are."""
        try:
            deeds = json.loads(body)
        except (ValueError, RecursionError):
            return 400
        if (
            not isinstance(deeds, list)
            or len(deeds) > MOST_DEEDS
            or not all(isinstance(d, dict) for d in deeds)
        ):
            return 400
        begun = Event()
        self.server.relay.came.emit(deeds, begun)
        # A browser that sends faster than the window follows waits for it.
        return 204 if begun.wait(_PATIENCE) else 503

    def _let_in(self) -> bool:
        """Whether it comes by this machine's own name, from the page, with the token; else refuse it."""
        # Another site's name may lead here too, and its pages would then count as ours.
        names = {f"{name}:{self.server.server_port}" for name in _NAMES}
        origin = self.headers.get("Origin")
        if self.headers.get("Host", "").lower() not in names:
            return self._answer(421)
        if origin is not None and origin.removeprefix("http://").lower() not in names:
            return self._answer(403)
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        parts = urlsplit(self.path)
        if parts.path == "/" and self.command == "GET":
            given = parse_qs(parts.query).get("token", [""])[0]
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            return self._answer(403)
        return True

    @contextmanager
    def _room(self) -> Iterator[bool]:
        """Whether there is room for one request more that may wait; where there is none that is answered."""
        there = self.server.rooms.acquire(blocking=False)
        if not there:
            self._answer(503)
        try:
            yield there
        finally:
            if there:
                self.server.rooms.release()

    def _answer(self, status: int, body: bytes = b"", told: dict[str, str] | None = None) -> bool:
        """Send an answer; False, for who refuses with it."""
        self.send_response(status)
        for name, value in {**_ALWAYS, **(told or {})}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        if status >= 400:
            # What else was sent with it is not read.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if body:
            self.wfile.write(body)
        return False

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: the token stands in the address."""


def hush_screen() -> None:
    """Have Qt say nothing of what only a screen can do."""

    def tell(_kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if not message.startswith(_OF_SCREENS):
            print(message, file=sys.stderr)

    qInstallMessageHandler(tell)


_OF_SCREENS = "This plugin does not support", "QBackingStore::flush() called for"


_ALWAYS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@contextmanager
def served(window: QWidget, port: int, said: Callable[[str], None]) -> Iterator[Server]:
    """Serve a window that is shown; said: hears of what was no deed. UserError where the port is taken."""
    relay = Relay(window, said)
    pictures = Pictures(window)
    try:
        server = Server(port, pictures, relay)
    except OSError as error:
        pictures.close()
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
