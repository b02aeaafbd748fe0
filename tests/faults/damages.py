"""Ways in which a stored file can be damaged, made from the whole file by code.

The same file always gives the same damages under the same names.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
PLACES = 1000 if NIGHTLY else 40
CUTS = 200 if NIGHTLY else 28
PAGE = 4096


@dataclass(frozen=True)
class Damage:
    """One way to damage a file.

    Args:
        kind: What is done, the same word for many places.
        place: Where or how; together with the kind it is the name.
        put: Makes it so at a path where there is nothing.
    """

    kind: str
    place: str
    put: Callable[[Path], None]

    @property
    def name(self) -> str:
        """Return how it is called in a message."""
        return f"{self.kind}: {self.place}"

    def apply(self, path: Path) -> None:
        """Put the damage in the place of a file."""
        clear(path)
        self.put(path)


def clear(path: Path) -> None:
    """Take away whatever is at a path."""
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def holding(data: bytes) -> Callable[[Path], None]:
    """Return what puts a file with this content."""

    def put(path: Path) -> None:
        path.write_bytes(data)

    return put


def cut(whole: bytes, places: Iterator[int] | set[int], kind: str) -> Iterator[Damage]:
    """Yield the file without its end."""
    for place in sorted({one for one in places if 0 <= one < len(whole)}):
        yield Damage(kind, f"at {place} of {len(whole)}", holding(whole[:place]))


def flipped(whole: bytes, places: set[int], kind: str) -> Iterator[Damage]:
    """Yield the file with one bit changed, another one at each place."""
    for place in sorted(places):
        data = bytearray(whole)
        data[place] ^= 1 << place % 8
        yield Damage(kind, f"bit {place % 8} of byte {place}", holding(bytes(data)))


def written(whole: bytes, place: int, data: bytes, kind: str) -> Damage:
    """Return the file with other bytes at a place."""
    changed = whole[:place] + data + whole[place + len(data) :]
    text = f"{data[:8].hex()} ×{len(data)} at {place}"
    return Damage(kind, text, holding(changed[: max(len(whole), place + len(data))]))


def random_places(size: int, count: int) -> set[int]:
    """Return places anywhere in a file, the same ones each time."""
    chosen = random.Random(f"damage {size}")  # noqa: S311 - no secret
    return {chosen.randrange(size) for _ in range(count)}


def everywhere(whole: bytes) -> Iterator[Damage]:
    """Yield what can be done to any file, whatever its format."""
    size = len(whole)
    parts = {size * part // CUTS for part in range(CUTS)}
    pages = range(0, size, PAGE) if NIGHTLY else range(0, size, max(PAGE, size // 12))
    yield from cut(whole, {0, 1, 4, size - 1, *parts, *pages}, "cut off")
    yield from flipped(whole, random_places(size, PLACES), "bit flipped")
    for part in range(8):
        yield written(whole, size * part // 8, bytes(size // 16), "zeros")
        yield written(whole, size * part // 8, b"\xff" * 64, "ones")
    yield Damage("zeros", "the whole file", holding(bytes(size)))
    yield Damage("longer", "one byte", holding(whole + b"\0"))
    yield Damage("longer", "twice the file", holding(whole * 2))
    yield Damage("shifted", "by one byte", holding(b"\0" + whole[:-1]))
    half = size // 2
    yield Damage("halves exchanged", "", holding(whole[half:] + whole[:half]))
    yield from _other_things()


def _other_things() -> Iterator[Damage]:
    """Yield what is no damaged file but something else."""
    yield Damage("other file", "empty", holding(b""))
    yield Damage("other file", "text", holding(b"id,total\n1,2.5\n" * 40))
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256))
    yield Damage("other file", "picture", holding(png))
    yield Damage("other file", "page of a portal", holding(b"<!DOCTYPE html>\n" * 99))
    yield Damage("other file", "compressed", holding(b"\x1f\x8b\x08" + bytes(500)))
    yield Damage("other file", "SQLite database", _put_sqlite)
    yield Damage("folder", "empty", Path.mkdir)
    yield Damage("symlink", "dangling", lambda path: path.symlink_to("not here"))
    yield Damage("symlink", "to itself", lambda path: path.symlink_to(path.name))
    yield Damage("deleted", "", lambda _: None)


def _put_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders AS SELECT 1 AS id")
