"""The answers: the page, pictures of the window, what was copied there; deeds and files come in."""

import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

from viz3d.live.web.files import MOST_FILE, Dropped
from viz3d.live.web.holder import Holder
from viz3d.live.web.pictures import Pictures, Sent
from viz3d.live.web.relay import Copied, Relay

LOOPBACK = "127.0.0.1"
MOST_BYTES, MOST_DEEDS = 1 << 16, 64  # of one request
_MOST_AT_ONCE = 32  # requests
_PATIENCE = 20.0  # seconds that a request for a picture, or for deeds to be done, waits
_SILENT = 30.0  # seconds after which a connection that sends nothing is closed
_NAMES = (LOOPBACK, "localhost")
_PAGE = Path(__file__).with_name("page.html")
SCRIPTS = tuple(Path(__file__).with_name(name) for name in ("page.js", "fingers.js"))
_KINDS = {"/deeds": "application/json", "/begin": "application/json", "/file": "application/octet-stream"}
_GONE, _ELSEWHERE, _NO_ROOM = 410, 409, 507


class Handler(BaseHTTPRequestHandler):
    """Answers one request after another of a connection."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "viz3d", ""
    timeout = _SILENT
    server: "Server"

    def do_GET(self) -> None:
        """The page, what is new in the window, or what was copied there."""
        if not self._let_in():
            return
        path = urlsplit(self.path).path
        if path == "/":
            self._show_page()
        elif path not in ("/picture", "/copied"):
            self._answer(404)
        elif self._holds():
            with self._room() as there:
                if there:
                    (self._show_picture if path == "/picture" else self._show_copied)()

    def do_POST(self) -> None:
        """Deeds of a hand, a list in JSON; a file; or that this page uses the window from now on."""
        if not self._let_in():
            return
        path, length = urlsplit(self.path).path, self.headers.get("Content-Length", "")
        if path not in _KINDS:
            self._answer(404)
        elif self.headers.get_content_type() != _KINDS[path]:
            self._answer(415)
        elif not (length.isascii() and length.isdecimal()) or self.headers.get("Transfer-Encoding"):
            self._answer(411)
        elif len(length) > 12 or int(length) > (MOST_FILE if path == "/file" else MOST_BYTES):
            self._answer(413)
        elif path == "/begin":
            self.rfile.read(int(length))
            self.server.holder.take(self._page)
            self._answer(204)
        elif self._holds():
            with self._room() as there:
                if there:
                    done = self._bring if path == "/file" else self._do
                    self._answer(done(int(length)))

    def _show_page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        page = _PAGE.read_text(encoding="utf-8").replace("NONCE", nonce)
        page = page.replace("SCRIPT", "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS))
        rules = (
            f"default-src 'none'; img-src blob:; connect-src 'self'; script-src 'nonce-{nonce}'; "
            f"style-src 'nonce-{nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )
        told = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": rules}
        self._answer(200, page.encode(), told)

    def _show_picture(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        number, copied = (_whole(asked.get(name, ["0"])[0]) for name in ("after", "copied"))
        cursor = asked.get("cursor", [""])[0]
        sent = self.server.pictures.after(number, cursor, copied, _PATIENCE)
        if self.server.pictures.closed:
            self._answer(_GONE)
        elif not self.server.holder.holds(self._page):
            self._answer(_ELSEWHERE)
        elif sent is None:
            self._answer(204)
        else:
            self._answer(200, b"".join(picture for _, picture in sent.parts), _told(sent))

    def _show_copied(self) -> None:
        copied = self.server.copied.last()
        if copied is None:
            self._answer(204)
        else:
            self._answer(200, copied[1], {"Content-Type": copied[0]})

    def _do(self, length: int) -> int:
        """Have deeds done; the status that tells whether they are."""
        try:
            deeds = json.loads(self.rfile.read(length))
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

    def _bring(self, length: int) -> int:
        """Have a file dropped on the window; the status that tells whether it was."""
        name = parse_qs(urlsplit(self.path).query).get("name", [""])[0]
        try:
            file = self.server.dropped.take(name, length, self.rfile.read)
        except OSError:
            return _NO_ROOM
        if file is None:
            return 400
        begun = Event()
        self.server.relay.brought.emit(file, begun)
        return 204 if begun.wait(_PATIENCE) else 503

    @property
    def _page(self) -> str:
        """Which of the browser's pages asks."""
        return self.headers.get("X-Page", "")[:64]

    def _holds(self) -> bool:
        """Whether the window is this page's; else tell it that it is not."""
        return self.server.holder.holds(self._page) or self._answer(_ELSEWHERE)

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
        page = parts.path == "/" and self.command == "GET"
        if page:
            given = parse_qs(parts.query).get("token", [""])[0]
        if not hmac.compare_digest(given.encode("utf-8", "replace"), self.server.token.encode()):
            return self._answer(403, _NO_TOKEN if page else b"", _PLAIN)
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


class Server(ThreadingHTTPServer):
    """Listens on the loopback address; port: 0 for any that is free.

    Attributes:
        token: what each request must bring.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, pictures: Pictures, relay: Relay, copied: Copied, dropped: Dropped) -> None:
        super().__init__((LOOPBACK, port), Handler)
        self.pictures, self.relay, self.copied, self.dropped = pictures, relay, copied, dropped
        self.token = secrets.token_urlsafe(32)
        self.rooms = BoundedSemaphore(_MOST_AT_ONCE)
        moved: tuple[Callable[[], None], ...] = (relay.left.emit, pictures.wake)
        self.holder = Holder(moved)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.server_port}/?token={self.token}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


def _told(sent: Sent) -> dict[str, str]:
    """What a page needs beside the parts of a picture, as headers."""
    parts = [[box.x(), box.y(), box.width(), box.height(), len(picture)] for box, picture in sent.parts]
    return {
        "Content-Type": "application/octet-stream",
        "X-Number": str(sent.number),
        "X-Size": json.dumps([sent.size.width(), sent.size.height(), sent.ratio]),
        "X-Parts": json.dumps(parts),
        "X-Cursor": sent.cursor,
        "X-Copied": str(sent.copied),
    }


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


_NO_TOKEN = (
    b"viz3d: open the whole address that it printed: its token is missing here, or of an earlier start\n"
)
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_ALWAYS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
