"""A web server of a folder on this machine, in place of those that data sets are published on."""

import http.server
import threading
from pathlib import Path


class Server:
    """A real web server of a folder on this machine; spoil changes what it sends."""

    def __init__(self, folder: Path, spoil=lambda content: content):
        self.asked: list[str] = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(handler):  # noqa: N805
                self.answer(handler, folder, bytes)

            def do_GET(handler):  # noqa: N805
                self.asked.append(handler.path.strip("/"))
                self.answer(handler, folder, spoil)

            def log_message(handler, *words):  # noqa: N805
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def answer(self, handler, folder: Path, spoil) -> None:
        path = folder / handler.path.strip("/")
        if not path.is_file():
            handler.send_error(404)
            return
        content = spoil(path.read_bytes())
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(content)

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
