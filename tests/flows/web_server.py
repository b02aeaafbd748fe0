"""A web server on this machine that gives what a test tells it to."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Site:
    """What a server gives at every path, and what it was asked.

    Attributes:
        modified: The time of change that it tells, in seconds since 1970.
        promised: The length that it tells, if not that of the body.
        wait: How many seconds it is silent before it answers.
        drip: How many seconds there are between two bytes.
        asked: The method, path and headers of each request.
        after: Called after each answer.
    """

    url: str = ""
    body: bytes = b"eur,1.0\n"
    status: int = 200
    etag: str = ""
    modified: float | None = None
    promised: int | None = None
    wait: float = 0
    drip: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    after: Callable[[Site], object] = lambda _: None
    sent: int = 0

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.asked.append((request.path, dict(request.headers)))
        time.sleep(self.wait)
        same = self.etag and request.headers.get("If-None-Match") == self.etag
        request.send_response_only(304 if same else self.status)
        headers = {"Date": formatdate(usegmt=True), **self.headers}
        if self.etag:
            headers["ETag"] = self.etag
        if self.modified is not None:
            headers["Last-Modified"] = formatdate(self.modified, usegmt=True)
        headers["Content-Length"] = str(self.promised or len(self.body))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        if not same:
            self._send(request)
        self.after(self)

    def _send(self, request: BaseHTTPRequestHandler) -> None:
        self.sent += 1
        with contextlib.suppress(ConnectionError):  # not everybody wants to read it
            for byte in self.body:
                request.wfile.write(bytes([byte]))
                time.sleep(self.drip)


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site while the block runs."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.answer(self)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
