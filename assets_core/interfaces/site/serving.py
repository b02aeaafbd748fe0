"""Serve the built site to this computer alone, with the status of each asset as it is now.

Nothing can be changed through it: it answers GET and HEAD, and only if it was asked for by
its own name, so that no page of another site can reach it.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from assets_core.errors import AssetsError, UsageError
from assets_core.interfaces.site.places import DATA
from assets_core.workspace.reports import Document

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
STATUS = f"/{DATA}/status.json"
KEPT_SECONDS = 1.0
"""How long a status is answered again, however many pages ask."""

POLICY = "default-src 'self' 'unsafe-inline' data: blob:"


class Status:
    """Answers how the assets stand, and looks once for all who ask at the same time."""

    def __init__(self, look: Callable[[], Document]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._at = 0.0
        self._kept = b""

    def __call__(self) -> bytes:
        """Return the document of now; what was known last where nobody can say."""
        with self._lock:
            if not self._kept or time.monotonic() - self._at > KEPT_SECONDS:
                self._kept = json.dumps(self._look()).encode("utf-8")
                self._at = time.monotonic()
            return self._kept


class _Handler(SimpleHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "assets", ""

    def __init__(self, *args: Any, status: Status, folder: Path, **kwargs: Any) -> None:
        self._status = status
        super().__init__(*args, directory=str(folder), **kwargs)

    def send_head(self) -> Any:
        """Send the head of an answer, and return what follows it."""
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        if host not in NAMES:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "Not a name of this server")
            return None
        if self.path.split("?", 1)[0] == STATUS:
            return self._send_status()
        return super().send_head()

    def _send_status(self) -> BinaryIO | None:
        try:
            body = self._status()
        except AssetsError as error:
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE, explain=str(error))
            return None
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return BytesIO(body)

    def end_headers(self) -> None:
        """Send what is said with every answer."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def list_directory(self, path: object) -> None:  # noqa: ARG002 - the base's
        """Show no folder that is not a page."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *args: Any) -> None:
        """Say nothing about each request."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that has gone away before it had its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int, look: Callable[[], Document]) -> ThreadingHTTPServer:
    """Return a server of a built site; `serve_forever` lets it answer.

    Args:
        port: Where on this computer; 0 for any that is free.
        look: Returns the status of all assets.

    Raises:
        UsageError: The port is in use, or may not be used.
    """
    handler = partial(_Handler, status=Status(look), folder=folder)
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        raise UsageError(
            f"Port {port} of this computer cannot be used: {error.strerror}",
            fix=f"name another one: --port {port + 1 if port < 65000 else 8000}",  # noqa: PLR2004
        ) from error
