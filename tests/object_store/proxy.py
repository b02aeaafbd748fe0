"""Stands between a client and a server of S3, counts requests, and does harm to some.

Requests are signed, so they are handed on as they are, byte by byte.
"""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from io import BufferedIOBase
from typing import Any, Literal, get_args

Harm = Literal[
    "drop",
    "cut",
    "delay",
    "truncate",
    "301",
    "400",
    "409",
    "412",
    "413",
    "500",
    "503",
    "500 after",
]
"""What is done to a request.

`drop` closes the connection before the server hears of it; `cut` and `500 after` do so, or
answer 500, once it has been carried out; `truncate` leaves away half of what was read.
"""

HARMS: tuple[Harm, ...] = get_args(Harm)
REASONS = {
    301: "PermanentRedirect",
    400: "AuthorizationHeaderMalformed",
    409: "Conflict",
    412: "Precondition",
    413: "EntityTooLarge",
    500: "InternalError",
    503: "SlowDown",
}
DELAY = 0.3


@dataclass
class Proxy:
    """A proxy that runs.

    Attributes:
        to: The port of the server.
        harms: What is done to which request, counted from 1.
        all_harms: What is done to every request that has none of its own.
        before: Is called with the number of each request before the server hears of it.
        after: The same once the server has answered.
    """

    to: int
    port: int = 0
    harms: dict[int, Harm] = field(default_factory=dict)
    all_harms: Harm | None = None
    before: Callable[[int], None] = lambda _: None
    after: Callable[[int], None] = lambda _: None
    requests: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self, harms: dict[int, Harm] | None = None) -> None:
        """Count from the start again."""
        self.harms, self.all_harms = harms or {}, None
        self.before = self.after = lambda _: None
        self.requests.clear()

    def number(self, line: str) -> int:
        """Note a request and return which one it is."""
        with self._lock:
            self.requests.append(line)
            return len(self.requests)


def _head_and_body(file: BufferedIOBase) -> tuple[bytes, bytes]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = file.readline()
        if not line:
            return b"", b""
        head += line
    size = 0
    for one in head.lower().split(b"\r\n"):
        if one.startswith(b"content-length:"):
            size = int(one.partition(b":")[2])
    if b"expect: 100-continue" in head.lower():
        raise AssertionError("a request waits to be asked for its body")
    return head, file.read(size)


def _asked(port: int, head: bytes, body: bytes) -> bytes:
    """Return the whole answer of the server."""
    with socket.create_connection(("127.0.0.1", port), 60) as server:
        server.sendall(head + body)
        answer = HTTPResponse(server, method=head.split(b" ", 1)[0].decode())
        answer.begin()
        found = answer.read()
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [
            f"{name}: {value}"
            for name, value in answer.getheaders()
            if name.lower() not in {"transfer-encoding", "connection", "content-length"}
        ]
        size = answer.getheader("content-length") or str(len(found))
        lines.append(f"Content-Length: {size}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + found


def _refusal(status: int) -> bytes:
    text = f"<Error><Code>{REASONS[status]}</Code><Message>test</Message></Error>"
    head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/xml\r\n"
    return f"{head}Content-Length: {len(text)}\r\n\r\n{text}".encode()


def _handled(proxy: Proxy, head: bytes, body: bytes) -> tuple[bytes, bool]:
    """Return the answer to a request, and whether the connection ends with it."""
    number = proxy.number(head.split(b"\r\n", 1)[0].decode())
    harm = proxy.harms.get(number, proxy.all_harms)
    proxy.before(number)
    if harm == "drop":
        return b"", True
    if harm is not None and harm.isdigit():
        return _refusal(int(harm)), False
    if harm == "delay":
        time.sleep(DELAY)
    try:
        answer = _asked(proxy.to, head, body)
    except OSError:
        return b"", True  # the server is gone
    proxy.after(number)
    if harm == "500 after":
        return _refusal(500), False
    if harm == "truncate":
        start = answer.index(b"\r\n\r\n") + 4
        return answer[: start + (len(answer) - start) // 2], True
    return (b"", True) if harm == "cut" else (answer, False)


@contextmanager
def running_proxy(to: int) -> Iterator[Proxy]:
    """Run a proxy before the server at a port."""
    proxy = Proxy(to)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while True:
                head, body = _head_and_body(self.rfile)
                answer, ends = _handled(proxy, head, body) if head else (b"", True)
                self.wfile.write(answer)
                if ends:
                    return

        def finish(self) -> None:
            try:
                super().finish()
            except OSError:
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            return  # a client was killed

    with Server(("127.0.0.1", 0), Handler) as server:
        proxy.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield proxy
        server.shutdown()
