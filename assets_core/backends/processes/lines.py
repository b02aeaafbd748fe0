"""Messages between two processes: pickles over a socket, what is large in shared memory.

That memory has no name: it goes to the other side as an open file and is gone with the
last who has it open, also if both are killed. A table is written there as an Arrow stream,
of a slice its own rows, and read there without another copy.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
import socket
import struct
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from assets_core.protocols.executor import UnsendableError

if TYPE_CHECKING:
    import pyarrow as pa

SMALL = 64 << 10
"""Up to how many bytes a table or an array goes over the socket itself."""

_HEAD = struct.Struct("!QQ?")  # bytes of the spans, of the pickle; is there a file
_ALIGNED = 64

_Span = tuple[int, int]


class Line:
    """One end of a line. One thread receives; any may send."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._sending = threading.Lock()

    def send(self, message: Any) -> None:
        """Send a message.

        Raises:
            UnsendableError: It cannot be pickled; nothing was sent.
            OSError: Nobody is there any more.
        """
        parcel = _Parcel(message)
        try:
            with self._sending:
                parcel.post(self._socket)
        finally:
            parcel.close()

    def receive(self) -> Any:
        """Wait for the next message.

        Raises:
            EOFError: Nobody is there any more.
        """
        head, files = self._head()
        try:
            of_spans, of_pickle, has_file = _HEAD.unpack(head)
            body = memoryview(_read(self._socket, of_spans + of_pickle))
            buffers = []
            if has_file:
                shared = memoryview(mmap.mmap(files[0], 0, access=mmap.ACCESS_COPY))
                spans: Sequence[_Span] = pickle.loads(body[:of_spans])  # noqa: S301 - ours
                buffers = [shared[start : start + size] for start, size in spans]
            return pickle.loads(body[of_spans:], buffers=buffers)  # noqa: S301 - ours
        finally:
            for file in files:
                os.close(file)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _head(self) -> tuple[bytes, list[int]]:
        flags = getattr(socket, "MSG_CMSG_CLOEXEC", 0)
        try:
            head, files, _, _ = socket.recv_fds(self._socket, _HEAD.size, 1, flags)
        except ConnectionError as error:
            raise EOFError from error
        if not head:
            raise EOFError
        rest = (
            _read(self._socket, _HEAD.size - len(head)) if len(head) < _HEAD.size else b""
        )
        return head + rest, list(files)


def _read(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        with suppress(ConnectionError):
            if count := connection.recv_into(view[at:]):
                at += count
                continue
        raise EOFError
    return data


class _Parcel:
    """One message, packed.

    Attributes:
        spans: Where in the file each buffer lies, in the order of the pickle.
        file: What is large.
    """

    def __init__(self, message: Any) -> None:
        self.spans: list[_Span] = []
        self.file: IO[bytes] | None = None
        data = io.BytesIO()
        try:
            _Pickler(self, data).dump(message)
        except BaseException as error:
            self.close()
            if isinstance(error, Exception):
                raise UnsendableError(f"{type(error).__name__}: {error}") from error
            raise
        self._pickle = data.getbuffer()

    def post(self, connection: socket.socket) -> None:
        """Send it."""
        spans, files = b"", []
        if self.file is not None:
            self.file.flush()
            spans, files = pickle.dumps(self.spans), [self.file.fileno()]
        head = _HEAD.pack(len(spans), len(self._pickle), bool(files))
        if files:
            sent = socket.send_fds(connection, [head], files)
            connection.sendall(head[sent:] + spans)
            connection.sendall(self._pickle)
        elif len(self._pickle) <= SMALL:
            connection.sendall(head + self._pickle)
        else:
            connection.sendall(head)
            connection.sendall(self._pickle)

    def close(self) -> None:
        """Let go of what is large; whoever has received it still has it."""
        if self.file is not None:
            self.file.close()

    def room(self) -> IO[bytes]:
        """Return the file, at a place where a buffer may begin."""
        if self.file is None:
            self.file = _unnamed()
        self.file.seek(-(-self.file.tell() // _ALIGNED) * _ALIGNED)
        return self.file


def _unnamed() -> IO[bytes]:
    """Return a new file without a name: memory where there is such a thing."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("assets-call", os.MFD_CLOEXEC), "wb")
    return tempfile.TemporaryFile()


class _Pickler(pickle.Pickler):
    """Puts large buffers, and tables, where the other side can map them."""

    def __init__(self, parcel: _Parcel, data: IO[bytes]) -> None:
        super().__init__(data, protocol=5, buffer_callback=self._is_inside)
        self._parcel = parcel
        self._written: dict[int, tuple[pickle.PickleBuffer, _Span]] = {}

    def reducer_override(self, value: Any) -> Any:
        """Return how a table is built again; of all else, what it says itself."""
        kind = type(value)
        if kind.__name__ != "Table" or kind.__module__ != "pyarrow.lib":
            return NotImplemented
        if value.nbytes <= SMALL:
            return _table, (_as_bytes(value),)
        file = self._parcel.room()
        start = file.tell()
        _write_table(value, file)
        place = pickle.PickleBuffer(b"")
        self._written[id(place)] = (place, (start, file.tell() - start))
        return _table, (place,)

    def _is_inside(self, buffer: pickle.PickleBuffer) -> bool:
        """Return whether a buffer is to stand in the pickle itself."""
        written = self._written.get(id(buffer))
        if written is not None:
            self._parcel.spans.append(written[1])
            return False
        raw = buffer.raw()
        if raw.nbytes <= SMALL:
            return True
        file = self._parcel.room()
        self._parcel.spans.append((file.tell(), raw.nbytes))
        file.write(raw)
        return False


def _as_bytes(table: pa.Table) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - whoever has a table has imported it

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _write_table(table: pa.Table, file: IO[bytes]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - as above

    with pa.ipc.new_stream(pa.PythonFile(file, "w"), table.schema) as stream:
        stream.write_table(table)


def _table(data: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - only for whoever gets a table

    return pa.ipc.open_stream(pa.py_buffer(data)).read_all()
