"""The digest of what is written, most of it found while the writing goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial

PIECE = 4 << 20
"""How many bytes are worth another thread."""


class Digest:
    """The SHA-256 of bytes that come piece by piece.

    >>> digest = Digest()
    >>> digest.update(b"a")
    >>> digest.hexdigest()[:16]
    'ca978112ca1bbdca'
    """

    def __init__(self) -> None:
        self._hasher = hashlib.sha256()
        self._waiting: list[bytes] = []
        self._size = 0
        self._ended: Callable[[], None] | None = None

    def update(self, data: bytes | memoryview) -> None:
        """Add bytes."""
        if not isinstance(data, bytes):  # it may be changed as soon as this returns
            self._wait()
            self._add([*self._taken(), data])
            return
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= PIECE:
            from assets_core.parallel import beside  # noqa: PLC0415 - few files are large

            self._wait()
            self._ended = beside(partial(self._add, self._taken()))

    def hexdigest(self) -> str:
        """Return the digest of everything so far."""
        self._wait()
        self._add(self._taken())
        return self._hasher.hexdigest()

    def _wait(self) -> None:
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()

    def _taken(self) -> list[bytes]:
        waiting, self._waiting, self._size = self._waiting, [], 0
        return waiting

    def _add(self, pieces: Iterable[bytes | memoryview]) -> None:
        for piece in pieces:
            self._hasher.update(piece)
