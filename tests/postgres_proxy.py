"""A proxy before a PostgreSQL server that loses one request, or the answer to it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

QUERY, SYNC, READY = b"Q", b"S", b"Z"


class Proxy:
    """Listens on a port of this machine, for one server behind a socket in a folder.

    A request is what a client sends before it waits: one query, or a batch up to its end.

    Attributes:
        requests: How many requests there were since `lose` was called.
    """

    def __init__(self, folder: Path) -> None:
        self._target = str(folder / ".s.PGSQL.5432")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._chosen: Callable[[int, bytes], bool] = lambda number, text: False
        self._applied = False
        self.requests = 0
        self.refusing = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, database: str, login: str) -> str:
        """Return the URL of a database behind the proxy."""
        way = "sslmode=disable&gssencmode=disable"
        return f"postgresql://{login}@127.0.0.1:{self.port}/{database}?{way}"

    def lose(self, chosen: Callable[[int, bytes], bool], *, applied: bool) -> None:
        """Cut the connection at the first request that is chosen, once.

        Args:
            chosen: Is told the number of the request, from 1 on, and its text.
            applied: Whether the server gets it, and only its answer is lost.
        """
        self._chosen, self._applied, self.requests = chosen, applied, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.refusing:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self._target)
            except OSError:
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open += [client, server]
            session = _Session(self, client, server)
            threading.Thread(target=session.forward, daemon=True).start()
            threading.Thread(target=session.backward, daemon=True).start()

    def is_lost(self, request: bytes) -> bool | None:
        """Return whether the server gets a request whose connection is cut, else None."""
        self.requests += 1
        if not self._chosen(self.requests, request):
            return None
        self._chosen = lambda number, text: False
        return self._applied


class _Session:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._answer_is_lost = False

    def _cut(self) -> None:
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def forward(self) -> None:
        """Pass on what the client sends."""
        with contextlib.suppress(OSError, EOFError), self._client.makefile("rb") as read:
            self._server.sendall(_message(read, first=True))
            request = b""
            while True:
                message = _message(read)
                request += message
                if message[:1] in (QUERY, SYNC):
                    applied = self._proxy.is_lost(request)
                    request = b""
                    if applied is False:
                        break
                    self._answer_is_lost = bool(applied)
                self._server.sendall(message)
        self._cut()

    def backward(self) -> None:
        """Pass on what the server answers."""
        with contextlib.suppress(OSError, EOFError), self._server.makefile("rb") as read:
            while True:
                message = _message(read)
                if not self._answer_is_lost:
                    self._client.sendall(message)
                elif message[:1] == READY:
                    break
        self._cut()


def _message(read: IO[bytes], *, first: bool = False) -> bytes:
    """Return the next message: its kind, which the first one has not, length and rest."""
    kind = b"" if first else _exactly(read, 1)
    size = _exactly(read, 4)
    return kind + size + _exactly(read, int.from_bytes(size, "big") - 4)


def _exactly(read: IO[bytes], count: int) -> bytes:
    found = read.read(count)
    if len(found) < count:
        raise EOFError
    return found
